#!/usr/bin/env python3
"""Our Modbus client against servers that others wrote: Debian's pymodbus and npm's jsmodbus."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from node import Node, run_cases, wait_until  # noqa: E402
import modbus_peer as peer  # noqa: E402

node = Node()
servers = {}


def settings(port, **more):
    return {"host": "127.0.0.1", "port": port, "map": "", "points": peer.POINTS, "interval": "200ms", **more}


def addresses(connection):
    return {item["declaration"]["address"]: item["signal"] for item in node.get(f"/api/v1/connections/{connection}/addresses?limit=1000")["items"]}


def last(connection):
    """Values by address as history has them now."""
    known = {address: signal for address, signal in addresses(connection).items() if signal}
    if not known:
        return {}
    items = node.get("/api/v1/history/last?signals=" + ",".join(map(str, known.values())))["items"]
    by_signal = {item["signal"]: item for item in items}
    return {address: by_signal.get(signal, {}).get("value") for address, signal in known.items()}


def is_right(values, prefix=""):
    for name, text in peer.EXPECTED.items():
        value = values.get(prefix + name)
        if value is None or (str(value) != text and float(value if not isinstance(value, str) else "nan") != float(text)):
            return False
    return values.get(prefix + "hole") is None


def tested(name):
    answer = node.post("/api/v1/connections/test", {"protocol": "modbus", "settings": settings(servers[name][1]), "seconds": 10})
    values = {value["declaration"]["address"]: value["value"] for value in answer["values"]}
    for point, text in peer.EXPECTED.items():
        assert values[point] == text, (point, values[point])
    assert values["hole"] == "", values["hole"]
    assert values["last (at 38)"] == "38", "a look shows the neighbours"


def connected(name):
    port = servers[name][1]
    proxy = peer.Proxy(port)
    node.post("/api/v1/connections", {"id": name, "name": name, "protocol": "modbus", "asset": name, "settings": settings(
        proxy.port, more_units=[{"unit": 2, "name": "second", "map": "", "points": peer.POINTS}])})
    wait_until(lambda: is_right(last(name)) and is_right(last(name), "second/"), 30)
    assert proxy.most_open_questions == 1, "one question at a time"
    health = node.get(f"/api/v1/connections/{name}/health")
    assert health["samples"] > 10, health
    return proxy


def pymodbus_is_read():
    tested("pymodbus")
    proxy = connected("pymodbus")
    before = node.get("/api/v1/connections/pymodbus/health")["samples"]
    for _ in range(3):
        proxy.cut()
        wait_until(lambda: node.get("/api/v1/connections/pymodbus/health")["samples"] > before + 20, 30)
        wait_until(lambda: is_right(last("pymodbus")), 30)
        before = node.get("/api/v1/connections/pymodbus/health")["samples"]
    assert node.get("/api/v1/connections/pymodbus/health")["restarts"] >= 3


def pymodbus_restarts_and_is_found_again():
    process, port = servers["pymodbus"]
    process.kill()
    process.wait()
    wait_until(lambda: last("pymodbus")["count"] is None, 30)
    servers["pymodbus"] = (peer.start_pymodbus(port), port)
    wait_until(lambda: is_right(last("pymodbus")), 60)


def a_silent_unit_of_pymodbus_starves_nobody():
    """It answers nothing for units that it doesn't know."""
    node.post("/api/v1/connections", {"id": "gateway", "name": "gateway", "protocol": "modbus", "asset": "pymodbus", "settings": settings(
        servers["pymodbus"][1], time_limit="100ms", more_units=[{"unit": 77, "name": "dead", "map": "", "points": peer.POINTS}])})
    wait_until(lambda: is_right(last("gateway")), 30)
    before = node.get("/api/v1/connections/gateway/health")["samples"]
    health = wait_until(lambda: (lambda now: now if now["samples"] > before + 40 else None)(node.get("/api/v1/connections/gateway/health")), 30)
    assert health["restarts"] == 0, health
    assert any(notice["device"] == "dead" for notice in health["notices"]), health["notices"]


def jsmodbus_is_read_one_question_at_a_time():
    """It answers pipelined requests in reverse order."""
    tested("jsmodbus")
    connected("jsmodbus")


def a_server_that_is_no_modbus_is_told():
    answer = node.call("POST", "/api/v1/connections/test", {"protocol": "modbus", "settings": {"host": "127.0.0.1", "port": int(node.url.rsplit(":", 1)[1])}, "seconds": 5})
    assert answer.status == 422 and "Modbus" in answer.json()["detail"], (answer.status, answer.body[:300])


try:
    servers["pymodbus"] = (peer.start_pymodbus(port := peer.free_port()), port)
    servers["jsmodbus"] = (peer.start_jsmodbus(port := peer.free_port()), port)
    cases, skipped = [a_server_that_is_no_modbus_is_told], []
    if servers["pymodbus"][0]:
        cases += [pymodbus_is_read, pymodbus_restarts_and_is_found_again, a_silent_unit_of_pymodbus_starves_nobody]
    else:
        skipped.append("pymodbus: Debian's python3-pymodbus isn't installed")
    if servers["jsmodbus"][0]:
        cases.append(jsmodbus_is_read_one_question_at_a_time)
    else:
        skipped.append("jsmodbus: npm can't install it here")
    peer.report_skipped("interop/modbus", skipped)
    with node:
        node.set_up()
        for name in servers:
            node.post("/api/v1/assets", {"id": name, "name": name, "level": "asset", "kind": "meter"})
        run_cases("interop/modbus", cases)
finally:
    for process, _ in servers.values():
        if process:
            process.kill()
