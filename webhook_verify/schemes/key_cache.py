"""Keys and certificates that must be fetched: by https only, for a short time, little, and seldom.

A delivery that nobody has verified yet names the key that it wants, so fetching is what a stranger can make
this service do. A scheme fetches from addresses that it has pinned, and through a :class:`KeyCache`, which
says how often. What cannot be fetched is :class:`KeyUnavailable`, and no verdict on the delivery.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import SystemRandom
from threading import Lock
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from webhook_verify.errors import KeyUnavailable, Reason
from webhook_verify.forks import PerProcess

if TYPE_CHECKING:
    from ssl import SSLContext

__all__ = ["RETRY_DELAY", "Fetch", "KeyCache", "https_fetch"]

Fetch = Callable[[str, "bytes | None"], bytes]
"""Gets the document at an https address: by POST of a JSON text, or by GET where that is None.

It may raise anything if it cannot; it must follow no redirect, and limit the time and the size.
"""

RETRY_DELAY = 30.0
"""How long nothing is fetched again after it could not be, in seconds."""

_FETCH_TIMEOUT_SECONDS = 5.0
_MAX_DOCUMENT_BYTES = 262_144


def https_fetch(context: SSLContext | None = None, *, seconds: float = _FETCH_TIMEOUT_SECONDS) -> Fetch:
    """A :data:`Fetch` by httpx2: https, no redirects, at most 256 KiB, in about ``seconds``.

    ``context``: which certificates of servers are trusted. Raises ImportError without extra ``asymmetric``.
    """
    try:
        import httpx2
    except ImportError as missing:
        raise ImportError(
            "fetching keys needs the package httpx2: pip install 'webhook-verify[asymmetric]'"
        ) from missing

    def fetch(url: str, content: bytes | None = None) -> bytes:
        if not url.startswith("https://"):
            raise ValueError("keys are fetched by https only")
        method, headers = ("GET", {}) if content is None else ("POST", {"content-type": "application/json"})
        deadline = time.monotonic() + seconds
        trusted = True if context is None else context
        with (
            httpx2.Client(verify=trusted, timeout=seconds, follow_redirects=False) as client,
            client.stream(method, url, content=content, headers=headers) as response,
        ):
            if response.status_code != 200:
                raise OSError(f"the server answered {response.status_code}")
            document = b""
            for chunk in response.iter_bytes():
                document += chunk
                if len(document) > _MAX_DOCUMENT_BYTES:
                    raise OSError("the document is too large")
                if time.monotonic() > deadline:
                    raise TimeoutError("the document did not arrive in time")
            return document

    return fetch


_T = TypeVar("_T")
_DAY_SECONDS = 86_400.0
_MINUTE_SECONDS = 60.0
_MAX_CACHED_KEYS = 64
_MAX_WAIT_SECONDS = 10.0  # seconds, for who else is fetching the same
_random = SystemRandom()


class _Entry(NamedTuple, Generic[_T]):
    value: _T
    since: float


class _Locks:
    """The locks of a cache: of its state, and of each name that is being fetched."""

    __slots__ = ("fetching", "state")

    def __init__(self) -> None:
        self.state = Lock()
        self.fetching: dict[str, Lock] = {}


class KeyCache(Generic[_T]):
    """What was fetched, by name. One object serves all threads; each name is fetched once at a time.

    ``scheme``: whose keys they are, for the error. ``lifetime``: how long one is used before it is fetched
    again, in seconds; and while that fails, for a day. ``per_minute``: how many names that are not known
    are fetched in a minute, on average. ``clock``: monotonic seconds.
    """

    def __init__(
        self,
        scheme: str = "",
        *,
        lifetime: float = 3600.0,
        per_minute: int = 20,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._scheme = scheme
        self._lifetime = lifetime
        self._clock = clock
        self._locks = PerProcess(_Locks)
        self._entries: dict[str, _Entry[_T]] = {}
        self._retry_at: dict[str, float] = {}  # until when a name is not fetched again
        self._per_minute = per_minute
        self._unknown_key_slots: list[float] = []  # until when each place of a stranger's is taken

    def get(self, name: str, load: Callable[[], _T], *, max_age: float | None = None) -> _T:
        """What ``load`` returned for this name, now or before. Raises :class:`KeyUnavailable`.

        ``load`` may raise any Exception. ``max_age``: how old it may be, in seconds, if less than usual;
        then nothing older is given.
        """
        age = self._lifetime if max_age is None else max_age
        entry = self._entries.get(name)
        if entry is not None and self._clock() - entry.since <= age:
            return entry.value
        allow_stale = max_age is None
        locks = self._locks.get()
        with locks.state:
            fetch_lock = locks.fetching.setdefault(name, Lock())
        # While one thread renews it, the others go on with the one that there is.
        can_use_stale = allow_stale and entry is not None and self._clock() - entry.since <= _DAY_SECONDS
        if not fetch_lock.acquire(timeout=0 if can_use_stale else _MAX_WAIT_SECONDS):
            if can_use_stale and entry is not None:
                return entry.value
            raise self._unavailable("another thread is still fetching it")
        try:
            return self._get_or_load(name, load, age, allow_stale=allow_stale)
        finally:
            with locks.state:
                locks.fetching.pop(name, None)
            fetch_lock.release()

    def _get_or_load(self, name: str, load: Callable[[], _T], age: float, *, allow_stale: bool) -> _T:
        now = self._clock()
        entry = self._entries.get(name)
        if entry is not None and now - entry.since <= age:
            return entry.value  # by who was before us
        problem = self._refusal_reason(name, now, is_known=entry is not None)
        if not problem:
            try:
                return self._store(name, load())
            except Exception as error:
                # Its text may quote what was fetched, or a header.
                problem = f"fetching it failed: {type(error).__name__}"
            with self._locks.get().state:
                self._retry_at[name] = self._clock() + RETRY_DELAY
        if allow_stale and entry is not None and now - entry.since <= _DAY_SECONDS:
            return entry.value
        raise self._unavailable(problem)

    def _refusal_reason(self, name: str, now: float, *, is_known: bool) -> str:
        """Why it is not fetched now, "" if it is."""
        with self._locks.get().state:
            self._retry_at = {each: deadline for each, deadline in self._retry_at.items() if deadline > now}
            if name in self._retry_at:
                return "fetching it has just failed"
            # What is known already is renewed seldom enough, and strangers must not get in the way of it.
            if not is_known:
                self._unknown_key_slots = [deadline for deadline in self._unknown_key_slots if deadline > now]
                if len(self._unknown_key_slots) >= self._per_minute:
                    return "too many unknown keys were asked for in this minute"
                # Not for a minute sharp: who knew when a place is free would be there first, each time.
                self._unknown_key_slots.append(now + _random.uniform(0.5, 1.5) * _MINUTE_SECONDS)
        return ""

    def _store(self, name: str, value: _T) -> _T:
        with self._locks.get().state:
            self._entries.pop(name, None)
            while len(self._entries) >= _MAX_CACHED_KEYS:
                del self._entries[next(iter(self._entries))]
            self._entries[name] = _Entry(value, self._clock())
        return value

    def _unavailable(self, problem: str) -> KeyUnavailable:
        detail = f"the key that the delivery names is not there: {problem}"
        return KeyUnavailable(Reason.KEY_UNAVAILABLE, detail).with_context("", self._scheme)
