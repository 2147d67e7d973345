#!/usr/bin/env python3
"""Line protocol from clients that others wrote: InfluxDB's own for npm (2.x), and Debian's influx (1.x) with its import."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from node import ROOT, Node, run_cases  # noqa: E402
import history_peer as peer  # noqa: E402

START = int(time.time()) // 3600 * 3600 - 7200  # Young enough not to be let go by the history's retention.
CLIENT = "@influxdata/influxdb-client@1.35.0"
PEERS = ROOT / "build" / "peers-influx"
WRITER = """
const { InfluxDB, Point } = require('@influxdata/influxdb-client');
const [url, token] = process.argv.slice(2);
const options = { batchSize: 1000, maxRetries: 0, gzipThreshold: 500 };
const api = new InfluxDB({ url, token }).getWriteApi('org', 'bucket', 'ms', options);
for (let i = 0; i < 2500; ++i) {
  api.writePoint(new Point('oven').tag('asset', 'oven 7').tag('unit', 'Cel').floatField('heat', 20 + i / 8).timestamp(new Date(%d + i * 1000)));
}
api.writePoint(new Point('oven').tag('asset', 'oven 7').intField('parts', 12).booleanField('open', true)
  .stringField('note', 'said "hot", \\\\ then\\nleft').timestamp(new Date(%d)));
api.close().then(() => console.log('closed'), (error) => { console.error(error.statusCode, error.body); process.exit(1); });
""" % (START * 1000, START * 1000)
work = pathlib.Path(tempfile.mkdtemp(prefix="hanse-influx-"))
node = Node()
tokens = {}


def has_npm_client():
    """Installs it once, beside the build."""
    if (PEERS / "node_modules/@influxdata/influxdb-client").is_dir():
        return True
    if not shutil.which("npm"):
        return False
    PEERS.mkdir(parents=True, exist_ok=True)
    (PEERS / "package.json").write_text('{"name": "peers", "private": true}\n')
    done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", CLIENT], cwd=PEERS, capture_output=True,
                          text=True, timeout=300, check=False)
    print(done.stderr[-300:])
    return done.returncode == 0


def signals_of(asset):
    return {signal["name"]: signal for signal in node.get(f"/api/v1/signals?asset={asset}&limit=1000")["items"]}


def raw(signal, limit=10_000):
    return node.get(f"/api/v1/history/raw?signal={signal['number']}&from=2025-11-24T00:00:00Z&limit={limit}")["items"]


def write_with_npm(url):
    (PEERS / "writer.js").write_text(WRITER)
    done = subprocess.run(["node", "writer.js", url, tokens["all"]], cwd=PEERS, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0 and "closed" in done.stdout, done.stderr[-300:]


def the_npm_client_writes_every_type():
    write_with_npm(peer.SigningProxy(node.url, tokens["all"]).url)
    signals = signals_of("oven-7")
    assert set(signals) == {"oven_heat", "oven_parts", "oven_open", "oven_note"}, signals
    assert signals["oven_heat"]["unit"] == "Cel" and signals["oven_heat"]["type"] == "real", signals
    heat = raw(signals["oven_heat"])
    assert len(heat) == 2500 and heat[8]["value"] == 21 and heat[1]["time"] == time.strftime("%Y-%m-%dT%H:%M:01Z", time.gmtime(START)), heat[:9]
    assert [raw(signals[name])[0]["value"] for name in ("oven_parts", "oven_open", "oven_note")] == [12, True, 'said "hot", \\ then\nleft']


def the_npm_client_signs_in_as_it_is_used_to():
    """`Authorization: Token ...`"""
    write_with_npm(node.url)


def influx(url_port, *words, user=()):
    return subprocess.run(["influx", "-host", "127.0.0.1", "-port", str(url_port), *user, *words], capture_output=True, text=True, timeout=60, check=False)


def import_file(port, user=()):
    path = work / "lines.txt"
    rows = "".join(f"press,asset=press-9 power={i}.5,count={i}i {START + i}\n" for i in range(500))
    path.write_text("# DML\n# CONTEXT-DATABASE: plant\n" + rows)
    return influx(port, "-import", "-path", str(path), "-precision", "s", user=user)


def debians_influx_imports_a_file():
    port = peer.SigningProxy(node.url, tokens["all"]).url.rsplit(":", 1)[1]
    done = import_file(port)
    assert done.returncode == 0 and "0 commands" in done.stdout + done.stderr and "500 inserts" in done.stdout + done.stderr, (done.stdout + done.stderr)[:300]
    signals = signals_of("press-9")
    assert set(signals) == {"press_power", "press_count"}, signals
    power = raw(signals["press_power"])
    assert len(power) == 500 and power[499]["value"] == 499.5, power[-1:]


def debians_influx_signs_in_with_a_name_and_the_token():
    done = import_file(node.url.rsplit(":", 1)[1], user=("-username", "token", "-password", tokens["all"]))
    assert done.returncode == 0 and "500 inserts" in done.stdout + done.stderr, (done.stdout + done.stderr)[:300]


def a_wrong_line_is_told_and_the_others_stand():
    headers = {"Authorization": f"Bearer {tokens['all']}"}
    answer = node.call("POST", "/write?db=x&precision=s", f"press,asset=press-9 heat=1 {START}\npress oops\n", headers=headers, content_type="text/plain")
    assert answer.status == 400 and "line 2" in answer.json()["error"] and answer.json()["code"] == "invalid", answer.body
    assert raw(signals_of("press-9")["press_heat"])[0]["value"] == 1
    answer = node.call("POST", "/api/v1/history/write", "press oops", headers=headers, content_type="text/plain")
    assert answer.status == 422 and answer.json()["fields"][0]["path"] == "line 1", answer.body


def a_token_that_may_not_make_signals_makes_none():
    headers = {"Authorization": f"Bearer {tokens['write']}"}
    answer = node.call("POST", "/api/v2/write?bucket=b&org=o", f"press,asset=press-9 power=7 {(START + 900) * 10**9}\n", headers=headers, content_type="text/plain")
    assert answer.status == 204, answer.body
    answer = node.call("POST", "/api/v2/write?bucket=b&org=o", f"press,asset=press-9 fresh=7 {START}\n", headers=headers, content_type="text/plain")
    assert answer.status == 400 and "plant.write" in answer.json()["message"], answer.body
    assert "press_fresh" not in signals_of("press-9")


cases, skipped = [], []
if has_npm_client():
    cases += [the_npm_client_writes_every_type, the_npm_client_signs_in_as_it_is_used_to]
else:
    skipped.append(f"npm can't install {CLIENT} here")
if shutil.which("influx"):
    cases += [debians_influx_imports_a_file, debians_influx_signs_in_with_a_name_and_the_token]
else:
    skipped.append("Debian's package influxdb-client isn't installed")
cases += [a_wrong_line_is_told_and_the_others_stand, a_token_that_may_not_make_signals_makes_none]
peer.report_skipped("interop/influx", skipped)
try:
    with node:
        node.set_up()
        tokens["all"] = peer.make_token(node, "history.write", "history.read", "plant.write")
        tokens["write"] = peer.make_token(node, "history.write")
        run_cases("interop/influx", cases)
finally:
    shutil.rmtree(work, ignore_errors=True)
