#!/usr/bin/env python3
"""The peers of scheduling_bench on the same instances and seconds, two threads: OR-tools CP-SAT (from PyPI, into
build/peers) and MiniZinc with Gecode (when installed). Short by default; HANSE_BENCH_FULL=1 runs every instance, and
HANSE_BENCH_SECONDS, HANSE_BENCH_FAMILIES and HANSE_INSTANCES are those of scheduling_bench."""
import csv
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ROOT / "build/peers/ortools"
FOLDER = pathlib.Path(os.environ.get("HANSE_INSTANCES") or ROOT / "../shared/data/scheduling")
FULL = bool(os.environ.get("HANSE_BENCH_FULL"))


def numbered(prefix, first, last, suffix=""):
    return [f"{prefix}{i:02d}{suffix}" for i in range(first, last + 1)]


FAMILIES = {  # name: instances, how many in the short mode; as in scheduling_bench.cpp
    "ft": (["ft06", "ft10", "ft20"], 3), "la": (numbered("la", 1, 40), 4), "ta01-10": (numbered("ta", 1, 10), 2),
    "ta11-20": (numbered("ta", 11, 20), 2), "ta21-30": (numbered("ta", 21, 30), 2), "ta31-40": (numbered("ta", 31, 40), 2),
    "ta41-50": (numbered("ta", 41, 50), 2), "brandimarte": (numbered("mk", 1, 15), 3),
    "dauzere": (numbered("", 1, 18, "a"), 3), "fattahi": (numbered("sfjs", 1, 10) + numbered("mfjs", 1, 10), 4),
}


def read_instance(name):
    """Jobs as lists of operations, each a list of (machine, duration)."""
    path = FOLDER / "jsp" / f"{name}.txt"
    if path.exists():
        lines = [line for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
        numbers = iter([int(word) for line in lines[1:] for word in line.split()])
        jobs, machines = map(int, lines[0].split()[:2])
        return [[[(next(numbers), next(numbers))] for _ in range(machines)] for _ in range(jobs)]
    path = FOLDER / "fjsp" / f"{name}.txt"
    if not path.exists():
        return None
    lines = [line for line in path.read_text().splitlines() if line.strip() and not line.startswith("#")]
    numbers = iter([int(word) for line in lines[1:] for word in line.split()])
    return [[[(next(numbers), next(numbers)) for _ in range(next(numbers))] for _ in range(next(numbers))]
            for _ in range(int(lines[0].split()[0]))]


def cp_sat(jobs, seconds):
    from ortools.sat.python import cp_model
    model = cp_model.CpModel()
    horizon = sum(max(d for _, d in op) for job in jobs for op in job)
    makespan = model.new_int_var(0, horizon, "makespan")
    on = {}
    for job in jobs:
        before = None
        for op in job:
            start, end = model.new_int_var(0, horizon, ""), model.new_int_var(0, horizon, "")
            taken = []
            for machine, duration in op:
                if len(op) == 1:
                    interval = model.new_interval_var(start, duration, end, "")
                else:
                    taken.append(model.new_bool_var(""))
                    interval = model.new_optional_interval_var(start, duration, end, taken[-1], "")
                on.setdefault(machine, []).append(interval)
            if taken:
                model.add_exactly_one(taken)
            if before is not None:
                model.add(start >= before)
            before = end
        model.add(makespan >= before)
    for intervals in on.values():
        model.add_no_overlap(intervals)
    model.minimize(makespan)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    solver.parameters.random_seed = 1
    status = solver.solve(model)
    return int(solver.objective_value) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None


def gecode(jobs, seconds):
    """Only job shops: one naive model, disjunctions by pairs' constraint of the solver."""
    if any(len(op) > 1 for job in jobs for op in job):
        return None
    machines = 1 + max(op[0][0] for job in jobs for op in job)
    horizon = sum(op[0][1] for job in jobs for op in job)
    text = ['include "disjunctive.mzn";', f"var 0..{horizon}: makespan;"]
    on = [[] for _ in range(machines)]
    for j, job in enumerate(jobs):
        for k, op in enumerate(job):
            text.append(f"var 0..{horizon}: s_{j}_{k};")
            after = f"s_{j}_{k + 1}" if k + 1 < len(job) else "makespan"
            text.append(f"constraint s_{j}_{k} + {op[0][1]} <= {after};")
            on[op[0][0]].append((f"s_{j}_{k}", op[0][1]))
    for operations in on:
        if operations:
            starts, durations = (", ".join(str(x) for x in column) for column in zip(*operations))
            text.append(f"constraint disjunctive([{starts}], [{durations}]);")
    everything = ", ".join(f"s_{j}_{k}" for j, job in enumerate(jobs) for k in range(len(job)))
    text.append(f"solve :: int_search([{everything}], smallest, indomain_min) minimize makespan;")
    text.append('output ["makespan=", show(makespan), "\\n"];')
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "shop.mzn"
        path.write_text("\n".join(text))
        run = subprocess.run(["minizinc", "--solver", "gecode", "-p", "2", "-a", "-t", str(int(seconds * 1000)), str(path)],
                             capture_output=True, text=True, check=False)
    values = [int(line.split("=")[1]) for line in run.stdout.splitlines() if line.startswith("makespan=")]
    return min(values) if values else None


def peers():
    found = {}
    if not PEERS.exists():
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--target", str(PEERS), "ortools"], check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    sys.path.insert(0, str(PEERS))
    try:
        import ortools.sat.python.cp_model  # noqa: F401
        found["cp_sat"] = cp_sat
    except ImportError:
        print("SKIP CP-SAT: ortools can't be had from PyPI here")
    if shutil.which("minizinc"):
        found["gecode"] = gecode
    else:
        print("SKIP MiniZinc with Gecode: the Debian package minizinc isn't installed")
    return found


def main():
    if not (FOLDER / "best-known.csv").exists():
        print(f"SKIP no instances in '{FOLDER}' (HANSE_INSTANCES)")
        return
    with open(FOLDER / "best-known.csv", encoding="utf-8") as file:
        best = {row["instance"]: int(row["upper_bound"]) for row in csv.DictReader(file)}
    wanted = os.environ.get("HANSE_BENCH_FAMILIES", "").split()
    limits = [float(x) for x in (os.environ.get("HANSE_BENCH_SECONDS") or ("1,10,60" if FULL else "10")).split(",")]
    for peer, solve in peers().items():
        for family, (names, sample) in FAMILIES.items():
            if wanted and family not in wanted:
                continue
            present = [name for name in names if name in best and read_instance(name)]
            step = 1 if FULL else max(1, len(present) // sample)
            for seconds in limits:
                gaps, without = [], 0
                for name in present[step // 2::step]:
                    value = solve(read_instance(name), seconds)
                    if value is None:
                        without += 1
                        continue
                    gaps.append(100 * (value / best[name] - 1))
                    print(f"{name} {seconds:.0f}s {peer} {value} {gaps[-1]:.2f} %", flush=True)
                if gaps:
                    print(f"FIGURE scheduling.{family}.{seconds:.0f}s_gap_pct.{peer} {sum(gaps) / len(gaps):.3f} % over "
                          f"{len(gaps)} instances, {without} without a schedule", flush=True)


main()
