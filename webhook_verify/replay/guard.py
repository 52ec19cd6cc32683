"""The configuration of replay protection: the store, the lifetimes of its records, and the storage keys.

Without HTTP and without state: only the store contains the claims.
"""

from __future__ import annotations

import math
import os
from base64 import urlsafe_b64encode
from binascii import b2a_base64
from copy import copy
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from inspect import iscoroutinefunction
from itertools import count
from time import time_ns
from typing import TYPE_CHECKING, Final, Generic, Self, TypeVar

from webhook_verify.delivery import Delivery, get_parts
from webhook_verify.delivery_identity import unsigned_id_digest
from webhook_verify.replay.store import AsyncReplayStore, ReplayStore
from webhook_verify.tracebacks import safe_repr

if TYPE_CHECKING:
    from _hashlib import HASH

__all__ = ["DEFAULT_LEASE", "DEFAULT_RETENTION", "ReplayGuard", "checked_bool", "checked_seconds"]

DEFAULT_LEASE = timedelta(seconds=60)
"""Twice the longest response timeout of common senders (15 to 30 seconds)."""

DEFAULT_RETENTION = timedelta(days=4)
"""Longer than the retry schedules of senders (28 hours at Svix, 3 days at Stripe)."""

_FOR_EVER = 1000 * 365.25 * 86_400
"""Seconds. Finite, so that every store can calculate with it."""

_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_CALLS = ("claim", "extend", "complete", "release")

_Store = TypeVar("_Store", bound=ReplayStore | AsyncReplayStore, covariant=True)


@safe_repr
class ReplayGuard(Generic[_Store]):
    """Replay protection: a store plus the lifetimes of its records.

    Args:
        store: Where claims are recorded, a `ReplayStore` or an `AsyncReplayStore`.
        lease: How long a handler owns a delivery before a retry may run it again, a timedelta or seconds.
            Longer than the slowest handler, and shorter than the provider's retry schedule. By default 60
            seconds, or half of that schedule if it is known and shorter.
        retention: How long a completed delivery is remembered, a timedelta or seconds. At least twice the
            verifier's tolerance. `math.inf` means forever, for a store that can grow.
        trust_unsigned_ids: Whether an unsigned message id distinguishes messages. If True, an attacker with
            a recorded delivery can replay it with another id. If False, two events with the same signed
            content count as one, and the second is not handled.

    Attributes:
        store: The store.
        lease: The lease in seconds.
        retention: The retention in seconds.
        trust_unsigned_ids: Whether an unsigned message id distinguishes messages.
        has_default_lease: Whether the lease is the default.
        has_default_retention: Whether the retention is the default.
        stored_seconds: The retention that is passed to the store: finite, a thousand years for `math.inf`.
        is_async: Whether the methods of the store are async.
        may_block: Whether a call of the store may wait for I/O. False only if the store has
            `may_block = False`.

    Raises:
        TypeError: If `store` does not implement the store protocol, a duration is not a timedelta or a
            number, or `trust_unsigned_ids` is not a bool.
        ValueError: If a duration is not positive, `lease` is not finite, or `lease` is not shorter than
            `retention`.
    """

    # Slots, because each delivery reads them.
    __slots__ = (
        "has_default_lease",
        "has_default_retention",
        "is_async",
        "lease",
        "may_block",
        "retention",
        "store",
        "stored_seconds",
        "trust_unsigned_ids",
    )

    def __init__(
        self,
        store: _Store,
        *,
        lease: timedelta | float = DEFAULT_LEASE,
        retention: timedelta | float = DEFAULT_RETENTION,
        trust_unsigned_ids: bool = True,
    ) -> None:
        self.is_async: Final = _checked_is_async(store)
        self.may_block: Final = getattr(store, "may_block", True) is not False
        self.store: Final = store
        self.trust_unsigned_ids: Final = checked_bool(trust_unsigned_ids, "trust_unsigned_ids")
        self.lease: Final = checked_seconds(lease, "lease")
        self.has_default_lease: Final = lease is DEFAULT_LEASE
        self.has_default_retention: Final = retention is DEFAULT_RETENTION
        self.retention: Final = math.inf if retention == math.inf else checked_seconds(retention, "retention")
        self.stored_seconds: Final = min(self.retention, _FOR_EVER)
        if self.lease >= self.retention:
            raise ValueError(
                f"lease must be shorter than retention, not {self.lease:g} s with a retention of "
                f"{self.retention:g} s: a delivery could be forgotten while its handler runs"
            )

    def with_lease(self, seconds: float) -> Self:
        """Return a copy of this guard with another lease, on the same store.

        Args:
            seconds: The lease in seconds.

        Returns:
            The copy.
        """
        guard = copy(self)
        object.__setattr__(guard, "lease", seconds)
        return guard

    def check_tolerance(self, seconds: float, max_age: float = 0.0) -> None:
        """Check that a delivery is remembered for as long as the verifier accepts the same bytes.

        Args:
            seconds: The verifier's tolerance in seconds, for timestamps in the past and in the future.
            max_age: The tolerance in seconds for timestamps in the past, if it is longer.

        Raises:
            ValueError: If `retention` is too short.
        """
        if self.retention < seconds + max_age > 2 * seconds:
            raise ValueError(
                f"retention must be at least {seconds + max_age:g} s, because the provider's retries with "
                f"the first timestamp are accepted for that long, not {self.retention:g} s. Increase "
                "retention, or set a shorter tolerance on the verifier"
            )
        if self.retention < 2 * seconds:
            raise ValueError(
                f"retention must be at least twice the tolerance of {seconds:g} s, not {self.retention:g} s: "
                "a delivery could be replayed after its record expires"
            )

    @staticmethod
    def storage_key(
        namespace: str, delivery: Delivery, trust_unsigned_ids: bool = True, idempotency_key: str = ""
    ) -> str:
        """Return the storage key of a delivery: a hash of the namespace, the scheme and the message.

        The message is known by `Delivery.idempotency_key`, unless one of the options replaces it.

        Args:
            namespace: The namespace of the receiver.
            delivery: The delivery.
            trust_unsigned_ids: If False, a message without a signed id is known by its signed content.
            idempotency_key: The key that the receiver's `idempotency_key` returned, "" without one.

        Returns:
            43 ASCII characters.
        """
        parts = get_parts(delivery)
        # The first condition is that of `id_is_signed` for most deliveries, without calls.
        signed_id = parts[0] if len(parts) == 6 else delivery.id if delivery.id_is_signed else ""
        if idempotency_key:
            hashed = _namespace_hash(namespace, parts[3], b"own").copy()
            part = idempotency_key.encode("utf-8", "surrogatepass")
        elif signed_id:
            hashed = _namespace_hash(namespace, parts[3], b"id").copy()
            part = signed_id.encode("utf-8", "surrogatepass")
        elif trust_unsigned_ids and delivery.identity == "unsigned_id":
            hashed = _namespace_hash(namespace, parts[3], b"unsigned").copy()
            part = unsigned_id_digest(delivery.id, delivery.signed_body)
        else:
            hashed = _namespace_hash(namespace, parts[3], b"digest").copy()
            part = delivery.signed_content_digest
        hashed.update(len(part).to_bytes(8, "big") + part)
        return b2a_base64(hashed.digest()).translate(_URL_SAFE, b"=\n").decode()

    @staticmethod
    def new_token() -> str:
        """Return a token that is unique to one claim.

        It contains 48 random bits of this process, 40 bits of the time in nanoseconds, and 16 bits of a
        counter.

        Returns:
            22 ASCII characters.
        """
        # os.urandom() is not called per token, because it releases the GIL, which another thread may then
        # hold for long. The time distinguishes processes that were cloned from a snapshot with the same
        # random bits and counter.
        number = (time_ns() & 0xFF_FFFF_FFFF) << 16 | next(_numbers) & 0xFFFF
        return _process + number.to_bytes(7, "big").hex()  # Formatting it as text takes twice as long.

    def __repr__(self) -> str:
        kind = type(self.store).__name__
        return f"ReplayGuard(<{kind}>, lease={self.lease:g}, retention={self.retention:g})"


def _checked_is_async(store: object) -> bool:
    kind = f"the class {store.__name__!r}" if isinstance(store, type) else repr(type(store).__name__)
    calls = [getattr(store, name, None) for name in _CALLS]
    if isinstance(store, type) or not all(callable(call) for call in calls):
        raise TypeError(f"store must be an object with the methods {', '.join(_CALLS)}, not {kind}")
    awaited = {iscoroutinefunction(call) for call in calls}
    if len(awaited) > 1:
        raise TypeError(f"the methods of store must be all async or all synchronous, not mixed as in {kind}")
    return awaited.pop()


def checked_seconds(value: object, name: str) -> float:
    """Return a duration in seconds.

    Args:
        value: A timedelta or a number of seconds.
        name: The name of the parameter, for the error.

    Returns:
        The seconds.

    Raises:
        TypeError: If `value` is neither a timedelta nor a number.
        ValueError: If `value` is not positive and finite.
    """
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a timedelta or a number of seconds, not {type(value).__name__!r}")
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be finite and greater than 0 seconds, not {value:g}")
    return float(value)


def checked_bool(value: object, name: str) -> bool:
    """Return a bool.

    Args:
        value: A bool.
        name: The name of the parameter, for the error.

    Returns:
        The bool.

    Raises:
        TypeError: If `value` is not a bool.
    """
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, not {type(value).__name__!r}")
    return value


def _new_process() -> None:
    global _process
    _process = urlsafe_b64encode(os.urandom(6)).decode()


_process = ""
_numbers = count()
_new_process()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_new_process)


@lru_cache(maxsize=1024)
def _namespace_hash(name: str, scheme: str, kind: bytes) -> HASH:
    """Return the hash of the common parts, to be copied. Cached, because namespaces and schemes are few."""
    texts = (text.encode("utf-8", "surrogatepass") for text in (name, scheme))
    return sha256(b"".join(_framed(part) for part in (*texts, kind)))


def _framed(part: bytes) -> bytes:
    return len(part).to_bytes(8, "big") + part
