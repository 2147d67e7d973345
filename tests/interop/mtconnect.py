#!/usr/bin/env python3
"""Our MTConnect client with the bytes of the reference agent 1.3 and of a real machine's adapter, over sockets; and with a
live agent when HANSE_TEST_MTCONNECT_AGENT names one (there is none on Debian, npm or PyPI that counts sequences: PyPI's
`mtconnect` 0.3.3 sends streams without nextSequence)."""
import os
import pathlib
import re
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from node import Node, run_cases, wait_until  # noqa: E402
import modbus_peer as peer  # noqa: E402

RECORDED = pathlib.Path(__file__).resolve().parent.parent.parent / "src/connectors/mtconnect/testdata"
node = Node()


class Server:
    """Serves each connection by `serve(socket)` on a thread, until it is stopped."""

    def __init__(self, serve, port=0):
        self.serve, self.open = serve, []
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", port))
        self.listener.listen()
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.open.append(connection)
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection):
        try:
            self.serve(connection)
        except OSError:
            pass

    def stop(self):
        for one in [self.listener, *self.open]:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()


requests = []


def agent(connection):
    """The reference agent's answers, byte for byte. The stream then stays open, as it does between two documents."""
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(4096)
        if not more:
            return
        head += more
    path = head.split()[1].decode()
    requests.append(path)
    name = "probe" if "probe" in path else "current" if "current" in path else "sample-stream"
    data = (RECORDED / f"{name}.http").read_bytes()
    for at in range(0, len(data), 1000):  # Cut anywhere but where the documents end.
        connection.sendall(data[at:at + 1000])
    if name == "sample-stream":
        while connection.recv(100):
            pass
    connection.close()


def adapter(connection):
    """The first lines of a machine's day; answers PING as an adapter does."""
    connection.sendall(b"* PONG 1000\n" + b"\n".join(LINES) + b"\n")
    while True:
        asked = connection.recv(100)
        if not asked:
            return
        if b"* PING" in asked:
            connection.sendall(b"* PONG 1000\n")


LINES = (RECORDED / "nist-Mazak01-20170627.shdr.txt").read_bytes().split(b"\n")[:3000]


def addresses(connection):
    return {item["declaration"]["address"]: item["signal"] for item in node.get(f"/api/v1/connections/{connection}/addresses?limit=1000")["items"]}


def last(connection, address):
    number = addresses(connection).get(address)
    if not number:
        return None
    items = node.get(f"/api/v1/history/last?signals={number}")["items"]
    return items[0]["value"] if items else None


def the_reference_agents_stream_is_followed():
    server = Server(agent)
    url = f"http://127.0.0.1:{server.port}"
    answer = node.post("/api/v1/connections/test", {"protocol": "mtconnect", "settings": {"url": url}, "seconds": 10})
    assert len(answer["values"]) > 20, answer
    node.post("/api/v1/connections", {"id": "agent", "name": "Agent", "protocol": "mtconnect", "asset": "hall", "settings": {"url": url}})
    stream = (RECORDED / "sample-stream.http").read_text()
    whole = stream[:stream.rindex("</MTConnectStreams>")]  # The recording ends in the middle of a part.
    expected = {}
    for attributes, value in re.findall(r"<(?!Normal|Warning|Fault|Unavailable)\w+ ([^>]*dataItemId=[^>]*)>([^<]*)<", whole):
        sequence = int(re.search(r'sequence="(\d+)"', attributes)[1])
        item = re.search(r'dataItemId="([^"]+)"', attributes)[1]
        if sequence >= 4604 and sequence >= expected.get(item, (0, ""))[0]:
            expected[item] = (sequence, value.strip())
    plain = {item: value for item, (_, value) in expected.items() if " " not in value}
    assert len(plain) >= 5, plain

    def same():
        for item, value in plain.items():
            got = last("agent", item)
            if value == "UNAVAILABLE":
                value = None
            if got != value and not (isinstance(got, (int, float)) and value and abs(got - float(value)) < 1e-9 * max(1, abs(got))):
                return False
        return True

    wait_until(same, 30)
    assert any("from=4604" in path and "heartbeat" in path for path in requests), requests
    health = node.get("/api/v1/connections/agent/health")
    assert health["rejected"] == 0 and health["restarts"] == 0, health
    server.stop()
    wait_until(lambda: last("agent", next(iter(plain))) is None, 30)


def an_adapter_is_followed_and_found_again():
    server = Server(adapter)
    expected = None
    for line in LINES:
        fields = line.decode().split("|")
        if len(fields) != 7 and "execution" in fields[1::2]:
            expected = fields[fields.index("execution") + 1]
    assert expected not in (None, "UNAVAILABLE"), expected
    node.post("/api/v1/connections", {"id": "adapter", "name": "Adapter", "protocol": "mtconnect", "asset": "hall",
                                      "settings": {"url": f"shdr://127.0.0.1:{server.port}", "device": "mazak"}})
    wait_until(lambda: last("adapter", "execution") == expected, 30)
    time.sleep(2.5)  # Longer than two heartbeats: the PINGs keep it alive.
    assert node.get("/api/v1/connections/adapter/health")["restarts"] == 0
    port = server.port
    server.stop()
    wait_until(lambda: last("adapter", "execution") is None, 30)
    server = Server(adapter, port)
    # The recording's times lie before the outage, so history's newest stays the outage; the connection tells.
    wait_until(lambda: node.get("/api/v1/connections/adapter/health")["health"] in ("active", "idle", "degraded"), 60)
    samples = node.get("/api/v1/connections/adapter/health")["samples"]
    assert samples > len(LINES), samples
    server.stop()


def a_server_that_is_no_agent_is_told():
    answer = node.call("POST", "/api/v1/connections/test", {"protocol": "mtconnect", "settings": {"url": node.url + "/nothing"}, "seconds": 5})
    assert answer.status == 422 and "no MTConnect document" in answer.json()["detail"], (answer.status, answer.body[:300])


def a_live_agent_is_followed():
    url = os.environ["HANSE_TEST_MTCONNECT_AGENT"]
    node.post("/api/v1/connections", {"id": "live", "name": "Live", "protocol": "mtconnect", "asset": "hall", "settings": {"url": url}})
    wait_until(lambda: node.get("/api/v1/connections/live/health")["samples"] > 100, 60)


cases = [a_server_that_is_no_agent_is_told, the_reference_agents_stream_is_followed, an_adapter_is_followed_and_found_again]
if os.environ.get("HANSE_TEST_MTCONNECT_AGENT"):
    cases.append(a_live_agent_is_followed)
else:
    peer.report_skipped("interop/mtconnect", ["a_live_agent_is_followed: no agent to be had; name one in HANSE_TEST_MTCONNECT_AGENT"])
with node:
    node.set_up()
    node.post("/api/v1/assets", {"id": "hall", "name": "Hall", "level": "line"})
    run_cases("interop/mtconnect", cases)
