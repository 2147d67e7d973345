"""Starts the built program for tests, and speaks to it: `with Node() as node: node.get("/api/v1/assets")`."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("HANSE_TEST_BUILD", ROOT / "build/dev"))
PROGRAM = BUILD / "hanse"
PASSWORD = "correct horse battery staple"


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Node:
    """One process in a data folder of its own. `demo=True` brings the simulated plant; `demo="partner"` or
    `demo="programme"` that part of the whole demo with it."""

    def __init__(self, demo=False, data=None, arguments=(), environment=None):
        self.own_data = data is None
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="hanse-test-"))
        self.command = "demo" if demo else "serve"
        without = [part for part in ("partner", "programme") if demo and part != demo]
        self.arguments = [word for part in without for word in (f"--{part}", "off")] + list(arguments)
        self.environment = environment or {}
        self.process, self.url, self.setup_code, self.cookie = None, None, None, None
        self.log_path = self.data.with_suffix(".log")

    def start(self, time_limit=60):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("HANSE_")} | self.environment
        self.log = open(self.log_path, "ab")
        begin = self.log.tell()
        self.process = subprocess.Popen(
            [PROGRAM, self.command, "--data_folder", self.data, "--server.port", "0", *self.arguments],
            stdout=self.log, stderr=subprocess.STDOUT, env=environment, cwd=ROOT)
        deadline = time.monotonic() + time_limit
        while time.monotonic() < deadline:
            text = self.log_path.read_bytes()[begin:].decode(errors="replace")
            found = re.search(r"(https?://[\w.:\[\]-]+)/setup\?code=([\w-]+)", text)
            if found:
                self.setup_code = found[2]
            ready = re.search(r"ready at (https?://[\w.:\[\]-]+)", text)
            if ready:
                self.url = ready[1]
                if self.cookie:  # The session lives on; its cookie is named by the port, which may be another one now.
                    self.cookie = re.sub(r"^hanse_session_\d+", "hanse_session_" + self.url.rsplit(":", 1)[1], self.cookie)
                return self
            if self.process.poll() is not None:
                raise RuntimeError(f"the node stopped with {self.process.returncode}:\n{text[-4000:]}")
            time.sleep(0.05)
        raise RuntimeError("the node wasn't ready in time:\n" + self.log_text()[-4000:])

    def log_text(self):
        return self.log_path.read_text(errors="replace")

    def stop(self, time_limit=30):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(time_limit)
        return self.process.returncode if self.process else None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, value, trace):
        with contextlib.suppress(Exception):
            self.stop()
        if self.process and self.process.poll() is None:
            self.kill()
        self.log.close()
        if kind is not None and not getattr(value, "all_passed", False):
            print(self.log_text()[-6000:])
        elif self.own_data:
            shutil.rmtree(self.data, ignore_errors=True)
            self.log_path.unlink(missing_ok=True)

    def call(self, method, path, body=None, headers=None, content_type="application/json"):
        data = None
        if body is not None:
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        sent = {"X-Hanse-Csrf": "1"} | ({"Content-Type": content_type} if data is not None else {})
        if self.cookie:
            sent["Cookie"] = self.cookie
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=sent | (headers or {}))
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                answer = Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            answer = Answer(error.code, error.headers, error.read())
        cookie = answer.headers.get("Set-Cookie")
        if cookie:
            self.cookie = cookie.split(";")[0]
        return answer

    def get(self, path, **options):
        answer = self.call("GET", path, **options)
        assert answer.status == 200, f"GET {path}: {answer.status} {answer.body[:500]}"
        return answer.json()

    def post(self, path, body, **options):
        answer = self.call("POST", path, body, **options)
        assert answer.status in (200, 201, 204), f"POST {path}: {answer.status} {answer.body[:500]}"
        return json.loads(answer.body) if answer.body else None

    def set_up(self, name="admin"):
        """Makes the first administrator with the link from the console, and is logged in as that."""
        assert self.setup_code, "no set-up link on the console:\n" + self.log_text()[-2000:]
        self.post("/api/v1/setup", {"code": self.setup_code, "name": name, "password": PASSWORD})
        self.log_in(name)

    def log_in(self, name="admin", password=PASSWORD):
        self.post("/api/v1/session", {"name": name, "password": password})


def wait_until(condition, time_limit=30, pause=0.2):
    """The first true answer of `condition`; asserts when there is none in time."""
    deadline = time.monotonic() + time_limit
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(pause)
    raise AssertionError(f"not within {time_limit} s: {condition}")


def run_cases(suite, cases):
    """Runs functions as cases, writes a line for each where tests/suite expects it, and exits as that expects."""
    lines = []
    for case in cases:
        name = f"{suite}/{case.__name__}"
        try:
            case()
            lines.append(f"passed {name}")
        except Exception as error:  # a test's failure is any exception
            import traceback
            traceback.print_exc()
            lines.append(f"failed {name}: {str(error).splitlines()[0][:200] if str(error) else type(error).__name__}")
        print(lines[-1], flush=True)
    end = SystemExit(any(line.startswith("failed") for line in lines))
    end.all_passed = not end.code  # An ending, not a failure: Node tidies up after itself.
    results = os.environ.get("HANSE_TEST_RESULTS")
    if results:
        with open(results, "a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        end.code = 78
    raise end
