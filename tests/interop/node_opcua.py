#!/usr/bin/env python3
"""Our OPC UA client against node-opcua's server (also with strange nodes, half-open sockets, many nodes), and our server
against its client."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE.parent / "peers/opcua"))
import opcua_peer as peer  # noqa: E402
from changing import Changing  # noqa: E402
from following import Following, holes  # noqa: E402
from node import run_cases, wait_until  # noqa: E402
from our_server import OurServer  # noqa: E402

VERSION = "2.182.2"
# hexy 0.4, which it would take, is an ES module: Debian 12's Node 18 can't `require` it.
MODULES = peer.install_node(f"node-opcua-{VERSION}", {"node-opcua-server": VERSION, "node-opcua-client": VERSION}, {"hexy": "0.3.5"})
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="hanse-opcua-"))
PRESS = {"root": "nsu=urn:press;s=Press1"}


def script(name):
    """Where it finds its modules: beside them."""
    return shutil.copy(peer.HERE / name, MODULES / name)


def server(port, folder="pki", **options):
    return peer.Server(["node", script("node_server.js"), str(port), FOLDER / folder, json.dumps(options)])


following = Following(server, FOLDER / "own", peer.free_port(), more=PRESS,
                      samples={"Name": "press one", "Matrix[3]": "4"}, points=("Press1.Name", "Press1.Counter", "Zones[1]"), rounds=4)
PORT, URL, OWN = following.port, following.url, following.own
main = server(PORT, variables=5000)
changing = Changing(URL)
ours = OurServer(["node", script("node_client.js")], FOLDER / "client")


def without_security_only_when_allowed():
    with peer.Follower(URL, OWN, peer.UNSECURED | {"root": "nsu=urn:press;s=Press1", "user": "op", "password": "secret"}) as follower:
        follower.wait_value("Temp")
        assert [d for d in follower.seen["declare"] if d["unit"] == "Cel"], "the unit is told"
        assert follower.wait_value("Zones[2]")["value"] == "3.5"
        assert follower.wait_value("Big")["value"] == "42"
    with peer.Follower(URL, OWN, {"security_policy": "none", "unsecured_until": "2020-01-01T00:00:00Z"}) as follower:
        assert "is over" in follower.wait(lambda: follower.seen["ended"])[0]


def a_user_logs_in_by_certificate():
    key, certificate = FOLDER / "user.pem", FOLDER / "user.der"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=op", "-keyout", key,
                    "-outform", "DER", "-out", certificate], check=True, capture_output=True)
    for policy in peer.POLICIES:
        more = {"security_policy": policy, "user_certificate_file": str(certificate), "user_key_file": str(key)}
        with following.follow(more) as follower:
            follower.wait_value("Counter")


def illegal_node_among_good_ones():
    nodes = [{"node": "nsu=urn:press;s=Press1.Counter"}, {"node": "nsu=urn:press;s=NoSuch"}, {"node": "nsu=urn:nowhere;s=X"},
             {"node": "nsu=urn:press;s=Press1.Name"}]
    with peer.Follower(URL, OWN, {"nodes": nodes}) as follower:
        follower.wait_value("Counter")
        follower.wait_value("Name")
        refused = follower.wait(lambda: follower.notices("rejected"))[0]["message"]
        assert "2 values" in refused and "NoSuch" in refused and "BadNodeId" in refused, refused


def a_deadband_in_percent_is_the_servers():
    """Temp has a range of 200 and moves within 9: 10 % of that is more than it ever changes. It is at most 4 away from
    the middle of its way, where a deadband of 2 % would still hold it; 1 % is passed from wherever it was first seen."""
    def follow(percent):
        return peer.Follower(URL, OWN, {"nodes": [{"node": "nsu=urn:press;s=Press1.Temp", "deadband_percent": percent},
                                                  {"node": "nsu=urn:press;s=Press1.Counter"}], "sampling_interval": "100ms"})

    for percent, few in ((10, True), (1, False)):
        with follow(percent) as follower:
            follower.wait(lambda: len(follower.values("Counter")) > 40)
            assert follower.notices("connected", "Small changes of 1 values are left out by the server"), follower.seen["notice"]
            assert (len(follower.values("Temp")) == 1) == few, f"{percent} %: {follower.values('Temp')}"
            assert [one["unit"] for one in follower.seen["declare"] if one["address"].endswith("Temp")] == ["Cel"]


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
    assert len(found) == 5008, len(found)
    assert found["nsu=urn:press;s=Press1.Name"]["value"] == "press one"
    assert found["nsu=urn:press;s=Press1.Temp"]["declaration"]["device"] == "Press1"


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
            follower.wait(lambda: not holes(follower), 10)
            peer.one_null_per_outage(follower, "Counter", 1)
    finally:
        proxy.close()


def a_server_without_subscriptions_is_read_over_registered_nodes():
    """Its namespaces move when it restarts: the nodes are registered anew."""
    port = peer.free_port()
    small = server(port, subscriptions=0).start()
    try:
        with peer.Follower(f"opc.tcp://127.0.0.1:{port}", OWN, PRESS) as follower:
            first = follower.wait_value("Counter")
            told = follower.wait(lambda: follower.notices("connected", "makes no subscription"))[0]["message"]
            assert "BadTooManySubscriptions" in told and "8 of 8 values are read every 200 ms, 8 of them as registered nodes" in told, told
            follower.wait(lambda: int(follower.values("Counter")[-1]["value"]) > int(first["value"]) + 10)
            assert len(follower.values("Name")) == 1, "what stays the same is told once"
            small.kill()
            follower.wait(lambda: [v for v in follower.values("Counter") if v["null"]])
            seen = len(follower.seen["value"])
            small = server(port, subscriptions=0, spaces=["urn:extra"]).start()
            follower.wait_value("Counter", seen)
            peer.one_null_per_outage(follower, "Counter", 1)
    finally:
        small.kill()


def alarms_begin_and_end():
    port = peer.free_port()
    alarming = server(port, alarms=True).start()
    try:
        with peer.Follower(f"opc.tcp://127.0.0.1:{port}", OWN, PRESS) as follower:
            for which, word in (("begin", ", active"), ("end", ", inactive")):
                told = follower.wait(lambda which=which: [n for n in follower.notices("condition", "LevelAlarm") if n.get(which)])[0]
                assert word in told["message"] and "severity" in told["message"] and "acknowledged" in told["message"], told
            changing.node.log_in()
            changing.node.post("/api/v1/connections", {"id": "alarming", "name": "Alarming", "protocol": "opcua", "asset": "hall",
                                                       "settings": peer.UNSECURED | PRESS | {"url": f"opc.tcp://127.0.0.1:{port}"}})

            def kept():
                events = changing.node.get("/api/v1/events?from=2020-01-01T00:00:00Z&limit=500")["items"]
                return {one["kind"] for one in events if "LevelAlarm" in one["reason"] and one["source"] == "connection:alarming"} or None
            wait_until(lambda: kept() == {"alarm", "alarm_end"})
    finally:
        alarming.kill()


def another_certificate_is_not_accepted():
    port = peer.free_port()
    other = server(port, folder="pki-other").start()
    try:
        with peer.Follower(f"opc.tcp://127.0.0.1:{port}", OWN) as follower:
            assert "not trusted" in follower.wait(lambda: follower.seen["ended"])[0]
    finally:
        other.kill()


def a_changed_certificate_is_refused_until_accepted():
    port = peer.free_port()
    url, own = f"opc.tcp://127.0.0.1:{port}", FOLDER / "own-of-one"
    restarting = server(port, folder="pki-first").start()
    try:
        peer.make_trusted(url, own)
        with peer.Follower(url, own, PRESS) as follower:
            follower.wait_value("Counter")
            restarting.kill()
            follower.wait(lambda: [v for v in follower.values("Counter") if v["null"]])
            seen = len(follower.seen["value"])
            restarting = server(port, folder="pki-second").start()
            follower.wait(lambda: follower.notices("disconnected", "not trusted"))
            assert not follower.values("Counter", seen), "nothing is taken from whom nobody accepted"
            assert len(peer.trust(own)) == 1
            follower.wait_value("Counter", seen)
    finally:
        restarting.kill()


def a_slow_server_is_waited_for():
    proxy = peer.Proxy(PORT, delay=0.7)
    try:
        with peer.Follower(f"opc.tcp://127.0.0.1:{proxy.port}", OWN, PRESS) as follower:
            first = follower.wait_value("Counter", time_limit=40)
            follower.wait(lambda: int(follower.values("Counter")[-1]["value"]) > int(first["value"]) + 20, 30)
            assert not follower.notices("disconnected"), "slow isn't gone"
            assert not holes(follower)
    finally:
        proxy.close()


main.start()
try:
    with ours, changing:
        run_cases("interop/node_opcua", [
            *following.cases(), without_security_only_when_allowed, a_user_logs_in_by_certificate,
            illegal_node_among_good_ones, a_deadband_in_percent_is_the_servers, thousand_values_encrypted,
            browsing_shows_what_there_is, a_server_without_subscriptions_is_read_over_registered_nodes, alarms_begin_and_end,
            half_open_socket_loses_nothing, a_slow_server_is_waited_for,
            another_certificate_is_not_accepted, a_changed_certificate_is_refused_until_accepted, *changing.cases(), *ours.cases()])
finally:
    main.kill()
    shutil.rmtree(FOLDER, ignore_errors=True)
