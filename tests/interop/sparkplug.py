#!/usr/bin/env python3
"""Our Sparkplug host with a real mosquitto and npm's sparkplug-client as edge nodes: births, compressed data, rebirth on
request, death by will, restarts of the host and of the broker."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from node import Node, run_cases, wait_until  # noqa: E402
import modbus_peer as peer  # noqa: E402

# Its quirks are the point: bdSeq is an UInt64 that is always 0, the will has QoS 0, the compressed payload's outer seq is 0.
EDGE = """
const edge = process.argv.at(-2), port = process.argv.at(-1), now = () => Date.now();
const client = require("sparkplug-client").newClient({serverUrl: "mqtt://127.0.0.1:" + port, username: "", password: "",
  groupId: "G1", edgeNode: edge, clientId: edge, version: "spBv1.0", publishDeath: true});
let n = 0, births = 0, born = false;
client.on("birth", () => {
  births++;
  client.publishNodeBirth({timestamp: now(), metrics: [
    {name: "Node Control/Rebirth", type: "Boolean", value: false, timestamp: now()},
    {name: "temperature", type: "Double", value: 21.5, timestamp: now()},
    {name: "births", type: "Int32", value: births, timestamp: now()}]});
  client.publishDeviceBirth("D1", {timestamp: now(), metrics: [
    {name: "count", alias: 11, type: "Int32", value: n, timestamp: now()},
    {name: "big", alias: 12, type: "UInt32", value: 4000000000, timestamp: now()},
    {name: "small", alias: 13, type: "Int8", value: -1, timestamp: now()},
    {name: "label", alias: 14, type: "String", value: "x", timestamp: now()}]});
  born = true;
});
client.on("ncmd", payload => {
  if ((payload.metrics || []).some(metric => metric.name === "Node Control/Rebirth" && metric.value)) client.emit("birth");
});
setInterval(() => { if (born) { n++;
  client.publishDeviceData("D1", {timestamp: now(), metrics: [{alias: 11, type: "Int32", value: n, timestamp: now()}]},
    n % 3 ? undefined : {compress: true, algorithm: "GZIP"}); } }, 100);
"""

folder = pathlib.Path(tempfile.mkdtemp(prefix="hanse-sparkplug-"))
node = Node(data=folder / "data")
port = peer.free_port()
running = {}


def start_broker():
    (folder / "broker.conf").write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n")
    running["broker"] = subprocess.Popen(["mosquitto", "-c", folder / "broker.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peer.wait_for_port(port)


def start_edge(name):
    running[name] = subprocess.Popen(["node", "-e", EDGE, "--", name, str(port)], cwd=peer.PEERS, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)


def stop(name):
    running[name].kill()
    running.pop(name).wait()


def last(address):
    """The last value that history has of an address; None for null or none."""
    items = node.get("/api/v1/connections/edges/addresses?limit=1000")["items"]
    number = next((item["signal"] for item in items if item["declaration"]["address"] == address and item["signal"]), None)
    if number is None:
        return None
    found = node.get(f"/api/v1/history/last?signals={number}")["items"]
    return found[0]["value"] if found else None


def counts_on(address="G1/E1/D1/count", within=30):
    begin = wait_until(lambda: last(address), within)
    wait_until(lambda: (last(address) or 0) > begin + 2, within)


def a_look_shows_what_the_edges_offer():
    answer = node.post("/api/v1/connections/test", {"protocol": "sparkplug", "settings": {"host": "127.0.0.1", "port": port}, "seconds": 4})
    values = {value["declaration"]["address"]: value["value"] for value in answer["values"]}
    assert values.get("G1/E1/D1/big") == "4000000000", values
    assert values.get("G1/E1/D1/small") == "-1", values


def an_edge_that_was_there_first_is_asked_for_its_birth_and_counts():
    node.post("/api/v1/connections", {"id": "edges", "name": "Edges", "protocol": "sparkplug", "asset": "hall",
                                      "settings": {"host": "127.0.0.1", "port": port, "groups": ["G1"]}})
    counts_on()
    assert last("G1/E1/D1/big") == 4000000000
    assert last("G1/E1/D1/small") == -1
    assert last("G1/E1/D1/label") == "x"
    assert last("G1/E1/temperature") == 21.5


def compressed_data_is_no_gap():
    begin = last("G1/E1/D1/count")
    births = last("G1/E1/births")
    wait_until(lambda: (last("G1/E1/D1/count") or 0) > begin + 20, 30)
    assert last("G1/E1/births") == births, "nobody had to be born again"
    assert node.get("/api/v1/connections/edges/health")["rejected"] == 0


def a_killed_edge_turns_its_values_bad_and_comes_back():
    stop("E1")
    wait_until(lambda: last("G1/E1/D1/count") is None and last("G1/E1/temperature") is None, 60)
    start_edge("E1")
    counts_on()


def a_second_edge_is_found_while_running():
    start_edge("E2")
    counts_on("G1/E2/D1/count")


def the_brokers_restart_is_survived():
    stop("broker")
    wait_until(lambda: last("G1/E1/D1/count") is None, 60)
    start_broker()
    counts_on(within=90)
    counts_on("G1/E2/D1/count", within=90)


def the_hosts_restart_is_survived():
    node.stop()
    node.start()
    node.log_in()
    counts_on(within=60)
    health = node.get("/api/v1/connections/edges/health")
    assert health["rejected"] == 0, health


def state_is_told_as_the_standard_wants():
    done = subprocess.run(["mosquitto_sub", "-h", "127.0.0.1", "-p", str(port), "-t", "spBv1.0/STATE/hanse", "-C", "1", "-W", "10"],
                          capture_output=True, text=True, check=False)
    state = json.loads(done.stdout)
    assert state["online"] is True and abs(state["timestamp"] / 1000 - time.time()) < 3600, state
    assert set(state) == {"online", "timestamp"}, state


cases = [a_look_shows_what_the_edges_offer, an_edge_that_was_there_first_is_asked_for_its_birth_and_counts, compressed_data_is_no_gap,
         a_second_edge_is_found_while_running, a_killed_edge_turns_its_values_bad_and_comes_back, the_brokers_restart_is_survived,
         the_hosts_restart_is_survived]
skipped = []
if subprocess.run(["which", "mosquitto_sub"], capture_output=True, check=False).returncode == 0:
    cases.append(state_is_told_as_the_standard_wants)
else:
    skipped.append("state_is_told_as_the_standard_wants: Debian's mosquitto-clients isn't installed")
if not peer.install_npm("sparkplug-client@3.2.4"):
    peer.report_skipped("interop/sparkplug", ["all: npm can't install sparkplug-client here"])
    raise SystemExit(78 if os.environ.get("HANSE_TEST_RESULTS") else 77)
peer.report_skipped("interop/sparkplug", skipped)
try:
    start_broker()
    start_edge("E1")
    with node:
        node.set_up()
        node.post("/api/v1/assets", {"id": "hall", "name": "Hall", "level": "line"})
        run_cases("interop/sparkplug", cases)
finally:
    for name in list(running):
        stop(name)
