"""The store of one process: nothing to install, nothing that outlives the process.

Completed ids are kept as compact records, so a million of them stay under 256 MB, and in two bounds: by
time, and by count. A claim that is in flight is never given up for room: a store that is full of those
raises :class:`MemoryStoreFull`, and the sender comes back.
"""

from __future__ import annotations

import logging
import math
import struct
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from hashlib import blake2b

from webhook_verify.errors import WebhookVerifyError
from webhook_verify.forks import ForkHooks
from webhook_verify.replay.store import RELEASED_RETENTION, ClaimOutcome, ClaimState

__all__ = ["DEFAULT_MAX_IDS", "MemoryStore", "MemoryStoreFull"]

DEFAULT_MAX_IDS = 1_000_000
"""About 210 MB when full: three deliveries a second over four days."""

_CLAIMED = ClaimOutcome(ClaimState.CLAIMED)
_COMPLETED = ClaimOutcome(ClaimState.COMPLETED)
_SECONDS = struct.Struct("<d")
_NEVER = (0, -math.inf)

_MAX_RELEASED = 10_000  # so many deliveries whose attempts are counted while nothing holds them

_logger = logging.getLogger("webhook_verify")


class MemoryStoreFull(WebhookVerifyError):
    """Every id that the store has room for is in flight: nothing can be claimed until one is settled."""


class MemoryStore:
    """Replay protection within one process, for threads and for asyncio alike. Every call takes O(1).

    ``max_ids``: how many ids it holds, in flight and completed; beyond that the oldest completed one is
    forgotten, with a warning in the log at the first. ``clock``: a function that gives seconds and never
    goes back. Raises TypeError or ValueError for a ``max_ids`` that is no positive int.
    """

    may_block = False
    """It does no I/O, so it may be called on an event loop."""

    def __init__(
        self, max_ids: int = DEFAULT_MAX_IDS, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._max_ids = _checked_max_ids(max_ids)
        self._clock = clock
        self._lock = threading.Lock()
        # A child must not get records that another thread is changing, nor the lock of that thread.
        self._fork_hooks = ForkHooks(before=self._lock.acquire, after=self._lock.release)
        self._held: OrderedDict[str, _Held] = OrderedDict()  # the lease that began first at the front
        self._completed = _Completed()
        self._released: OrderedDict[bytes, tuple[int, float]] = OrderedDict()  # attempts, kept until
        self._quiet_until = math.inf  # nothing expires before
        self._warned = False

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """See :meth:`ReplayStore.claim`. Raises :class:`MemoryStoreFull`."""
        with self._lock:
            now = self._clock()
            if now >= self._quiet_until:
                self._forget_expired(now)
            held = self._holder(key, now)
            if held is None:
                return self._claim_new(key, _Held(token, now + lease, now + retention, _short(key)), now)
            if held.token != token and held.until > now:
                return ClaimOutcome(ClaimState.IN_FLIGHT, held.until - now)
            state = ClaimState.CLAIMED
            if held.token != token:
                state = ClaimState.TAKEN_OVER
                held.attempt += 1
            held.token, held.until, held.kept_until = token, now + lease, now + retention
            self._held.move_to_end(key)
            return ClaimOutcome(state, attempt=held.attempt)

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """See :meth:`ReplayStore.extend`."""
        with self._lock:
            now = self._clock()
            held = self._holder(key, now)
            if held is None or held.token != token:
                return False
            held.until = now + lease
            held.kept_until = max(held.kept_until, held.until)
            self._held.move_to_end(key)
            return True

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        """See :meth:`ReplayStore.complete`. Raises :class:`MemoryStoreFull` where there is no record."""
        with self._lock:
            now = self._clock()
            held = self._holder(key, now)
            if held is None:
                return self._complete_again(_short(key), token, now, now + retention)
            if held.token != token:
                return False
            del self._held[key]
            self._complete(held.short, token, now + retention)
            return True

    def release(self, key: str, token: str) -> bool:
        """See :meth:`ReplayStore.release`."""
        with self._lock:
            now = self._clock()
            held = self._holder(key, now)
            if held is None or held.token != token:
                return False
            del self._held[key]
            if len(self._released) >= _MAX_RELEASED:
                self._released.popitem(last=False)
            kept_until = min(held.kept_until, now + RELEASED_RETENTION)
            self._released[held.short] = held.attempt, kept_until
            return True

    def _holder(self, key: str, now: float) -> _Held | None:
        """Who claimed it, in flight or not, unless the record's time is over."""
        held = self._held.get(key)
        if held is not None and held.kept_until <= now:
            del self._held[key]
            return None
        return held

    def _claim_new(self, key: str, held: _Held, now: float) -> ClaimOutcome:
        """Claim what nobody holds, unless it is completed."""
        if self._completed.token(held.short, now) is not None:
            return _COMPLETED
        if len(self._held) + len(self._completed.order) >= self._max_ids:
            self._make_room(now)
        self._held[key] = held
        outcome = _CLAIMED
        if self._released:
            attempt, kept_until = self._released.pop(held.short, _NEVER)
            if kept_until > now:
                held.attempt += attempt
                outcome = ClaimOutcome(ClaimState.CLAIMED, attempt=held.attempt)
        if held.kept_until < self._quiet_until:
            self._quiet_until = held.kept_until
        return outcome

    def _complete_again(self, short: bytes, token: str, now: float, until: float) -> bool:
        """Complete what nobody holds: it is completed already, or there is no record."""
        known = self._completed.token(short, now)
        if known is None and len(self._held) + len(self._completed.order) >= self._max_ids:
            self._make_room(now)
        if known not in (None, token):
            return False
        self._complete(short, token, until)
        return True

    def _complete(self, short: bytes, token: str, until: float) -> None:
        self._completed.add(short, token, until)
        if until < self._quiet_until:
            self._quiet_until = until

    def _forget_expired(self, now: float) -> None:
        # Two of each a claim: more than come in, so what has expired at once goes soon, yet never at once.
        for _ in range(2):
            if self._held and self._first().kept_until <= now:
                self._held.popitem(last=False)
            if self._completed.first_until() <= now:
                self._completed.forget_oldest()
        held_until = self._first().kept_until if self._held else math.inf
        self._quiet_until = min(held_until, self._completed.first_until())

    def _make_room(self, now: float) -> None:
        if self._held and self._first().until <= now:
            self._held.popitem(last=False)  # all that is lost is the notice that a lease ran out
        elif self._completed.order:
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

    __slots__ = ("attempt", "kept_until", "short", "token", "until")

    def __init__(self, token: str, until: float, kept_until: float, short: bytes) -> None:
        self.token = token
        self.until = until
        self.kept_until = kept_until
        self.short = short
        self.attempt = 1


class _Completed:
    """The completed ids, oldest first. An id is 15 bytes, a record 8 bytes of time and then the token."""

    def __init__(self) -> None:
        # 256 small dicts instead of a large one: none of them ever has to be copied at once to grow.
        self._records: tuple[dict[bytes, bytes], ...] = tuple({} for _ in range(256))
        self.order: deque[bytes] = deque()  # each id that has a record, once

    def token(self, id: bytes, now: float) -> str | None:
        """The token that completed it, None if none did or its time is over."""
        record = self._records[id[0]].get(id)
        return None if record is None or _until(record) <= now else record[_SECONDS.size :].decode()

    def add(self, id: bytes, token: str, until: float) -> None:
        """Add it as the newest; one that is known keeps its place."""
        records = self._records[id[0]]
        if id not in records:
            self.order.append(id)
        records[id] = _SECONDS.pack(until) + token.encode()

    def first_until(self) -> float:
        """When the time of the oldest is over."""
        if not self.order:
            return math.inf
        oldest = self.order[0]
        return _until(self._records[oldest[0]][oldest])

    def forget_oldest(self) -> None:
        """Forget it, whether its time is over or not."""
        oldest = self.order.popleft()
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
