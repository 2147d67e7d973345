#!/usr/bin/env python3
"""A node under a plant's load for hours, with flat memory: `tests/soak/soak.py [hours]`, 24 when not given.

Not part of `./dev test`: it takes its time. The demo's plant runs, a thousand more series come in each second by line
protocol (one in a hundred samples late, some twice), charts and aggregates are asked for, and every quarter of an hour
the node is stopped and started again. Each minute resident memory, disk and what history counts go to
tests/artefacts/soak.csv. After a tenth of the time, at most two hours, memory must not grow: the slope of a line through
the rest times its length stays under 5 % of the median. Exits 1 when it does grow or a sample is missing at the end.
"""
import csv
import os
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
os.environ.setdefault("HANSE_TEST_BUILD", str(pathlib.Path(__file__).resolve().parents[2] / "build/release"))
from node import ROOT, Node  # noqa: E402

SERIES = 1_000
RESTART_S = 15 * 60
GROWTH_MAX = 0.05


def resident_mb(node):
    pages = int(pathlib.Path(f"/proc/{node.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


def disk_mb(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def lines_of(second, late):
    """One second of all series; every hundredth of the second `late` before, which was left out then."""
    rows = []
    for series in range(SERIES):
        skipped = (series + second) % 100 == 0
        if not skipped:
            rows.append(f"soak,series={series} value={second * 31 % 1009 + series / 100} {second}")
        if (series + late) % 100 == 0:
            rows.append(f"soak,series={series} value={late * 31 % 1009 + series / 100} {late}")
    return "\n".join(rows) + "\n"


def write(node, second, late):
    answer = node.call("POST", "/write?precision=s", lines_of(second, late), content_type="text/plain")
    assert answer.status == 204, f"a second was refused: {answer.status} {answer.body[:300]}"


def count_of(node, number, begin, end):
    """Samples of one series, by the day, as the answer has a limit."""
    total = 0
    for day in range(begin, end, 86_400):
        page = node.get(f"/api/v1/history/aggregate?signals={number}&from={at(day)}&to={at(min(end, day + 86_400))}"
                        "&step=1h&functions=count")
        total += sum(value or 0 for value in page["series"][0]["values"]["count"])
    return total


def at(second):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))


def slope_per_s(points):
    mean_x, mean_y = statistics.fmean(x for x, _ in points), statistics.fmean(y for _, y in points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def soak(hours):
    artefact = ROOT / "tests/artefacts/soak.csv"
    artefact.parent.mkdir(exist_ok=True)
    begin = last = int(time.time())
    end = begin + int(hours * 3600)
    points = []
    with Node(demo=True) as node, open(artefact, "w", newline="", encoding="utf-8") as file:
        node.set_up()
        table = csv.writer(file)
        table.writerow(["second", "resident_mb", "disk_mb"])
        next_look, next_restart = begin + 5, begin + RESTART_S
        while last < end:
            while last < min(end, int(time.time())):
                last += 1
                write(node, last, max(begin, last - 30))
            if last >= next_look:
                next_look += 60
                numbers = [signal["number"] for signal in node.get("/api/v1/signals?limit=20")["items"]]
                node.get("/api/v1/history/chart?pixels=1000&signals=" + ",".join(map(str, numbers)) +
                         f"&from={at(begin)}&to={at(last)}")
                points.append((last - begin, resident_mb(node)))
                table.writerow([*map(lambda x: round(x, 1), points[-1]), round(disk_mb(node.data), 1)])
                file.flush()
                print(f"{points[-1][0]:7d} s  {points[-1][1]:7.1f} MB", flush=True)
            if last >= next_restart:
                next_restart += RESTART_S
                assert node.stop() == 0
                node.start()
            time.sleep(0.05)
        found = node.get("/api/v1/signals?limit=1000&asset=soak")["items"]
        # Every hundredth second of a series came half a minute later; those of the last half minute didn't any more.
        number = found[0]["number"]
        kept = count_of(node, number, begin, end + 1)
        assert kept >= (end - begin) - 2, f"{end - begin - kept} samples are missing"
    settled = [point for point in points if point[0] >= min(7200, (end - begin) / 10)]
    growth = slope_per_s(settled) * (settled[-1][0] - settled[0][0]) / statistics.median(y for _, y in settled)
    print(f"memory {statistics.median(y for _, y in settled):.1f} MB, growth {growth:.1%} over {settled[-1][0] - settled[0][0]} s")
    return growth < GROWTH_MAX


if __name__ == "__main__":
    sys.exit(0 if soak(float(sys.argv[1]) if len(sys.argv) > 1 else 24) else 1)
