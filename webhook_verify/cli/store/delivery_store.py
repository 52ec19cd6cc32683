"""The SQLite file of recent deliveries that `listen` writes and `replay` reads.

Bodies and headers are stored unchanged, including personal data, signatures and tokens. So only the owner can
read the file (mode 0600, also for SQLite's two auxiliary files), and deleted data is overwritten. The size is
limited to a count and to 64 MiB of bodies, separately for verified deliveries and for other requests. Any
client can send unverified requests, so these never displace a verified delivery.
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

__all__ = [
    "APPLICATION_ID",
    "DEFAULT_MAX_DELIVERIES",
    "DeliveryStore",
    "DeliveryStoreError",
    "StoredDelivery",
    "StoredVerdict",
]

DEFAULT_MAX_DELIVERIES = 100
MAX_STORE_BYTES = 64 * 1024 * 1024
"""The limit for all bodies of verified deliveries, and for all other bodies. The newest ones are kept."""

APPLICATION_ID = 0x77687666  # "whvf"
"""Identifies the file to file(1) and to this module."""
_SCHEMA_VERSION = 1
_LOCK_TIMEOUT_SECONDS = 5.0  # how long a second listener waits for the write of the first

StoredVerdict = Literal["verified", "rejected", "handshake", "no_delivery"]


class DeliveryStoreError(Exception):
    """The file cannot be used. The message is safe to print."""


@dataclass(repr=False)  # because a repr would show signatures
class StoredDelivery:
    """A received request and its result.

    Args:
        received_at: Time of receipt in Unix seconds.
        method: The HTTP method.
        target: Path and query, as sent.
        url: The URL that the sender called; "" if unknown.
        headers: Names in lower case, values decoded as Latin-1.
        body: The body, as received.
        is_whole: Whether `body` is complete.
        scheme: The name of the scheme.
        verdict: The kind of result.
        reason: The reason of a rejection, or the kind of a handshake.
        detail: The explanation of a rejection.
        key: The label of the secret that verified the delivery.
        message_id: The message id; "" without one.
        event_type: The event type; "" without one.
        dedupe: The idempotency key that replay protection would use.
        duplicate_of: The number of the first stored delivery with the same `dedupe`.
        status: The status code that was sent to the sender.
        forwarded_to: The URL of the application for this request, with its query; "" without one. Verified
            deliveries are forwarded to it.
        number: The number in the store; 0 if not stored.
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
        """The path without the query, which may contain a token."""
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
    """A SQLite file of received requests. Safe to share between threads and between processes.

    Args:
        path: The file, created if missing; None stores the deliveries in memory.
        max_deliveries: Maximum number of verified deliveries, and of other requests.
        must_exist: Whether a missing file is an error.

    Raises:
        DeliveryStoreError: If the file cannot be used.
    """

    def __init__(
        self, path: Path | None, max_deliveries: int = DEFAULT_MAX_DELIVERIES, *, must_exist: bool = False
    ) -> None:
        self.path: Path | None = path
        self._max_deliveries = max_deliveries
        self._lock = threading.Lock()
        with _translated_errors():
            self._connection = _connect(path, must_exist)

    def add(self, stored: StoredDelivery) -> None:
        """Store a delivery; set its `number`, and `duplicate_of` if its idempotency key is stored already.

        Deletes the oldest deliveries above the limits. Raises `DeliveryStoreError`.
        """
        with self._transaction() as run:
            if stored.dedupe:
                row = run("SELECT MIN(number) FROM kept WHERE dedupe = ?", (stored.dedupe,)).fetchone()
                stored.duplicate_of = row[0]
            stored.number = run(_INSERT, _to_row(stored)).lastrowid or 0
            run(_PRUNE, (self._max_deliveries, MAX_STORE_BYTES))

    def set_status(self, stored: StoredDelivery) -> None:
        """Store the response status. Raises `DeliveryStoreError`."""
        with self._transaction() as run:
            run("UPDATE kept SET status = ? WHERE number = ?", (stored.status, stored.number))

    def find(self, name: str) -> StoredDelivery | None:
        """Return the delivery with this number (`3` or `#3`), `last`, or the newest with this message id.

        Raises `DeliveryStoreError`.
        """
        digits = name.removeprefix("#")
        is_number = digits.isascii() and digits.isdecimal() and len(digits) < 16
        return (
            (self._fetch(_BY_NUMBER, int(digits)) if is_number else None)
            or (self._fetch(_NEWEST) if name == "last" else None)
            or self._fetch(_BY_ID, name)
        )

    def all(self) -> Iterator[StoredDelivery]:
        """Yield all stored deliveries, the oldest first. Raises `DeliveryStoreError`."""
        with self._lock, _translated_errors():
            numbers = [row[0] for row in self._connection.execute("SELECT number FROM kept ORDER BY number")]
        for number in numbers:
            stored = self._fetch(_BY_NUMBER, number)
            if stored is not None:  # a listener may have deleted it in the meantime
                yield stored

    def close(self) -> None:
        """Close the file. Errors are ignored."""
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
    """Create the file with mode 0600 if it is missing; SQLite would make it readable for other users."""
    if must_exist and not path.exists():
        raise DeliveryStoreError("the file does not exist; webhook-verify listen creates it")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _check_is_ours(connection: sqlite3.Connection) -> None:
    """Create the tables in a new file. Raises DeliveryStoreError for the file of another program."""
    connection.execute("BEGIN IMMEDIATE")  # two listeners may start at the same time
    try:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
        if not tables and not application:
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
        elif application != APPLICATION_ID:
            raise DeliveryStoreError("the file belongs to another program")
        elif version != _SCHEMA_VERSION:
            raise DeliveryStoreError(
                "the file was written by another version: delete it, or choose another --store"
            )
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def _translated_errors() -> Generator[None]:
    """Raise errors of SQLite and of the file system as `DeliveryStoreError`."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "") or type(error).__name__
        raise DeliveryStoreError(f"SQLite error {name}") from None
    except OSError as error:
        raise DeliveryStoreError(error.strerror or type(error).__name__) from None


def _to_row(stored: StoredDelivery) -> dict[str, object]:
    return {**vars(stored), "headers": json.dumps(stored.headers)}


def _from_row(row: sqlite3.Row) -> StoredDelivery:
    columns = dict(row)
    columns["headers"] = [(name, value) for name, value in json.loads(columns["headers"])]
    columns["is_whole"] = bool(columns["is_whole"])
    return StoredDelivery(**columns)
