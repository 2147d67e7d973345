"""Our OPC UA server for foreign clients: a node with its simulated plant, and the cases that every client goes through."""
import json
import subprocess

from node import PASSWORD, Node, wait_until
from opcua_peer import POLICIES, free_port


class OurServer:
    """A demo node that offers OPC UA, and a foreign client as a command that is told where, with what, and what to do."""

    def __init__(self, command, folder, seconds=4):
        self.command, self.folder, self.seconds = command, folder, seconds
        self.port = free_port()
        self.url = f"opc.tcp://127.0.0.1:{self.port}"
        self.node = Node(demo=True, arguments=["--opcua_server.enabled", "true", "--opcua_server.port", str(self.port),
                                               "--opcua_server.anonymous", "true",
                                               "--opcua_server.unsecured_until", "2100-01-01T00:00:00Z"])

    def __enter__(self):
        self.node.start()
        self.node.set_up("operator")
        signals = wait_until(lambda: [s for s in self.node.get("/api/v1/signals?limit=500")["items"]
                                      if s["type"] in ("real", "integer")] or None, 60)
        self.nodes = [f"{one['asset']}/{one['name']}" for one in signals[:200]]
        return self

    def __exit__(self, kind, value, trace):
        self.node.__exit__(kind, value, trace)

    def ask(self, **options):
        given = {"user": "operator", "password": PASSWORD, "nodes": self.nodes, "seconds": self.seconds} | options
        done = subprocess.run([*self.command, self.url, self.folder, json.dumps(given)], capture_output=True, text=True,
                              timeout=120)
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        assert lines, (done.stdout + done.stderr)[-2000:]
        return json.loads(lines[-1])

    # The cases.

    def our_server_refuses_a_stranger_until_accepted(self):
        met = self.ask(policy="basic256sha256", mode="sign_and_encrypt")
        assert "failed" in met, met
        waiting = [one for one in self.node.get("/api/v1/opcua/certificates")["items"] if one["kind"] == "rejected"]
        assert len(waiting) == 1, waiting
        fingerprint = waiting[0]["fingerprint"].replace(":", "%3A")
        self.node.post(f"/api/v1/opcua/certificates/{fingerprint}/accept", {})
        acts = self.node.get("/api/v1/journal?kind=opcua_certificate")["items"]
        assert acts and acts[0]["action"] == "accept", acts

    def our_server_in_every_security_mode(self):
        for policy in POLICIES:
            for mode in ("sign", "sign_and_encrypt"):
                met = self.ask(policy=policy, mode=mode)
                self.check(met)
        logins = self.node.get("/api/v1/journal?kind=opcua_client")["items"]
        assert any(one["action"] == "login" and one["actor"] == "user:operator" for one in logins), logins

    def check(self, met):
        assert "failed" not in met, met
        assert met["endpoints"] == 7, met["endpoints"]
        assert {"Server", "Plant", "Machines"} <= set(met["objects"]), met["objects"]
        assert met["product"] == "Hanse" and met["state"] == 0, met
        assert len(met["machines"]) >= 15 and met["asset_id"] in met["machines"], met["machines"]
        assert met["machine_state"] in ("Executing", "NotExecuting", "OutOfService", "NotAvailable"), met["machine_state"]
        assert met["read"] == len(self.nodes)
        assert met["unknown"] == "BadNodeIdUnknown", met["unknown"]
        assert met["write"] in ("BadServiceUnsupported", "BadNotWritable"), met["write"]
        assert met["followed"] == len(self.nodes), f"{met['followed']} of {len(self.nodes)}"
        assert met["changes"] > met["followed"], "nothing changed while it looked"

    def our_server_without_security_only_while_allowed(self):
        self.check(self.ask(policy="none", mode="none"))
        met = self.ask(policy="none", mode="none", user="", password="")
        self.check(met)

    def our_server_refuses_a_wrong_password(self):
        met = self.ask(policy="basic256sha256", mode="sign_and_encrypt", password="wrong horse")
        assert "Bad" in met.get("failed", ""), met
        failed = [one for one in self.node.get("/api/v1/journal?kind=user")["items"] if one["action"] == "login_failed"]
        assert failed and "127.0.0.1" in json.dumps(failed[0]["detail"]), failed

    def cases(self):
        return [self.our_server_refuses_a_stranger_until_accepted, self.our_server_in_every_security_mode,
                self.our_server_without_security_only_while_allowed, self.our_server_refuses_a_wrong_password]
