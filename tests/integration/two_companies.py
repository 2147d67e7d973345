#!/usr/bin/env python3
"""`hanse demo` is two companies: the second node comes with the first, both know each other, and it ends with it, whether
the first is told to stop or killed."""
import pathlib
import re
import sys
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from node import Node, run_cases, wait_until  # noqa: E402

PATH = "/api/v1/dataspace"


def partner_page(node):
    found = wait_until(lambda: re.findall(r"A partner's node, .*, is ready at (\S+)", node.log_text()), 120)
    return found[-1]


def answers(url):
    try:
        with urllib.request.urlopen(url + "/health/live", timeout=5) as answer:
            return answer.status == 200
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def both_know_each_other_and_end_together():
    with Node(demo="partner") as node:
        node.set_up()
        page = partner_page(node)
        assert answers(page)
        wait_until(lambda: node.get(f"{PATH}/partners")["items"], 60)
        wait_until(lambda: node.get(f"{PATH}/partners/trave-praezision/health")["state"] == "works", 60)
        offered = node.get(f"{PATH}/partners/trave-praezision/catalogue")["items"]
        assert {one["id"] for one in offered} >= {"turn-01-good-parts", "turn-01-events", "turn-02-spindle"}, offered
        before = node.get(f"{PATH}/self")
        assert node.stop(60) == 0
        wait_until(lambda: not answers(page), 30)
        # A second start keeps keys and partners, though ports are new; killed, it takes the other along.
        node.start()
        page = wait_until(lambda: (lambda now: now if now != page else None)(partner_page(node)), 120)
        assert node.get(f"{PATH}/self")["fingerprint"] == before["fingerprint"]
        wait_until(lambda: node.get(f"{PATH}/partners/trave-praezision/health")["state"] == "works", 60)
        node.kill()
        wait_until(lambda: not answers(page), 30)


def it_can_be_left_out():
    with Node(demo=True) as node:
        node.set_up()
        assert not node.get(f"{PATH}/self")["enabled"]
        assert node.get(f"{PATH}/partners")["items"] == []
        assert "A partner's node" not in node.log_text()


run_cases("integration", [both_know_each_other_and_end_together, it_can_be_left_out])
