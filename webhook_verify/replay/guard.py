"""What a receiver knows of replay protection: the store, the times, and how a delivery is named in it.

No HTTP here, and no state of its own: what is claimed is known to the store alone.
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

from webhook_verify.delivery import Delivery
from webhook_verify.replay.store import AsyncReplayStore, ReplayStore
from webhook_verify.tracebacks import safe_repr

if TYPE_CHECKING:
    from _hashlib import HASH

__all__ = ["DEFAULT_LEASE", "DEFAULT_RETENTION", "ReplayGuard", "checked_seconds"]

DEFAULT_LEASE = timedelta(seconds=60)
"""Twice what the slowest senders wait for an answer (15 to 30 seconds)."""

DEFAULT_RETENTION = timedelta(days=4)
"""Outlasts the retry schedules of senders (28 hours at Svix, 3 days at Stripe)."""

_FOR_EVER = 1000 * 365.25 * 86_400
"""Seconds: finite, so that every store can reckon with it."""

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
            verifier's tolerance; `math.inf` for ever, in a store that can grow.

    Attributes:
        store: The store.
        lease: The lease in seconds.
        retention: The retention in seconds.
        has_default_lease: Whether the lease is the default.
        has_default_retention: Whether the retention is the default.
        stored_seconds: The retention as the store is given it: finite, a thousand years for ever.
        is_async: Whether the calls of the store are awaited.
        may_block: Whether a call of the store may wait for I/O. False only if the store says so.

    Raises:
        TypeError: If `store` does not implement the store protocol, or a duration is not a timedelta or a
            number.
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
    )

    def __init__(
        self,
        store: _Store,
        *,
        lease: timedelta | float = DEFAULT_LEASE,
        retention: timedelta | float = DEFAULT_RETENTION,
    ) -> None:
        self.is_async: Final = _checked_is_async(store)
        self.may_block: Final = getattr(store, "may_block", True) is not False
        self.store: Final = store
        self.lease: Final = checked_seconds(lease, "lease")
        self.has_default_lease: Final = lease is DEFAULT_LEASE
        self.has_default_retention: Final = retention is DEFAULT_RETENTION
        self.retention: Final = math.inf if retention == math.inf else checked_seconds(retention, "retention")
        self.stored_seconds: Final = min(self.retention, _FOR_EVER)
        if self.lease >= self.retention:
            raise ValueError(
                "lease must be shorter than retention, or a delivery is forgotten while it is handled"
            )

    def with_lease(self, seconds: float) -> Self:
        """Return this guard with another lease, on the same store."""
        guard = copy(self)
        object.__setattr__(guard, "lease", seconds)
        return guard

    def check_tolerance(self, seconds: float, max_age: float = 0.0) -> None:
        """Raise ValueError if the same bytes pass a verifier for longer than ``retention``.

        Args:
            seconds: The verifier's tolerance: how far a timestamp may be in the past and in the future.
            max_age: How far it may be in the past, in seconds, if that is more.
        """
        if self.retention < seconds + max_age > 2 * seconds:
            raise ValueError(
                f"retention must be at least {seconds + max_age:g} s, for as long as the provider's retries "
                f"with the first timestamp are accepted, not {self.retention:g} s; or give the verifier a "
                "tolerance of its own"
            )
        if self.retention < 2 * seconds:
            raise ValueError(
                f"retention must be at least twice the tolerance: {self.retention:g} s < 2 * {seconds:g} s, "
                "so a delivery could be replayed after it was forgotten"
            )

    @staticmethod
    def storage_key(namespace: str, delivery: Delivery) -> str:
        """Return the key of a claim: 43 ASCII characters, a hash of the namespace and signed parts.

        Made of the scheme and the message id; where none is signed, of the digest of the signed content.
        """
        if delivery.id_is_signed:
            hashed = _namespace_hash(namespace, delivery.scheme, b"id").copy()
            part = delivery.id.encode("utf-8", "surrogatepass")
        else:
            hashed = _namespace_hash(namespace, delivery.scheme, b"digest").copy()
            part = delivery.signed_content_digest
        hashed.update(_framed(part))
        padded = b2a_base64(hashed.digest(), newline=False)
        return padded[:-1].translate(_URL_SAFE).decode()

    @staticmethod
    def new_token() -> str:
        """What tells one claim from every other: 22 ASCII characters.

        48 random bits of this process, 40 bits of the time in nanoseconds, and 16 bits of a counter.
        """
        # No os.urandom() for each: while it runs another thread may take the interpreter, and keep it. The
        # time tells processes apart that were cloned from a snapshot, random bits and counter included.
        return f"{_process}{time_ns() & 0xFF_FFFF_FFFF:010x}{next(_numbers) & 0xFFFF:04x}"

    def __repr__(self) -> str:
        kind = type(self.store).__name__
        return f"ReplayGuard(<{kind}>, lease={self.lease:g}, retention={self.retention:g})"


def _checked_is_async(store: object) -> bool:
    kind = f"the class {store.__name__}" if isinstance(store, type) else type(store).__name__
    calls = [getattr(store, name, None) for name in _CALLS]
    if isinstance(store, type) or not all(callable(call) for call in calls):
        raise TypeError(f"store is an object with {', '.join(_CALLS)}; not {kind}")
    awaited = {iscoroutinefunction(call) for call in calls}
    if len(awaited) > 1:
        raise TypeError(f"store's calls are all async or none is, which is not so for {kind}")
    return awaited.pop()


def checked_seconds(value: object, name: str) -> float:
    """A timedelta or a number as seconds. Raises TypeError or ValueError for what is no time to wait."""
    if isinstance(value, timedelta):
        value = value.total_seconds()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} is a timedelta or a number of seconds, not {type(value).__name__}")
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be finite and longer than zero")
    return float(value)


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
    """The hash of what deliveries have in common, to be copied: there are few names and schemes."""
    texts = (text.encode("utf-8", "surrogatepass") for text in (name, scheme))
    return sha256(b"".join(_framed(part) for part in (*texts, kind)))


def _framed(part: bytes) -> bytes:
    return len(part).to_bytes(8, "big") + part
