#!/usr/bin/env python3
"""A newcomer's node: set-up link, log-in, rights, errors that say what would be right, operations, a clean end."""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from node import PASSWORD, PROGRAM, ROOT, Node, run_cases, wait_until  # noqa: E402

node = Node()


def first_start_asks_for_an_administrator():
    session = node.get("/api/v1/session")
    assert session["setup_needed"] is True and session["user"] is None, session
    assert node.call("GET", "/api/v1/assets").status == 401
    wrong = node.call("POST", "/api/v1/setup", {"code": "x" * 20, "name": "eve", "password": PASSWORD})
    assert wrong.status in (401, 403), wrong.body
    node.set_up()
    session = node.get("/api/v1/session")
    assert session["user"]["name"] == "admin" and session["setup_needed"] is False, session


def set_up_code_works_once():
    again = node.call("POST", "/api/v1/setup", {"code": node.setup_code, "name": "eve", "password": PASSWORD})
    assert again.status in (401, 403, 409), again.body


def state_changes_need_the_csrf_header():
    answer = node.call("POST", "/api/v1/assets", {"id": "x", "name": "X"}, headers={"X-Hanse-Csrf": ""})
    assert answer.status == 403, answer.body


def wrong_input_names_the_field():
    answer = node.call("POST", "/api/v1/assets", {"id": "works", "name": "Works", "level": "galaxy", "nam": 1})
    problem = answer.json()
    assert answer.status in (400, 422), answer.body
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    paths = {field["path"]: field["message"] for field in problem["fields"]}
    assert "enterprise" in paths["level"] and "did you mean 'name'" in paths["nam"], problem


def a_stale_write_is_a_conflict():
    node.post("/api/v1/assets", {"id": "works", "name": "Works", "level": "enterprise"})
    first = node.call("GET", "/api/v1/assets/works")
    etag = first.headers["ETag"]
    record = first.json() | {"name": "Works 2"}
    assert node.call("PUT", "/api/v1/assets/works", record, headers={"If-Match": etag}).status == 200
    stale = node.call("PUT", "/api/v1/assets/works", record | {"name": "Works 3"}, headers={"If-Match": etag})
    assert stale.status in (409, 412), stale.body
    assert node.get("/api/v1/assets/works")["name"] == "Works 2"


def a_viewer_reads_and_does_not_write():
    node.post("/api/v1/users", {"name": "vera", "password": PASSWORD, "roles": [{"role": "viewer"}]})
    admin_cookie = node.cookie
    node.log_in("vera")
    assert node.call("GET", "/api/v1/assets").status == 200
    assert node.call("POST", "/api/v1/assets", {"id": "y", "name": "Y", "parent": "works", "level": "site"}).status == 403
    assert node.call("GET", "/api/v1/users").status == 403
    node.cookie = admin_cookie


def tokens_are_for_programs():
    token = node.post("/api/v1/tokens", {"name": "robot", "scopes": ["plant.read"]})
    secret = token["secret"]
    cookie, node.cookie = node.cookie, None
    bearer = {"Authorization": f"Bearer {secret}"}
    assert node.call("GET", "/api/v1/assets", headers=bearer).status == 200
    assert node.call("POST", "/api/v1/assets", {"id": "z", "name": "Z"}, headers=bearer).status == 403
    assert node.call("GET", "/api/v1/assets", headers={"Authorization": "Bearer nonsense"}).status == 401
    node.cookie = cookie
    assert secret not in node.log_text()


def wrong_passwords_lock_out_for_a_while():
    cookie, node.cookie = node.cookie, None
    codes = [node.call("POST", "/api/v1/session", {"name": "vera", "password": f"guess{i}"}).status for i in range(12)]
    assert codes[0] == 401 and 429 in codes or 403 in codes or 503 in codes, codes
    node.cookie = cookie


def the_journal_tells_and_is_intact():
    entries = node.get("/api/v1/journal?kind=asset")["items"]
    assert [entry["action"] for entry in entries][:2] == ["update", "create"], entries
    assert entries[0]["actor"] == "user:admin", entries[0]
    assert node.get("/api/v1/journal/verify")["intact"] is True


def the_interface_describes_itself():
    served = node.get("/openapi.json")
    committed = json.loads((ROOT / "docs/api/openapi.json").read_text())
    assert served == committed, "docs/api/openapi.json is stale: hanse openapi > docs/api/openapi.json"
    assert served["openapi"].startswith("3.1")


def operators_of_the_machine_room_find_their_figures():
    assert node.call("GET", "/healthz").status == 200
    assert node.call("GET", "/readyz").status == 200
    metrics = node.call("GET", "/metrics").body.decode()
    assert "process_resident_memory_bytes" in metrics and "# TYPE" in metrics, metrics[:500]
    figures = dict(line.rsplit(" ", 1) for line in metrics.splitlines() if line.startswith("hanse_history_"))
    # How slow the disk is, and whether it failed: what a rule for an alarm watches.
    assert 0 <= float(figures["hanse_history_commit_seconds"]) <= float(figures["hanse_history_commit_seconds_max"]), figures
    assert figures["hanse_history_failed"] == "0", figures


def unknown_paths_and_methods_are_told_apart():
    assert node.call("GET", "/api/v1/nothing").status == 404
    assert node.call("DELETE", "/api/v1/assets").status == 405


def the_page_is_inside():
    page = node.call("GET", "/")
    assert page.status == 200 and b"<html" in page.body.lower(), page.body[:200]
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert node.call("GET", "/plant/some-asset").status == 200


def settings_are_shown_without_secrets():
    items = {item["path"]: item["value"] for item in node.get("/api/v1/config")["items"]}
    assert items["server.address"] == '"127.0.0.1"', items


def wrong_settings_stop_the_start_with_a_sentence():
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write("[server]\nprot = 1\n")
        file.flush()
        run = subprocess.run([PROGRAM, "serve", "--settings", file.name], capture_output=True, text=True, timeout=30)
    assert run.returncode != 0 and "did you mean 'port'" in run.stderr, run.stderr


def it_ends_when_told_and_starts_again_with_everything():
    assert node.stop() == 0
    verify = subprocess.run([PROGRAM, "journal", "verify", "--data_folder", node.data], capture_output=True, text=True)
    assert verify.returncode == 0, verify.stderr
    node.start()
    assert node.get("/api/v1/session")["user"]["name"] == "admin", "a session outlives a restart"
    assert node.get("/api/v1/assets/works")["name"] == "Works 2"


def backup_and_restore_bring_everything_back():
    with tempfile.TemporaryDirectory() as folder:
        backup, fresh = pathlib.Path(folder) / "backup", pathlib.Path(folder) / "fresh"
        run = subprocess.run([PROGRAM, "backup", backup, "--data_folder", node.data], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        run = subprocess.run([PROGRAM, "restore", backup, "--data_folder", fresh], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        with Node(data=fresh) as restored:
            restored.log_in()
            assert restored.get("/api/v1/assets/works")["name"] == "Works 2"
        export = pathlib.Path(folder) / "export"
        run = subprocess.run([PROGRAM, "export", export, "--data_folder", fresh], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        assert any("works" in path.read_text(errors="replace") for path in export.rglob("*") if path.is_file())


def a_lost_last_password_is_set_on_the_console():
    fresh = "a sentence nobody knows yet"
    command = [PROGRAM, "user", "password", "admin", "--data_folder", node.data]
    running = subprocess.run(command, input=fresh + "\n", capture_output=True, text=True)
    assert running.returncode != 0, "a running node holds its folder"
    assert node.stop() == 0
    weak = subprocess.run(command, input="admin\n", capture_output=True, text=True)
    assert weak.returncode != 0 and "password" in weak.stderr, weak.stderr
    done = subprocess.run(command, input=fresh + "\n", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert fresh not in done.stdout + done.stderr
    node.start()
    assert node.get("/api/v1/session")["user"] is None, "old sessions have ended"
    assert node.call("POST", "/api/v1/session", {"name": "admin", "password": PASSWORD}).status == 401
    signed_in = node.call("POST", "/api/v1/session", {"name": "admin", "password": fresh})
    assert signed_in.status == 200, signed_in.body


def a_session_that_ends_at_once_is_refused():
    run = subprocess.run([PROGRAM, "settings", "check", "--access.session_idle", "0s"], capture_output=True, text=True)
    assert run.returncode != 0 and "session_idle" in run.stderr, run.stderr


def the_installation_checks_itself():
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([PROGRAM, "selftest", "--data_folder", folder], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stdout + run.stderr


with node:
    run_cases("integration", [
        first_start_asks_for_an_administrator, set_up_code_works_once, state_changes_need_the_csrf_header,
        wrong_input_names_the_field, a_stale_write_is_a_conflict, a_viewer_reads_and_does_not_write,
        tokens_are_for_programs, wrong_passwords_lock_out_for_a_while, the_journal_tells_and_is_intact,
        the_interface_describes_itself, operators_of_the_machine_room_find_their_figures,
        unknown_paths_and_methods_are_told_apart, the_page_is_inside, settings_are_shown_without_secrets,
        wrong_settings_stop_the_start_with_a_sentence, it_ends_when_told_and_starts_again_with_everything,
        backup_and_restore_bring_everything_back, a_session_that_ends_at_once_is_refused,
        the_installation_checks_itself, a_lost_last_password_is_set_on_the_console])
