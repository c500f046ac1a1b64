"""alertmanager.example.yml in a real Alertmanager, with an ear in the monitors' place. `check` runs it.

ALERTMANAGER is where Debian's package is unpacked, which runs in a container, since it wants its files in their places.
What it sends is compared with what the monitor's own tests take for Alertmanager's webhook.
"""

import json
import os
import pathlib
import secrets
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HERE = pathlib.Path(__file__).parent
EXAMPLE = (HERE / "alertmanager.example.yml").read_text(encoding="utf-8")
TAKEN = json.loads(
    (HERE.parent.parent / "monitor-service/src/test/resources/alertmanager.json").read_text(encoding="utf-8")
)
TOKEN = "a-token-of-the-role-trigger"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Ear(ThreadingHTTPServer):
    """Takes what a monitor would."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.heard: list[tuple[str, str, Any]] = []


class Handler(BaseHTTPRequestHandler):
    server: Ear

    def log_message(self, *_: Any) -> None:
        """Silent."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append((self.path, self.headers.get("Authorization", ""), body))
        self.send_response(200)
        self.end_headers()


class Example(unittest.TestCase):
    def test_an_alert_that_says_so_reaches_both_monitors_as_their_webhook_takes_it_and_no_other_does(self) -> None:
        ear = Ear()
        threading.Thread(target=ear.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        self.addCleanup(ear.server_close)
        self.addCleanup(ear.shutdown)
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (directory / "token").write_text(TOKEN)
        settings = EXAMPLE.replace("/etc/alertmanager/monkey-token", str(directory / "token"))
        for server in ("production", "backup"):
            self.assertIn(f"http://{server}:8082/", settings)
            settings = settings.replace(f"http://{server}:8082/", f"http://127.0.0.1:{ear.server_port}/{server}/")
        (directory / "alertmanager.yml").write_text(settings)
        url = self.alertmanager(directory)
        self.send(
            url,
            {"labels": {"alertname": "DiskDying", "migrate": "yes", "server": "production"}, "annotations": {"summary": "sda"}},
            {"labels": {"alertname": "MonkeyNoServerServes", "severity": "critical", "migrate": "yes"}},
            {"labels": {"alertname": "MonkeyFlapping", "severity": "warning"}},
        )
        deadline = time.monotonic() + 30
        while len(ear.heard) < 2 and time.monotonic() < deadline:
            time.sleep(0.2)
        # The critical one's group would be due by now too, were it sent here.
        time.sleep(6)
        self.assertEqual({path for path, _, _ in ear.heard}, {"/production/api/alerts", "/backup/api/alerts"})
        self.assertEqual({token for _, token, _ in ear.heard}, {f"Bearer {TOKEN}"})
        for _, _, body in ear.heard:
            self.assertEqual([alert["labels"]["alertname"] for alert in body["alerts"]], ["DiskDying"])
            self.alike(TAKEN, body)

    def alertmanager(self, directory: pathlib.Path) -> str:
        port = free_port()
        log = (directory / "log").open("w")
        self.addCleanup(log.close)
        package = os.environ["ALERTMANAGER"]
        name = f"alertmanager-test-{secrets.token_hex(4)}"
        container = ["docker", "run", "--rm", "--init", "--name", name, "--network", "host"]
        for inside, outside in (
            ("/usr/share/prometheus", f"{package}/usr/share/prometheus"),
            ("/usr/bin/prometheus-alertmanager", f"{package}/usr/bin/prometheus-alertmanager"),
            (directory, directory),
        ):
            container += ["--volume", f"{outside}:{inside}:ro"]
        running = subprocess.Popen(
            [
                *container,
                "debian:bookworm",
                "prometheus-alertmanager",
                f"--config.file={directory / 'alertmanager.yml'}",
                "--storage.path=/tmp/data",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
            stdout=log,
            stderr=log,
        )
        self.addCleanup(running.wait)
        self.addCleanup(running.terminate)
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=2):
                    return f"http://127.0.0.1:{port}"
            except OSError:
                self.assertIsNone(running.poll(), (directory / "log").read_text())
                time.sleep(0.1)
        self.fail((directory / "log").read_text())

    def send(self, url: str, *alerts: Any) -> None:
        request = urllib.request.Request(
            f"{url}/api/v2/alerts", json.dumps(alerts).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            self.assertEqual(answer.status, 200)

    def alike(self, known: Any, sent: Any, where: str = "") -> None:
        """Whatever the monitor's tests have is there, and of the same kind."""
        self.assertIs(type(sent), type(known), where)
        if isinstance(known, dict):
            for name in known.keys() - {"labels", "annotations", "commonLabels"}:
                self.assertIn(name, sent, where)
                self.alike(known[name], sent[name], f"{where}.{name}")
            for name in known.keys() & {"labels", "annotations", "commonLabels"}:
                self.assertIsInstance(sent[name], dict)
        if isinstance(known, list) and known:
            self.assertTrue(sent, where)
            self.alike(known[0], sent[0], f"{where}[0]")


if __name__ == "__main__":
    unittest.main()
