#!/usr/bin/env python3
"""The demo's orders become a schedule; a broken machine re-plans it; moves, undo, promise, import and exports through HTTP."""
import datetime
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from node import Node, run_cases, wait_until  # noqa: E402

BASE = "/api/v1/apps/scheduling"
# So long a repair moves what waits at the machine, whatever room there was.
node = Node(demo=True, arguments=["--scheduling.down_after", "20s", "--scheduling.repair", "4h"])


def gantt():
    return node.get(f"{BASE}/gantt")


def iso(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def the_demo_has_a_schedule_at_first_start():
    node.set_up()
    board = wait_until(lambda: (b := gantt())["version"] > 0 and b, 60)
    assert len(board["operations"]) > 300, len(board["operations"])
    assert len(board["machines"]) == 20, len(board["machines"])
    assert board["figures"]["unplaced_orders"] == 0, board["figures"]
    assert any(span["kind"] == "maintenance" for machine in board["machines"] for span in machine["closed"])


def machines_make_what_is_planned():
    wait_until(lambda: any(operation["good"] > 0 for operation in gantt()["operations"]), 180)


def a_move_is_tried_made_and_taken_back():
    board = gantt()
    now = datetime.datetime.now(datetime.UTC)
    late = iso(now + datetime.timedelta(hours=10))
    one = next(o for o in board["operations"] if o["state"] == "planned" and o["start"] > late and o["step"] == "milling")
    move = {"order": one["order"], "step": one["step"], "machine": "cnc-05", "start": iso(now + datetime.timedelta(hours=9))}
    tried = node.post(f"{BASE}/move", move | {"dry_run": True})
    assert tried["machine"] == "cnc-05" and tried["version"] == 0, tried
    made = node.post(f"{BASE}/move", move)
    assert made["version"] > board["version"], made
    pinned = [o for o in gantt()["operations"] if o["order"] == one["order"] and o["step"] == one["step"]]
    assert pinned[0]["pinned"] and pinned[0]["machine"] == "cnc-05", pinned
    undone = node.post(f"{BASE}/undo", {})
    assert node.get(f"{BASE}/versions/{undone['version']}")["undoes"] == made["version"]
    wrong = node.call("POST", f"{BASE}/move", move | {"machine": "press-01"})
    assert wrong.status == 422 or wrong.status == 400, (wrong.status, wrong.body)
    assert b"can be done on" in wrong.body, wrong.body


def more_is_promised():
    answer = node.post(f"{BASE}/promise", {"product": "valve-block-a", "quantity": 200})
    assert len(answer["steps"]) == 3 and answer["end"] > iso(datetime.datetime.now(datetime.UTC)), answer


def an_order_comes_in_by_import_and_one_has_no_place():
    due = iso(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=2))
    rows = f"id,product,quantity,due,weight\nRUSH-1,valve-block-b,20,{due},100\n"
    tried = node.call("POST", f"{BASE}/import/orders", rows, content_type="text/csv").json()
    assert tried["created"] == 1 and not tried["written"], tried
    wrong = node.call("POST", f"{BASE}/import/orders?dry_run=false", rows + "X,nothing,1,,1\n", content_type="text/csv").json()
    assert wrong["failed"] == 1 and not wrong["written"] and wrong["rows"][1]["errors"][0]["path"] == "product", wrong
    kept = node.call("POST", f"{BASE}/import/orders?dry_run=false", rows, content_type="text/csv").json()
    assert kept["written"], kept
    node.post("/api/v1/products", {"id": "mystery", "name": "Mystery"})
    node.post(f"{BASE}/orders", {"id": "NO-WAY", "product": "mystery", "quantity": 5})

    def taken_in():
        board = gantt()
        return any(o["order"] == "RUSH-1" for o in board["operations"]) and board["figures"]["unplaced_orders"] == 1

    wait_until(taken_in, 60)
    exceptions = node.get(f"{BASE}/exceptions")["items"]
    assert any(e["kind"] == "unplaced" and e["order"] == "NO-WAY" and "routing" in e["detail"] for e in exceptions), exceptions


def a_broken_machine_replans_with_reason():
    board = gantt()
    producing = {m["asset"] for m in board["machines"] if m["state"] == "producing"}
    # A repair takes four hours: what is to begin on the machine well before that has to go elsewhere, or later.
    now = datetime.datetime.now(datetime.timezone.utc)
    first, last = (iso(now + datetime.timedelta(minutes=minutes)) for minutes in (5, 150))
    waiting = [o["machine"] for o in board["operations"]
               if o["state"] == "planned" and o["machine"] in producing and first < o["start"] < last]
    assert waiting, [(o["machine"], o["start"]) for o in board["operations"] if o["state"] == "planned"][:20]
    victim = max(set(waiting), key=waiting.count)
    trouble = node.post("/api/v1/simulation/troubles", {"kind": "break", "asset": victim, "minutes": 120})

    def is_down():
        return any(e["kind"] == "down" and e["machine"] == victim for e in node.get(f"{BASE}/exceptions")["items"])

    wait_until(is_down, 120)
    name = next(m["name"] for m in board["machines"] if m["asset"] == victim)

    def replanned():  # Other machines break by themselves, and one schedule may answer several: its changes name each.
        for line in node.get(f"{BASE}/versions?limit=20")["items"]:
            if line["version"] <= board["version"]:
                continue
            whole = node.get(f"{BASE}/versions/{line['version']}")
            if any(c["reason"] == "machine_down" and name in c["text"] for c in whole["changes"]):
                return whole
        return None

    whole = wait_until(replanned, 150)
    assert whole["by"] == "system:scheduling" and whole["why"], whole["why"]
    assert all(change["text"] for change in whole["changes"]), whole["changes"][:3]
    node.call("DELETE", f"/api/v1/simulation/troubles/{trouble['id']}")
    wait_until(lambda: not is_down(), 120)


def what_people_tell_replans_with_cause_and_reason():
    board = gantt()
    late = next(o for o in sorted(board["operations"], key=lambda o: o["start"], reverse=True) if o["state"] == "planned")
    there = iso(datetime.datetime.fromisoformat(late["start"].replace("Z", "+00:00")) + datetime.timedelta(hours=3))
    told = node.post(f"{BASE}/tell", {"kind": "material_late", "order": late["order"], "step": late["step"],
                                      "material": "castings", "until": there, "reason": "the foundry is late"})
    assert told["record"] == "arrivals", told
    assert node.get(f"{BASE}/arrivals/{told['id']}")["at"].startswith(there[:19])

    def answered():  # Together with what else happened meanwhile: the operation's own reason tells it apart.
        for line in node.get(f"{BASE}/versions?limit=10")["items"]:
            for change in node.get(f"{BASE}/versions/{line['version']}")["changes"]:
                if (change["order"], change["step"], change["reason"]) == (late["order"], late["step"], "material_late"):
                    return change
        return None

    change = wait_until(answered, 60)
    assert change["text"].startswith("castings comes at ") and change["text"].endswith("the foundry is late"), change
    assert change["start"] >= there[:19], change
    wrong = node.call("POST", f"{BASE}/tell", {"kind": "operator_absent", "person": "nobody", "until": there})
    assert wrong.status in (400, 422) and b"person" in wrong.body, wrong.body
    assert node.call("POST", f"{BASE}/tell", {"kind": "vehicle_lost"}).status == 404


def outlook_calendar_load_and_native_json_agree_with_the_schedule():
    board = gantt()
    outlook = node.post(f"{BASE}/outlook", {"runs": 20})["outlook"]
    assert outlook["runs"] == 20 and all(o["p90"] >= o["p50"] for o in outlook["orders"]), outlook["runs"]
    calendar = node.call("GET", f"{BASE}/calendar?machine=cnc-08")
    events = calendar.body.count(b"BEGIN:VEVENT")
    assert calendar.body.startswith(b"BEGIN:VCALENDAR\r\n") and events > 5, events
    event = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:oil\nDTSTART:20300101T060000Z\nDURATION:PT2H\nSUMMARY:Oil\nEND:VEVENT\nEND:VCALENDAR\n"
    report = node.call("POST", f"{BASE}/import/calendar?machine=cnc-08&dry_run=false", event, content_type="text/calendar").json()
    assert report["written"] and report["created"] == 1, report
    free = node.get(f"{BASE}/free-capacity?weeks=4")["items"]
    assert {row["machine"] for row in free} == {machine["asset"] for machine in board["machines"]}
    assert all(0 <= row["free_h"] <= row["working_h"] + 1e-6 for row in free)
    native = node.get(f"{BASE}/native")
    solved = node.post(f"{BASE}/solve", {"problem": native["problem"], "objective": {"makespan": 1}, "seconds": 1})
    assert solved["status"] in ("feasible", "optimal", "partial") and len(solved["schedule"]["operations"]) > 300
    rows = node.get(f"{BASE}/dispatch?machine=cnc-08")["items"]
    assert rows and rows == sorted(rows, key=lambda row: (row["state"] != "running", row["start"])), rows[:3]


def who_may_only_look_changes_nothing():
    node.post("/api/v1/users", {"name": "vera", "password": "correct horse battery staple", "roles": [{"role": "viewer"}]})
    node.log_in("vera")
    assert gantt()["version"] > 0
    assert node.call("POST", f"{BASE}/undo", {}).status == 403
    assert node.call("POST", f"{BASE}/orders", {"id": "V", "product": "valve-block-a", "quantity": 1}).status == 403


with node:
    run_cases("integration", [the_demo_has_a_schedule_at_first_start, machines_make_what_is_planned,
                              a_move_is_tried_made_and_taken_back, more_is_promised,
                              an_order_comes_in_by_import_and_one_has_no_place, a_broken_machine_replans_with_reason,
                              what_people_tell_replans_with_cause_and_reason, outlook_calendar_load_and_native_json_agree_with_the_schedule,
                              who_may_only_look_changes_nothing])
