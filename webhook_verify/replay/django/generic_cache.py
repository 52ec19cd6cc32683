"""Replay protection through nothing but the cache interface of Django, for Memcached and the like.

Of that interface ``add`` alone is atomic between clients. So who adds the lease holds the key, and only
the holder writes the record. A lease ends when the cache drops it, on the cache's own clock.

Whoever completes, extends or releases must know that the lease is still its own *while* it writes. It reads
the lease, touches it so that it lasts, and reads it again: what is its own then stays so for a while. The
one window that remains: a process that stands still for longer than that (``SETTLING`` seconds, or the lease
that it asked for) between two commands may write over a successor.
"""

from __future__ import annotations

import math
import time
from typing import NamedTuple

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache

from webhook_verify.forks import ChildCallback
from webhook_verify.replay.store import RELEASED_RETENTION, ClaimOutcome, ClaimState

__all__ = ["SETTLING", "PlainCacheStore"]

SETTLING = 30
"""Seconds for which a lease is made to last while its claim is settled."""

_MAX_SECONDS = 10 * 365 * 86_400
_MAX_ATTEMPTS = 5
_CLAIMED_WORD, _COMPLETED_WORD, _RELEASED_WORD = "claimed", "completed", "released"

_CLAIMED = ClaimOutcome(ClaimState.CLAIMED)
_COMPLETED = ClaimOutcome(ClaimState.COMPLETED)


class _Found(NamedTuple):
    """What the cache holds of a delivery: who has the lease until when, and who claimed or completed it."""

    holder: str | None
    until: float
    state: str | None
    token: str | None
    attempt: int


class _Keys:
    """The keys of one delivery. ``until`` tells when an extended lease ends; it is a hint, no more."""

    def __init__(self, key: str) -> None:
        self.lease = f"webhook_verify:{key}:lease"
        self.until = f"webhook_verify:{key}:until"
        self.record = f"webhook_verify:{key}:record"


class PlainCacheStore:
    """A store in the cache of that alias."""

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self._in_child = ChildCallback(self._replace_cache)
        self._inherited: list[BaseCache] = []

    @property
    def _cache(self) -> BaseCache:
        self._in_child.check()
        return caches[self._alias]  # one for each thread

    def _replace_cache(self) -> None:
        """Let this thread connect again. The parent's connections are not closed here."""
        self._inherited.append(caches[self._alias])
        del caches[self._alias]

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """See :meth:`ReplayStore.claim`."""
        keys = _Keys(key)
        for _ in range(_MAX_ATTEMPTS):
            if self._cache.add(keys.lease, _lease(token, lease), self._seconds(lease)):
                return self._claim_leased(keys, token, retention)
            found = self._found(keys)
            if found.state == _COMPLETED_WORD:
                return _COMPLETED
            if found.holder == token:
                return self._claim_again(keys, token, lease, retention)
            elif found.holder is not None:
                return ClaimOutcome(ClaimState.IN_FLIGHT, max(0.0, found.until - time.time()))
        raise _no_answer()

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """See :meth:`ReplayStore.extend`."""
        keys = _Keys(key)
        if not self._holds(keys, token, lease):
            return False
        self._cache.set(keys.until, _lease(token, lease), self._seconds(lease))
        return True

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        """See :meth:`ReplayStore.complete`."""
        keys = _Keys(key)
        done = f"{_COMPLETED_WORD} {token}"
        if not self._holds(keys, token, SETTLING, unrecorded=True) and self._cache.get(keys.record) != done:
            return False
        self._cache.set(keys.record, done, self._seconds(retention))
        return True

    def release(self, key: str, token: str) -> bool:
        """See :meth:`ReplayStore.release`."""
        keys = _Keys(key)
        if not self._holds(keys, token, SETTLING):
            return False
        # Nothing holds it, but the next claim is another attempt. The lease goes last: it keeps others away.
        released = f"{_RELEASED_WORD} - {self._found(keys).attempt}"
        self._cache.set(keys.record, released, self._seconds(RELEASED_RETENTION))
        self._cache.delete_many([keys.until, keys.lease])
        return True

    def _claim_leased(self, keys: _Keys, token: str, retention: float) -> ClaimOutcome:
        """The lease is ours: was it the first one?"""
        record, seconds = f"{_CLAIMED_WORD} {token}", self._seconds(retention)
        if self._cache.add(keys.record, record, seconds):
            return _CLAIMED
        found = self._found(keys)
        if found.state == _COMPLETED_WORD:
            self._cache.delete(keys.lease)
            return _COMPLETED
        attempt = found.attempt if found.token in (None, token) else found.attempt + 1
        self._cache.set(keys.record, f"{record} {attempt}", seconds)
        is_new = found.state == _RELEASED_WORD or found.token in (None, token)
        return ClaimOutcome(ClaimState.CLAIMED if is_new else ClaimState.TAKEN_OVER, attempt=attempt)

    def _claim_again(self, keys: _Keys, token: str, lease: float, retention: float) -> ClaimOutcome:
        """The lease was ours already: the answer to an earlier call was lost."""
        if not self._holds(keys, token, lease, unrecorded=True):
            return ClaimOutcome(ClaimState.IN_FLIGHT)
        self._cache.set(keys.until, _lease(token, lease), self._seconds(lease))
        attempt = self._found(keys).attempt
        self._cache.set(keys.record, f"{_CLAIMED_WORD} {token} {attempt}", self._seconds(retention))
        return ClaimOutcome(ClaimState.CLAIMED, attempt=attempt)

    def _holds(self, keys: _Keys, token: str, seconds: float, *, unrecorded: bool = False) -> bool:
        """Whether the token holds the key and will for so many seconds. ``unrecorded``: or nobody does."""
        for _ in range(_MAX_ATTEMPTS):
            found = self._found(keys)
            owner = found.holder
            if owner is None and found.state != _RELEASED_WORD:
                owner = found.token
            if found.state == _COMPLETED_WORD or (owner is None and not unrecorded):
                return False
            if owner not in (None, token):
                return False
            if found.holder is None:  # its lease ran out: take it up again, as anybody else might
                self._cache.add(keys.lease, _lease(token, seconds), self._seconds(seconds))
            elif self._cache.touch(keys.lease, self._seconds(seconds)) and self._found(keys).holder == token:
                return True
        raise _no_answer()

    def _found(self, keys: _Keys) -> _Found:
        values = self._cache.get_many([keys.lease, keys.until, keys.record])
        until, holder = _parts(values.get(keys.lease))
        later, its_holder = _parts(values.get(keys.until))
        state, token = _parts(values.get(keys.record))
        token, _, attempt = (token or "").partition(" ")
        if holder is not None and holder == its_holder:
            until = later
        return _Found(holder, float(until or 0), state, token or None, int(attempt or 1))

    def _seconds(self, seconds: float) -> float | None:
        """A time to live that is not shorter, on the clock of Memcached too, which ticks once a second."""
        if seconds > _MAX_SECONDS:
            return None  # for ever: what is beyond 2038 is over at once in Memcached
        return seconds if isinstance(self._cache, LocMemCache) else math.ceil(seconds) + 1


def _no_answer() -> ConnectionError:
    # A client of Memcached that has lost its server says of everything that it is not there.
    return ConnectionError("the cache neither takes a lease nor tells who has it")


def _lease(token: str, seconds: float) -> str:
    return f"{time.time() + seconds} {token}"


def _parts(value: str | None) -> tuple[str, str] | tuple[None, None]:
    if value is None:
        return None, None
    first, _, second = value.partition(" ")
    return first, second
