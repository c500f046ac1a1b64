"""The entries in SQLite: many readers, one writer, and no answer before the data is on the disk."""

import sqlite3
import threading
from contextlib import closing
from datetime import datetime, timezone

MAX_AUTHOR = 80
MAX_TEXT = 2000
MAX_LIMIT = 100_000
BUSY_TIMEOUT_SECONDS = 5

SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  author TEXT NOT NULL,
  text   TEXT NOT NULL,
  at     TEXT NOT NULL
)
"""


class InvalidEntry(ValueError):
    """What is wrong with an entry, in words for who sent it."""


class Entries:
    def __init__(self, database):
        self._database = database
        self._connections = threading.local()
        self._writer = threading.Lock()
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(SCHEMA)

    def add(self, author, text):
        """Returns the entry once it is committed and synced."""
        check("author", author, MAX_AUTHOR)
        check("text", text, MAX_TEXT)
        with self._writer:
            at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
            cursor = self._connection().execute(
                "INSERT INTO entries (author, text, at) VALUES (?, ?, ?)", (author, text, at)
            )
        return {"id": cursor.lastrowid, "author": author, "text": text, "at": at}

    def newest(self, limit):
        rows = self._connection().execute(
            "SELECT id, author, text, at FROM entries ORDER BY id DESC LIMIT ?", (limit,)
        )
        return [dict(row) for row in rows]

    def count(self):
        return self._connection().execute("SELECT count(*) FROM entries").fetchone()[0]

    def _connection(self):
        """This thread's own connection."""
        connection = getattr(self._connections, "own", None)
        if connection is None:
            connection = self._connections.own = self._connect()
        return connection

    def _connect(self):
        # Autocommit: every INSERT is a transaction of its own. FULL: a commit returns after the fsync of the log.
        connection = sqlite3.connect(
            self._database, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = FULL")
        return connection


def check(name, value, longest):
    if not isinstance(value, str) or not value.strip():
        raise InvalidEntry(f"{name} is missing: give a text of 1 to {longest} characters")
    if len(value) > longest:
        raise InvalidEntry(f"{name} has {len(value)} characters: at most {longest} are allowed")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidEntry(f"{name} is no valid text: it holds half a surrogate pair") from None
