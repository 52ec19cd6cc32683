"""The decision: is this delivery genuine and fresh?"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from webhook_verify import schemes
from webhook_verify.body import BytesLike, as_bytes
from webhook_verify.delivery import LAST_SECOND, Delivery, new_delivery, set_parts, verified
from webhook_verify.errors import (
    MalformedDelivery,
    Reason,
    SignatureMismatch,
    TimestampOutsideTolerance,
)
from webhook_verify.headers import Headers
from webhook_verify.keys import Secret, keys_of
from webhook_verify.schemes import Reading, Scheme

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from typing import NoReturn

    from webhook_verify.key_kinds import Running, VerifyingKey

__all__ = ["DEFAULT_TOLERANCE", "Verification", "Verifier", "body_too_large"]

DEFAULT_TOLERANCE = timedelta(minutes=5)
"""What every official Standard Webhooks library tolerates, in both directions."""

_MOST_SECONDS = 2.0**62  # finite, and small enough to reckon with

# (label, key, window); no window: always valid. A plain tuple, because it is taken apart on the hot path.
_Key = tuple[str, "VerifyingKey", Callable[[float], bool] | None]


class Verifier:
    """Verifies deliveries of one scheme with one or several secrets.

    ``secret``: what the provider shows (str), a raw HMAC key (bytes), a :class:`Secret`, or several
    of these during a rotation. ``scheme``: a registered name or a :class:`Scheme`. ``tolerance``:
    how far the sender's timestamp may be from now, in both directions, as timedelta or seconds.
    ``clock``: a function that returns the Unix time in seconds.

    Raises :class:`InvalidSecret`, ValueError or TypeError here, and never later: a Verifier that
    exists can verify. It is immutable and can be shared between threads.

    The law:

    1. Total. For every body and every headers the result is a :class:`Delivery` or a
       :class:`RejectedDelivery`, and nothing else escapes.
    2. Order: headers, timestamp, signature. What can be refused before the body is read is refused
       then.
    3. The signed content uses the header text as received. A timestamp is ``[1-9][0-9]{0,11}`` in
       ASCII. An id may hold dots, but only printable ASCII; a blank one is missing.
    4. Time is checked in both directions in whole seconds; the bound itself is inside. There is no
       off switch; :meth:`verify_at` serves queues and tests.
    5. Every comparison is constant-time over equal-length bytes, and only the canonical base64 of a
       signature counts. Unknown versions and garbage are skipped; the kind of key pins the version.
       At most 32 entries are looked at, 8 of them ``v1a``; one MAC a secret, not one an entry.
    6. All secrets that are valid now are tried; :attr:`Delivery.key` names the one that matched. Of
       two brands of headers the first complete trio counts; they are never mixed.
    7. No secret, no verifier.
    8. Streaming: :meth:`begin`, then ``update`` and ``finish``, gives the verdict of one call.
    """

    __slots__ = ("_clock", "_earliest", "_keys", "_latest", "_name", "_read", "_scheme", "_tolerance")

    def __init__(
        self,
        secret: str | bytes | Secret | Iterable[str | bytes | Secret],
        *,
        scheme: str | Scheme = "standard-webhooks",
        tolerance: timedelta | float = DEFAULT_TOLERANCE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._scheme = schemes.find(scheme)
        self._name = self._scheme.name
        self._read = self._scheme.read
        self._keys: tuple[_Key, ...] = tuple(
            (label, key, None if one.always_valid else one.valid_at)
            for label, one, key in keys_of(secret, self._scheme.verifying_key)
        )
        self._tolerance = _seconds(tolerance)
        # Whole seconds of both clocks are compared: floor(now) - timestamp <= tolerance. The same
        # without taking the floor at every delivery:
        self._earliest = float(-math.floor(self._tolerance))
        self._latest = float(math.floor(self._tolerance) + 1)
        if not callable(clock):
            raise TypeError("clock is a function that returns the Unix time in seconds, such as time.time")
        self._clock = clock

    @property
    def scheme(self) -> Scheme:
        """The scheme that this verifier reads."""
        return self._scheme

    @property
    def tolerance(self) -> float:
        """The tolerance in seconds."""
        return self._tolerance

    def verify(
        self, body: BytesLike, headers: Headers, *, url: str | None = None, method: str | None = None
    ) -> Delivery:
        """The verified delivery; raises :class:`RejectedDelivery` if it is not genuine and fresh.

        ``body`` is the raw request body and ``headers`` whatever holds the request's headers.
        ``url`` and ``method`` matter only to schemes that sign them. Raises TypeError for a body
        that is not bytes-like: that is the receiver's mistake, not the sender's.
        """
        if type(body) is not bytes:
            body = as_bytes(body)
        msg_id, timestamp, signatures, before, after, event_type = self._read(headers, url, method)
        now = self._clock()
        if not self._earliest <= now - timestamp < self._latest or timestamp > LAST_SECOND:
            raise self._outside(msg_id, now, timestamp)
        for label, key, window in self._keys:
            if (window is None or window(now)) and key.verify(signatures, before, body, after):
                delivery = new_delivery()
                set_parts(delivery, (msg_id, timestamp, body, self._name, label, event_type))
                return delivery
        raise self._mismatch(msg_id, now)

    def verify_at(
        self,
        body: BytesLike,
        headers: Headers,
        *,
        received_at: float | datetime,
        url: str | None = None,
        method: str | None = None,
    ) -> Delivery:
        """As :meth:`verify`, as if it were ``received_at`` (Unix seconds or an aware datetime) now.

        For deliveries that waited in a queue: note the time on receipt, verify when they come out.
        """
        when = _unix(received_at)
        return self._with_clock(lambda: when).verify(body, headers, url=url, method=method)

    def begin(
        self,
        headers: Headers,
        url: str | None = None,
        method: str | None = None,
        max_body_bytes: float = math.inf,
    ) -> Verification:
        """Check everything that the headers tell, and start a verification that takes the body in pieces.

        ``max_body_bytes``: how large the body may become while it arrives. Raises
        :class:`RejectedDelivery` where the headers alone are reason enough, and ValueError for a limit
        that is not larger than zero.
        """
        if not max_body_bytes > 0:
            raise ValueError("max_body_bytes must be larger than zero")
        reading = self._read(headers, url, method)
        msg_id, timestamp, signatures, _, _, _ = reading
        now = self._clock()
        if not self._earliest <= now - timestamp < self._latest or timestamp > LAST_SECOND:
            raise self._outside(msg_id, now, timestamp)
        keys: list[_Key] = []
        for one in self._keys:
            _, key, window = one
            if (window is None or window(now)) and key.wants(signatures):
                keys.append(one)
        if not keys:
            raise self._mismatch(msg_id, now)
        return Verification(reading, keys, self._name, max_body_bytes)

    def _with_clock(self, clock: Callable[[], float]) -> Verifier:
        twin = object.__new__(Verifier)
        for slot in Verifier.__slots__:
            setattr(twin, slot, getattr(self, slot))
        twin._clock = clock
        return twin

    def _outside(self, msg_id: str, now: float, timestamp: int) -> TimestampOutsideTolerance:
        skew = math.floor(now) - timestamp
        return TimestampOutsideTolerance(skew, self._tolerance).of(msg_id, self._name)

    def _mismatch(self, msg_id: str, now: float) -> SignatureMismatch:
        for _, _, window in self._keys:
            if window is None or window(now):
                return _mismatch(msg_id, self._name)
        detail = "no secret is valid now: all are expired or not yet valid"
        return SignatureMismatch(Reason.NO_SECRET, detail).of(msg_id, self._name)

    def __repr__(self) -> str:
        labels = [label for label, _, _ in self._keys]
        return f"Verifier(scheme={self._scheme.name!r}, secrets={labels!r}, tolerance={self._tolerance:g})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Verifier is not pickled, so that its secrets do not leak: build it in each process"
        )


class Verification:
    """A verification whose body arrives in pieces. Made by :meth:`Verifier.begin`; used once.

    The MAC runs while the body arrives, and the body is not copied to be signed.
    """

    __slots__ = ("_finished", "_keys", "_limit", "_pieces", "_reading", "_running", "_scheme", "_size")

    def __init__(self, reading: Reading, keys: list[_Key], scheme: str, limit: float) -> None:
        self._reading = reading
        self._keys = keys
        self._scheme = scheme
        self._limit = limit
        self._size = 0
        self._pieces: list[bytes] = []
        # Started with the second piece: a body that comes in one is verified in one.
        self._running: list[Running] = []
        self._finished = False

    @property
    def message_id(self) -> str:
        """The id that the headers claim: good for a log, unverified until :meth:`finish` has returned."""
        return self._reading[0]

    def update(self, chunk: BytesLike) -> None:
        """Take the next piece of the body.

        Raises :class:`MalformedDelivery` (413) once the body is over the limit, and TypeError if the
        piece is not bytes-like.
        """
        if self._finished:
            raise _already_finished()
        piece = chunk if type(chunk) is bytes else as_bytes(chunk)
        if not piece:
            return
        self._size += len(piece)
        if self._size > self._limit:
            raise self._too_large()
        if self._pieces:
            if not self._running:
                self._start()
            for running in self._running:
                running.update(piece)
        self._pieces.append(piece)

    def finish(self, last: BytesLike = b"") -> Delivery:
        """The verified delivery, whose body is all pieces and ``last``.

        Raises :class:`SignatureMismatch`, and what :meth:`update` raises.
        """
        if self._pieces:
            self.update(last)
            return self._finish_pieces()
        if self._finished:
            raise _already_finished()
        self._finished = True
        body = last if type(last) is bytes else as_bytes(last)
        if len(body) > self._limit:
            raise self._too_large()
        msg_id, timestamp, signatures, before, after, event_type = self._reading
        for label, key, _ in self._keys:
            if key.verify(signatures, before, body, after):
                delivery = new_delivery()
                set_parts(delivery, (msg_id, timestamp, body, self._scheme, label, event_type))
                return delivery
        raise _mismatch(msg_id, self._scheme)

    def _finish_pieces(self) -> Delivery:
        if len(self._pieces) == 1:
            return self.finish(self._pieces.pop())
        self._finished = True
        msg_id, timestamp, _, _, after, event_type = self._reading
        for (label, _, _), running in zip(self._keys, self._running, strict=True):
            running.update(after)
            if running.matches():
                return verified(msg_id, timestamp, b"".join(self._pieces), self._scheme, label, event_type)
        raise _mismatch(msg_id, self._scheme)

    def _too_large(self) -> MalformedDelivery:
        self._finished = True
        return body_too_large(self._limit).of(self.message_id, self._scheme)

    def _start(self) -> None:
        """Start a MAC for each key, over the first piece."""
        _, _, signatures, before, _, _ = self._reading
        self._running = [key.start(signatures) for _, key, _ in self._keys]
        for running in self._running:
            running.update(before)
            running.update(self._pieces[0])


def body_too_large(limit: float) -> MalformedDelivery:
    """The rejection of a body that is over the limit, in bytes."""
    return MalformedDelivery(Reason.BODY_TOO_LARGE, f"the body is larger than the limit of {limit} bytes")


def _already_finished() -> ValueError:
    return ValueError("this verification is finished: begin a new one for each delivery")


_NO_MATCH = "no signature was made with a secret that is valid here"


def _mismatch(msg_id: str, scheme: str) -> SignatureMismatch:
    return SignatureMismatch(Reason.SIGNATURE_MISMATCH, _NO_MATCH).of(msg_id, scheme)


def _seconds(tolerance: object) -> float:
    if isinstance(tolerance, timedelta):
        tolerance = tolerance.total_seconds()
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float):
        raise TypeError(f"tolerance is a timedelta or a number of seconds, not {type(tolerance).__name__}")
    # NaN compares false with everything, so it would switch a check written the other way round off.
    if not 0 < tolerance < _MOST_SECONDS:
        raise ValueError("tolerance must be finite and longer than zero: there is no off switch")
    return tolerance


def _unix(received_at: object) -> float:
    if isinstance(received_at, datetime):
        if received_at.utcoffset() is None:
            raise ValueError("received_at has no time zone: use an aware datetime or Unix seconds")
        return received_at.timestamp()
    if isinstance(received_at, bool) or not isinstance(received_at, int | float):
        raise TypeError(f"received_at is Unix seconds or an aware datetime, not {type(received_at).__name__}")
    if not -_MOST_SECONDS < received_at < _MOST_SECONDS:
        raise ValueError("received_at must be finite, in Unix seconds")
    return received_at
