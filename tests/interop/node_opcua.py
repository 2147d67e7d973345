#!/usr/bin/env python3
"""Our OPC UA client against node-opcua: every security mode, restarts, strange nodes, half-open sockets, many nodes."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE.parent / "peers/opcua"))
import json  # noqa: E402

import opcua_peer as peer  # noqa: E402
from node import run_cases  # noqa: E402

VERSION = "2.182.2"
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="hanse-opcua-"))
MODULES = peer.PEERS / f"node-opcua-{VERSION}"


def install():
    if not peer.CLIENT.exists():
        peer.skip("connectors_opcua_test is not built")
    if not shutil.which("npm"):
        peer.skip("node-opcua needs npm")
    if (MODULES / "node_modules/node-opcua-server").is_dir():
        return
    MODULES.mkdir(parents=True, exist_ok=True)
    # hexy 0.4, which it would take, is an ES module: Debian 12's Node 18 can't `require` it.
    package = {"name": "node-opcua-peer", "private": True, "overrides": {"hexy": "0.3.5"},
               "dependencies": {"node-opcua-server": VERSION, "node-opcua-client": VERSION}}
    (MODULES / "package.json").write_text(json.dumps(package))
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund"], cwd=MODULES, capture_output=True, text=True,
                          timeout=240)
    if done.returncode != 0:
        shutil.rmtree(MODULES, ignore_errors=True)
        peer.skip("node-opcua can't be installed: " + (done.stderr.splitlines() or ["?"])[-1])


def server(port, **options):
    script = MODULES / "node_server.js"
    shutil.copy(peer.HERE / "node_server.js", script)
    return peer.Server(["node", script, str(port), FOLDER / "pki", json.dumps(options)])


install()
PORT = peer.free_port()
URL = f"opc.tcp://127.0.0.1:{PORT}"
OWN = FOLDER / "own"
main = server(PORT, variables=5000)


def unknown_certificate_is_refused_until_accepted():
    peer.make_trusted(URL, OWN)
    with peer.Follower(URL, OWN, {"root": "nsu=urn:press;s=Press1"}) as follower:
        follower.wait_value("Counter")
        assert follower.notices("connected", "signed and encrypted"), "the strongest is chosen"


def every_security_mode():
    for policy in peer.POLICIES:
        for mode in ("sign", "sign_and_encrypt"):
            more = {"security_policy": policy, "security_mode": mode, "user": "op", "password": "secret", "root": "nsu=urn:press;s=Press1"}
            with peer.Follower(URL, OWN, more) as follower:
                follower.wait_value("Counter")
                assert follower.wait_value("Name")["value"] == "press one"


def without_security_only_when_allowed():
    with peer.Follower(URL, OWN, peer.UNSECURED | {"root": "nsu=urn:press;s=Press1", "user": "op", "password": "secret"}) as follower:
        follower.wait_value("Temp")
        assert [d for d in follower.seen["declare"] if d["unit"] == "Cel"], "the unit is told"
        assert follower.wait_value("Zones[2]")["value"] == "3.5"
        assert follower.wait_value("Big")["value"] == "42"
    with peer.Follower(URL, OWN, {"security_policy": "none", "unsecured_until": "2020-01-01T00:00:00Z"}) as follower:
        assert "is over" in follower.wait(lambda: follower.seen["ended"])[0]


def wrong_password_is_said():
    with peer.Follower(URL, OWN, {"user": "op", "password": "wrong"}) as follower:
        reason = follower.wait(lambda: follower.seen["ended"])[0]
        assert "password" in reason and "wrong-" not in reason, reason


def illegal_node_among_good_ones():
    nodes = [{"node": "nsu=urn:press;s=Press1.Counter"}, {"node": "nsu=urn:press;s=NoSuch"}, {"node": "nsu=urn:nowhere;s=X"},
             {"node": "nsu=urn:press;s=Press1.Name"}]
    with peer.Follower(URL, OWN, {"nodes": nodes}) as follower:
        follower.wait_value("Counter")
        follower.wait_value("Name")
        refused = follower.wait(lambda: follower.notices("rejected"))[0]["message"]
        assert "2 values" in refused and "NoSuch" in refused and "BadNodeId" in refused, refused


def thousand_values_encrypted():
    with peer.Follower(URL, OWN, {"root": "nsu=urn:press;s=Many", "nodes_max": 5000}) as follower:
        follower.wait(lambda: len(follower.seen["value"]) >= 5000, 40)
        assert len({v["address"] for v in follower.seen["value"]}) == 5000
        assert all(v["quality"] == "good" and not v["null"] for v in follower.seen["value"])


def browsing_shows_what_there_is():
    with peer.Follower(URL, OWN, {"nodes_max": 100_000}, browse=True) as follower:
        follower.process.wait(40)
        follower.thread.join(5)
    found = {v["declaration"]["address"]: v for v in follower.seen["browsed"]}
    assert len(found) == 5006, len(found)
    assert found["nsu=urn:press;s=Press1.Name"]["value"] == "press one"
    assert found["nsu=urn:press;s=Press1.Temp"]["declaration"]["device"] == "Press1"


def values_come_back_after_restarts():
    port = peer.free_port()
    restarting = server(port, history=True).start()
    try:
        with peer.Follower(f"opc.tcp://127.0.0.1:{port}", OWN) as follower:
            follower.wait_value("Counter")
            for round_ in range(4):
                restarting.kill()
                follower.wait(lambda n=round_: len([v for v in follower.values("Press1.Name") if v["null"]]) == n + 1)
                seen = len(follower.seen["value"])
                # Each start has its namespaces in another place.
                restarting = server(port, spaces=[f"urn:extra:{i}" for i in range(round_ + 1)]).start()
                up = time.monotonic()
                value = follower.wait_value("Press1.Name", seen)
                print(f"restart {round_ + 1}: first value {value['at'] - up:.2f} s after the server was up")
                assert value["at"] - up < 5
            for name in ("Press1.Name", "Press1.Counter", "Zones[1]"):
                peer.one_null_per_outage(follower, name, 4)
    finally:
        restarting.kill()


def half_open_socket_loses_nothing():
    proxy = peer.Proxy(PORT)
    try:
        with peer.Follower(f"opc.tcp://127.0.0.1:{proxy.port}", OWN, {"root": "nsu=urn:press;s=Press1", "sampling_interval": "100ms",
                                                                        "queue_size": 1000}) as follower:
            follower.wait_value("Counter")
            seen = len(follower.seen["value"])
            proxy.go_deaf()
            follower.wait(lambda: follower.notices("disconnected"), 30)
            follower.wait(lambda: follower.notices("connected", "the session goes on"), 20)
            follower.wait(lambda: [v for v in follower.values("Counter", seen) if v["null"]])
            after = len(follower.seen["value"])
            follower.wait(lambda: len([v for v in follower.values("Counter", after) if not v["null"]]) > 20)
            def holes():
                numbers = sorted({int(v["value"]) for v in follower.values("Counter") if not v["null"]})
                return [(a, b) for a, b in zip(numbers, numbers[1:]) if b - a > 5]
            follower.wait(lambda: not holes(), 10)
            peer.one_null_per_outage(follower, "Counter", 1)
    finally:
        proxy.close()


def another_certificate_is_not_accepted():
    port = peer.free_port()
    other = peer.Server(server(port).command[:3] + [FOLDER / "pki-other", "{}"]).start()
    try:
        with peer.Follower(f"opc.tcp://127.0.0.1:{port}", OWN) as follower:
            assert "not trusted" in follower.wait(lambda: follower.seen["ended"])[0]
    finally:
        other.kill()


main.start()
try:
    run_cases("interop/node_opcua", [
        unknown_certificate_is_refused_until_accepted, every_security_mode, without_security_only_when_allowed,
        wrong_password_is_said, illegal_node_among_good_ones, thousand_values_encrypted, browsing_shows_what_there_is,
        values_come_back_after_restarts, half_open_socket_loses_nothing, another_certificate_is_not_accepted])
finally:
    main.kill()
    shutil.rmtree(FOLDER, ignore_errors=True)
