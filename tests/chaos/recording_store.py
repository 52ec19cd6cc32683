"""A wrapper of a store that records each claim and its result."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar

from tests.chaos.ledger import Event, Ledger
from webhook_verify.replay import AsyncReplayStore, ClaimOutcome, ClaimState, ReplayStore

__all__ = ["AsyncObserved", "Observed", "token_held"]

token_held: ContextVar[str] = ContextVar("token_held")
"""The token of the claim of the handler in this context."""

_CLAIMS = {ClaimState.CLAIMED: Event.CLAIMED, ClaimState.TAKEN_OVER: Event.TAKEN_OVER}


class _Noting:
    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def _claimed(self, outcome: ClaimOutcome, key: str, token: str, asked: float) -> ClaimOutcome:
        if outcome.state in _CLAIMS:
            self._ledger.note(_CLAIMS[outcome.state], token, f"{asked:.6f}", key)
            token_held.set(token)
        return outcome

    def _extended(self, is_held: bool, token: str, asked: float) -> bool:
        if is_held:
            self._ledger.note(Event.EXTENDED, token, f"{asked:.6f}")
        return is_held

    @contextmanager
    def _completing(self, token: str) -> Generator[Callable[[bool], bool]]:
        def answered(is_done: bool) -> bool:
            self._ledger.note(Event.COMPLETED if is_done else Event.REFUSED, token)
            return is_done

        self._ledger.note(Event.COMPLETING, token)
        try:
            yield answered
        except BaseException:
            self._ledger.note(Event.UNHEARD, token)
            raise


class Observed(_Noting):
    """A wrapper of a synchronous store."""

    def __init__(self, store: ReplayStore, ledger: Ledger) -> None:
        super().__init__(ledger)
        self._store = store

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        asked = time.monotonic()
        return self._claimed(
            self._store.claim(key, token, lease=lease, retention=retention), key, token, asked
        )

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        asked = time.monotonic()
        return self._extended(self._store.extend(key, token, lease=lease), token, asked)

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        with self._completing(token) as answered:
            return answered(self._store.complete(key, token, retention=retention))

    def release(self, key: str, token: str) -> bool:
        self._ledger.note(Event.RELEASING, token)
        return self._store.release(key, token)


class AsyncObserved(_Noting):
    """A wrapper of an async store."""

    def __init__(self, store: AsyncReplayStore, ledger: Ledger) -> None:
        super().__init__(ledger)
        self._store = store

    async def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        asked = time.monotonic()
        return self._claimed(
            await self._store.claim(key, token, lease=lease, retention=retention), key, token, asked
        )

    async def extend(self, key: str, token: str, *, lease: float) -> bool:
        asked = time.monotonic()
        return self._extended(await self._store.extend(key, token, lease=lease), token, asked)

    async def complete(self, key: str, token: str, *, retention: float) -> bool:
        with self._completing(token) as answered:
            return answered(await self._store.complete(key, token, retention=retention))

    async def release(self, key: str, token: str) -> bool:
        self._ledger.note(Event.RELEASING, token)
        return await self._store.release(key, token)
