"""Wrappers of inbox stores that record each claim, and pass by the places where a process can be killed."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from tests.chaos.inbox.kills import KillOrders, Place
from tests.chaos.ledger import Event, Ledger
from webhook_verify.inbox import Entry, NewEntry
from webhook_verify.inbox.entries import PutOutcome
from webhook_verify.inbox.sql import AsyncSQLInboxStore, SQLInboxStore

__all__ = ["AsyncKillableStore", "KillableStore"]


class _Recording:
    def __init__(self, store: Any, ledger: Ledger, kills: KillOrders) -> None:
        self._store = store
        self._ledger = ledger
        self._kills = kills

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def _claimed(self, entries: Sequence[Entry], token: str, asked: float) -> Sequence[Entry]:
        for entry in entries:
            self._ledger.note(Event.CLAIMED, token, f"{asked:.6f}", entry.id)
        if entries:
            self._kills.pass_by(Place.AFTER_CLAIM)
        return entries


class KillableStore(_Recording):
    """A wrapper of a synchronous store."""

    _store: SQLInboxStore

    def put(self, entry: NewEntry) -> PutOutcome:
        self._kills.pass_by(Place.BEFORE_INSERT)
        outcome = self._store.put(entry)
        self._kills.pass_by(Place.BEFORE_RESPONSE)
        return outcome

    def claim(self, token: str, **options: Any) -> Sequence[Entry]:
        asked = time.monotonic()
        return self._claimed(self._store.claim(token, **options), token, asked)

    def retry(self, id: int, token: str, **options: Any) -> bool:
        self._kills.pass_by(Place.BEFORE_SETTLE)
        return self._store.retry(id, token, **options)

    def bury(self, id: int, token: str, **options: Any) -> bool:
        self._kills.pass_by(Place.BEFORE_SETTLE)
        return self._store.bury(id, token, **options)

    @contextmanager
    def transaction(self, id: int, token: str) -> Generator[Any]:
        with self._store.transaction(id, token) as connection:
            yield connection
            self._kills.pass_by(Place.BEFORE_SETTLE)


class AsyncKillableStore(_Recording):
    """A wrapper of an async store."""

    _store: AsyncSQLInboxStore

    async def put(self, entry: NewEntry) -> PutOutcome:
        self._kills.pass_by(Place.BEFORE_INSERT)
        outcome = await self._store.put(entry)
        self._kills.pass_by(Place.BEFORE_RESPONSE)
        return outcome

    async def claim(self, token: str, **options: Any) -> Sequence[Entry]:
        asked = time.monotonic()
        return self._claimed(await self._store.claim(token, **options), token, asked)

    async def retry(self, id: int, token: str, **options: Any) -> bool:
        self._kills.pass_by(Place.BEFORE_SETTLE)
        return await self._store.retry(id, token, **options)

    async def bury(self, id: int, token: str, **options: Any) -> bool:
        self._kills.pass_by(Place.BEFORE_SETTLE)
        return await self._store.bury(id, token, **options)

    @asynccontextmanager
    async def transaction(self, id: int, token: str) -> AsyncGenerator[Any]:
        async with self._store.transaction(id, token) as connection:
            yield connection
            self._kills.pass_by(Place.BEFORE_SETTLE)
