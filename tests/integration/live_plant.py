#!/usr/bin/env python3
"""The demo plant speaks through real sockets and a real broker; what it does is seen in history, states, OEE."""
import datetime
import json
import pathlib
import select
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from node import Node, run_cases, wait_until  # noqa: E402

node = Node(demo=True)


def machines():
    board = node.get("/api/v1/apps/performance/board")
    return {machine["asset"]: machine for line in board["lines"] for machine in line["machines"]}


def every_machine_is_seen():
    node.set_up()
    assets = node.get("/api/v1/assets?limit=1000")["items"]
    expected = [asset["id"] for asset in assets if asset["level"] == "asset" and asset["kind"] != "meter"]
    assert len(expected) >= 18, expected
    wait_until(lambda: all(machines().get(asset, {"state": "offline"})["state"] != "offline" for asset in expected), 120)


def every_connection_is_healthy():
    def healthy():
        items = node.get("/api/v1/connections-health")["items"]
        return len(items) >= 4 and all(item["health"] in ("active", "idle") for item in items)

    wait_until(healthy, 90)


def values_reach_history_with_their_units():
    signals = node.get("/api/v1/signals?meaning=power&limit=100")["items"]
    assert signals, "no power signal"
    numbers = ",".join(str(signal["number"]) for signal in signals[:20])

    def all_known():
        items = node.get(f"/api/v1/history/last?signals={numbers}")["items"]
        return items and all(item["value"] is not None for item in items)

    wait_until(all_known, 60)
    assert all(signal["unit"] for signal in signals), signals


def a_chart_has_no_more_points_than_pixels():
    signal = node.get("/api/v1/signals?meaning=power&limit=1")["items"][0]["number"]
    chart = node.get(f"/api/v1/history/chart?signals={signal}&from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z&pixels=50")
    assert 0 < len(chart["series"][0]["t"]) <= 50, chart


def a_broken_machine_is_down_on_the_board():
    running = [asset for asset, machine in machines().items() if machine["state"] == "producing"]
    assert running, machines()
    victim = running[0]
    trouble = node.post("/api/v1/simulation/troubles", {"kind": "break", "asset": victim, "minutes": 60})
    wait_until(lambda: machines()[victim]["state"] == "down", 60)

    def named_stop():
        since = (datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        stops = node.get(f"/api/v1/apps/performance/assets/{victim}/downtimes?from={since}")
        return any(stop["state"] == "down" and stop["open"] for stop in stops["stops"])

    wait_until(named_stop, 30)
    assert node.call("DELETE", f"/api/v1/simulation/troubles/{trouble['id']}").status in (200, 204)
    wait_until(lambda: machines()[victim]["state"] != "down", 90)


def a_lost_network_is_seen_and_comes_back():
    line = node.get("/api/v1/apps/performance/board")["lines"][1]["asset"]
    trouble = node.post("/api/v1/simulation/troubles", {"kind": "lose_network", "asset": line, "minutes": 60})

    def noticed():
        return any(item["health"] not in ("active", "idle") or any(n["kind"] in ("gap", "device_offline", "disconnected")
                                                                   for n in item.get("notices", []))
                   for item in node.get("/api/v1/connections-health")["items"])

    wait_until(noticed, 90)
    node.call("DELETE", f"/api/v1/simulation/troubles/{trouble['id']}")
    wait_until(lambda: all(item["health"] in ("active", "idle")
                           for item in node.get("/api/v1/connections-health")["items"]), 120)


def a_query_ends_with_its_asker():
    """Queries without an end, whose askers hang up, keep nobody else waiting for the minute that they were given."""
    body = json.dumps({"sql": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
                       "time_limit": "60s"})
    host, port = node.url.removeprefix("http://").split(":")

    def endless():
        asker = socket.create_connection((host, int(port)))
        asker.sendall(f"POST /api/v1/sql HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {node.cookie}\r\nX-Hanse-Csrf: 1\r\n"
                      f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        return asker

    askers = [endless(), endless()]

    def another():
        return node.call("POST", "/api/v1/sql", {"sql": "SELECT 1"}).status

    def all_taken():
        for i, asker in enumerate(askers):
            if select.select([asker], [], [], 0)[0]:  # Answered: it came while `another` had its turn, and was refused.
                asker.close()
                askers[i] = endless()
        return another() == 503

    wait_until(all_taken)
    for asker in askers:
        asker.close()
    wait_until(lambda: another() == 200, 20)


with node:
    run_cases("integration", [every_machine_is_seen, every_connection_is_healthy, values_reach_history_with_their_units,
                              a_chart_has_no_more_points_than_pixels, a_broken_machine_is_down_on_the_board,
                              a_lost_network_is_seen_and_comes_back,
                              a_query_ends_with_its_asker])
