#!/usr/bin/env python3
"""The drill: back up a node that is being written to, damage copies of the backup, restore it, and count."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from node import PROGRAM, Node, run_cases  # noqa: E402

SAMPLES_AT_ONCE = 50
folder = pathlib.Path(tempfile.mkdtemp(prefix="hanse-drill-"))
backup = folder / "backup"
node = Node()
acknowledged = {"assets": 0, "samples": 0}
at_begin = {}


def hanse(*words):
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=120)


def write_on(stop):
    """Makes assets and samples one after the other and counts what the node has acknowledged."""
    while not stop.is_set():
        number = acknowledged["assets"]
        node.post("/api/v1/assets", {"id": f"press-{number}", "name": "Press", "level": "asset", "parent": "works"})
        acknowledged["assets"] += 1
        begin = acknowledged["samples"]
        lines = "\n".join(f"drill,asset=works power={i} {1_700_000_000 + i}" for i in range(begin, begin + SAMPLES_AT_ONCE))
        answer = node.call("POST", "/api/v1/history/write?precision=s", lines, content_type="text/plain")
        assert answer.status in (200, 204), answer.body
        acknowledged["samples"] += SAMPLES_AT_ONCE


def a_running_node_is_backed_up():
    node.set_up()
    node.post("/api/v1/assets", {"id": "works", "name": "Works", "level": "enterprise"})
    stop = threading.Event()
    failures = []

    def work():
        try:
            write_on(stop)
        except BaseException as error:  # told by the case below, which waits for this thread
            failures.append(error)

    writer = threading.Thread(target=work)
    writer.start()
    while acknowledged["samples"] < 5 * SAMPLES_AT_ONCE and not failures:
        stop.wait(0.01)
    at_begin.update(acknowledged)
    run = hanse("backup", backup, "--data_folder", node.data)
    stop.set()
    writer.join()
    assert not failures, failures
    assert run.returncode == 0, run.stderr
    assert node.get("/api/v1/journal/verify")["intact"] is True, "the running node is none the worse"


def damage_is_named_and_nothing_is_written():
    for name in ("store.sqlite", "manifest.json"):
        copy, fresh = folder / f"damaged-{name}", folder / f"fresh-{name}"
        shutil.copytree(backup, copy)
        with open(copy / name, "r+b") as file:
            file.seek(copy.joinpath(name).stat().st_size // 2)
            byte = file.read(1)[0]
            file.seek(-1, 1)
            file.write(bytes([byte ^ 4]))
        run = hanse("restore", copy, "--data_folder", fresh)
        assert run.returncode == 1 and name in run.stderr, run.stderr
        assert not (fresh / "hanse.sqlite").exists()


def a_restore_has_what_was_acknowledged_before_the_backup_began():
    run = hanse("restore", backup, "--data_folder", folder / "fresh")
    assert run.returncode == 0, run.stderr
    run = hanse("journal", "verify", "--data_folder", folder / "fresh")
    assert run.returncode == 0, run.stderr
    with Node(data=folder / "fresh") as restored:
        restored.log_in()
        assert restored.call("GET", f"/api/v1/assets/press-{at_begin['assets'] - 1}").status == 200
        signals = restored.get("/api/v1/signals?asset=works")["items"]
        assert len(signals) == 1, signals
        rows = restored.get(f"/api/v1/history/raw?signal={signals[0]['number']}&from=2023-01-01T00:00:00Z&limit=1000")["items"]
        assert len(rows) >= min(at_begin["samples"], 1000), (len(rows), at_begin)
        assert [row["value"] for row in rows] == list(range(len(rows))), "none lost, none twice"


def a_restore_never_mixes_two_nodes():
    run = hanse("restore", backup, "--data_folder", node.data)
    assert run.returncode == 1 and "holds" in run.stderr, run.stderr
    run = hanse("backup", backup, "--data_folder", node.data)
    assert run.returncode == 1 and "isn't empty" in run.stderr, run.stderr


try:
    with node:
        run_cases("integration", [a_running_node_is_backed_up, damage_is_named_and_nothing_is_written,
                                  a_restore_has_what_was_acknowledged_before_the_backup_began, a_restore_never_mixes_two_nodes])
finally:
    shutil.rmtree(folder, ignore_errors=True)
