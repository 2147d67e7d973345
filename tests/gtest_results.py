#!/usr/bin/env python3
"""Turns GoogleTest's JSON report into `passed|failed|skipped <case> [why]` lines on standard output."""
import json
import sys

for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as report:
        suites = json.load(report)["testsuites"]
    for suite in suites:
        for case in suite["testsuite"]:
            name = f'{suite["name"]}.{case["name"]}'
            if case.get("failures"):
                print("failed", name, case["failures"][0]["failure"].split("\n")[0][:200])
            elif case["result"] == "SKIPPED":
                print("skipped", name)
            else:
                print("passed", name)
