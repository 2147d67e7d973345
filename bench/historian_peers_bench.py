#!/usr/bin/env python3
"""The historian and its peers on the same sets A, B and C (see historian_bench.cpp), in turn: ours before each peer, of which the
median counts. VictoriaMetrics and InfluxDB from Debian by line protocol in batches of 1.5 MB over one connection, DuckDB and chDB
(ClickHouse) from npm by a CSV file. CPU-seconds are the server's; bytes are the data folder's after its own flush or merge and a
clean stop. A peer that can't be had is skipped, printed and counted.

HANSE_BENCH_PEERS names those wanted, as in `victoriametrics,influxdb`."""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCH = pathlib.Path(os.environ.get("HANSE_BENCH_PROGRAM", ROOT / "build/release/bench/historian_bench"))
PACKAGES = ROOT / "build/bench-peers"
BATCH_BYTES = 1_500_000
HOURS = 28
START_S = 1764028800
HOST_COUNT, FIELD_COUNT, STEP_COUNT = 100, 10, 10_000


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def folder_bytes(folder):
    return sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file())


class Server:
    """One peer's process on a folder and a port of its own."""

    def __init__(self, command, folder, port):
        self.folder, self.port = folder, port
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request(method, path, body)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path.split('?')[0]}: {answer.status} {data[:200]!r}")
        return data

    def wait(self, path):
        for _ in range(200):
            with contextlib.suppress(OSError, RuntimeError):
                self.call("GET", path)
                return
            time.sleep(0.05)
        raise RuntimeError("it doesn't start")

    def load(self, path, lines):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        with open(lines, "rb") as file:
            while batch := file.read(BATCH_BYTES):
                batch += file.readline()
                connection.request("POST", path, batch)
                answer = connection.getresponse()
                answer.read()
                if answer.status >= 300:
                    raise RuntimeError(f"a batch was refused: {answer.status}")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)


def victoriametrics(name, lines, values):
    port = free_port()
    folder = tempfile.mkdtemp(prefix="hanse-vm-")
    program = shutil.which("victoria-metrics")
    server = Server([program, f"-storageDataPath={folder}", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=100y",
                     "-search.maxStalenessInterval=1h"], folder, port)
    try:
        server.wait("/health")
        before = cpu_s(server.process.pid)
        server.load("/write?precision=ns", lines)
        server.call("GET", "/internal/force_flush")
        used = cpu_s(server.process.pid) - before
        print(f"FIGURE historian.append_{name}.victoriametrics {values / used:.0f} values/CPU-s", flush=True)
        if name == "a":
            query = urllib.parse.urlencode({"query": "avg_over_time(cpu_f0[1h])", "start": START_S, "end": START_S + HOURS * 3600,
                                            "step": "1h", "nocache": "1"})
            groupby(lambda: len(json.loads(server.call("GET", f"/api/v1/query_range?{query}"))["data"]["result"]), "victoriametrics")
        server.call("GET", "/internal/force_merge")
        time.sleep(3)
        server.stop()
        print(f"FIGURE historian.bytes_{name}.victoriametrics {folder_bytes(folder) / values:.3f} bytes/value", flush=True)
    finally:
        server.stop()
        shutil.rmtree(folder)


def influxdb(name, lines, values):
    folder, port = tempfile.mkdtemp(prefix="hanse-influx-"), free_port()
    config = pathlib.Path(folder, "influxdb.conf")
    config.write_text(f"""reporting-disabled = true
bind-address = "127.0.0.1:{free_port()}"
[meta]
dir = "{folder}/meta"
[data]
dir = "{folder}/data"
wal-dir = "{folder}/wal"
index-version = "tsi1"
[http]
bind-address = "127.0.0.1:{port}"
log-enabled = false
""")
    server = Server([shutil.which("influxd"), "-config", str(config)], folder, port)
    try:
        server.wait("/ping")
        server.call("POST", "/query?" + urllib.parse.urlencode({"q": "CREATE DATABASE bench"}))
        before = cpu_s(server.process.pid)
        server.load("/write?db=bench&precision=ns", lines)
        used = cpu_s(server.process.pid) - before
        print(f"FIGURE historian.append_{name}.influxdb {values / used:.0f} values/CPU-s", flush=True)
        if name == "a":
            query = urllib.parse.urlencode({"db": "bench", "q": "SELECT mean(f0) FROM cpu WHERE time >= "
                                            f"{START_S}s AND time < {START_S + HOURS * 3600}s GROUP BY time(1h), host"})
            groupby(lambda: len(json.loads(server.call("GET", f"/query?{query}"))["results"][0]["series"]), "influxdb")
        server.stop()
        # What is still in its own write-ahead log is counted as it lies: it has no flush by command.
        print(f"FIGURE historian.bytes_{name}.influxdb {folder_bytes(folder) / values:.3f} bytes/value", flush=True)
    finally:
        server.stop()
        shutil.rmtree(folder)


def groupby(run, peer):
    times = []
    for _ in range(7):
        begin = time.monotonic()
        if run() != HOST_COUNT:
            raise RuntimeError("the answer has another number of hosts")
        times.append((time.monotonic() - begin) * 1e3)
    print(f"FIGURE historian.groupby_ms.{peer} {statistics.median(times):.1f} ms", flush=True)


def to_csv(lines, path):
    """The wide table of sets A and B."""
    with open(lines, encoding="ascii") as source, open(path, "w", encoding="ascii") as out:
        out.write("time,host," + ",".join(f"f{i}" for i in range(FIELD_COUNT)) + "\n")
        for line in source:
            tags, fields, moment = line.split(" ")
            out.write(moment.strip() + "," + tags.split("=")[1] + "," + ",".join(f.split("=")[1] for f in fields.split(",")) + "\n")


def sql_peer(peer, package):
    """Installs the package once and runs bench/historian_peers.mjs with it."""
    def run(name, lines, values):
        if name == "c":
            return
        PACKAGES.mkdir(parents=True, exist_ok=True)
        if not (PACKAGES / "node_modules" / package).exists():
            subprocess.run(["npm", "install", "--prefix", PACKAGES, "--no-audit", "--no-fund", "--silent", package], check=True,
                           timeout=600, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        folder = tempfile.mkdtemp(prefix="hanse-sql-")
        try:
            csv = os.path.join(folder, "set.csv")
            to_csv(lines, csv)
            script = shutil.copy(ROOT / "bench/historian_peers.mjs", PACKAGES / "historian_peers.mjs")
            done = subprocess.run(["node", script, peer, csv, os.path.join(folder, "data")], capture_output=True, text=True, timeout=600)
            if done.returncode != 0:
                raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it ended with an error")
            answer = json.loads(done.stdout.strip().splitlines()[-1])
            size = answer.get("bytes") or folder_bytes(os.path.join(folder, "data"))
            print(f"FIGURE historian.append_{name}.{peer} {values / answer['cpu_s']:.0f} values/CPU-s", flush=True)
            print(f"FIGURE historian.bytes_{name}.{peer} {size / values:.3f} bytes/value", flush=True)
            if name == "a":
                print(f"FIGURE historian.groupby_ms.{peer} {answer['groupby_ms']:.1f} ms", flush=True)
        finally:
            shutil.rmtree(folder)
    return run


PEERS = {"victoriametrics": ("victoria-metrics", victoriametrics), "influxdb": ("influxd", influxdb),
         "duckdb": ("node", sql_peer("duckdb", "@duckdb/node-api")), "chdb": ("node", sql_peer("chdb", "chdb"))}


def ours(name, figures):
    """One run of our own on a set; adds to each figure's values."""
    done = subprocess.run([BENCH, name], capture_output=True, text=True, check=True, cwd=ROOT)
    for line in done.stdout.splitlines():
        words = line.split()
        if words[0] == "FIGURE":
            figures.setdefault((words[1], " ".join(words[3:])), []).append(float(words[2]))


def main():
    wanted = os.environ.get("HANSE_BENCH_PEERS", ",".join(PEERS)).split(",")
    lost = {peer: f"'{PEERS[peer][0]}' isn't installed" for peer in wanted if shutil.which(PEERS[peer][0]) is None}
    with tempfile.TemporaryDirectory(prefix="hanse-lines-") as folder:
        for name in ("a", "b", "c"):
            lines = os.path.join(folder, name)
            with open(lines, "wb") as out:
                subprocess.run([BENCH, "--lines", name], stdout=out, check=True, cwd=ROOT)
            if os.path.getsize(lines) == 0:
                print(f"SKIP historian.bytes_{name}: ../shared/standards/shop-floor-data isn't here", flush=True)
                continue
            values = HOST_COUNT * FIELD_COUNT * STEP_COUNT
            if name == "c":
                with open(lines, "rb") as file:
                    values = sum(1 for _ in file)
            figures = {}
            for peer in wanted:
                ours(name, figures)
                if peer in lost:
                    continue
                try:
                    PEERS[peer][1](name, lines, values)
                except (RuntimeError, OSError, subprocess.SubprocessError, http.client.HTTPException) as error:
                    lost[peer] = f"set {name}: {error}"
            os.remove(lines)
            for (figure, unit), measured in figures.items():
                print(f"FIGURE {figure} {statistics.median(measured):.9g} {unit}", flush=True)
    for peer, why in lost.items():
        print(f"SKIP {peer}: {why}", flush=True)


main()
