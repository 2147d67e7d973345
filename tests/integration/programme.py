#!/usr/bin/env python3
"""From a need to a running programme, through the interface: the demo's node plans, the live plant makes, a machine breaks,
a repaired plan is proposed, published and taken back."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from node import Node, run_cases, wait_until  # noqa: E402

node = Node(demo="programme")
BASE = "/api/v1/programme"
NEED = f"{BASE}/needs/ventilator"


def tower():
    return node.get(f"{NEED}/tower")


def open_alarm(asset):
    return next((alarm for alarm in tower()["alarms"] if alarm["asset"] == asset), None)


def the_demo_runs_a_programme():
    node.set_up()
    wait_until(lambda: node.call("GET", f"{NEED}/tower").status == 200 and tower()["plan"] and tower()["finished"] > 0, 300)
    now = tower()
    assert now["week"] == 8 and len(now["ramp"]) == 14, now
    assert now["delivered_total"] > 0.8 * now["due_total"], (now["delivered_total"], now["due_total"])
    assert now["orders_accepted"] > 100 and now["lines"], now
    assert [week["actual"] is not None for week in now["ramp"]].count(True) == 9, now["ramp"]


def its_plan_says_how_good_it_is():
    plans = node.get(f"{NEED}/plans")["plans"]
    published = [plan for plan in plans if plan["published"]]
    assert len(published) == 1, plans
    assert 0 < published[0]["bound"] <= published[0]["value"], published
    picture = node.get(f"{BASE}/plans/{published[0]['id']}/picture")
    assert picture["nodes"] and picture["links"] and picture["chain"] and picture["limits"], picture["head"]
    assert "hanse-medical" in [member["organisation"] for member in picture["members"]], "the plant of this node is a maker"


def every_yes_and_no_has_a_reason():
    parts = node.get(f"{NEED}/match")["parts"]
    part = next(row for row in parts if row["part"] == "ventilator-valve-body")
    assert part["offers"] > 1 and part["failed"], part
    offers = node.get(f"{NEED}/match/{part['part']}")["offers"]
    for offer in offers:
        assert offer["reasons"], offer
        assert (offer["verdict"] == "yes") == all(reason["verdict"] == "yes" for reason in offer["reasons"]), offer


def what_the_machines_make_is_booked():
    before = tower()["lines"][0]["produced"]
    wait_until(lambda: tower()["lines"][0]["produced"] > before, 240, 1)


def a_broken_machine_is_an_alarm_with_a_proposal():
    node.post("/api/v1/simulation/troubles", {"kind": "break", "asset": "cnc-08", "minutes": 60})
    alarm = wait_until(lambda: open_alarm("cnc-08"), 120)
    assert alarm["proposal"], alarm
    picture = node.get(f"{BASE}/plans/{alarm['proposal']}/picture")
    lost = [change for change in picture["changes"] if change["reason"] == "lost"]
    assert lost and all(change["organisation"] == "hanse-medical" for change in lost), picture["changes"][:5]
    assert any(change["after"] > change["before"] for change in picture["changes"]), "somebody stands in"
    assert picture["head"]["proposal"] and not picture["head"]["published"]


def the_repair_is_published_and_taken_back():
    old = tower()["plan"]
    alarm = open_alarm("cnc-08")
    node.post(f"{BASE}/plans/{alarm['proposal']}/publish", {})
    assert tower()["plan"] == alarm["proposal"]
    assert open_alarm("cnc-08") is None, "what was decided is no alarm any more"
    orders = node.get(f"{BASE}/orders?need=ventilator&organisation=hanse-medical&limit=100")["items"]
    assert all(week["week"] != 8 for order in orders for week in order["weeks"]), "nothing is asked of a line that stands"
    node.post(f"{NEED}/revert", {})
    assert tower()["plan"] == old


def offered_order():
    cursor = ""
    while True:
        page = node.get(f"{BASE}/orders?need=ventilator&limit=1000{cursor}")
        for order in page["items"]:
            if order["state"] == "offered":
                return order
        if not page["next"]:
            return None
        cursor = f"&cursor={page['next']}"


def a_declined_order_is_an_alarm():
    chosen = offered_order()
    for seconds in (2, 5, 10):  # All were accepted: a new plan moves some.
        if chosen:
            break
        plan = node.post(f"{NEED}/plan", {"seconds": seconds, "bottlenecks": 0})
        node.post(f"{BASE}/plans/{plan['id']}/publish", {})
        chosen = offered_order()
    node.post(f"{BASE}/orders/{chosen['id']}/actions", {"action": "decline", "note": "no material"})
    alarm = next(one for one in tower()["alarms"] if one["kind"] == "order_declined")
    assert alarm["organisation"] == chosen["organisation"] and alarm["text"] == "no material", alarm


def bad_input_names_its_field():
    answer = node.call("POST", f"{BASE}/disruptions", {"need": "ventilator", "kind": "capability_out", "capability": "nobody"})
    assert answer.status == 422 and b"capability" in answer.body, answer.body
    answer = node.call("POST", f"{BASE}/needs", {"id": "x", "name": "x", "designs": ["nothing"], "start": "2026-03-02T00:00:00Z",
                                                 "weeks": 4, "due": [{"week": 9, "zone": "north", "quantity": 5}]})
    assert answer.status in (400, 422) and b"due[0].week" in answer.body, answer.body
    answer = node.call("POST", f"{BASE}/lines", {"id": "l", "organisation": "hanse-medical", "calendar": "nobody's", "part": "p", "counts_at": ["cnc-01"]})
    assert answer.status in (400, 422) and b"calendar" in answer.body, answer.body


DESIGNS = """[{"id": "shield-a", "name": "Shield", "finished": "shield", "parts": [
  {"id": "shield", "requirement": {"process": "proc:hx/assy"}, "inputs": [{"part": "frame"}]},
  {"id": "frame", "requirement": {"process": "proc:am/MEX"}}]}]"""
NEEDS = 'id,name,designs,start,weeks,due\nshields,Shields,shield-a,2026-03-02T00:00:00Z,8,"[{""week"":7,""zone"":""north"",""quantity"":9}]"\n'


def imported(kind, body, dry_run):
    answer = node.call("POST", f"{BASE}/import/{kind}?dry_run={dry_run}", body, content_type="application/json" if body.startswith("[") else "text/csv")
    return json.loads(answer.body)


def designs_and_needs_come_by_file():
    early = imported("needs", NEEDS, "false")
    assert early["failed"] == 1 and early["rows"][0]["errors"][0]["path"] == "designs[0]", early
    assert not imported("designs", DESIGNS, "true")["written"]
    assert node.call("GET", f"{BASE}/designs/shield-a").status == 404, "a dry run writes nothing"
    assert imported("designs", DESIGNS, "false")["written"]
    assert imported("needs", NEEDS, "false")["created"] == 1
    assert node.get(f"{BASE}/needs/shields")["due"][0]["quantity"] == 9


def a_problem_goes_from_pitch_to_result():
    problem = {"id": "leaks", "title": "Nobody knows where air leaks", "owner": "hanse-medical"}
    node.post(f"{BASE}/problems", problem)
    assert node.post(f"{BASE}/problems/leaks/votes", {"organisation": "consortium-01"})["votes"] == ["consortium-01"]
    answer = node.call("PUT", f"{BASE}/problems/leaks", {**problem, "stage": "cohort"})
    assert answer.status in (400, 422) and b"cohort" in answer.body, answer.body
    said = {**problem, "stage": "result", "cohort": ["hanse-medical", "consortium-01"], "agreement": "Equal shares.",
            "success_measure": "Half of it is closed.", "result": "Two fifths closed in six weeks."}
    assert node.call("PUT", f"{BASE}/problems/leaks", said).status == 200


def people_have_names_for_what_records_name():
    names = node.get(f"{NEED}/names")
    assert names["organisations"]["hanse-medical"] == "Hanse Medical" and names["parts"]["ventilator-valve-body"] == "valve body", names


with node:
    run_cases("integration", [the_demo_runs_a_programme, its_plan_says_how_good_it_is, every_yes_and_no_has_a_reason,
                              what_the_machines_make_is_booked, a_broken_machine_is_an_alarm_with_a_proposal,
                              the_repair_is_published_and_taken_back, a_declined_order_is_an_alarm, bad_input_names_its_field,
                              designs_and_needs_come_by_file, a_problem_goes_from_pitch_to_result, people_have_names_for_what_records_name])
