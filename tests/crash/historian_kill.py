#!/usr/bin/env python3
"""kill -9 under load: every sample that the history acknowledged is there after, none that nobody sent, none twice.

HANSE_TEST_KILLS kills (20 if not set; 200 before a release), HANSE_TEST_SEED repeats a run."""
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from node import BUILD, run_cases  # noqa: E402

KILLS = int(os.environ.get("HANSE_TEST_KILLS", "20"))
seed = int(os.environ.get("HANSE_TEST_SEED", random.randrange(10**6)))


def run_once(folder, alive_s):
    """One life of the history: what it held at first, what was tried and acknowledged last, and the damage it saw."""
    environment = {**os.environ, "HANSE_KILL_FOLDER": folder}
    child = subprocess.Popen([BUILD / "historian_test", "--gtest_filter=KillChild.*", "--gtest_brief=1"],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    held, tried, acknowledged, damage = {}, {}, {}, []
    begun = threading.Event()

    def read():
        for line in child.stdout:
            words = line.split()
            if len(words) != 4 or words[0] not in (b"has", b"try", b"ack", b"damage"):
                continue
            word, signal, number, wrong = words[0].decode(), int(words[1]), int(words[2]), int(words[3])
            if word == "has":
                held[signal] = (number, wrong)
            elif word == "damage":
                damage.append(number)
                begun.set()
            else:
                (tried if word == "try" else acknowledged)[signal] = number

    reader = threading.Thread(target=read)
    reader.start()
    assert begun.wait(60), "the history didn't open within a minute"
    threading.Event().wait(alive_s)
    child.kill()
    child.wait()
    reader.join()
    return held, tried, acknowledged, damage[0]


def acknowledged_samples_are_there_after_kill():
    print(f"seed {seed}")
    chance = random.Random(seed)
    folder = tempfile.mkdtemp(prefix="hanse-kill-")
    try:
        least, most = {}, {}
        for kill in range(KILLS + 1):
            held, tried, acknowledged, damage = run_once(folder, chance.uniform(0.02, 0.6))
            assert damage == 0, f"kill {kill}: damage of {damage}"
            assert len(held) == 4, f"kill {kill}: {held}"
            for signal, (count, wrong) in held.items():
                assert wrong == 0, f"kill {kill}: {wrong} samples of signal {signal} aren't what was sent"
                assert count >= least.get(signal, 0), f"kill {kill}: signal {signal} has {count}, {least[signal]} were acknowledged"
                assert count <= most.get(signal, 0), f"kill {kill}: signal {signal} has {count}, {most[signal]} were sent"
                least[signal] = acknowledged.get(signal, count)
                most[signal] = tried.get(signal, count)
        total = sum(least.values())
        assert total > KILLS * 1000, f"only {total} were acknowledged: no load"
        print(f"{KILLS} kills, {total} samples acknowledged, none missing, none invented")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


run_cases("crash", [acknowledged_samples_are_there_after_kill])
