#!/usr/bin/env python3
"""Start to ready, idle memory and size of the program."""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ["HANSE_TEST_BUILD"] = str(ROOT / "build/release")
sys.path.insert(0, str(ROOT / "tests"))
from node import PROGRAM, Node  # noqa: E402


def resident_mb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0


data = tempfile.mkdtemp(prefix="hanse-bench-")
with Node(data=data):
    pass  # the first start makes tables and keys; what people wait for is every later one
times = []
for _ in range(5):
    node = Node(data=data)
    begin = time.monotonic()
    node.start()
    while True:
        try:
            if node.call("GET", "/readyz").status == 200:
                break
        except OSError:
            pass
    times.append((time.monotonic() - begin) * 1000)
    if len(times) == 5:
        time.sleep(10)
        memory = resident_mb(node.process.pid)
    node.stop()
print(f"FIGURE node.start_ms {statistics.median(times):.0f} ms")
print(f"FIGURE node.idle_rss_mb {memory:.1f} MB")
with tempfile.NamedTemporaryFile() as stripped:
    subprocess.run(["strip", "-o", stripped.name, PROGRAM], check=True)
    print(f"FIGURE node.binary_mb {pathlib.Path(stripped.name).stat().st_size / 1e6:.1f} MB")
shutil.rmtree(data, ignore_errors=True)
