"""The infrastructure of the conformance tests: a store under test, and new entries."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.replay.helpers import LoopThread, Servers
from webhook_verify.inbox.entries import Entry, NewEntry, PutOutcome
from webhook_verify.inbox.store import InboxStore

__all__ = ["Blocking", "Opener", "Subject", "claimed", "ids", "new", "token"]

_numbers = count(1)


@dataclass(frozen=True)
class Subject:
    """A store under test.

    ``store`` is synchronous: an async store is wrapped by `Blocking`. ``age`` moves the times of all entries
    into the past by some seconds, so that leases end, retries are due and ended entries can be pruned.
    ``table`` is the name of its table, or "" for a store without one.
    """

    store: InboxStore
    age: Callable[[float], None]
    table: str = ""

    def empty(self) -> None:
        """Delete all entries."""
        self.age(1e6)
        tag = token()
        while entries := self.store.claim(tag, lease=60, limit=1000, skip_blocked=True):
            for entry in entries:
                assert self.store.finish(entry.id, tag)
        self.store.discard([entry.id for entry in self.store.list(limit=10_000)])
        self.store.prune(ended_before=1e11, limit=10_000)
        assert not self.store.list()


Opener = Callable[[Servers], AbstractContextManager[Subject]]
"""Opens a store of the table for the duration of its tests."""


def token() -> str:
    """Return a new token."""
    return f"token-{next(_numbers)}"


def new(lane: str = "", **changes: Any) -> NewEntry:
    """Return an entry with a new key."""
    values: dict[str, Any] = {
        "key": f"{next(_numbers):043}",
        "namespace": "tenant",
        "lane": lane,
        "message_id": "msg_1",
        "event_type": "invoice.paid",
        "scheme": "standard-webhooks",
        "secret_label": "secret-1",
        "received_at": 1_700_000_000.25,
        "headers": (("webhook-id", "msg_1"),),
        "parts": {"id": "msg_1"},
        "body": b"{}",
    }
    return NewEntry(**{**values, **changes})


def claimed(store: InboxStore, tag: str, limit: int = 1, **options: Any) -> list[int]:
    """Claim entries for a minute, and return their numbers."""
    return ids(store.claim(tag, **{"lease": 60.0, "limit": limit, **options}))


def ids(entries: Sequence[Entry]) -> list[int]:
    """Return the numbers of entries."""
    return [entry.id for entry in entries]


class Blocking:
    """A synchronous wrapper of an async store: the calls of many threads are tasks of one loop."""

    def __init__(self, store: Any, loop: LoopThread) -> None:
        self._store = store
        self._run = loop.run

    def put(self, entry: NewEntry) -> PutOutcome:
        outcome: PutOutcome = self._run(self._store.put(entry))
        return outcome

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        return lambda *arguments, **options: self._run(method(*arguments, **options))

    @contextmanager
    def transaction(self, id: int, token: str) -> Generator[Any]:
        manager = self._store.transaction(id, token)
        connection = self._run(manager.__aenter__())
        try:
            yield _BlockingConnection(connection, self._run)
        except BaseException as error:
            if not self._run(manager.__aexit__(type(error), error, error.__traceback__)):
                raise
        else:
            self._run(manager.__aexit__(None, None, None))


class _BlockingConnection:
    def __init__(self, connection: Any, run: Callable[[Any], Any]) -> None:
        self._connection = connection
        self._run = run

    def execute(self, *arguments: Any) -> Any:
        return self._run(self._connection.execute(*arguments))
