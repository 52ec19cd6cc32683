"""The last deliveries that ``listen`` has seen, in a SQLite file, for ``replay`` to send again.

They are kept as they came in, body and headers: personal data, signatures and, from a provider that sends a
token, that token. So the file is readable by its owner alone (mode 0600, and so are the two that SQLite puts
beside it), what is deleted is overwritten, and its size is bounded: by count, and by 64 MiB of bodies.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

__all__ = ["DEFAULT_KEEP", "Kept", "KeptDeliveries", "NotKept", "Verdict"]

DEFAULT_KEEP = 100
MAX_STORE_BYTES = 64 * 1024 * 1024
"""Of all bodies together. The newest delivery stays, however large."""

_APPLICATION = 0x77687666  # "whvf", by which file(1) and we know the file
_VERSION = 1  # of the table
_PAUSE = 5.0  # seconds that a second listener waits for the first one's write

Verdict = Literal["verified", "rejected", "handshake", "no_delivery"]


class NotKept(Exception):
    """The file cannot be used. The message says why, in words that are safe to print but for its name."""


@dataclass(repr=False)  # which would show a signature
class Kept:
    """One request as it came in, and what became of it. Times are Unix seconds.

    ``headers``: names in lower case, values as latin-1. ``target``: path and query as they were sent;
    ``url``: the address that the sender called, as far as it is known. ``is_whole``: whether the body is all
    that was sent. ``reason`` and ``detail``: of a rejection, or the kind of a handshake. ``dedupe``: the key
    under which replay protection would know it. ``status``: what the sender was answered.
    ``forwarded_to``: the address that it went on to, with its query.
    """

    received_at: float
    method: str
    target: str
    url: str
    headers: list[tuple[str, str]]
    body: bytes = b""
    is_whole: bool = True
    scheme: str = ""
    verdict: Verdict = "no_delivery"
    reason: str = ""
    detail: str = ""
    key: str = ""
    message_id: str = ""
    event_type: str = ""
    dedupe: str = ""
    duplicate_of: int | None = None
    status: int | None = None
    forwarded_to: str = ""
    number: int = 0

    @property
    def path(self) -> str:
        """The path that was called, without the query, in which a provider's token may be."""
        return self.target.partition("?")[0]


_SCHEMA = """
CREATE TABLE kept (
    number INTEGER PRIMARY KEY AUTOINCREMENT, received_at REAL NOT NULL, method TEXT NOT NULL,
    target TEXT NOT NULL, url TEXT NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL,
    is_whole INTEGER NOT NULL, scheme TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL,
    detail TEXT NOT NULL, key TEXT NOT NULL, message_id TEXT NOT NULL, event_type TEXT NOT NULL,
    dedupe TEXT NOT NULL, duplicate_of INTEGER, status INTEGER, forwarded_to TEXT NOT NULL
);
CREATE INDEX kept_dedupe ON kept (dedupe);
CREATE INDEX kept_message_id ON kept (message_id)
"""
_INSERT = """
INSERT INTO kept VALUES (
    NULL, :received_at, :method, :target, :url, :headers, :body, :is_whole, :scheme, :verdict, :reason,
    :detail, :key, :message_id, :event_type, :dedupe, :duplicate_of, :status, :forwarded_to
)
"""
_BY_NUMBER = "SELECT * FROM kept WHERE number = ?"
_BY_ID = "SELECT * FROM kept WHERE message_id = ? ORDER BY number DESC LIMIT 1"
_NEWEST = "SELECT * FROM kept ORDER BY number DESC LIMIT 1"
_FORGET = """
DELETE FROM kept WHERE number IN (
    SELECT number FROM (
        SELECT number, ROW_NUMBER() OVER newest AS place, SUM(LENGTH(body)) OVER newest AS bytes
        FROM kept WINDOW newest AS (ORDER BY number DESC)
    ) WHERE place > ? OR (bytes > ? AND place > 1)
)
"""


class KeptDeliveries:
    """The file. Safe to share between threads, and between processes.

    ``place``: the file, which is made where there is none; None keeps them in memory. ``keep``: how many.
    ``must_exist``: whether it is a fault that there is none. Raises :class:`NotKept`.
    """

    def __init__(self, place: Path | None, keep: int = DEFAULT_KEEP, *, must_exist: bool = False) -> None:
        self._keep = keep
        self._lock = threading.Lock()
        with _faults():
            self._connection = _connected(place, must_exist)

    def add(self, one: Kept) -> None:
        """Keep it, and give it its number and, if one of the same dedupe key is kept, ``duplicate_of``.

        Forgets the oldest beyond what is kept. Raises :class:`NotKept`.
        """
        with self._transaction() as run:
            if one.dedupe:
                found = run("SELECT MIN(number) FROM kept WHERE dedupe = ?", (one.dedupe,)).fetchone()
                one.duplicate_of = found[0]
            one.number = run(_INSERT, _row_of(one)).lastrowid or 0
            run(_FORGET, (self._keep, MAX_STORE_BYTES))

    def answered(self, one: Kept) -> None:
        """Note what the sender was answered, and where the delivery went. Raises :class:`NotKept`."""
        with self._transaction() as run:
            values = one.status, one.forwarded_to, one.number
            run("UPDATE kept SET status = ?, forwarded_to = ? WHERE number = ?", values)

    def find(self, name: str) -> Kept | None:
        """The one of this number, written ``3`` or ``#3``; else the newest of this message id; or ``last``.

        Raises :class:`NotKept`.
        """
        digits = name.removeprefix("#")
        is_number = digits.isascii() and digits.isdecimal() and len(digits) < 16
        return (
            (self._one(_BY_NUMBER, int(digits)) if is_number else None)
            or (self._one(_NEWEST) if name == "last" else None)
            or self._one(_BY_ID, name)
        )

    def all(self) -> Iterator[Kept]:
        """All that are kept, the oldest first. Raises :class:`NotKept`."""
        with self._lock, _faults():
            numbers = [row[0] for row in self._connection.execute("SELECT number FROM kept ORDER BY number")]
        for number in numbers:
            one = self._one(_BY_NUMBER, number)
            if one is not None:  # a listener may have forgotten it since
                yield one

    def close(self) -> None:
        """Write what is left into the one file. Raises nothing."""
        with self._lock, suppress(sqlite3.Error):
            self._connection.close()

    def _one(self, query: str, *values: object) -> Kept | None:
        with self._lock, _faults():
            row = self._connection.execute(query, values).fetchone()
        return None if row is None else _kept_of(row)

    @contextmanager
    def _transaction(self) -> Generator[Any]:
        with self._lock, _faults():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection.execute
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def _connected(place: Path | None, must_exist: bool) -> sqlite3.Connection:
    if place is not None:
        _make(place, must_exist)
    connection = sqlite3.connect(
        ":memory:" if place is None else place, timeout=_PAUSE, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    try:
        _check_is_ours(connection)
        if place is not None and os.name == "posix":
            place.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA journal_size_limit = {4 * 1024 * 1024}")
    except BaseException:
        connection.close()
        raise
    return connection


def _make(place: Path, must_exist: bool) -> None:
    """An empty file where there is none: made by us, for SQLite would let others read it."""
    if must_exist and not place.exists():
        raise NotKept("nothing has been kept there: webhook-verify listen does")
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _check_is_ours(connection: sqlite3.Connection) -> None:
    """Make the tables of a new file. Raises NotKept for a file that another program has written."""
    connection.execute("BEGIN IMMEDIATE")  # two listeners may start at once
    try:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
        if not tables and not application:
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        elif application != _APPLICATION:
            raise NotKept("it is the file of another program")
        elif version != _VERSION:
            raise NotKept("it was written by another version: name another file, or delete it")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def _faults() -> Generator[None]:
    """What goes wrong with a file, as :class:`NotKept`."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "") or type(error).__name__
        raise NotKept(f"SQLite says {name}") from None
    except OSError as error:
        raise NotKept(error.strerror or type(error).__name__) from None


def _row_of(one: Kept) -> dict[str, object]:
    return {**vars(one), "headers": json.dumps(one.headers)}


def _kept_of(row: sqlite3.Row) -> Kept:
    columns = dict(row)
    columns["headers"] = [(name, value) for name, value in json.loads(columns["headers"])]
    columns["is_whole"] = bool(columns["is_whole"])
    return Kept(**columns)
