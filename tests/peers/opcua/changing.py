"""Changes at a foreign OPC UA server under four eyes: a node that may write one value and call one method there, and the
people who ask and approve."""
import base64
import json
from urllib.parse import quote

from node import PASSWORD, Node, wait_until
from opcua_peer import UNSECURED

TARGET, NAME, MATRIX, AXIS, PRESS, ADD = (f"nsu=urn:press;s={name}" for name in (
    "Press1.Target", "Press1.Name", "Press1.Matrix", "Press1.Axis", "Press1", "Press1.Add"))
CHANGES = "/api/v1/machine-changes"


def identifier(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class Changing:
    """`url` is the server's. It has a writable Double `Press1.Target`, and `Press1.Add` that adds two UInt32."""

    def __init__(self, url):
        self.url, self.node = url, Node()

    def __enter__(self):
        self.node.start()
        self.node.set_up()
        for name, role in (("anna", "engineer"), ("ben", "lead"), ("vera", "viewer")):
            self.node.post("/api/v1/users", {"name": name, "password": PASSWORD, "roles": [{"role": role}]})
        self.node.post("/api/v1/assets", {"id": "hall", "name": "Hall", "level": "site"})
        reading = UNSECURED | {"url": self.url, "root": PRESS, "publishing_interval": "200ms"}
        writing = reading | {"writable": [{"node": TARGET, "low": 0, "high": 80}, {"node": NAME}, {"node": AXIS},
                                          {"node": MATRIX, "low": 0, "high": 80}],
                             "callable": [{"object": PRESS, "method": ADD}]}
        for id_, settings in (("reading", reading), ("writing", writing)):
            self.node.post("/api/v1/connections", {"id": id_, "name": id_, "protocol": "opcua", "asset": "hall", "settings": settings})
        for id_ in ("reading", "writing"):
            wait_until(lambda id_=id_: self.node.get(f"/api/v1/connections/{id_}/health")["health"] == "active")
        return self

    def __exit__(self, kind, value, trace):
        self.node.__exit__(kind, value, trace)

    def ask(self, who="anna", connection="writing", **change):
        self.node.log_in(who)
        return self.node.call("POST", CHANGES, {"connection": connection, "reason": "a trial"} | change)

    def decide(self, who, change, what="approve"):
        self.node.log_in(who)
        return self.node.call("POST", f"{CHANGES}/{change['id']}/{what}", {})

    def change(self, **change):
        asked = self.ask(**change)
        assert asked.status == 200, asked.body
        assert asked.json()["state"] == "pending"
        decided = self.decide("ben", asked.json())
        assert decided.status == 200, decided.body
        return decided.json()

    # The cases.

    def a_value_is_written_when_a_second_person_approves(self):
        for value in (42.5, 7):
            done = self.change(address=TARGET, value=value)
            assert done["state"] == "done" and f"the server reads {value:g} now" in done["answer"], done
            assert (done["requested_by"], done["decided_by"]) == ("user:anna", "user:ben"), done
        self.node.log_in()
        acts = [one for one in self.node.get("/api/v1/journal?kind=machine_change")["items"] if one["id"] == done["id"]]
        assert {"request", "approve", "done"} <= {one["action"] for one in acts}, acts
        assert TARGET in json.dumps(acts), "the chain says what was written"
        assert done["id"] in [one["id"] for one in self.node.get(CHANGES)["items"]]

    def nobody_changes_anything_alone(self):
        waiting = self.ask(address=TARGET, value=50).json()
        alone = self.decide("anna", waiting)
        assert alone.status == 403 and b"second person" in alone.body, alone.body
        assert self.decide("vera", waiting).status == 403
        assert self.ask("vera", address=TARGET, value=50).status == 403
        assert self.decide("ben", waiting, "refuse").json()["state"] == "refused"
        assert self.decide("ben", waiting).status == 409
        assert "it was 7," in self.change(address=TARGET, value=8)["answer"], "50 was never written"

    def only_what_the_settings_name_and_within_its_limits(self):
        for change in ({"address": "nsu=urn:press;s=Press1.Running", "value": True}, {"connection": "reading", "address": TARGET, "value": 1},
                       {"address": PRESS, "method": NAME, "value": []}):
            answer = self.ask(**change)
            assert answer.status == 403 and b"settings" in answer.body, answer.body
        assert self.ask(address=TARGET, value=80.5).status == 422
        failed = self.change(address=NAME, value=5)
        assert failed["state"] == "failed" and "a text" in failed["answer"], failed

    def a_matrix_is_written_row_by_row(self):
        done = self.change(address=MATRIX, value=[[1, 2], [30, 40]])
        assert done["state"] == "done" and done["answer"].endswith("the server reads [[1, 2], [30, 40]] now"), done
        assert self.ask(address=MATRIX, value=[[1, 2], [30, 81]]).status == 422, "one of them is over the limit"
        failed = self.change(address=MATRIX, value=[[1, 2], [3]])
        assert failed["state"] == "failed" and "equally long" in failed["answer"], failed

    def a_method_is_called_with_its_arguments(self):
        done = self.change(address=PRESS, method=ADD, value=[40, 2])
        assert done["state"] == "done" and done["answer"] == "called; it answered 42", done
        failed = self.change(address=PRESS, method=ADD, value=[40])
        assert failed["state"] == "failed" and "2 arguments" in failed["answer"], failed

    def a_twin_writes_through(self):
        """Writing a bound property of the machine's twin is a wish at the machine, under the same rules."""
        self.node.log_in("anna")
        def signal_of(connection, name):
            rows = self.node.get(f"/api/v1/connections/{connection}/addresses")["items"]
            return next(row["signal"] for row in rows if row["declaration"]["address"] == name)
        def value_of(connection, name):
            number = signal_of(connection, name)
            for shell in self.node.get("/api/v1/twin/shells?limit=1000")["items"]:
                for one in shell["submodels"]:
                    for row in self.node.get(f"/api/v1/twin/submodel?id={quote(one['id'])}")["elements"]:
                        if row.get("signal") == number:
                            return row, f"/api/v3/submodels/{identifier(one['id'])}/submodel-elements/{row['path']}/$value"
        row, target = value_of("writing", TARGET)
        assert row["writable"], row
        answer = self.node.call("PATCH", target, 33.5)
        assert answer.status == 202, answer.body
        change = self.node.get(answer.headers["Location"])
        assert change["state"] == "pending" and change["command"]["address"] == TARGET and row["path"] in change["reason"], change
        done = self.decide("ben", change).json()
        assert done["state"] == "done" and "reads 33.5 now" in done["answer"], done
        wait_until(lambda: self.node.get(target) == 33.5)

        self.node.log_in("anna")
        assert self.node.call("PATCH", target, 80.5).status == 400, "the connection's limit"
        for connection, name in (("reading", TARGET), ("writing", "nsu=urn:press;s=Press1.Running")):
            row, other = value_of(connection, name)
            refused = self.node.call("PATCH", other, True if "Running" in name else 1)
            assert refused.status == 403 and b"writable" in refused.body and not row["writable"], (refused.body, row)

    def cases(self):
        return [self.a_value_is_written_when_a_second_person_approves, self.nobody_changes_anything_alone,
                self.only_what_the_settings_name_and_within_its_limits, self.a_matrix_is_written_row_by_row,
                self.a_method_is_called_with_its_arguments,
                self.a_twin_writes_through]
