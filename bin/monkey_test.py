"""The command line against a small server that answers as a migrator does: python3 -m unittest bin/monkey_test.py"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HERE = pathlib.Path(__file__).parent
MONKEY = HERE / "monkey"
# What a real migrator answered after a move there and back; MonkeyStackIT runs the command line against one.
ANSWERS = json.loads((HERE / "answers.json").read_text())
TOKEN = "a-token-for-operating"


def setUpModule() -> None:
    """Job control may have had SIGINT ignored (./check &), and commands inherit that, but no handler."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass
class Asked:
    """A request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Said:
    """An answer: JSON, or a stream that may break off."""

    status: int
    body: Any = None
    stream: list[str] = field(default_factory=list)
    location: str = ""
    holds_seconds: float = 0


# The connection ends instead.
NO_ANSWER = Said(0)


class FakeMigrator(ThreadingHTTPServer):
    """Answers what it is told to; a call with several answers gives them one after the other, the last one again."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[Asked] = []
        self.answers: dict[str, list[Said]] = {}

    def will(self, call: str, *answers: Said) -> None:
        self.answers[call] = list(answers)

    def answer(self, call: str) -> Said:
        there = self.answers.get(call, [problem(404, f"no such thing: {call}")])
        return there.pop(0) if len(there) > 1 else there[0]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of the tests."""


class Handler(BaseHTTPRequestHandler):
    server: FakeMigrator

    def log_message(self, *_: Any) -> None:
        """Silent."""

    def respond(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        self.server.asked.append(Asked(self.command, self.path, dict(self.headers), body))
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            said = problem(401, "This token is not known here.")
        else:
            said = self.server.answer(f"{self.command} {self.path}")
        if said is NO_ANSWER:
            return
        self.send_response(said.status)
        kind = "text/event-stream" if said.stream else "application/json" if said.status < 400 else "application/problem+json"
        self.send_header("Content-Type", kind)
        if said.location:
            self.send_header("Location", said.location)
        self.end_headers()
        if not said.stream:
            self.wfile.write(said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode())
        for chunk in said.stream:
            self.wfile.write(chunk.encode())
            self.wfile.flush()
        time.sleep(said.holds_seconds)

    do_GET = do_POST = do_PUT = do_DELETE = respond


def problem(status: int, detail: str) -> Said:
    return Said(status, {"title": "No", "status": status, "detail": detail})


def journal(number: int, step: str, kind: str, text: str = "") -> str:
    data = {"at": "2026-11-26T11:20:59.123456789Z", "step": step, "kind": kind, "text": text}
    return f"id:{number}\nevent:journal\ndata:{json.dumps(data)}\n\n"


def end(view: Any) -> str:
    return f"event:end\ndata:{json.dumps(view)}\n\n"


class MonkeyTest(unittest.TestCase):
    def setUp(self) -> None:
        self.migrator = FakeMigrator()
        threading.Thread(target=self.migrator.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.addCleanup(self.migrator.server_close)
        self.addCleanup(self.migrator.shutdown)
        self.home = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.done = {**ANSWERS["migration"], "state": "SUCCEEDED"}
        self.migration = self.done["id"]
        for call, answer in ANSWERS["calls"].items():
            self.migrator.will(call, Said(200, answer))
        self.migrator.will(f"GET /api/migrations/{self.migration}", Said(200, ANSWERS["migration"]))
        for limit in (1, 3, 20):
            self.migrator.will(f"GET /api/migrations?limit={limit}", Said(200, [ANSWERS["migration"]]))

    def environment(self, **more: str) -> dict[str, str]:
        usual = {"PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8", "TZ": "UTC"}
        return usual | {"MONKEY_URL": self.migrator.url, "MONKEY_TOKEN": TOKEN} | more

    def monkey(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        there = {name: value for name, value in self.environment(**environment).items() if value}
        return subprocess.run(
            [sys.executable, MONKEY, *words], env=there, capture_output=True, text=True, timeout=20, check=False
        )

    def says(self, code: int, *words: str, **environment: str) -> str:
        ended = self.monkey(*words, **environment)
        self.assertEqual(ended.returncode, code, ended.stdout + ended.stderr)
        self.assertNotIn("Traceback", ended.stderr)
        return ended.stdout + ended.stderr

    def last(self) -> Asked:
        return self.migrator.asked[-1]

    def private(self, name: str, text: str, mode: int = 0o600) -> pathlib.Path:
        file = self.home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)
        return file


class Looking(MonkeyTest):
    def test_status_names_both_servers_the_traffic_and_the_latest_migration(self) -> None:
        text = self.says(0, "status")
        self.assertRegex(text, r"(?m)^production +active +application well +calm: memory is [\d.]+ % used")
        self.assertRegex(text, r"(?m)^backup +standby +application off")
        self.assertIn("goes to production (epoch", text)
        self.assertIn(self.migration, text)
        self.assertNotIn("PAUSED", text)

    def test_status_as_json_has_every_answer_as_it_came(self) -> None:
        answer = json.loads(self.says(0, "status", "--json"))
        self.assertEqual(answer["servers"], ANSWERS["calls"]["GET /api/servers"])
        self.assertEqual(answer["switch"], ANSWERS["calls"]["GET /api/switch"])

    def test_status_is_a_no_where_the_active_application_is_not_well(self) -> None:
        servers = json.loads(json.dumps(ANSWERS["calls"]["GET /api/servers"]))
        active = next(server for server in servers if server["role"] == "active")
        active["application"] = {"healthy": False, "problem": "it answers 502"}
        self.migrator.will("GET /api/servers", Said(200, servers))
        self.assertIn("NOT WELL: it answers 502", self.says(1, "status"))

    def test_status_shouts_a_switch_that_says_nothing_and_a_pause_and_a_proxy_astray(self) -> None:
        self.migrator.will("GET /api/switch", Said(200, {"problem": "PUT /api/switch says it", "proxies": []}))
        self.assertIn("UNKNOWN: PUT /api/switch", self.says(0, "status"))
        proxy = {**ANSWERS["calls"]["GET /api/switch"]["proxies"][0], "active": "backup"}
        self.migrator.will("GET /api/switch", Said(200, {**ANSWERS["calls"]["GET /api/switch"], "proxies": [proxy]}))
        paused = {"paused": True, "by": "ann", "reason": "maintenance", "since": "2026-11-26T02:10:00Z"}
        self.migrator.will("GET /api/pause", Said(200, paused))
        text = self.says(0, "status")
        self.assertIn("NOT FOLLOWED by proxy", text)
        self.assertIn("PAUSED   since 26 Nov 02:10:00 by ann: maintenance", text)

    def test_the_doctor_names_what_is_missing_with_its_remedy(self) -> None:
        well = {"about": "production", "level": "ok", "what": "has a monitor that reports"}
        lacks = {"about": "backup", "level": "problem", "what": "lacks rsync", "remedy": "apt-get install rsync\x1b[2J"}
        self.migrator.will("GET /api/doctor", Said(200, {"healthy": False, "at": "2026-01-01T02:00:00Z", "findings": [well, lacks]}))
        said = self.says(1, "doctor")
        self.assertIn("PROBLEM  backup: lacks rsync", said)
        self.assertIn("apt-get install rsync", said)
        self.assertNotIn("\x1b", said)
        self.assertNotIn("monitor", said)
        self.assertIn("1 of 2 things looked at are well", said)
        self.migrator.will("GET /api/doctor", Said(200, {"healthy": True, "at": "2026-01-01T02:00:00Z", "findings": [well]}))
        self.assertIn("has a monitor that reports", self.says(0, "doctor", "--all"))

    def test_parity_is_a_yes_or_a_no_with_reasons(self) -> None:
        report = ANSWERS["calls"]["GET /api/parity"]
        self.migrator.will("GET /api/parity", Said(200, {**report, "ready": True, "reasons": []}))
        self.assertIn("backup could take over", self.says(0, "parity"))
        lagging = {**report, "ready": False, "reasons": ["packages missing on backup: 1 (nginx)"]}
        self.migrator.will("GET /api/parity?refresh=true", Said(200, lagging))
        self.assertIn("NOT READY: packages missing on backup: 1 (nginx)", self.says(1, "parity", "--refresh"))

    def test_history_and_show_tell_what_became_of_migrations(self) -> None:
        self.assertRegex(self.says(0, "history", "--limit", "3"), rf"{self.migration} +{ANSWERS['migration']['state']}")
        self.assertEqual(self.last().path, "/api/migrations?limit=3")
        text = self.says(0, "show", self.migration)
        for step in ANSWERS["migration"]["steps"]:
            self.assertIn(step["name"], text)
        self.assertEqual(json.loads(self.says(0, "show", "--json")), ANSWERS["migration"])

    def test_what_others_wrote_cannot_steer_the_terminal(self) -> None:
        bad = {**ANSWERS["migration"], "reason": "\x1b]0;owned\x07\x1b[2Jkernel\nline\u202e"}
        self.migrator.will("GET /api/migrations?limit=20", Said(200, [bad]))
        text = self.says(0, "history")
        self.assertIn("kernel line", text)
        self.assertEqual(len(text.splitlines()), 1)
        self.assertFalse({"\x1b", "\x07", "\u202e"} & set(text))


class Ordering(MonkeyTest):
    def setUp(self) -> None:
        super().setUp()
        running = {**ANSWERS["migration"], "state": "RUNNING"}
        self.migrator.will("POST /api/migrations", Said(202, running))
        self.events = f"GET /api/migrations/{self.migration}/events"

    def test_migrate_orders_watches_and_says_how_it_ended(self) -> None:
        lines = [journal(0, "CHECK_SERVERS", "STARTED"), ":still under way\n\n", journal(1, "CHECK_SERVERS", "DONE", "fit")]
        self.migrator.will(self.events, Said(200, stream=[*lines, end(self.done)]))
        text = self.says(0, "migrate", "--reason", "kernel update", "--by", "ann", "--from", "production", "--key", "k1")
        order = next(asked for asked in self.migrator.asked if asked.method == "POST")
        self.assertEqual(order.body, {"reason": "kernel update", "by": "ann", "from": "production"})
        self.assertEqual(order.headers["Idempotency-Key"], "k1")
        self.assertRegex(text, r"11:20:59 +CHECK_SERVERS +done +fit")
        self.assertIn("SUCCEEDED", text)

    def test_a_migration_that_did_not_succeed_is_a_no(self) -> None:
        for state in ("ROLLED_BACK", "SOURCE_MISSING", "NEEDS_HELP", "ABORTED", "REFUSED"):
            with self.subTest(state):
                ended = {**self.done, "state": state, "problem": "the disk is full"}
                self.migrator.will(self.events, Said(200, stream=[end(ended)]))
                self.assertIn("the disk is full", self.says(1, "watch", self.migration))

    def test_a_dry_run_asks_for_one_and_is_done_with_dry_run_done(self) -> None:
        view = {**self.done, "state": "DRY_RUN_DONE", "packages": ["install nginx 1.22", "already_there tar 1.34"]}
        self.migrator.will(self.events, Said(200, stream=[end(view)]))
        text = self.says(0, "dry-run", "--reason", "try")
        self.assertIn("install nginx 1.22", text)
        self.assertNotIn("tar 1.34", text)
        self.assertTrue(next(asked for asked in self.migrator.asked if asked.method == "POST").body["dryRun"])

    def test_without_waiting_it_says_how_to_watch(self) -> None:
        self.assertIn(f"monkey watch {self.migration}", self.says(0, "migrate", "--reason", "x", "--no-wait", "--force"))
        self.assertEqual(self.last().body, {"reason": "x", "force": True})

    def test_a_stream_that_breaks_off_is_taken_up_where_it_was(self) -> None:
        first, second = journal(0, "COPY_DATA", "STARTED"), journal(1, "COPY_DATA", "DONE", "all over")
        self.migrator.will(
            self.events,
            Said(200, stream=[first]),
            problem(503, "Redis does not answer."),
            Said(200, stream=[first, second, end(self.done)]),
        )
        lines = self.says(0, "watch", self.migration, "--json").splitlines()
        told = [json.loads(line) for line in lines if line.startswith("{")]
        self.assertEqual([line.get("kind") for line in told[:-1]], ["STARTED", "DONE"])
        self.assertEqual(told[-1], self.done)
        self.assertTrue(any("trying again" in line for line in lines))

    def test_who_stops_watching_does_not_stop_the_migration(self) -> None:
        self.migrator.will(self.events, Said(200, stream=[journal(0, "COPY_DATA", "STARTED")], holds_seconds=10))
        with subprocess.Popen(
            [sys.executable, MONKEY, "watch"], env=self.environment(), stdout=subprocess.PIPE, text=True
        ) as watching:
            assert watching.stdout is not None
            self.assertIn("COPY_DATA", watching.stdout.readline())
            watching.send_signal(signal.SIGINT)
            self.assertIn("goes on without you", watching.communicate(timeout=5)[0])
        self.assertEqual(watching.returncode, 130)
        self.assertFalse([asked for asked in self.migrator.asked if asked.method == "DELETE"])

    def test_abort_takes_the_one_that_runs(self) -> None:
        path = f"DELETE /api/migrations/{self.migration}?reason=wrong+night&by=ann"
        self.migrator.will(path, Said(202, self.done))
        self.assertIn("no migration runs", self.says(5, "abort", "--reason", "wrong night"))
        self.migrator.will("GET /api/migrations?limit=1", Said(200, [{**self.done, "state": "RUNNING"}]))
        self.assertIn("rolls back", self.says(0, "abort", "--reason", "wrong night", "--by", "ann"))

    def test_pause_resume_and_restart_carry_their_reason(self) -> None:
        self.migrator.will("PUT /api/pause", Said(200, {"paused": True}))
        self.migrator.will("DELETE /api/pause", Said(200, {"paused": False}))
        self.migrator.will("POST /api/servers/backup/restarts", Said(202, {"id": "r1", "server": "backup"}))
        self.migrator.will("POST /api/servers/production/restarts", Said(202, {"id": "m1", "server": "production"}))
        self.migrator.will("POST /api/parity/warm", Said(202, {"id": "warm-1"}))
        self.says(0, "pause", "--reason", "maintenance")
        self.assertEqual(self.last().body, {"reason": "maintenance"})
        self.says(0, "resume")
        self.assertEqual((self.last().method, self.last().path), ("DELETE", "/api/pause"))
        self.assertIn("backup reboots", self.says(0, "restart-server", "backup", "--reason", "kernel"))
        self.assertIn("monkey watch m1", self.says(0, "restart-server", "production", "--reason", "kernel", "--by", "ann"))
        self.assertEqual(self.last().body, {"reason": "kernel", "by": "ann"})
        self.assertIn("warm-1", self.says(0, "parity", "--warm"))


class Failing(MonkeyTest):
    def test_each_refusal_has_its_code_and_the_migrators_own_words(self) -> None:
        for status, code in ((400, 5), (404, 5), (409, 5), (412, 5), (403, 4), (429, 4), (503, 3), (504, 3)):
            with self.subTest(status):
                self.migrator.will("POST /api/migrations", problem(status, f"words about {status}"))
                self.assertIn(f"words about {status}", self.says(code, "migrate", "--reason", "x"))

    def test_a_failure_as_json_is_one_document_too(self) -> None:
        self.migrator.will("POST /api/migrations", problem(409, "m-1 runs"))
        ended = self.monkey("migrate", "--reason", "x", "--json")
        answer = json.loads(ended.stdout)
        self.assertEqual((answer["error"], answer["status"]), ("m-1 runs", 409))

    def test_a_migrator_that_is_not_there(self) -> None:
        self.assertIn("Is it running", self.says(3, "status", MONKEY_URL="http://127.0.0.1:1"))
        self.assertIn("no answer", self.says(3, "status", MONKEY_URL="http://nowhere.invalid"))

    def test_an_order_of_which_nobody_knows_whether_it_arrived(self) -> None:
        self.migrator.will("POST /api/migrations", NO_ANSWER)
        self.assertIn("see monkey history before you repeat it", self.says(3, "migrate", "--reason", "x"))
        self.migrator.will("GET /api/migrations?limit=20", NO_ANSWER)
        self.assertNotIn("repeat", self.says(3, "history"))

    def test_something_else_than_a_migrator(self) -> None:
        self.migrator.will("GET /api/switch", Said(200, b"<html>"))
        self.assertIn("Is a migrator there?", self.says(3, "status"))

    def test_a_redirect_is_not_followed_with_the_token(self) -> None:
        other = FakeMigrator()
        threading.Thread(target=other.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.addCleanup(other.server_close)
        self.addCleanup(other.shutdown)
        self.migrator.will("GET /api/switch", Said(302, {}, location=f"{other.url}/api/switch"))
        self.says(3, "status")
        self.assertEqual(other.asked, [])

    def test_a_wrong_command_line_is_told_in_one_line(self) -> None:
        for words in ([], ["fly"], ["migrate"], ["restart-server", "moon", "--reason", "x"], ["history", "--limit", "x"]):
            with self.subTest(words):
                text = self.says(2, *words)
                self.assertIn("--help", text)
                self.assertEqual(len(text.splitlines()), 2)
        self.assertEqual(self.migrator.asked, [])


class Secrets(MonkeyTest):
    def test_a_wrong_token_and_none(self) -> None:
        self.assertIn("token is wrong", self.says(4, "status", MONKEY_TOKEN="another"))
        self.assertIn("MONKEY_TOKEN_FILE", self.says(4, "status", MONKEY_TOKEN=""))

    def test_a_token_file_is_read_and_refused_where_everybody_may_read_it(self) -> None:
        file = self.private("token", TOKEN + "\n", 0o640)
        self.says(0, "status", MONKEY_TOKEN="", MONKEY_TOKEN_FILE=str(file))
        file.chmod(0o644)
        text = self.says(2, "status", MONKEY_TOKEN="", MONKEY_TOKEN_FILE=str(file))
        self.assertIn("chmod 600", text)
        self.assertNotIn(TOKEN, text)
        self.assertIn("can't be read", self.says(2, "status", MONKEY_TOKEN="", MONKEY_TOKEN_FILE="/nowhere"))

    def test_the_own_settings_are_read_and_refused_where_others_may_read_them(self) -> None:
        lines = f"# mine\nMONKEY_URL = {self.migrator.url}\n\nMONKEY_TOKEN={TOKEN}\n"
        file = self.private(".config/monkey", lines)
        self.says(0, "status", MONKEY_URL="", MONKEY_TOKEN="")
        # What the environment says has the last word.
        self.says(4, "status", MONKEY_URL="", MONKEY_TOKEN="another")
        file.chmod(0o640)
        text = self.says(2, "status", MONKEY_URL="", MONKEY_TOKEN="")
        self.assertIn("somebody else may read", text)
        self.assertNotIn(TOKEN, text)

    def test_settings_may_name_a_token_file_at_home(self) -> None:
        self.private(".config/monkey", "MONKEY_TOKEN_FILE=~/token")
        self.private("token", TOKEN)
        self.says(0, "status", MONKEY_TOKEN="")

    def test_a_line_that_is_no_setting_is_named_and_not_shown(self) -> None:
        self.private(".config/monkey", TOKEN)
        text = self.says(2, "status", MONKEY_TOKEN="")
        self.assertIn("line 1", text)
        self.assertNotIn(TOKEN, text)

    def test_what_is_no_token_or_no_address_is_refused_before_anything_is_sent(self) -> None:
        self.assertNotIn("wo rds", self.says(2, "status", MONKEY_TOKEN="two wo rds"))
        for url in ("ftp://x", "localhost:8081", "http://", "http://x:99999", "http://ann:secret@x"):
            with self.subTest(url):
                self.says(2, "status", MONKEY_URL=url)
        self.assertEqual(self.migrator.asked, [])

    def test_the_token_is_in_no_list_of_processes(self) -> None:
        self.migrator.will(
            f"GET /api/migrations/{self.migration}/events", Said(200, stream=[journal(0, "COPY_DATA", "STARTED")], holds_seconds=10)
        )
        with subprocess.Popen(
            [sys.executable, MONKEY, "watch"], env=self.environment(), stdout=subprocess.PIPE, text=True
        ) as watching:
            assert watching.stdout is not None
            watching.stdout.readline()
            shown = pathlib.Path(f"/proc/{watching.pid}/cmdline").read_text()
            self.assertIn("watch", shown)
            self.assertNotIn(TOKEN, shown)
            watching.kill()


class Completing(unittest.TestCase):
    def completed(self, *words: str) -> list[str]:
        script = (
            'source <("$0" "$1" completion); shift; COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1));'
            ' _monkey; printf "%s\\n" "${COMPREPLY[@]}"'
        )
        done = subprocess.run(
            ["bash", "-c", script, sys.executable, str(MONKEY), "monkey", *words],
            capture_output=True,
            text=True,
            check=True,
        )
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_commands_options_and_servers_are_completed(self) -> None:
        self.assertEqual(self.completed("re"), ["resume", "restart-server"])
        self.assertEqual(self.completed("migrate", "--f"), ["--from", "--force"])
        self.assertEqual(self.completed("migrate", "--from", "b"), ["backup"])
        self.assertEqual(self.completed("restart-server", "p"), ["production"])


class Piping(MonkeyTest):
    def test_a_reader_that_has_seen_enough_is_no_failure(self) -> None:
        many = [ANSWERS["migration"]] * 3000
        self.migrator.will("GET /api/migrations?limit=20", Said(200, many))
        with subprocess.Popen(
            [sys.executable, MONKEY, "history"],
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as piped:
            assert piped.stdout is not None and piped.stderr is not None
            piped.stdout.readline()
            piped.stdout.close()
            self.assertEqual(piped.stderr.read(), "")
        self.assertEqual(piped.returncode, 0)


if __name__ == "__main__":
    unittest.main()
