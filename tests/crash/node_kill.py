#!/usr/bin/env python3
"""kill -9 under load: every event that the node acknowledged is there after, once; the journal's chain is whole."""
import os
import pathlib
import random
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from node import PROGRAM, Node, run_cases  # noqa: E402

LOOPS = int(os.environ.get("HANSE_TEST_KILLS", "5"))
seed = int(os.environ.get("HANSE_TEST_SEED", random.randrange(10**6)))


def writer(node, name, acknowledged, stop):
    count = 0
    while not stop.is_set():
        count += 1
        asset = {"id": f"{name}-{count}", "name": f"{name} {count}", "level": "site", "parent": "works"}
        try:
            if node.call("POST", "/api/v1/assets", asset).status in (200, 201):
                acknowledged.append(asset["id"])
        except OSError:
            return


def acknowledged_is_there_after_kill():
    print(f"seed {seed}")
    chance = random.Random(seed)
    node = Node()
    with node:
        node.set_up()
        node.post("/api/v1/assets", {"id": "works", "name": "Works", "level": "enterprise"})
        acknowledged = []
        for loop in range(LOOPS):
            stop = threading.Event()
            lists = [[] for _ in range(4)]
            threads = [threading.Thread(target=writer, args=(node, f"k{loop}-{i}", lists[i], stop)) for i in range(4)]
            for thread in threads:
                thread.start()
            threading.Event().wait(chance.uniform(0.2, 1.0))
            node.kill()
            stop.set()
            for thread in threads:
                thread.join()
            acknowledged += [asset for part in lists for asset in part]
            verify = subprocess.run([PROGRAM, "journal", "verify", "--data_folder", node.data], capture_output=True, text=True)
            assert verify.returncode == 0, verify.stderr
            node.start()
        assert len(acknowledged) > LOOPS, f"only {len(acknowledged)} were acknowledged: no load"
        missing = [asset for asset in acknowledged if node.call("GET", f"/api/v1/assets/{asset}").status != 200]
        assert not missing, f"{len(missing)} of {len(acknowledged)} acknowledged are missing: {missing[:5]}"
        print(f"{LOOPS} kills, {len(acknowledged)} acknowledged, none missing")


run_cases("crash", [acknowledged_is_there_after_kill])
