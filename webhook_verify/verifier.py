"""The decision: is this delivery genuine and fresh?"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter, methodcaller

from webhook_verify import schemes
from webhook_verify.body import BytesLike, as_bytes
from webhook_verify.delivery import LAST_SECOND, Delivery, allocate_delivery, set_parts
from webhook_verify.errors import (
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    SignatureMismatch,
    TimestampOutsideTolerance,
)
from webhook_verify.fast_path import compile_fast_path
from webhook_verify.headers import Headers
from webhook_verify.keys import HmacKey
from webhook_verify.schemes import ParsedHeaders, Scheme
from webhook_verify.secret import Secret, derive_keys
from webhook_verify.tracebacks import hide_arguments, safe_repr
from webhook_verify.verification import (
    BodyVerification,
    LabelledKey,
    Verification,
    clamp_to_timestamp,
    signature_mismatch,
)

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from typing import NoReturn

    from webhook_verify.keys import VerifyingKey

__all__ = [
    "DEFAULT_TOLERANCE",
    "Verifier",
    "guarded_verifier",
    "handshake_signature",
    "labelled_secrets",
    "max_age",
    "retry_window",
]

DEFAULT_TOLERANCE = timedelta(minutes=5)
"""What every official Standard Webhooks library tolerates, in both directions."""

_MAX_SECONDS = 2.0**62  # finite, and small enough to reckon with


@safe_repr
class Verifier:
    """Verifies deliveries of one scheme with one or several secrets.

    ``secret``: what the provider shows (str), a raw HMAC key (bytes), a :class:`Secret`, or several
    of these during a rotation. ``scheme``: a registered name or a :class:`Scheme`. ``tolerance``:
    how far the sender's timestamp may be from now, in both directions, as timedelta or seconds.
    By default what the scheme says, five minutes for most; a receiver with a replay guard also accepts what a
    provider retries with its first timestamp, for as long as the provider does. ``clock``: a function that
    returns the Unix time in seconds.

    Raises :class:`InvalidSecret`, ValueError or TypeError here, and never later: a Verifier that
    exists can verify. It is immutable and can be shared between threads.

    The law:

    1. Total. For every body and every headers the result is a :class:`Delivery` or a
       :class:`RejectedDelivery`, and nothing else escapes.
    2. Order: headers, timestamp, signature. What can be refused before the body is read is refused
       then.
    3. The signed content uses the header text as received. A timestamp is ``[1-9][0-9]{0,11}`` in
       ASCII. An id is printable ASCII, and beside a dot, which parts it from the timestamp, holds no sign
       with which a body could begin; a blank one is missing.
    4. Time is checked in both directions in whole seconds; the bound itself is inside. There is no
       off switch; :meth:`verify_at` serves queues and tests. Only a scheme that signs no timestamp has
       nothing to check: :attr:`Delivery.timestamp_is_signed` says so.
    5. Every comparison is constant-time over equal-length bytes, and only the canonical base64 of a
       signature counts. Unknown versions and garbage are skipped; the kind of key pins the version.
       At most 32 entries are looked at, 8 of them ``v1a``; one MAC a secret, not one an entry. Where the
       body may be signed in several forms, all secrets and forms are tried, whichever matches.
    6. All secrets that are valid now are tried; :attr:`Delivery.secret_label` names the one that matched. Of
       two brands of headers the first complete trio counts; they are never mixed.
    7. No secret, no verifier.
    8. Streaming: :meth:`begin`, then ``update`` and ``finish``, gives the verdict of one call.
    """

    __slots__ = (
        "_clock",
        "_earliest",
        "_fast_verify",
        "_inline_keys",
        "_keys",
        "_latest",
        "_max_age",
        "_name",
        "_partial_scheme",
        "_read",
        "_retry_window",
        "_scheme",
        "_secrets",
        "_tolerance",
    )

    @hide_arguments
    def __init__(
        self,
        secret: str | bytes | Secret | Iterable[str | bytes | Secret],
        *,
        scheme: str | Scheme = "standard-webhooks",
        tolerance: timedelta | float = DEFAULT_TOLERANCE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._scheme = schemes.resolve(scheme)
        self._name = self._scheme.name
        self._read = self._scheme.parse_headers
        keys = derive_keys(secret, self._scheme.verifying_key)
        self._secrets = tuple(item for _, item, _ in keys)
        self._keys: tuple[LabelledKey, ...] = tuple(
            (label, key, None if item.always_valid else item.valid_at) for label, item, key in keys
        )
        # What tells all before the body is read takes the short way through verify(), and what signs all
        # there is to sign the shortest.
        self._partial_scheme = self._scheme if _needs_scheme(self._scheme) else None
        self._inline_keys = () if self._scheme.parses_body or self._scheme.fetches_keys else self._keys
        self._fast_verify = compile_fast_path(self._scheme, self._keys)
        # The constant itself stands for: whatever the scheme says.
        self._tolerance = _seconds(self._scheme.tolerance if tolerance is DEFAULT_TOLERANCE else tolerance)
        # Whole seconds of both clocks are compared: floor(now) - timestamp <= tolerance. The same
        # without taking the floor at every delivery:
        has_header_timestamp = self._scheme.signs_timestamp and not self._scheme.has_timestamp_in_body
        self._earliest = float(-math.floor(self._tolerance)) if has_header_timestamp else -math.inf
        if self._scheme.accept_future_timestamps:
            self._earliest = -math.inf
        self._retry_window = 0.0 if tolerance is not DEFAULT_TOLERANCE else schemes.retry_window(self._scheme)
        self._set_max_age(self._tolerance)
        if not callable(clock):
            raise TypeError("clock is a function that returns the Unix time in seconds, such as time.time")
        self._clock = clock

    def _set_max_age(self, seconds: float) -> None:
        """Set how old a timestamp may be: the tolerance, or behind a replay guard the retry schedule."""
        self._max_age = seconds
        has_header_timestamp = self._scheme.signs_timestamp and not self._scheme.has_timestamp_in_body
        self._latest = float(math.floor(seconds) + 1) if has_header_timestamp else math.inf

    def _guarded(self) -> Verifier:
        """Return the verifier for a receiver with a replay guard, which accepts retries as old as they come.

        It is the same one, unless the provider's retries carry the first timestamp and no tolerance was set.
        """
        if self._max_age >= self._retry_window:
            return self
        copy = self._copy(type(self))
        copy._set_max_age(self._retry_window)
        return copy

    def _copy(self, kind: type[Verifier]) -> Verifier:
        """Return a verifier of this kind, this one's or a base of it, with the same state."""
        copy = object.__new__(kind)
        for each in kind.__mro__:
            for slot in getattr(each, "__slots__", ()):
                setattr(copy, slot, getattr(self, slot))
        return copy

    @property
    def scheme(self) -> Scheme:
        """The scheme that this verifier reads."""
        return self._scheme

    @property
    def tolerance(self) -> float:
        """The tolerance in seconds."""
        return self._tolerance

    def now(self) -> float:
        """The time of the verifier's clock, in Unix seconds."""
        return self._clock()

    @property
    def _labelled_secrets(self) -> tuple[tuple[str, Secret, VerifyingKey], ...]:
        pairs = zip(self._keys, self._secrets, strict=True)
        return tuple((label, secret, key) for (label, key, _), secret in pairs)

    def _sign_for_handshake(self, label: str, content: bytes) -> bytes:
        """Return the base64 signature of `content` by the HMAC secret of this label.

        An attacker who could choose the content could forge deliveries. Raises LookupError for an unknown
        label, and TypeError for a secret that is not an HMAC key.
        """
        for name, key, _ in self._keys:
            if name == label:
                if not isinstance(key, HmacKey):
                    raise TypeError(f"the secret {label} is no HMAC key")
                return key.sign(content).encode()
        raise LookupError(f"no secret has the label {label!r}")

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
        if self._fast_verify is not None:
            delivery = self._fast_verify(body, headers, self._clock)
            if delivery is not None:
                return delivery
        message_id, timestamp, signatures, before, after, event_type = self._read(headers, url, method)
        now = self._clock()
        if not self._earliest <= now - timestamp < self._latest or timestamp > LAST_SECOND:
            raise self._outside_tolerance(message_id, now, timestamp)
        for label, key, window in self._inline_keys:
            if (window is None or window(now)) and key.verify(signatures, before, body, after):
                delivery = allocate_delivery()
                if self._partial_scheme is None:
                    set_parts(delivery, (message_id, timestamp, body, self._name, label, event_type))
                else:
                    when = timestamp if self._partial_scheme.signs_timestamp else clamp_to_timestamp(now)
                    signed_parts = self._partial_scheme, body, before, body, after
                    set_parts(delivery, (message_id, when, body, self._name, label, event_type, signed_parts))
                return delivery
        if self._inline_keys:
            raise self._mismatch(message_id, now)
        parsed = message_id, timestamp, signatures, before, after, event_type
        return self._start(parsed, now, math.inf).finish(body)

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
        when = _to_unix(received_at)
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
        parsed = self._read(headers, url, method)
        message_id, timestamp, _, _, _, _ = parsed
        now = self._clock()
        if not self._earliest <= now - timestamp < self._latest or timestamp > LAST_SECOND:
            raise self._outside_tolerance(message_id, now, timestamp)
        return self._start(parsed, now, max_body_bytes)

    def _start(self, parsed: ParsedHeaders, now: float, limit: float) -> Verification:
        """The verification of what the headers have said, with the keys that may be right."""
        message_id, _, signatures, _, _, _ = parsed
        in_body = self._scheme.has_signature_in_body
        keys: list[LabelledKey] = []
        for item in self._keys:
            _, key, window = item
            if (window is None or window(now)) and (in_body or key.accepts(signatures)):
                keys.append(item)
        if not keys:
            raise self._mismatch(message_id, now)
        if self._scheme.fetches_keys:
            self._check_lifetime(parsed, now)
        if self._partial_scheme is not None and not self._partial_scheme.signs_timestamp:
            parsed = (parsed[0], clamp_to_timestamp(now), *parsed[2:])
        if self._scheme.parses_body or self._scheme.fetches_keys:
            return BodyVerification(parsed, keys, limit, self._scheme, partial(self._check_time, now))
        return Verification(parsed, keys, self._name, limit, self._partial_scheme)

    def _check_lifetime(self, parsed: ParsedHeaders, now: float) -> None:
        try:
            self._scheme.check_lifetime(parsed, now)
        except RejectedDelivery as error:
            error.with_context(parsed[0], self._name)
            raise

    def _check_time(self, now: float, message_id: str, timestamp: int) -> None:
        """Raise :class:`RejectedDelivery` for a time in a signed body that is unreadable, or not now."""
        if not timestamp:
            detail = "the signed body holds no readable timestamp"
            raise MalformedDelivery(Reason.UNREADABLE_BODY, detail).with_context(message_id, self._name)
        skew = math.floor(now) - timestamp
        future = self._scheme.accept_future_timestamps and skew < 0
        if timestamp > LAST_SECOND or not (future or -self._tolerance <= skew <= self._max_age):
            raise self._outside_tolerance(message_id, now, timestamp)

    def _with_clock(self, clock: Callable[[], float]) -> Verifier:
        copy = self._copy(Verifier)
        copy._clock = clock
        return copy

    def _outside_tolerance(self, message_id: str, now: float, timestamp: int) -> TimestampOutsideTolerance:
        skew = math.floor(now) - timestamp
        bound = self._max_age if skew > 0 else self._tolerance
        retry_seconds = self._scheme.retry_seconds if bound < skew <= self._retry_window else 0.0
        return TimestampOutsideTolerance(skew, bound, retry_seconds).with_context(message_id, self._name)

    def _mismatch(self, message_id: str, now: float) -> SignatureMismatch:
        for _, _, window in self._keys:
            if window is None or window(now):
                return signature_mismatch(message_id, self._name)
        detail = "no secret is valid now: all are expired or not yet valid"
        return SignatureMismatch(Reason.NO_SECRET, detail).with_context(message_id, self._name)

    def __repr__(self) -> str:
        labels = [label for label, _, _ in self._keys]
        return f"Verifier(scheme={self._scheme.name!r}, secrets={labels!r}, tolerance={self._tolerance:g})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Verifier is not pickled, so that its secrets do not leak: build it in each process"
        )


labelled_secrets: Callable[[Verifier], tuple[tuple[str, Secret, VerifyingKey], ...]]
labelled_secrets = attrgetter("_labelled_secrets")
"""The label, secret and key of each secret of a verifier, for the diagnosis alone. Never log them."""

handshake_signature: Callable[[Verifier], Callable[[str, bytes], bytes]]
handshake_signature = attrgetter("_sign_for_handshake")
"""The function that signs with a secret of a verifier, for the receiver's handshakes alone."""


guarded_verifier: Callable[[Verifier], Verifier]
guarded_verifier = methodcaller("_guarded")
"""The verifier behind a replay guard, for receivers alone."""

max_age: Callable[[Verifier], float]
max_age = attrgetter("_max_age")
"""How old a timestamp may be, in seconds, for receivers alone."""

retry_window: Callable[[Verifier], float]
retry_window = attrgetter("_retry_window")
"""How old a retry may be behind a replay guard, in seconds, for receivers alone; 0 if that is no more."""


def _needs_scheme(scheme: Scheme) -> bool:
    """Return whether a verification refers to its scheme: what is signed varies, or verifying may block."""
    varies = scheme.parses_body or scheme.has_id_in_body or scheme.fetches_keys
    return varies or not (scheme.signs_id and scheme.signs_timestamp and scheme.signs_body)


def _seconds(tolerance: object) -> float:
    if isinstance(tolerance, timedelta):
        tolerance = tolerance.total_seconds()
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float):
        raise TypeError(f"tolerance is a timedelta or a number of seconds, not {type(tolerance).__name__}")
    # NaN compares false with everything, so it would switch a check written the other way round off.
    if not 0 < tolerance < _MAX_SECONDS:
        raise ValueError("tolerance must be finite and longer than zero: there is no off switch")
    return tolerance


def _to_unix(received_at: object) -> float:
    if isinstance(received_at, datetime):
        if received_at.utcoffset() is None:
            raise ValueError("received_at has no time zone: use an aware datetime or Unix seconds")
        return received_at.timestamp()
    if isinstance(received_at, bool) or not isinstance(received_at, int | float):
        raise TypeError(f"received_at is Unix seconds or an aware datetime, not {type(received_at).__name__}")
    if not -_MAX_SECONDS < received_at < _MAX_SECONDS:
        raise ValueError("received_at must be finite, in Unix seconds")
    return received_at
