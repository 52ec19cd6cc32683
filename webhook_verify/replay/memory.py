"""A replay store in the memory of one process, without dependencies and without persistence.

Completed ids are compact records, so that a million of them need less than 256 MB. They are limited by age
and by number. A claim in flight is never evicted: a store that is full of such claims raises
`MemoryStoreFull`, and the sender retries.
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
"""About 210 MB when full: three deliveries per second for four days."""

_CLAIMED = ClaimOutcome(ClaimState.CLAIMED)
_COMPLETED = ClaimOutcome(ClaimState.COMPLETED)
_SECONDS = struct.Struct("<d")
_pack = _SECONDS.pack
_NEVER = (0, -math.inf)

_MAX_RELEASED = 10_000  # deliveries whose attempts are counted although no claim holds them

_logger = logging.getLogger("webhook_verify")


class MemoryStoreFull(WebhookVerifyError):
    """The store is full of ids in flight: nothing can be claimed until a claim is settled or expires."""


class MemoryStore:
    """Replay protection within one process, for threads and for asyncio. Every call takes O(1).

    Args:
        max_ids: The maximum number of ids, in flight and completed. Beyond it the oldest completed id is
            evicted, with one warning in the log.
        clock: A function that returns seconds, and never a smaller value than before.

    Raises:
        TypeError: If `max_ids` is not an int.
        ValueError: If `max_ids` is not positive.
    """

    may_block = False
    """Whether a call may wait for I/O. Never, so it may be called on an event loop."""
    is_shared_by_processes = False
    """Whether all processes have the same records."""

    def __init__(
        self, max_ids: int = DEFAULT_MAX_IDS, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._max_ids = _checked_max_ids(max_ids)
        self._clock = clock
        self._lock = threading.Lock()
        # A forked child must not inherit half-changed records of another thread, or its lock.
        self._fork_hooks = ForkHooks(before=self._lock.acquire, after=self._lock.release)
        self._held: OrderedDict[str, _Held] = OrderedDict()  # in the order of their leases
        self._completed = _Completed()
        self._records = self._completed.records()
        self._released: OrderedDict[bytes, tuple[int, float]] = OrderedDict()  # attempt, expiry
        self._quiet_until = math.inf  # nothing expires before this time
        self._warned = False

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
            MemoryStoreFull: If every id is in flight.
        """
        short = _short(key)
        with self._lock:
            now = self._clock()
            if now >= self._quiet_until:
                self._forget_expired(now)
            if key not in self._held or (held := self._holder(key, now)) is None:
                if short in self._records[short[0]] and self._completed.token(short, now) is not None:
                    return _COMPLETED
                return self._claim_new(key, _Held(token, now + lease, now + retention, short), now)
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
        """Extend the lease of a claim.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            lease: How many seconds the claim lasts from now.

        Returns:
            Whether the token still holds the claim.
        """
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
        """Record a delivery as completed.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            retention: How many seconds the record is kept from now.

        Returns:
            Whether the record now belongs to the token.

        Raises:
            MemoryStoreFull: If every id is in flight and none of them is this key.
        """
        with self._lock:
            now = self._clock()
            held = self._held.get(key)
            if held is None or held.kept_until <= now:
                self._holder(key, now)
                return self._complete_again(_short(key), token, now, now + retention)
            if held.token != token:
                return False
            del self._held[key]
            self._complete(held.short, token, now + retention)
            return True

    def release(self, key: str, token: str) -> bool:
        """Release a claim, so that a retry is handled.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.

        Returns:
            Whether the token held the claim.
        """
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
        """Return the claim of a key, whether its lease has expired or not, unless its record has expired."""
        held = self._held.get(key)
        if held is not None and held.kept_until <= now:
            del self._held[key]
            return None
        return held

    def _claim_new(self, key: str, held: _Held, now: float) -> ClaimOutcome:
        """Claim a key that has no holder and is not completed."""
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
        """Complete a key that has no holder: it is already completed, or its record is missing."""
        known = self._completed.token(short, now)
        if known is None and len(self._held) + len(self._completed.order) >= self._max_ids:
            self._make_room(now)
        if known not in (None, token):
            return False
        self._complete(short, token, until)
        return True

    def _complete(self, short: bytes, token: str, until: float) -> None:
        records = self._records[short[0]]
        if short not in records:
            self._completed.order.append(short)  # A known id keeps its place.
        records[short] = _pack(until) + token.encode()
        if until < self._quiet_until:
            self._quiet_until = until

    def _forget_expired(self, now: float) -> None:
        # Each claim evicts up to two of each: more than it adds, so that the expired ones are soon gone, and
        # few enough that no call takes long.
        for _ in range(2):
            if self._held and self._first().kept_until <= now:
                self._held.popitem(last=False)
            if self._completed.first_until() <= now:
                self._completed.forget_oldest()
        held_until = self._first().kept_until if self._held else math.inf
        self._quiet_until = min(held_until, self._completed.first_until())

    def _make_room(self, now: float) -> None:
        if self._held and self._first().until <= now:
            self._held.popitem(last=False)  # its lease has expired: only the takeover is not noticed
        elif self._completed.order:
            self._completed.forget_oldest()
            self._warn()
        else:
            raise MemoryStoreFull(
                f"the MemoryStore is full: all {self._max_ids} ids are in flight. Increase max_ids"
            )

    def _first(self) -> _Held:
        return next(iter(self._held.values()))

    def _warn(self) -> None:
        if not self._warned:
            self._warned = True
            _logger.warning(
                "the MemoryStore is full: the oldest of %d ids are evicted before they expire, so a replay "
                "of them would be handled again. Increase max_ids, or use a store outside the process",
                self._max_ids,
            )


class _Held:
    """A claim that is not settled."""

    __slots__ = ("attempt", "kept_until", "short", "token", "until")

    def __init__(self, token: str, until: float, kept_until: float, short: bytes) -> None:
        self.token = token
        self.until = until
        self.kept_until = kept_until
        self.short = short
        self.attempt = 1


class _Completed:
    """The completed ids, oldest first. An id has 15 bytes, a record 8 bytes of time and then the token."""

    def __init__(self) -> None:
        # 256 small dicts instead of one large dict, because a large dict is copied in one step when it grows.
        self._records: tuple[dict[bytes, bytes], ...] = tuple({} for _ in range(256))
        self.order: deque[bytes] = deque()  # every id that has a record

    def records(self) -> tuple[dict[bytes, bytes], ...]:
        """Return the records, by the first byte of their ids. The caller appends each new id to `order`."""
        return self._records

    def token(self, id: bytes, now: float) -> str | None:
        """Return the token that completed the id, or None if the id is not completed or has expired."""
        record = self._records[id[0]].get(id)
        return None if record is None or _until(record) <= now else record[_SECONDS.size :].decode()

    def first_until(self) -> float:
        """Return when the oldest id expires."""
        if not self.order:
            return math.inf
        oldest = self.order[0]
        return _until(self._records[oldest[0]][oldest])

    def forget_oldest(self) -> None:
        """Delete the oldest id, whether it has expired or not."""
        oldest = self.order.popleft()
        del self._records[oldest[0]][oldest]


def _until(record: bytes) -> float:
    until: float = _SECONDS.unpack_from(record)[0]
    return until


def _short(key: str) -> bytes:
    # 15 bytes are the maximum for a bytes object of 48 bytes, and 120 bits make a collision improbable.
    return blake2b(key.encode(), digest_size=15).digest()


def _checked_max_ids(max_ids: object) -> int:
    if isinstance(max_ids, bool) or not isinstance(max_ids, int):
        raise TypeError(f"max_ids must be an int, not {type(max_ids).__name__!r}")
    if max_ids <= 0:
        raise ValueError(f"max_ids must be greater than 0, not {max_ids}")
    return max_ids
