"""Stands where the migrator is and takes every order; says when each came. Nothing else of a migrator is here.

Started again it knows nothing of what was ordered before.
"""
import json
import time
from http.server import BaseHTTPRequestHandler, HTTPServer


class Migrator(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    ordered = False

    def answer(self, status, body, **headers):
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        if not self.path.startswith("/api/migrations/"):
            self.answer(200, [])
        elif Migrator.ordered:
            self.answer(200, {"state": "RUNNING"})
        else:
            self.answer(404, {})

    def do_POST(self):
        came = time.time()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/api/migrations":
            Migrator.ordered = True
            print(f"{came:.3f} order {body}", flush=True)
            self.answer(202, {}, Location="/api/migrations/m-1")
        else:
            print(f"{came:.3f} {self.path}", flush=True)
            self.answer(202, {"id": "warm-1"})

    def log_message(self, *_):
        pass


HTTPServer(("", 8081), Migrator).serve_forever()
