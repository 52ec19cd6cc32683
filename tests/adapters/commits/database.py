"""A database whose commit fails if a header of the request requires it, and such deliveries."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any, TypeVar

from tests import http_client
from tests.signing import SECRET
from webhook_verify import AsyncReceiver, Receiver, Signer, Verifier
from webhook_verify.replay import MemoryStore, ReplayGuard

__all__ = [
    "FAIL",
    "HANDLED_BEFORE",
    "IN_FLIGHT",
    "PATH",
    "CommitError",
    "Database",
    "Work",
    "guarded",
    "post",
]

PATH = "/hook"
FAIL = "x-commit"
"""The header of a delivery whose commit fails."""
HANDLED_BEFORE = b'{"result":"handled_before"}'
IN_FLIGHT = b'{"result":"in_flight"}'


_Kind = TypeVar("_Kind", Receiver, AsyncReceiver)


class CommitError(OSError):
    """The error of a transaction that cannot be serialized."""


class Database:
    """The committed rows, by message id."""

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter()
        self._lock = threading.Lock()

    def begin(self, headers: Any) -> Work:
        """Begin a transaction for a request with these headers."""
        return Work(self, fails=FAIL in headers)

    def insert(self, rows: list[str]) -> None:
        with self._lock:
            self.rows.update(rows)


class Work:
    """A transaction."""

    def __init__(self, database: Database, *, fails: bool) -> None:
        self._database = database
        self._fails = fails
        self._rows: list[str] = []

    def add(self, message_id: str) -> None:
        self._rows.append(message_id)

    def commit(self) -> None:
        rows, self._rows = self._rows, []
        if rows and self._fails:
            raise CommitError("could not serialize access")
        self._database.insert(rows)


def guarded(kind: type[_Kind]) -> _Kind:
    """Return a receiver with its own replay protection."""
    return kind(Verifier(SECRET), replay=ReplayGuard(MemoryStore()))


def post(url: str, message_id: str, *, fails: bool = False, **headers: str) -> tuple[int, bytes]:
    """Deliver a message, and return the status and the body of the response."""
    signed = Signer(SECRET).sign(b"{}", id=message_id)
    more = {FAIL: "fail"} if fails else {}
    target = url if url.count("/") > 2 else f"{url}{PATH}"
    response = http_client.post(target, content=b"{}", headers={**signed, **more, **headers})
    return response.status_code, response.content
