"""A cache of keys and certificates that are fetched when a delivery names them.

An unverified delivery names the key, so an attacker can cause fetches. A scheme therefore fetches only from
fixed hosts (`webhook_verify.schemes.key_fetch`) and through a `KeyCache`, which limits the number of fetches
(`webhook_verify.schemes.fetch_budget`). If a key cannot be fetched, the verification raises `KeyUnavailable`
and the sender receives a 503: the delivery is neither accepted nor rejected.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from webhook_verify.errors import KeyUnavailable
from webhook_verify.forks import PerProcess
from webhook_verify.key_stores.base import MAX_NAMES, KeyStore, checked_key_store
from webhook_verify.schemes.fetch_budget import RETRY_DELAY, FetchBudget
from webhook_verify.schemes.fetch_context import KeyNotCached, caller_of_request, can_wait, key_unavailable
from webhook_verify.schemes.key_fetch import Fetch, https_fetch

__all__ = ["RETRY_DELAY", "Fetch", "KeyCache", "https_fetch"]

_logger = logging.getLogger("webhook_verify")

_T = TypeVar("_T")
_DAY_SECONDS = 86_400.0
_MINUTE_SECONDS = 60.0
_MAX_CACHED_KEYS = MAX_NAMES
_MAX_WAIT_SECONDS = 10.0
_MAX_WAITING_THREADS = 16


class _Entry(Generic[_T]):
    __slots__ = ("since", "value")

    def __init__(self, value: _T, since: float) -> None:
        self.value = value
        self.since = since


class _Fetching:
    """A running fetch, and the number of threads that wait for it."""

    __slots__ = ("lock", "waiting")

    def __init__(self) -> None:
        self.lock = Lock()
        self.waiting = 0


class _Process:
    """The state of a cache that a process must not share with its forked children."""

    __slots__ = ("budget", "fetching", "lock")

    def __init__(self, per_minute: int) -> None:
        self.lock = Lock()
        self.fetching: dict[str, _Fetching] = {}
        self.budget = FetchBudget(per_minute)


class KeyCache(Generic[_T]):
    """Fetched keys by name. Thread-safe. Each name is fetched by one thread at a time.

    A name that has verified a delivery (`mark_verified`) is renewed regardless of the budgets, and unverified
    names cannot evict it.

    Args:
        scheme: The name of the scheme, for errors, the log and the store.
        lifetime: The age in seconds after which a key is fetched again. If that fails, the key is used for up
            to a day.
        per_minute: The base number of fetches of unknown names per minute, see
            `webhook_verify.schemes.fetch_budget.FetchBudget`. On average at most four times as many are
            fetched.
        store: Where the names that have verified a delivery survive a restart.
        clock: Returns monotonic seconds.

    Raises:
        TypeError: If `store` is not a `KeyStore`.
    """

    def __init__(
        self,
        scheme: str = "",
        *,
        lifetime: float = 3600.0,
        per_minute: int = 20,
        store: KeyStore | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._scheme = scheme
        self._lifetime = lifetime
        self._clock = clock
        self._per_process = PerProcess(lambda: _Process(per_minute))
        self._entries: dict[str, _Entry[_T]] = {}
        self._store = checked_key_store(store)
        self._verified: dict[str, None] = {}  # used as a set ordered by age
        self._load_at = -1.0  # when to load from the store; infinite after a successful load
        self._refused = 0
        self._report_at = -1.0

    @property
    def refused(self) -> int:
        """The number of requests for unknown keys that were refused without a fetch, in this process."""
        return self._refused

    def get(self, name: str, load: Callable[[], _T], *, max_age: float | None = None) -> _T:
        """Return a key from the cache, or fetch it.

        Args:
            name: The name of the key, as in the delivery.
            load: Fetches the key. It may raise any `Exception`.
            max_age: The maximum age of the key in seconds, if less than the lifetime. An older key is never
                returned.

        Returns:
            The key.

        Raises:
            KeyUnavailable: If the key cannot be fetched now.
            KeyNotCached: If it must be fetched, but the caller must not block.
        """
        age = self._lifetime if max_age is None else max_age
        entry = self._entries.get(name)
        if entry is not None and self._clock() - entry.since <= age:
            return entry.value
        stale = None if max_age is not None or entry is None or self._is_too_old(entry) else entry
        process = self._per_process.get()
        if not can_wait.get():
            return self._get_without_waiting(name, stale, process)
        with process.lock:
            fetching = process.fetching.setdefault(name, _Fetching())
            is_first = fetching.lock.acquire(blocking=False)
            if not is_first and stale is None:
                if sum(other.waiting for other in process.fetching.values()) >= _MAX_WAITING_THREADS:
                    raise self._unavailable("too many threads are waiting for keys that are being fetched")
                fetching.waiting += 1
        if is_first:
            return self._fetch_first(name, load, age, stale, process)
        if stale is not None:  # usable while another thread renews it
            return stale.value
        return self._wait(name, fetching, age, process)

    def mark_verified(self, name: str) -> None:
        """Record that a key has verified a delivery.

        Args:
            name: The name of the key.
        """
        if name in self._verified:
            return
        self._note_verified(name)
        if self._store is not None:
            try:
                self._store.add(self._scheme, name)
            except Exception as error:
                self._warn_of_store(error)

    def _note_verified(self, name: str) -> None:
        with self._per_process.get().lock:
            while len(self._verified) >= _MAX_CACHED_KEYS:
                del self._verified[next(iter(self._verified))]
            self._verified[name] = None

    def _is_too_old(self, entry: _Entry[_T]) -> bool:
        return self._clock() - entry.since > _DAY_SECONDS

    def _get_without_waiting(self, name: str, stale: _Entry[_T] | None, process: _Process) -> _T:
        """Return a stale key that is being renewed. Otherwise raise KeyNotCached or KeyUnavailable."""
        if name in process.fetching and stale is not None:
            return stale.value
        # A thread loads the names from the store. Until then, a name in the store must not be refused.
        is_settled = self._store is None or self._clock() < self._load_at
        if is_settled and name not in process.fetching:
            problem = self._refusal(name, process, take=False)
            if problem and stale is not None:
                return stale.value
            if problem:
                raise self._unavailable(problem)
        raise KeyNotCached((id(self), name), lambda: name in process.fetching)

    def _fetch_first(
        self, name: str, load: Callable[[], _T], age: float, stale: _Entry[_T] | None, process: _Process
    ) -> _T:
        """Fetch the key in the one thread that may fetch it."""
        try:
            entry = self._entries.get(name)
            if entry is not None and self._clock() - entry.since <= age:
                return entry.value  # the previous thread has fetched it
            self._load_names()
            problem = self._refusal(name, process, take=True)
            if not problem:
                try:
                    return self._add(name, load())
                except Exception as error:
                    # The error's text may quote the response or a header, so only its type is shown.
                    problem = f"fetching it failed: {type(error).__name__}"
                process.budget.note_failure(name, self._clock())
            if stale is not None:
                return stale.value
            raise self._unavailable(problem)
        finally:
            with process.lock:
                fetching = process.fetching.pop(name)
            fetching.lock.release()

    def _wait(self, name: str, fetching: _Fetching, age: float, process: _Process) -> _T:
        """Wait for the thread that fetches the key, and return the key."""
        try:
            if not fetching.lock.acquire(timeout=_MAX_WAIT_SECONDS):
                raise self._unavailable("another thread is still fetching it")
            fetching.lock.release()
        finally:
            with process.lock:
                fetching.waiting -= 1
        entry = self._entries.get(name)
        if entry is not None and self._clock() - entry.since <= age:
            return entry.value
        raise self._unavailable(self._refusal(name, process, take=False) or "fetching it failed recently")

    def _refusal(self, name: str, process: _Process, *, take: bool) -> str:
        is_known = name in self._entries or name in self._verified
        now = self._clock()
        problem = process.budget.refusal(name, caller_of_request.get(), now, is_known=is_known, take=take)
        if not problem or is_known:
            return problem
        self._refused += 1
        if now >= self._report_at:
            self._report_at = now + _MINUTE_SECONDS
            _logger.warning(
                "did not fetch a key of %s: %s (requests refused so far: %d). Forged deliveries "
                "name keys that do not exist",
                self._scheme,
                problem,
                self._refused,
                extra={"scheme": self._scheme},
            )
        return problem

    def _load_names(self) -> None:
        """Load the verified names from the store once. If the store fails, try again every minute."""
        if self._store is None or self._clock() < self._load_at:
            return
        self._load_at = float("inf")
        try:
            names = list(self._store.load(self._scheme))
        except Exception as error:
            self._load_at = self._clock() + _MINUTE_SECONDS
            self._warn_of_store(error)
            return
        for name in names[-_MAX_CACHED_KEYS:]:
            if name not in self._verified:
                self._note_verified(name)

    def _warn_of_store(self, error: Exception) -> None:
        kind = type(error).__name__
        text = (
            "the key store of %s failed with %s; after a restart, its keys are rate-limited like unknown ones"
        )
        _logger.warning(text, self._scheme, kind, extra={"scheme": self._scheme})

    def _add(self, name: str, value: _T) -> _T:
        with self._per_process.get().lock:
            self._entries.pop(name, None)
            while len(self._entries) >= _MAX_CACHED_KEYS:
                unverified = (each for each in self._entries if each not in self._verified)
                del self._entries[next(unverified, next(iter(self._entries)))]
            self._entries[name] = _Entry(value, self._clock())
        return value

    def _unavailable(self, problem: str) -> KeyUnavailable:
        return key_unavailable(problem).with_context("", self._scheme)
