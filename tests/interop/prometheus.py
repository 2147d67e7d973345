#!/usr/bin/env python3
"""Our Prometheus interface beside the real one: the same samples in both, the same queries, the same answers; and
Prometheus' own client (promtool) against ours. Samples lie between the queries' steps, because the two count the edges of
a window differently (Prometheus 2 includes its begin, we and Prometheus 3 don't)."""
import json
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from node import Node, run_cases, wait_until  # noqa: E402
import history_peer as peer  # noqa: E402

START = int(time.time()) // 3600 * 3600 - 7200  # Young enough not to be let go by the history's retention.
END = START + 3600
work = pathlib.Path(tempfile.mkdtemp(prefix="hanse-prometheus-"))
node = Node()
real = {}

QUERIES = [
    "heat", 'heat{asset=~"oven-[12]"}', '{asset="oven-1",meaning!="x"}', "heat offset 10m", "-heat * 2 + 1", "heat % 7", "heat > 60",
    "heat > bool 60", "sum(heat)", "sum by (asset) (heat)", "avg without (asset) (heat)", "max(heat) - min(heat)", "count(heat > 55)",
    "avg_over_time(heat[5m])", "min_over_time(heat[5m])", "max_over_time(heat[7m])", "sum_over_time(heat[10m])",
    "count_over_time(heat[5m])", "last_over_time(heat[2m])", "rate(made[5m])", "increase(made[20m])", "sum(rate(made[5m])) * 3600",
    "delta(heat[10m])", "heat / on(asset) made", "round(heat, 0.5)", "clamp(heat, 55, 60)", "floor(heat) + ceil(heat)",
    "sqrt(abs(heat))", "scalar(sum(made)) / 2", "vector(1) + time() % 60", "2 ^ 3 ^ 2 - -1", 'sum(heat{asset!~"oven-1|x.*"})',
]


def samples():
    """(metric, asset, seconds, value): temperatures that swing, counters that begin anew once."""
    for oven in (1, 2, 3):
        for i in range(240):
            at = START + 7 + i * 15 + oven / 4
            yield "heat", f"oven-{oven}", at, round(50 + 10 * math.sin(i / 9 + oven) + oven, 3)
            yield "made", f"oven-{oven}", at, float(i * oven if i < 150 else (i - 150) * oven)


def fill_ours():
    lines = "".join(f"{asset} {name}={value} {round(at * 1e9)}\n" for name, asset, at, value in samples())
    answer = node.call("POST", "/api/v1/history/write", lines, content_type="text/plain")
    assert answer.status == 200, answer.body
    assert answer.json()["values"] == 1440, answer.body


def start_real():
    """A real Prometheus that holds the same; its address."""
    text = "".join(f'{name}{{asset="{asset}",signal="{name}"}} {value} {at}\n' for name, asset, at, value in samples())
    (work / "samples.txt").write_text(text + "# EOF\n")
    subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", work / "samples.txt", work / "data"], check=True,
                   capture_output=True, timeout=60)
    (work / "empty.yml").write_text("global: {}\n")
    port = peer.free_port()
    with open(work / "log", "wb") as log:
        real["process"] = subprocess.Popen(
            ["prometheus", f"--config.file={work}/empty.yml", f"--storage.tsdb.path={work}/data", "--storage.tsdb.retention.time=50y",
             f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
    real["url"] = f"http://127.0.0.1:{port}"

    def is_ready():
        try:
            return urllib.request.urlopen(real["url"] + "/-/ready", timeout=5).status == 200
        except OSError:
            return False

    wait_until(is_ready, 60)


def ask(address, path, headers=None, **parameters):
    data = urllib.parse.urlencode(parameters).encode()
    request = urllib.request.Request(f"{address}/api/v1/{path}", data=data, headers=headers or {})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["data"]


def ours(path, **parameters):
    return ask(node.url + "/prometheus", path, {"Authorization": f"Bearer {real['token']}"}, **parameters)


def comparable(data):
    if data["resultType"] in ("scalar", "string"):
        return {"": [data["result"]]}
    return {json.dumps(one["metric"], sort_keys=True): one.get("values") or [one["value"]] for one in data["result"]}


def assert_same(query, mine, theirs):
    assert mine["resultType"] == theirs["resultType"], (query, mine["resultType"], theirs["resultType"])
    a, b = comparable(mine), comparable(theirs)
    assert a.keys() == b.keys(), (query, sorted(a)[:3], sorted(b)[:3])
    for labels, values in b.items():
        assert [one[0] for one in a[labels]] == [one[0] for one in values], (query, labels, a[labels][:2], values[:2])
        for (at, left), (_, right) in zip(a[labels], values):
            x, y = float(left), float(right)
            assert x == y or abs(x - y) <= 1e-9 * max(abs(x), abs(y)) or (math.isnan(x) and math.isnan(y)), (query, labels, at, left, right)


def a_range_gives_what_the_real_one_gives():
    for query in QUERIES:
        parameters = {"query": query, "start": START + 1200, "end": END, "step": 60}
        assert_same(query, ours("query_range", **parameters), ask(real["url"], "query_range", **parameters))


def a_moment_gives_what_the_real_one_gives():
    for query in QUERIES:
        for at in (START + 1500, END - 1):
            assert_same(query, ours("query", query=query, time=at), ask(real["url"], "query", query=query, time=at))


def a_wrong_query_is_refused_as_the_real_one_does():
    for query in ("sum(", "heat{", "rate(heat)", "1 > 2", "heat[5m]", "nosuch(heat)"):
        for address, headers, path in ((node.url + "/prometheus", {"Authorization": f"Bearer {real['token']}"}, "query_range"), (real["url"], {}, "query_range")):
            try:
                ask(address, path, headers, query=query, start=START, end=END, step=60)
                raise AssertionError(f"{address} takes {query}")
            except urllib.error.HTTPError as error:
                body = json.load(error)
                assert error.code == 400 and body["status"] == "error" and body["errorType"] == "bad_data" and body["error"], (query, error.code, body)


def promtool(*words):
    done = subprocess.run(["promtool", "query", *words], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def promtool_queries_ours():
    proxy = peer.SigningProxy(node.url + "/prometheus", real["token"])
    out = promtool("instant", "--format=json", f"--time={START + 1500}", proxy.url, "sum by (asset) (heat)")
    assert {one["metric"]["asset"] for one in json.loads(out)} == {"oven-1", "oven-2", "oven-3"}, out
    out = promtool("range", "--format=json", f"--start={START + 600}", f"--end={END}", "--step=60s", proxy.url, "rate(made[5m])")
    assert len(json.loads(out)) == 3 and len(json.loads(out)[0]["values"]) > 40, out
    out = promtool("series", "--match=heat", proxy.url)
    assert out.count('asset="oven-') == 3, out
    out = promtool("labels", proxy.url, "asset")
    assert out.split() == ["oven-1", "oven-2", "oven-3"], out


def clients_sign_in_with_a_name_and_the_token():
    """Grafana's basic authentication, and promtool's address with a name: the token is the password."""
    address = node.url.replace("://", f"://token:{real['token']}@") + "/prometheus"
    out = promtool("instant", "--format=json", f"--time={START + 1500}", address, "count(heat)")
    assert json.loads(out)[0]["value"][1] == "3", out


cases, skipped = [], []
try:
    with node:
        node.set_up()
        real["token"] = peer.make_token(node, "history.read")
        fill_ours()
        if shutil.which("prometheus") and shutil.which("promtool"):
            start_real()
            cases = [a_range_gives_what_the_real_one_gives, a_moment_gives_what_the_real_one_gives,
                     a_wrong_query_is_refused_as_the_real_one_does, promtool_queries_ours, clients_sign_in_with_a_name_and_the_token]
        else:
            skipped.append("Debian's package prometheus isn't installed")
        peer.report_skipped("interop/prometheus", skipped)
        run_cases("interop/prometheus", cases)
finally:
    if "process" in real:
        real["process"].kill()
    shutil.rmtree(work, ignore_errors=True)
