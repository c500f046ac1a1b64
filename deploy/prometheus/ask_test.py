"""That `ask` names what is empty: python3 -m unittest discover -s deploy/prometheus -p '*_test.py'"""

import json
import pathlib
import subprocess
import sys
import threading
import unittest
import urllib.parse
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

ASK = pathlib.Path(__file__).parent / "ask"
RECORDED = {"type": "recording", "name": "server:monkey_x:max", "query": "max by (server) (monkey_x)"}
ALERT = {"type": "alerting", "name": "MonkeyX", "query": 'sum by (server) (monkey_x{action="start"}) > on (server) monkey_y'}


def series(*values: str, **labels: str) -> list[Any]:
    return [{"metric": labels or {"server": "backup"}, "values": [[0, value] for value in values]}]


class Asking(unittest.TestCase):
    def ask(self, answer: Callable[[str], list[Any]], *rules: Any) -> tuple[int, str]:
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                """Silent."""

            def do_GET(self) -> None:
                address = urllib.parse.urlsplit(self.path)
                if address.path == "/api/v1/rules":
                    data: Any = {"groups": [{"rules": rules}]}
                else:
                    data = {"result": answer(urllib.parse.parse_qs(address.query)["query"][0])}
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps({"data": data}).encode())

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            url = f"http://127.0.0.1:{server.server_port}"
            done = subprocess.run([sys.executable, ASK, url], capture_output=True, text=True, timeout=60, check=False)
            return done.returncode, done.stdout + done.stderr
        finally:
            server.shutdown()
            server.server_close()

    def test_all_is_well_where_everything_has_a_number(self) -> None:
        code, said = self.ask(lambda _: series("NaN", "1"), RECORDED, ALERT)
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"\d\d expressions of panels, 1 recorded ones, 1 alerts: 0 lack data")

    def test_a_panel_without_data_is_named_with_its_expression(self) -> None:
        code, said = self.ask(lambda query: [] if query == "max(monkey_paused)" else series("1"), RECORDED)
        self.assertEqual(code, 1)
        self.assertIn("panel 'Paused' of Migrations: it returns no data\n  max(monkey_paused)", said)

    def test_what_is_never_a_number_is_empty_but_where_nobody_can_know(self) -> None:
        unknown = ("monkey_paused", "packages_missing", "memory_left_seconds")
        code, said = self.ask(lambda query: series("NaN") if any(name in query for name in unknown) else series("1"), RECORDED)
        self.assertEqual(code, 1)
        self.assertIn("'Paused' of Migrations: it is never a number", said)
        self.assertIn("1 lack data", said)

    def test_a_record_without_data_is_named(self) -> None:
        code, said = self.ask(lambda query: [] if "monkey_x" in query else series("1"), RECORDED)
        self.assertEqual(code, 1)
        self.assertIn("record server:monkey_x:max: it returns no data", said)

    def test_an_alert_may_be_silent_but_not_its_parts(self) -> None:
        code, said = self.ask(lambda query: [] if query.startswith("monkey_y") else series("1"), ALERT)
        self.assertEqual(code, 1)
        self.assertIn("alert MonkeyX: there is no monkey_y", said)
        code, said = self.ask(lambda query: [] if query == 'monkey_x{action="start"}' else series("1"), ALERT)
        self.assertIn('alert MonkeyX: there is no monkey_x{action="start"}', said)

    def test_a_label_that_no_metric_of_an_alert_has_is_named(self) -> None:
        code, said = self.ask(lambda _: series("1", host="a"), ALERT)
        self.assertEqual(code, 1)
        self.assertIn("no metric in it has the label 'server'", said)

    def test_no_rules_at_all_is_a_failure(self) -> None:
        code, said = self.ask(lambda _: series("1"))
        self.assertEqual(code, 1)
        self.assertIn("no rules", said)


if __name__ == "__main__":
    unittest.main()
