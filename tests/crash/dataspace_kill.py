#!/usr/bin/env python3
"""kill -9 of either node during negotiations and transfers: both sides converge to the same agreements and states, no
use is handed out uncounted, both chains of evidence are whole, and every outbox empties."""
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from node import PROGRAM, Node, run_cases, wait_until  # noqa: E402

LOOPS = int(os.environ.get("HANSE_TEST_KILLS", "5"))
seed = int(os.environ.get("HANSE_TEST_SEED", random.randrange(10**6)))
PATH = "/api/v1/dataspace"
COUNT = 1000  # uses that the terms allow


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def company(name):
    # The port stays over restarts: partners know each other by it.
    return Node(arguments=["--partners.enabled", "true", "--partners.port", str(free_port()), "--partners.name", name,
                           "--partners.participant", f"did:web:{name}.example"])


def know(node, other, name):
    """As the page does: look up, add, compare, confirm."""
    card = node.post(f"{PATH}/look-up", {"address": other.get(f"{PATH}/self")["address"]})
    node.post(f"{PATH}/partners", {"id": name, "name": name, "participant": card["participant"],
                                   "address": card["address"], "identity": "signed_key", "public_key": card["public_key"]})
    node.post(f"{PATH}/partners/{name}/confirm", {"fingerprint": card["fingerprint"]})


def processes(node, kind):
    found, cursor = [], None
    while True:
        page = node.get(f"{PATH}/processes?kind={kind}&limit=1000" + (f"&cursor={cursor}" if cursor else ""))
        found += page["items"]
        cursor = page.get("next")
        if not cursor:
            return found


class Load:
    """Negotiates, and fetches under what was agreed, until told to stop; what fails for a dead node is tried again."""

    def __init__(self, consumer):
        self.consumer, self.begun, self.fetched, self.stop = consumer, [], 0, threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.stop.is_set():
            try:
                self.step()
            except (OSError, AssertionError):
                time.sleep(0.02)  # a node is dead just now

    def step(self):
        made = self.consumer.post(f"{PATH}/negotiations", {"partner": "provider", "dataset": "file", "offer_id": "thousand:file",
                                                           "terms": {"count": COUNT}})
        self.begun.append(made["id"])
        for agreement in self.consumer.get(f"{PATH}/agreements?limit=3")["items"]:
            self.consumer.post(f"{PATH}/transfers", {"agreement": agreement["id"]})
        for process in self.consumer.get(f"{PATH}/processes?kind=transfer&state=started&limit=3")["items"]:
            if self.consumer.call("GET", f"{PATH}/processes/{process['id']}/data").status == 200:
                self.fetched += 1

    def end(self):
        self.stop.set()
        self.thread.join()


def settled(node):
    return node.get(f"{PATH}/self")["outbox"] == 0



def check_equal(provider, consumer):
    ours = {one["id"]: one for one in processes(provider, "negotiation") + processes(provider, "transfer")}
    theirs = processes(consumer, "negotiation") + processes(consumer, "transfer")
    for process in theirs:
        assert process["peer_pid"] in ours, f"the provider knows nothing of {process['id']} in {process['state']}"
        assert ours[process["peer_pid"]]["state"] == process["state"], \
            f"{process['id']}: consumer {process['state']}, provider {ours[process['peer_pid']]['state']}"
    assert len(ours) == len(theirs), f"{len(ours)} processes at the provider, {len(theirs)} at the consumer"
    agreements = [{one["id"]: one["policy"] for one in node.get(f"{PATH}/agreements?limit=1000")["items"]}
                  for node in (provider, consumer)]
    assert agreements[0] == agreements[1], "the sides hold other agreements"
    return len(theirs), agreements[0]


def check_uses(provider, consumer, agreements):
    for agreement in agreements:
        given = provider.get(f"{PATH}/agreements/{agreement}")["meter"]["uses"]
        taken = consumer.get(f"{PATH}/agreements/{agreement}")["meter"]["uses"]
        assert taken <= given <= COUNT, f"{agreement}: {taken} taken, {given} counted when handed out, {COUNT} allowed"


def check_evidence(node, partner):
    bundle = node.data / "bundle.json"
    bundle.write_bytes(node.call("GET", f"{PATH}/evidence/{partner}/bundle").body)
    verdict = subprocess.run([PROGRAM, "evidence", "verify", bundle], capture_output=True, text=True)
    assert verdict.returncode == 0, verdict.stderr + verdict.stdout
    return len(json.loads(bundle.read_text())["entries"])


def both_sides_converge_after_kills():
    print(f"seed {seed}")
    chance = random.Random(seed)
    provider, consumer = company("provider"), company("consumer")
    with provider, consumer:
        for node in (provider, consumer):
            node.set_up()
        know(provider, consumer, "consumer")
        know(consumer, provider, "provider")
        provider.call("POST", f"{PATH}/files?name=file.txt", "what is shared", content_type="application/octet-stream")
        provider.post(f"{PATH}/offers", {"id": "thousand", "name": "Thousand", "terms": {"count": COUNT}})
        provider.post(f"{PATH}/datasets", {"id": "file", "title": "File", "kind": "file", "source": "file.txt", "offer": "thousand"})
        kills = 0
        load = Load(consumer)
        for _ in range(LOOPS):
            time.sleep(chance.uniform(0.2, 1.0))
            victim = chance.choice((provider, consumer))
            victim.kill()
            kills += 1
            time.sleep(chance.uniform(0.0, 0.3))
            victim.start()
        load.end()
        wait_until(lambda: settled(provider) and settled(consumer), 120)
        wait_until(lambda: all(one["state"] in ("finalized", "terminated") for one in processes(consumer, "negotiation")), 120)
        wait_until(lambda: all(one["state"] == "started" for one in processes(consumer, "transfer")), 120)
        wait_until(lambda: settled(provider) and settled(consumer), 60)
        count, agreements = check_equal(provider, consumer)
        known = {one["id"] for one in processes(consumer, "negotiation")}
        assert all(pid in known for pid in load.begun), "an acknowledged negotiation is missing"
        assert load.fetched > 0 and len(agreements) > LOOPS, f"no load: {load.fetched} fetched, {len(agreements)} agreements"
        check_uses(provider, consumer, agreements)
        entries = check_evidence(provider, "consumer") + check_evidence(consumer, "provider")
        print(f"{kills} kills, {count} processes and {len(agreements)} agreements equal, {load.fetched} fetched, {entries} entries of evidence whole")


run_cases("crash", [both_sides_converge_after_kills])
