#!/usr/bin/env python3
"""Our OPC UA client beside node-opcua-client and asyncua, each following the same 2,000 values of the same node-opcua server,
one after the other: values per CPU-second of the client's process, and the time from the server being up again after a kill
to the first value. Then each browses 20,000 variables of that server and reads them. A peer that can't be had is skipped
and printed."""
import json
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/peers/opcua"))
import opcua_peer as peer  # noqa: E402

PROGRAM = pathlib.Path(os.environ.get("HANSE_BENCH_PROGRAM", ROOT / "build/release/bench/opcua_bench"))
VERSION = "2.182.2"
VALUES, CHANGED_EVERY_MS, SECONDS, RESTARTS = 2000, 250, 15, 3
BROWSED = 20_000


def cpu_s(pid):
    """By the scheduler's own count: ticks miss a process that wakes for a millisecond."""
    return sum(int(path.read_text().split()[0]) for path in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


class Client:
    """A client's process and what it says: (`values` or `back`, how many so far, when)."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.said = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            word, _, count = line.strip().partition(" ")
            if count.isdigit():
                self.said.put((word, int(count), time.monotonic()))

    def wait(self, word, time_limit=60):
        deadline = time.monotonic() + time_limit
        while True:
            said, count, at = self.said.get(timeout=max(deadline - time.monotonic(), 0.01))
            if said == word:
                return count, at

    def forget(self):
        while not self.said.empty():
            self.said.get()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.process.kill()
        self.process.wait()


def measure(name, command, server):
    server.start()
    try:
        with Client(command) as client:
            for _ in range(4):  # All values are followed, and what the start took is over.
                client.wait("values")
            first, began = client.wait("values")
            used = cpu_s(client.process.pid)
            while time.monotonic() < began + SECONDS:
                last, _ = client.wait("values")
            used = cpu_s(client.process.pid) - used
            print(f"FIGURE opcua.followed_values_per_cpu_s{name} {(last - first) / used:.0f} 1/s", flush=True)
            slowest = 0
            for _ in range(RESTARTS):
                server.kill()
                time.sleep(2)
                client.forget()
                server.start()
                up = time.monotonic()
                slowest = max(slowest, client.wait("back")[1] - up)
            print(f"FIGURE opcua.reconnect_s{name} {max(slowest, 0):.2f} s", flush=True)
    finally:
        server.kill()


def measure_browse(name, command):
    """A client that ends with `browsed <count> <seconds>`."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    told = [line.split() for line in done.stdout.splitlines() if line.startswith("browsed ")]
    if not told or int(told[0][1]) != BROWSED:
        raise SystemExit(f"{command[0]} found {told or 'nothing'} of {BROWSED}: {done.stderr[-1000:]}")
    print(f"FIGURE opcua.browse_node_opcua_per_s{name} {BROWSED / float(told[0][2]):.0f} 1/s", flush=True)


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hanse-opcua-"))
    modules = peer.PEERS / f"node-opcua-{VERSION}"
    if not (modules / "node_modules").exists():
        print(f"skipped: {modules.name} is not installed; the interop suite does that")
        return
    scripts = [shutil.copy(peer.HERE / name, modules / name) for name in ("node_server.js", "node_follow.js")]
    port = peer.free_port()
    url = f"opc.tcp://127.0.0.1:{port}"
    server = peer.Server(["node", scripts[0], str(port), folder / "pki", json.dumps(
        {"variables": VALUES, "changing": CHANGED_EVERY_MS})])
    clients = {"": [PROGRAM, url], ".node_opcua": ["node", scripts[1], url, str(VALUES)]}
    browsing = {"": [PROGRAM, url, "browse"], ".node_opcua": ["node", scripts[1], url, "browse"]}
    packages = peer.PEERS / "asyncua-1.1.8"
    if packages.exists():
        asyncua = ["env", f"PYTHONPATH={packages}", sys.executable, peer.HERE / "asyncua_follow.py", url]
        clients[".asyncua"], browsing[".asyncua"] = [*asyncua, str(VALUES)], [*asyncua, "browse"]
    else:
        print(f"skipped: {packages.name} is not installed; the interop suite does that")
    try:
        for name, command in clients.items():
            measure(name, command, server)
        server.command[-1] = json.dumps({"variables": BROWSED})
        server.start(120)
        for name, command in browsing.items():
            measure_browse(name, command)
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


main()
