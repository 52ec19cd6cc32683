"""The last deliveries that ``listen`` has seen, in a SQLite file, for ``replay`` to send again.

They are kept as they came in, body and headers: personal data, signatures and, from a provider that sends a
token, that token. So the file is readable by its owner alone (mode 0600, and so are the two that SQLite puts
beside it), what is deleted is overwritten, and its size is bounded: by count, and by 64 MiB of bodies, for
verified deliveries and for all others separately. Everyone can send unverified ones, so they never displace
a verified one.
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

__all__ = ["DEFAULT_MAX_DELIVERIES", "DeliveryStore", "DeliveryStoreError", "StoredDelivery", "StoredVerdict"]

DEFAULT_MAX_DELIVERIES = 100
MAX_STORE_BYTES = 64 * 1024 * 1024
"""The limit for the bodies of verified deliveries together, and of all others. The newest of each stays."""

_APPLICATION_ID = 0x77687666  # "whvf", by which file(1) and we know the file
_SCHEMA_VERSION = 1  # of the table
_LOCK_TIMEOUT_SECONDS = 5.0  # seconds that a second listener waits for the first one's write

StoredVerdict = Literal["verified", "rejected", "handshake", "no_delivery"]


class DeliveryStoreError(Exception):
    """The file cannot be used. The message says why, in words that are safe to print but for its name."""


@dataclass(repr=False)  # which would show a signature
class StoredDelivery:
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
    verdict: StoredVerdict = "no_delivery"
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
_PRUNE = """
DELETE FROM kept WHERE number IN (
    SELECT number FROM (
        SELECT number, ROW_NUMBER() OVER newest AS place, SUM(LENGTH(body)) OVER newest AS bytes
        FROM kept WINDOW newest AS (PARTITION BY verdict = 'verified' ORDER BY number DESC)
    ) WHERE place > ? OR (bytes > ? AND place > 1)
)
"""


class DeliveryStore:
    """A SQLite file of received requests. Safe to share between threads, and between processes.

    Args:
        path: The file, which is made where there is none; None keeps the deliveries in memory.
        max_deliveries: How many verified deliveries are kept, and how many others.
        must_exist: Whether a missing file is an error.

    Raises:
        DeliveryStoreError: If the file cannot be used.
    """

    def __init__(
        self, path: Path | None, max_deliveries: int = DEFAULT_MAX_DELIVERIES, *, must_exist: bool = False
    ) -> None:
        self._max_deliveries = max_deliveries
        self._lock = threading.Lock()
        with _translated_errors():
            self._connection = _connect(path, must_exist)

    def add(self, stored: StoredDelivery) -> None:
        """Keep it, and give it its number and, if one of the same dedupe key is kept, ``duplicate_of``.

        Forgets the oldest beyond what is kept. Raises :class:`DeliveryStoreError`.
        """
        with self._transaction() as run:
            if stored.dedupe:
                row = run("SELECT MIN(number) FROM kept WHERE dedupe = ?", (stored.dedupe,)).fetchone()
                stored.duplicate_of = row[0]
            stored.number = run(_INSERT, _to_row(stored)).lastrowid or 0
            run(_PRUNE, (self._max_deliveries, MAX_STORE_BYTES))

    def set_answer(self, stored: StoredDelivery) -> None:
        """Record the response and where the delivery went. Raises :class:`DeliveryStoreError`."""
        with self._transaction() as run:
            values = stored.status, stored.forwarded_to, stored.number
            run("UPDATE kept SET status = ?, forwarded_to = ? WHERE number = ?", values)

    def find(self, name: str) -> StoredDelivery | None:
        """The one of this number, written ``3`` or ``#3``; else the newest of this message id; or ``last``.

        Raises :class:`DeliveryStoreError`.
        """
        digits = name.removeprefix("#")
        is_number = digits.isascii() and digits.isdecimal() and len(digits) < 16
        return (
            (self._fetch(_BY_NUMBER, int(digits)) if is_number else None)
            or (self._fetch(_NEWEST) if name == "last" else None)
            or self._fetch(_BY_ID, name)
        )

    def all(self) -> Iterator[StoredDelivery]:
        """All that are kept, the oldest first. Raises :class:`DeliveryStoreError`."""
        with self._lock, _translated_errors():
            numbers = [row[0] for row in self._connection.execute("SELECT number FROM kept ORDER BY number")]
        for number in numbers:
            stored = self._fetch(_BY_NUMBER, number)
            if stored is not None:  # a listener may have forgotten it since
                yield stored

    def close(self) -> None:
        """Write what is left into the one file. Raises nothing."""
        with self._lock, suppress(sqlite3.Error):
            self._connection.close()

    def _fetch(self, query: str, *values: object) -> StoredDelivery | None:
        with self._lock, _translated_errors():
            row = self._connection.execute(query, values).fetchone()
        return None if row is None else _from_row(row)

    @contextmanager
    def _transaction(self) -> Generator[Any]:
        with self._lock, _translated_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection.execute
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def _connect(path: Path | None, must_exist: bool) -> sqlite3.Connection:
    if path is not None:
        _create_file(path, must_exist)
    connection = sqlite3.connect(
        ":memory:" if path is None else path,
        timeout=_LOCK_TIMEOUT_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.row_factory = sqlite3.Row
    try:
        _check_is_ours(connection)
        if path is not None and os.name == "posix":
            path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA journal_size_limit = {4 * 1024 * 1024}")
    except BaseException:
        connection.close()
        raise
    return connection


def _create_file(path: Path, must_exist: bool) -> None:
    """An empty file where there is none: made by us, for SQLite would let others read it."""
    if must_exist and not path.exists():
        raise DeliveryStoreError("nothing has been kept there: webhook-verify listen does")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _check_is_ours(connection: sqlite3.Connection) -> None:
    """Create the tables of a new file. Raises DeliveryStoreError for the file of another program."""
    connection.execute("BEGIN IMMEDIATE")  # two listeners may start at once
    try:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
        if not tables and not application:
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
        elif application != _APPLICATION_ID:
            raise DeliveryStoreError("it is the file of another program")
        elif version != _SCHEMA_VERSION:
            raise DeliveryStoreError("it was written by another version: name another file, or delete it")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def _translated_errors() -> Generator[None]:
    """Raise errors of SQLite and of the file system as :class:`DeliveryStoreError`."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "") or type(error).__name__
        raise DeliveryStoreError(f"SQLite says {name}") from None
    except OSError as error:
        raise DeliveryStoreError(error.strerror or type(error).__name__) from None


def _to_row(stored: StoredDelivery) -> dict[str, object]:
    return {**vars(stored), "headers": json.dumps(stored.headers)}


def _from_row(row: sqlite3.Row) -> StoredDelivery:
    columns = dict(row)
    columns["headers"] = [(name, value) for name, value in json.loads(columns["headers"])]
    columns["is_whole"] = bool(columns["is_whole"])
    return StoredDelivery(**columns)
