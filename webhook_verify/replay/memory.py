"""The store of one process: nothing to install, nothing that outlives the process.

Completed ids are kept as compact records, so a million of them stay under 256 MB, and in two bounds: by
time, and by count. A claim that is in flight is never given up for room: a store that is full of those
raises :class:`MemoryStoreFull`, and the sender comes back.
"""

from __future__ import annotations

import logging
import struct
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from hashlib import blake2b

from webhook_verify.errors import WebhookVerifyError
from webhook_verify.replay.store import ClaimOutcome, ClaimState

__all__ = ["DEFAULT_MAX_IDS", "MemoryStore", "MemoryStoreFull"]

DEFAULT_MAX_IDS = 1_000_000
"""About 210 MB when full: three deliveries a second over four days."""

_CLAIMED = ClaimOutcome(ClaimState.CLAIMED)
_TAKEN_OVER = ClaimOutcome(ClaimState.TAKEN_OVER)
_COMPLETED = ClaimOutcome(ClaimState.COMPLETED)
_SECONDS = struct.Struct("<d")

_logger = logging.getLogger("webhook_verify")


class MemoryStoreFull(WebhookVerifyError):
    """Every id that the store has room for is in flight: nothing can be claimed until one is settled."""


class MemoryStore:
    """Replay protection within one process, for threads and for asyncio alike. Every call takes O(1).

    ``max_ids``: how many ids it holds, in flight and completed; beyond that the oldest completed one is
    forgotten, with a warning in the log at the first. ``clock``: a function that gives seconds and never
    goes back. Raises TypeError or ValueError for a ``max_ids`` that is no positive int.
    """

    blocks = False
    """It does no I/O, so it may be called on an event loop."""

    def __init__(
        self, max_ids: int = DEFAULT_MAX_IDS, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._max_ids = _checked_max_ids(max_ids)
        self._clock = clock
        self._lock = threading.Lock()
        self._held: OrderedDict[bytes, _Held] = OrderedDict()  # the lease that began first at the front
        self._completed = _Completed()
        self._warned = False

    def claim(self, key: str, token: str, *, lease: float, keep: float) -> ClaimOutcome:
        """See :meth:`ReplayStore.claim`. Raises :class:`MemoryStoreFull`."""
        short = _short(key)
        with self._lock:
            now = self._clock()
            self._forget_expired(now)
            held = self._holder(short, now)
            if held is not None and held.token != token and held.until > now:
                return ClaimOutcome(ClaimState.IN_FLIGHT, held.until - now)
            if held is None and self._completed.token(short, now) is not None:
                return _COMPLETED
            if held is None:
                self._make_room(now)
            self._held[short] = _Held(token, now + lease, now + keep)
            self._held.move_to_end(short)
            return _CLAIMED if held is None or held.token == token else _TAKEN_OVER

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """See :meth:`ReplayStore.extend`."""
        short = _short(key)
        with self._lock:
            now = self._clock()
            held = self._holder(short, now)
            if held is None or held.token != token:
                return False
            held.until = now + lease
            held.kept_until = max(held.kept_until, held.until)
            self._held.move_to_end(short)
            return True

    def complete(self, key: str, token: str, *, keep: float) -> bool:
        """See :meth:`ReplayStore.complete`. Raises :class:`MemoryStoreFull` where there is no record."""
        short = _short(key)
        with self._lock:
            now = self._clock()
            held = self._holder(short, now)
            known = self._completed.token(short, now) if held is None else held.token
            if known is not None and known != token:
                return False
            if held is not None:
                del self._held[short]
            elif known is None:
                self._make_room(now)
            self._completed.add(short, token, now + keep)
            return True

    def release(self, key: str, token: str) -> bool:
        """See :meth:`ReplayStore.release`."""
        short = _short(key)
        with self._lock:
            held = self._holder(short, self._clock())
            if held is None or held.token != token:
                return False
            del self._held[short]
            return True

    def _holder(self, short: bytes, now: float) -> _Held | None:
        """Who claimed it, in flight or not, unless the record's time is over."""
        held = self._held.get(short)
        if held is not None and held.kept_until <= now:
            del self._held[short]
            return None
        return held

    def _forget_expired(self, now: float) -> None:
        # Two of each a claim: more than come in, so what has expired at once goes soon, yet never at once.
        for _ in range(2):
            if self._held and self._first().kept_until <= now:
                self._held.popitem(last=False)
            self._completed.forget_expired(now)

    def _make_room(self, now: float) -> None:
        if len(self._held) + len(self._completed) < self._max_ids:
            return
        if self._held and self._first().until <= now:
            self._held.popitem(last=False)  # all that is lost is the notice that a lease ran out
        elif len(self._completed):
            self._completed.forget_oldest()
            self._warn()
        else:
            raise MemoryStoreFull(f"all {self._max_ids} ids are in flight: raise max_ids of the MemoryStore")

    def _first(self) -> _Held:
        return next(iter(self._held.values()))

    def _warn(self) -> None:
        if not self._warned:
            self._warned = True
            _logger.warning(
                "the MemoryStore is full: the oldest of %d ids are forgotten before their time, so a "
                "replay of those would be handled again; raise max_ids, or use a store outside the process",
                self._max_ids,
            )


class _Held:
    """A claim that is not settled yet."""

    __slots__ = ("kept_until", "token", "until")

    def __init__(self, token: str, until: float, kept_until: float) -> None:
        self.token = token
        self.until = until
        self.kept_until = kept_until


class _Completed:
    """The completed ids, oldest first. An id is 15 bytes, a record 8 bytes of time and then the token."""

    def __init__(self) -> None:
        # 256 small dicts instead of a large one: none of them ever has to be copied at once to grow.
        self._records: tuple[dict[bytes, bytes], ...] = tuple({} for _ in range(256))
        self._order: deque[bytes] = deque()  # each id that has a record, once

    def __len__(self) -> int:
        return len(self._order)

    def token(self, id: bytes, now: float) -> str | None:
        """The token that completed it, None if none did or its time is over."""
        record = self._records[id[0]].get(id)
        return None if record is None or _until(record) <= now else record[_SECONDS.size :].decode()

    def add(self, id: bytes, token: str, until: float) -> None:
        records = self._records[id[0]]
        if id not in records:
            self._order.append(id)
        records[id] = _SECONDS.pack(until) + token.encode()

    def forget_expired(self, now: float) -> None:
        """Forget the oldest if its time is over."""
        if self._order:
            oldest = self._order[0]
            if _until(self._records[oldest[0]][oldest]) <= now:
                self.forget_oldest()

    def forget_oldest(self) -> None:
        oldest = self._order.popleft()
        del self._records[oldest[0]][oldest]


def _until(record: bytes) -> float:
    until: float = _SECONDS.unpack_from(record)[0]
    return until


def _short(key: str) -> bytes:
    # 15 bytes are the most that an object of 48 bytes holds, and 120 bits are far from any collision.
    return blake2b(key.encode(), digest_size=15).digest()


def _checked_max_ids(max_ids: object) -> int:
    if isinstance(max_ids, bool) or not isinstance(max_ids, int):
        raise TypeError(f"max_ids is an int, not {type(max_ids).__name__}")
    if max_ids <= 0:
        raise ValueError("max_ids must be larger than zero")
    return max_ids
