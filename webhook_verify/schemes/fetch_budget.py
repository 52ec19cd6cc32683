"""Rate limits for fetching unknown keys, per caller and key name.

Forged deliveries name invented keys. Without a limit, an attacker could make this service flood the provider.
With one shared limit, an attacker who sends more requests than the provider would use it up, and the genuine
key of a cold or rotated cache would never be fetched. So there are three budgets per minute, and a key is
fetched if one of them has room:

1. for callers from a network for which no unknown key was fetched in the last ten minutes;
2. for names that were requested before, at least a second ago, and whose fetch has not failed. A sender names
   the same key in each of its deliveries; an attacker invents a name for each request;
3. for all callers.

An attacker who knows these rules needs many networks and must repeat many names. Then the genuine name has
the same chance as each of the attacker's.
"""

from __future__ import annotations

import os
from random import SystemRandom
from threading import Lock

from webhook_verify.client_address import network_of

__all__ = ["RETRY_DELAY", "FetchBudget"]

RETRY_DELAY = 30.0
"""The delay before a failed fetch is tried again, in seconds."""

_MINUTE_SECONDS = 60.0
_NEWCOMER_SECONDS = 600.0
_MIN_SECONDS_BETWEEN_REQUESTS = 1.0
_MEMORY_SECONDS = 300.0
_MAX_REMEMBERED = 65_536
_FETCH_FAILED = -1.0
_random = SystemRandom()


class _Slots:
    """A number of fetches per minute, on average."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._taken_until: list[float] = []

    def has_room(self, now: float) -> bool:
        self._taken_until = [deadline for deadline in self._taken_until if deadline > now]
        return len(self._taken_until) < self._per_minute

    def take(self, now: float) -> None:
        # Not exactly a minute: an attacker who knows the moment could always be first.
        self._taken_until.append(now + _random.uniform(0.5, 1.5) * _MINUTE_SECONDS)


class _Memory:
    """Times by text, for five to ten minutes. Texts are stored as a salted hash, which cannot be guessed."""

    def __init__(self) -> None:
        self._salt = os.urandom(16)
        self._recent: dict[int, float] = {}
        self._older: dict[int, float] = {}
        self._since = 0.0

    def get(self, text: str) -> float | None:
        key = hash((self._salt, text))
        found = self._recent.get(key)
        return self._older.get(key) if found is None else found

    def set(self, text: str, time: float, now: float) -> None:
        if now - self._since > _MEMORY_SECONDS or len(self._recent) >= _MAX_REMEMBERED:
            is_old = now - self._since > 2 * _MEMORY_SECONDS
            self._older = {} if is_old else self._recent
            self._recent, self._since = {}, now
        self._recent[hash((self._salt, text))] = time


class FetchBudget:
    """Decides whether an unknown key may be fetched. Thread-safe.

    Args:
        per_minute: The number of fetches per minute of the first and the third budget. The second has twice
            as many.
    """

    def __init__(self, per_minute: int) -> None:
        self._lock = Lock()
        self._for_newcomers = _Slots(per_minute)
        self._for_repeated_names = _Slots(2 * per_minute)
        self._for_everyone = _Slots(per_minute)
        self._names = _Memory()
        self._networks = _Memory()
        self._retry_at: dict[str, float] = {}

    def refusal(self, name: str, caller: str, now: float, *, is_known: bool, take: bool = True) -> str:
        """Return why a key must not be fetched now.

        Args:
            name: The name of the key.
            caller: The network address of the caller, "" if it is unknown.
            now: Monotonic seconds.
            is_known: Whether the key is in use. A known key is fetched regardless of the budgets.
            take: Whether to use up a place in a budget. If False, only check.

        Returns:
            The reason, or "" if the key may be fetched.
        """
        with self._lock:
            self._retry_at = {each: deadline for each, deadline in self._retry_at.items() if deadline > now}
            if name in self._retry_at:
                return "fetching it failed recently"
            if is_known:
                return ""
            network = network_of(caller)
            slots = self._slots_for(name, network, now)
            if slots is None:
                return "too many unknown keys were requested recently"
            if take:
                slots.take(now)
                self._networks.set(network, now, now)
        return ""

    def _slots_for(self, name: str, network: str, now: float) -> _Slots | None:
        asked_at = self._names.get(name)
        if asked_at is None:
            self._names.set(name, now, now)
        if network:
            fetched_at = self._networks.get(network)
            is_newcomer = fetched_at is None or now - fetched_at > _NEWCOMER_SECONDS
            if is_newcomer and self._for_newcomers.has_room(now):
                return self._for_newcomers
        is_new = asked_at is None or now - asked_at < _MIN_SECONDS_BETWEEN_REQUESTS
        if not is_new and asked_at != _FETCH_FAILED and self._for_repeated_names.has_room(now):
            return self._for_repeated_names
        return self._for_everyone if self._for_everyone.has_room(now) else None

    def note_failure(self, name: str, now: float) -> None:
        """Record that a key could not be fetched, so that the next fetch waits for `RETRY_DELAY`.

        Args:
            name: The name of the key.
            now: Monotonic seconds.
        """
        with self._lock:
            self._retry_at[name] = now + RETRY_DELAY
            self._names.set(name, _FETCH_FAILED, now)
