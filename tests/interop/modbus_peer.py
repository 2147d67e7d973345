"""Modbus TCP servers that others wrote, for tests: Debian's pymodbus, npm's jsmodbus."""
import asyncio
import os
import pathlib
import socket
import struct
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PEERS = ROOT / "build/peers"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for_port(port, time_limit=30):
    deadline = time.monotonic() + time_limit
    while time.monotonic() < deadline:
        with socket.socket() as one:
            # A free port is of the range that clients get theirs from: a socket may well reach itself.
            if one.connect_ex(("127.0.0.1", port)) == 0 and one.getsockname() != one.getpeername():
                return
        time.sleep(0.05)
    raise RuntimeError(f"nobody listens on {port}")


def float_words(value, order="abcd"):
    words = list(struct.unpack(">HH", struct.pack(">f", value)))
    return {"abcd": words, "cdab": words[::-1]}[order]


# Both servers hold the same: what our points below expect. A hole from 40 to 99; units 1 and 2 alike.
REGISTERS = [17, *float_words(12.5), *float_words(-2.25, "cdab"), 0xFFFE, 0x4142, 0x4300] + list(range(8, 40))
POINTS = [
    {"name": "count", "number": "40001", "type": "u16"},
    {"name": "temperature", "address": 1, "type": "f32", "unit": "Cel", "meaning": "temperature"},
    {"name": "offset", "address": 3, "type": "f32", "order": "cdab", "unit": "mm"},
    {"name": "delta", "address": 5, "type": "i16"},
    {"name": "label", "address": 6, "type": "text", "length": 2},
    {"name": "last", "address": 39, "type": "u16"},
    {"name": "hole", "address": 45, "type": "u16"},
]
EXPECTED = {"count": "17", "temperature": "12.5", "offset": "-2.25", "delta": "-2", "label": "ABC", "last": "39"}

PYMODBUS = """
import sys
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartTcpServer
words = [int(word) for word in sys.argv[2].split(",")]
def unit():
    return ModbusSlaveContext(hr=ModbusSequentialDataBlock(0, list(words)), ir=ModbusSequentialDataBlock(0, list(words)), zero_mode=True)
StartTcpServer(context=ModbusServerContext(slaves={1: unit(), 2: unit()}, single=False), address=("127.0.0.1", int(sys.argv[1])), allow_reuse_address=True)
"""

JSMODBUS = """
const net = require("net"), modbus = require("jsmodbus");
const words = process.argv.at(-1).split(",").map(Number);
const holding = Buffer.alloc(words.length * 2);
words.forEach((word, index) => holding.writeUInt16BE(word, index * 2));
const server = new net.Server();
new modbus.server.TCP(server, {holding, input: holding});
server.listen(Number(process.argv.at(-2)), "127.0.0.1");
"""


def start_pymodbus(port, words=None):
    """None when Debian's package isn't here."""
    probe = subprocess.run(["/usr/bin/python3", "-c", "import pymodbus.server"], capture_output=True, check=False)
    if probe.returncode != 0:
        return None
    process = subprocess.Popen(["/usr/bin/python3", "-c", PYMODBUS, str(port), ",".join(map(str, words or REGISTERS))],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for_port(port)
    return process


def install_npm(*packages):
    """False when they can't be had; says why on standard output."""
    PEERS.mkdir(parents=True, exist_ok=True)
    missing = [name for name in packages if not (PEERS / "node_modules" / name.split("@")[0]).is_dir()]
    if not missing:
        return True
    if not (PEERS / "package.json").exists():
        (PEERS / "package.json").write_text('{"name": "peers", "private": true}\n')
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *missing], cwd=PEERS,
                          capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        print(f"npm can't install {' '.join(missing)}: {done.stderr.strip()[-300:]}")
    return done.returncode == 0


def start_jsmodbus(port, words=None):
    if not install_npm("jsmodbus@5.0.0"):
        return None
    process = subprocess.Popen(["node", "-e", JSMODBUS, "--", str(port), ",".join(map(str, words or REGISTERS))], cwd=PEERS,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for_port(port)
    return process


def report_skipped(suite, reasons):
    """Counts cases whose peer can't be had, out loud."""
    for reason in reasons:
        print(f"skipped {suite}/{reason}", flush=True)
        if os.environ.get("HANSE_TEST_RESULTS"):
            with open(os.environ["HANSE_TEST_RESULTS"], "a", encoding="utf-8") as file:
                file.write(f"skipped {suite}/{reason}\n")


class Proxy:
    """Stands between our client and a server, keeps each frame, and can lose or hold them."""

    def __init__(self, server_port):
        self.server_port, self.port = server_port, free_port()
        self.frames = []          # (ms, dir, bytes)
        self.most_open_questions = 0
        self._open = 0
        self.loop = asyncio.new_event_loop()
        self.connections = []
        started = threading.Event()
        threading.Thread(target=self._run, args=(started,), daemon=True).start()
        started.wait(10)

    def _run(self, started):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", self.port))
        started.set()
        self.loop.run_forever()

    async def _serve(self, reader, writer):
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.server_port)
        self.connections.append((writer, up_writer))
        self._open = 0
        await asyncio.gather(self._pump(reader, up_writer, "client"), self._pump(up_reader, writer, "server"))

    async def _pump(self, reader, writer, direction):
        try:
            while True:
                head = await reader.readexactly(6)
                frame = head + await reader.readexactly(int.from_bytes(head[4:6], "big"))
                self._open += 1 if direction == "client" else -1
                self.most_open_questions = max(self.most_open_questions, self._open)
                self.frames.append((int(time.time() * 1000), direction, frame))
                writer.write(frame)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def cut(self):
        """Closes every connection under way."""
        def close():
            for pair in self.connections:
                for writer in pair:
                    writer.close()
            self.connections.clear()
        self.loop.call_soon_threadsafe(close)


if __name__ == "__main__":
    sys.exit("this is no test; tests import it")
