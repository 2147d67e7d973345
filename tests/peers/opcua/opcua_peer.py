"""What both OPC UA interop tests need: our client as a program, servers as processes, a proxy that can go deaf."""
import json
import os
import pathlib
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))
from node import BUILD, ROOT  # noqa: E402

CLIENT = BUILD / "connectors_opcua_test"
PEERS = ROOT / "build/peers"
UNSECURED = {"security_policy": "none", "unsecured_until": "2100-01-01T00:00:00Z"}
POLICIES = ("basic256sha256", "aes128_sha256_rsaoaep", "aes256_sha256_rsapss")


def skip(why):
    print(f"skipped: {why}")
    raise SystemExit(77)


def install(folder, done, command, cwd=None):
    """Runs an installer unless `done` is there; skips the test where it can't be had."""
    if not CLIENT.exists():
        skip("connectors_opcua_test is not built")
    if done.exists():
        return folder
    if not shutil.which(command[0]):
        skip(f"{folder.name} needs {command[0]}")
    try:
        run = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=240)
        why = "" if run.returncode == 0 else (run.stderr.strip().splitlines() or ["?"])[-1]
    except subprocess.TimeoutExpired:
        why = "it took too long"
    if why:
        shutil.rmtree(folder, ignore_errors=True)
        skip(f"{folder.name} can't be installed: {why}")
    return folder


def install_python(package, version):
    folder = PEERS / f"{package}-{version}"
    return install(folder, folder / package, [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--target", str(folder),
                                              f"{package}=={version}"])


def install_node(name, dependencies, overrides):
    folder = PEERS / name
    folder.mkdir(parents=True, exist_ok=True)
    package = {"name": "peer", "private": True, "overrides": overrides, "dependencies": dependencies}
    (folder / "package.json").write_text(json.dumps(package))
    return install(folder, folder / "node_modules" / next(iter(dependencies)), ["npm", "install", "--no-audit", "--no-fund"], folder)


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


class Server:
    """A peer as a process. It says `up` on its output when it can be reached."""

    def __init__(self, command, cwd=None):
        self.command, self.cwd = command, cwd
        self.process = None

    def start(self, time_limit=60):
        self.log = tempfile.NamedTemporaryFile(mode="w+", suffix=".log", prefix="hanse-opcua-")
        self.process = subprocess.Popen(self.command, stdout=self.log, stderr=subprocess.STDOUT, cwd=self.cwd)
        deadline = time.monotonic() + time_limit
        while time.monotonic() < deadline:
            text = pathlib.Path(self.log.name).read_text(errors="replace")
            if "\nup\n" in "\n" + text:
                return self
            if self.process.poll() is not None:
                raise RuntimeError("the server stopped:\n" + text[-2000:])
            time.sleep(0.05)
        raise RuntimeError("the server wasn't up in time:\n" + text[-2000:])

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()


class Follower:
    """Our client, following a server: its values, notices and declarations as they come."""

    def __init__(self, url, folder, more=None, browse=False):
        settings = {"url": url, "certificate_folder": str(folder), "publishing_interval": "200ms", **(more or {})}
        command = [CLIENT, "--gtest_filter=Peer.*", "--opcua-settings=" + json.dumps(settings)]
        if browse:
            command.append("--opcua-browse=1")
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.seen = {"value": [], "notice": [], "declare": [], "browsed": [], "ended": [], "failed": []}
        self.rest = []
        self.news = queue.Queue()
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            kind, _, rest = line.rstrip("\n").partition(" ")
            if kind in ("ended", "failed"):
                self.seen[kind].append(rest)
            elif kind in self.seen and rest.startswith("{"):
                self.seen[kind].append(json.loads(rest) | {"at": time.monotonic()})
            else:
                self.rest.append(line)
            self.news.put(kind)
        self.news.put("end")

    def wait(self, condition, time_limit=20):
        deadline = time.monotonic() + time_limit
        while True:
            answer = condition()
            if answer:
                return answer
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError("not in time; the last notices: " + json.dumps(self.seen["notice"][-4:]) + " ended: " +
                                     str(self.seen["ended"]) + "".join(self.rest[-5:]))
            try:
                self.news.get(timeout=min(left, 0.5))
            except queue.Empty:
                pass

    def values(self, name, since=0):
        return [v for v in self.seen["value"][since:] if v["address"].endswith(name)]

    def wait_value(self, name, since=0, time_limit=20):
        """The first good value of an address that ends in `name`, after the first `since` values."""
        return self.wait(lambda: [v for v in self.values(name, since) if not v["null"] and v["quality"] == "good"], time_limit)[0]

    def notices(self, kind, text=""):
        return [n for n in self.seen["notice"] if n["kind"] == kind and text in n["message"]]

    def stop(self, time_limit=15):
        if self.process.poll() is None:
            try:
                self.process.stdin.write("\n")
                self.process.stdin.close()
            except BrokenPipeError:
                pass
        self.process.wait(time_limit)
        self.thread.join(5)
        text = "".join(self.rest)
        assert "PASSED" in text and "Sanitizer" not in text, text[-3000:]

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        try:
            self.stop()
        except Exception:
            self.process.kill()
            if kind is None:
                raise


class Proxy:
    """Stands between client and server; can go deaf: connections stay open and nothing passes. With a delay every answer
    takes so many seconds."""

    def __init__(self, port, delay=0):
        self.target, self.delay, self.pairs = port, delay, []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listening.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                near.close()
                continue
            state = {"deaf": False}
            self.pairs.append((near, far, state))
            for source, sink, delay in ((near, far, 0), (far, near, self.delay)):
                threading.Thread(target=self.pump, args=(source, sink, state, delay), daemon=True).start()

    def pump(self, source, sink, state, delay):
        try:
            while data := source.recv(65536):
                if state["deaf"]:
                    return
                time.sleep(delay)
                sink.sendall(data)
        except OSError:
            pass
        if state["deaf"]:
            return
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def go_deaf(self):
        """The connections of now are half open for ever; new ones work."""
        for pair in self.pairs:
            pair[2]["deaf"] = True

    def close(self):
        self.listening.close()
        for pair in self.pairs:
            for end in pair[:2]:
                end.close()


def trust(folder):
    """What a person does: accepts what was rejected."""
    (folder / "trusted").mkdir(parents=True, exist_ok=True)
    rejected = list((folder / "rejected").glob("*.der"))
    for file in rejected:
        shutil.move(file, folder / "trusted" / file.name)
    return rejected


def make_trusted(url, folder):
    """First contact: refused with a fingerprint, then accepted."""
    with Follower(url, folder) as follower:
        reason = follower.wait(lambda: follower.seen["ended"])[0]
    assert "fingerprint" in reason and "not trusted" in reason, reason
    assert len(trust(folder)) == 1
    return reason


def one_null_per_outage(follower, name, outages):
    nulls = [v for v in follower.values(name) if v["null"]]
    assert len(nulls) == outages, f"{name}: {len(nulls)} bad samples for {outages} outages"
