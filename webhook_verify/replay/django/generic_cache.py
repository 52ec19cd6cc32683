"""A replay store that uses only Django's cache interface, for Memcached and similar caches.

Only the method ``add`` of that interface is atomic between clients. So the client that adds the lease holds
the key, and only the holder writes the record. A lease ends when the cache expires it, on the cache's own
clock.

To complete, extend or release a claim, its lease must not end during the write. So the store reads the lease,
touches it to prolong it, and reads it again: a lease that is still its own then lasts for a while. One race
condition remains: a process that is suspended for longer than that (``SETTLING`` seconds, or the requested
lease) between two commands may overwrite the claim of a successor.
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
"""How many seconds a lease is prolonged while its claim is settled."""

_MAX_SECONDS = 10 * 365 * 86_400
_MAX_ATTEMPTS = 5
# A Memcached client that has lost its server reports every key as missing.
_UNREACHABLE = "the cache neither stores a lease nor returns one: check that its server is reachable"
_CLAIMED_WORD, _COMPLETED_WORD, _RELEASED_WORD = "claimed", "completed", "released"

_CLAIMED = ClaimOutcome(ClaimState.CLAIMED)
_COMPLETED = ClaimOutcome(ClaimState.COMPLETED)


class _Found(NamedTuple):
    """The data in the cache for one delivery: the holder and end of the lease, and the record."""

    holder: str | None
    until: float
    state: str | None
    token: str | None
    attempt: int


class _Keys:
    """The cache keys of one delivery. ``until`` contains the end of an extended lease, as a hint only."""

    def __init__(self, key: str) -> None:
        self.lease = f"webhook_verify:{key}:lease"
        self.until = f"webhook_verify:{key}:until"
        self.record = f"webhook_verify:{key}:record"


class PlainCacheStore:
    """A store in one cache of the project.

    Args:
        alias: The alias of the cache in `settings.CACHES`.
    """

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self._in_child = ChildCallback(self._replace_cache)
        self._inherited: list[BaseCache] = []

    @property
    def _cache(self) -> BaseCache:
        self._in_child.check()
        return caches[self._alias]  # Django has one per thread

    def _replace_cache(self) -> None:
        """Open new connections for this thread, without closing those of the parent process."""
        self._inherited.append(caches[self._alias])
        del caches[self._alias]

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """Claim a delivery for one handler.

        Args:
            key: The storage key of the delivery.
            token: The token of this claim.
            lease: How many seconds the claim lasts.
            retention: How many seconds the record is kept.

        Returns:
            The state of the delivery; for a new claim also its attempt number.

        Raises:
            ConnectionError: If the cache neither stores the lease nor returns another one.
            Exception: The exception of the cache's driver.
        """
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
        raise ConnectionError(_UNREACHABLE)

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """Extend the lease of a claim.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            lease: How many seconds the claim lasts from now.

        Returns:
            Whether the token still holds the claim.

        Raises:
            ConnectionError: If the cache does not store the lease.
            Exception: The exception of the cache's driver.
        """
        keys = _Keys(key)
        if not self._holds(keys, token, lease):
            return False
        self._cache.set(keys.until, _lease(token, lease), self._seconds(lease))
        return True

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        """Record a delivery as completed.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            retention: How many seconds the record is kept from now.

        Returns:
            Whether the record now belongs to the token.

        Raises:
            ConnectionError: If the cache does not store the lease.
            Exception: The exception of the cache's driver.
        """
        keys = _Keys(key)
        done = f"{_COMPLETED_WORD} {token}"
        if not self._holds(keys, token, SETTLING, unrecorded=True) and self._cache.get(keys.record) != done:
            return False
        self._cache.set(keys.record, done, self._seconds(retention))
        return True

    def release(self, key: str, token: str) -> bool:
        """Release a claim, so that a retry is handled.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.

        Returns:
            Whether the token held the claim.

        Raises:
            ConnectionError: If the cache does not store the lease.
            Exception: The exception of the cache's driver.
        """
        keys = _Keys(key)
        if not self._holds(keys, token, SETTLING):
            return False
        # The record remains, so that the next claim is counted as another attempt. The lease is deleted last,
        # because it prevents other claims until then.
        released = f"{_RELEASED_WORD} - {self._found(keys).attempt}"
        self._cache.set(keys.record, released, self._seconds(RELEASED_RETENTION))
        self._cache.delete_many([keys.until, keys.lease])
        return True

    def _claim_leased(self, keys: _Keys, token: str, retention: float) -> ClaimOutcome:
        """Write the record of a new lease, unless the delivery is completed."""
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
        """Repeat a claim whose response was lost: the lease already belongs to the token."""
        if not self._holds(keys, token, lease, unrecorded=True):
            return ClaimOutcome(ClaimState.IN_FLIGHT)
        self._cache.set(keys.until, _lease(token, lease), self._seconds(lease))
        attempt = self._found(keys).attempt
        self._cache.set(keys.record, f"{_CLAIMED_WORD} {token} {attempt}", self._seconds(retention))
        return ClaimOutcome(ClaimState.CLAIMED, attempt=attempt)

    def _holds(self, keys: _Keys, token: str, seconds: float, *, unrecorded: bool = False) -> bool:
        """Return whether the token holds the key now and for so many seconds.

        With ``unrecorded`` a key without a holder also counts.

        Raises:
            ConnectionError: If the cache does not store the lease.
        """
        for _ in range(_MAX_ATTEMPTS):
            found = self._found(keys)
            owner = found.holder
            if owner is None and found.state != _RELEASED_WORD:
                owner = found.token
            if found.state == _COMPLETED_WORD or (owner is None and not unrecorded):
                return False
            if owner not in (None, token):
                return False
            if found.holder is None:  # the lease has expired: try to get it again, like any other client
                self._cache.add(keys.lease, _lease(token, seconds), self._seconds(seconds))
            elif self._cache.touch(keys.lease, self._seconds(seconds)) and self._found(keys).holder == token:
                return True
        raise ConnectionError(_UNREACHABLE)

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
        """Return a time to live that is not shorter on the clock of Memcached, which counts full seconds."""
        if seconds > _MAX_SECONDS:
            return None  # no expiry, because in Memcached a time after 2038 expires immediately
        return seconds if isinstance(self._cache, LocMemCache) else math.ceil(seconds) + 1


def _lease(token: str, seconds: float) -> str:
    return f"{time.time() + seconds} {token}"


def _parts(value: str | None) -> tuple[str, str] | tuple[None, None]:
    if value is None:
        return None, None
    first, _, second = value.partition(" ")
    return first, second
