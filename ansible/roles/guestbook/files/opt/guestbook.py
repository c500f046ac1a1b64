"""A guestbook: an entry that was answered with 201 is on the disk, and stays there."""

import configparser
import re
import socket
from pathlib import Path

from flask import Flask, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from avatars import avatar_png
from entries import MAX_LIMIT, Entries, InvalidEntry
from leak import Leak, MAX_MEGABYTES_PER_SECOND
from markup import to_html

CONFIG = Path("/etc/guestbook/guestbook.conf")


def create_app(config_path=CONFIG):
    config = configparser.ConfigParser(interpolation=None)
    config.read_string(config_path.read_text())
    settings = config["guestbook"]

    app = Flask(__name__)
    app.jinja_env.filters["entry_html"] = to_html
    entries = Entries(settings["database"])
    leak = Leak()
    server = socket.gethostname()

    @app.get("/")
    def page():
        return page_with(entries.newest(50))

    @app.post("/")
    def sign():
        """The form of the page; programs use POST /entries."""
        try:
            entries.add(request.form.get("author"), request.form.get("text"))
        except InvalidEntry as problem:
            return page_with(entries.newest(50), problem=str(problem)), 400
        return redirect(url_for("page"), code=303)

    def page_with(newest, problem=None):
        return render_template(
            "index.html",
            title=settings["title"],
            server=server,
            entries=newest,
            total=entries.count(),
            draft=request.form,
            problem=problem,
        )

    @app.post("/entries")
    def add_entry():
        body = json_object()
        try:
            return jsonify(entries.add(body.get("author"), body.get("text"))), 201
        except InvalidEntry as problem:
            abort(400, description=str(problem))

    @app.get("/entries")
    def list_entries():
        asked = request.args.get("limit", "20")
        if not (re.fullmatch("[0-9]{1,6}", asked) and 1 <= int(asked) <= MAX_LIMIT):
            abort(400, description=f"limit is {asked!r}: give a whole number from 1 to {MAX_LIMIT}")
        return jsonify(entries=entries.newest(int(asked)))

    @app.get("/avatar")
    def avatar():
        answer = Response(avatar_png(request.args.get("author", "")), mimetype="image/png")
        answer.cache_control.public = True
        answer.cache_control.max_age = 86400
        return answer

    @app.get("/health")
    def health():
        return jsonify(status="ok", server=server, entries=entries.count())

    @app.get("/leak")
    def leaking():
        return jsonify(leak.state())

    @app.post("/leak")
    def set_leak():
        """For the demo: makes this process grow until the server is out of memory."""
        rate = json_object().get("megabytesPerSecond")
        number = isinstance(rate, (int, float)) and not isinstance(rate, bool)
        if not (number and 0 <= rate <= MAX_MEGABYTES_PER_SECOND):
            abort(
                400,
                description=f"megabytesPerSecond is {rate!r}: give a number from 0 (stop)"
                f" to {MAX_MEGABYTES_PER_SECOND}",
            )
        leak.set_rate(rate)
        return jsonify(leak.state())

    @app.errorhandler(HTTPException)
    def as_problem(error):
        """RFC 9457. An error that is not an HTTPException arrives here as a 500, its trace in the journal."""
        answer = jsonify(title=error.name, status=error.code, detail=error.description)
        answer.content_type = "application/problem+json"
        return answer, error.code, [h for h in error.get_headers() if h[0] == "Allow"]

    return app


def json_object():
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        abort(400, description="the body must be a JSON object")
    return body
