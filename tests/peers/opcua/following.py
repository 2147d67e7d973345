"""The cases that our OPC UA client goes through with every foreign server."""
import time

import opcua_peer as peer


def holes(follower, name="Counter"):
    """Where a counter that ten times a second counts one up skipped more than five."""
    numbers = sorted({int(value["value"]) for value in follower.values(name) if not value["null"]})
    return [(a, b) for a, b in zip(numbers, numbers[1:]) if b - a > 5]


class Following:
    """`make(port, **options)` gives a foreign server; `more` are settings of our client for all cases."""

    def __init__(self, make, own, port, path="", more=None, samples=None, points=(), rounds=3):
        self.make, self.own, self.path, self.more = make, own, path, more or {}
        self.samples, self.points, self.rounds = samples or {}, points, rounds
        self.port, self.url = port, self.url_of(port)

    def url_of(self, port):
        return f"opc.tcp://127.0.0.1:{port}{self.path}"

    def follow(self, more=None, url=None):
        return peer.Follower(url or self.url, self.own, self.more | (more or {}))

    def unknown_certificate_is_refused_until_accepted(self):
        peer.make_trusted(self.url, self.own)
        with self.follow() as follower:
            follower.wait_value("Counter")
            assert follower.notices("connected", "signed and encrypted"), "the strongest is chosen"

    def every_security_mode(self):
        for policy in peer.POLICIES:
            for mode in ("sign", "sign_and_encrypt"):
                secured = {"security_policy": policy, "security_mode": mode, "user": "op", "password": "secret"}
                with self.follow(secured) as follower:
                    follower.wait_value("Counter")
                    for name, value in self.samples.items():
                        assert follower.wait_value(name)["value"] == value, name

    def wrong_password_is_said(self):
        with self.follow({"user": "op", "password": "wrong"}) as follower:
            reason = follower.wait(lambda: follower.seen["ended"])[0]
            assert "log-in" in reason and "password" in reason and "wrong-" not in reason, reason

    def values_come_back_after_restarts(self):
        """Each start has its namespaces in another place."""
        port = peer.free_port()
        restarting = self.make(port).start()
        try:
            with peer.Follower(self.url_of(port), self.own) as follower:
                follower.wait_value("Counter")
                for round_ in range(self.rounds):
                    restarting.kill()
                    follower.wait(lambda n=round_: len([v for v in follower.values("Press1.Name") if v["null"]]) == n + 1)
                    seen = len(follower.seen["value"])
                    restarting = self.make(port, spaces=[f"urn:extra:{i}" for i in range(round_ + 1)]).start()
                    up = time.monotonic()
                    value = follower.wait_value("Press1.Name", seen)
                    print(f"restart {round_ + 1}: first value {value['at'] - up:.2f} s after the server was up")
                    assert value["at"] - up < 5
                for name in self.points:
                    peer.one_null_per_outage(follower, name, self.rounds)
        finally:
            restarting.kill()

    def cases(self):
        return [self.unknown_certificate_is_refused_until_accepted, self.every_security_mode, self.wrong_password_is_said,
                self.values_come_back_after_restarts]
