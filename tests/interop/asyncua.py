#!/usr/bin/env python3
"""Our OPC UA client against asyncua, a second stack: every security mode, restarts, history, matrices."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
# This file has the name of the package: its folder must not come first where that is looked for.
sys.path[:] = [folder for folder in sys.path if pathlib.Path(folder or ".").resolve() != HERE]
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE.parent / "peers/opcua"))
import opcua_peer as peer  # noqa: E402
from node import run_cases  # noqa: E402

VERSION = "1.1.8"
PACKAGES = peer.PEERS / f"asyncua-{VERSION}"
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="hanse-opcua-"))


def install():
    if not peer.CLIENT.exists():
        peer.skip("connectors_opcua_test is not built")
    if (PACKAGES / "asyncua").is_dir():
        return
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--target", str(PACKAGES), f"asyncua=={VERSION}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    except subprocess.TimeoutExpired:
        peer.skip("asyncua can't be installed: pip took too long")
    if done.returncode != 0:
        shutil.rmtree(PACKAGES, ignore_errors=True)
        peer.skip("asyncua can't be installed: " + (done.stderr.strip().splitlines() or ["pip is missing"])[-1])


class Server(peer.Server):
    def __init__(self, port, folder="pki", **options):
        super().__init__(["env", f"PYTHONPATH={PACKAGES}", sys.executable, str(peer.HERE / "asyncua_server.py"), str(port),
                          str(FOLDER / folder), json.dumps(options)])


install()
PORT = peer.free_port()
URL = f"opc.tcp://127.0.0.1:{PORT}/peer"
OWN = FOLDER / "own"
main = Server(PORT)


def unknown_certificate_is_refused_until_accepted():
    peer.make_trusted(URL, OWN)
    with peer.Follower(URL, OWN) as follower:
        follower.wait_value("Counter")
        assert follower.notices("connected", "signed and encrypted")


def every_security_mode():
    for policy in peer.POLICIES:
        for mode in ("sign", "sign_and_encrypt"):
            with peer.Follower(URL, OWN, {"security_policy": policy, "security_mode": mode, "user": "op", "password": "secret"}) as follower:
                follower.wait_value("Counter")
                assert follower.wait_value("Name")["value"] == "press one"
                assert follower.wait_value("Matrix[3]")["value"] == "4"


def without_security():
    with peer.Follower(URL, OWN, peer.UNSECURED) as follower:
        follower.wait_value("Counter")


def wrong_password_is_said():
    with peer.Follower(URL, OWN, {"user": "op", "password": "wrong"}) as follower:
        reason = follower.wait(lambda: follower.seen["ended"])[0]
        assert "log-in" in reason, reason


def values_come_back_after_restarts():
    port = peer.free_port()
    restarting = Server(port).start()
    try:
        with peer.Follower(f"opc.tcp://127.0.0.1:{port}/peer", OWN) as follower:
            follower.wait_value("Counter")
            for round_ in range(3):
                restarting.kill()
                follower.wait(lambda n=round_: len([v for v in follower.values("Press1.Name") if v["null"]]) == n + 1)
                seen = len(follower.seen["value"])
                restarting = Server(port, spaces=[f"urn:extra:{i}" for i in range(round_ + 1)]).start()
                up = time.monotonic()
                value = follower.wait_value("Press1.Name", seen)
                print(f"restart {round_ + 1}: first value {value['at'] - up:.2f} s after the server was up")
                assert value["at"] - up < 5
            for name in ("Press1.Name", "Press1.Counter"):
                peer.one_null_per_outage(follower, name, 3)
    finally:
        restarting.kill()


def the_hole_is_filled_from_history():
    proxy = peer.Proxy(PORT)
    try:
        more = {"session_timeout": "10s", "publishing_interval": "500ms", "sampling_interval": "100ms", "queue_size": 10}
        with peer.Follower(f"opc.tcp://127.0.0.1:{proxy.port}/peer", OWN, more) as follower:
            follower.wait_value("Counter")
            proxy.go_deaf()
            follower.wait(lambda: follower.notices("disconnected"), 30)

            def holes():
                numbers = sorted({int(v["value"]) for v in follower.values("Counter") if not v["null"]})
                return [(a, b) for a, b in zip(numbers, numbers[1:]) if b - a > 5]

            begin = len(follower.seen["value"])
            follower.wait_value("Counter", begin, 30)
            follower.wait(lambda: not holes(), 20)
            peer.one_null_per_outage(follower, "Counter", 1)
    finally:
        proxy.close()


main.start()
try:
    run_cases("interop/asyncua", [unknown_certificate_is_refused_until_accepted, every_security_mode, without_security,
                                  wrong_password_is_said, values_come_back_after_restarts, the_hole_is_filled_from_history])
finally:
    main.kill()
    shutil.rmtree(FOLDER, ignore_errors=True)
