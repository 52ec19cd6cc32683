"""Verification of the signature and the timestamp of a delivery."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter, methodcaller

from webhook_verify import schemes
from webhook_verify._times import tolerance_seconds, unix_time
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
    needs_scheme,
    signature_mismatch,
    verify_body,
)

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
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
"""The tolerance of all official Standard Webhooks libraries, in both directions."""


@safe_repr
class Verifier:
    """A verifier of deliveries of one scheme, with one or several secrets.

    Immutable, and safe to share between threads. All arguments are checked here, so that a `Verifier` that
    exists can verify.

    Guarantees:

    1. Totality: for every body and all headers the result is a `Delivery` or a `RejectedDelivery`.
    2. Order: headers, timestamp, signature. A delivery is rejected before its body is read if possible.
    3. The signed content contains the header text as received. A timestamp is `[1-9][0-9]{0,11}` in ASCII. An
       id is non-empty printable ASCII. An id with a dot, the separator before the timestamp, must not contain
       a character with which a body could begin.
    4. A signed timestamp is checked in whole seconds, limits included, in both directions, or only for its
       age if the scheme has `accept_future_timestamps`. The check cannot be disabled.
    5. All comparisons are constant-time with equal lengths. Only the canonical base64 of a signature matches.
       Unknown versions and invalid entries are skipped. The kind of a key determines the version. At most 32
       entries are checked, 8 of them `v1a`, with one MAC per secret. If the body may be signed in several
       forms, all secrets and forms are tried, even after a match.
    6. All secrets that are currently valid are tried. `Delivery.secret_label` is the label of the match. Of
       two brands of headers, the first complete set is used. Brands are never mixed.
    7. A verifier has at least one secret.
    8. `begin`, `update` and `finish` have the same result as `verify`.

    Args:
        secret: The secret as the provider shows it (str), a raw HMAC key (bytes), a `Secret`, or an iterable
            of these during a rotation.
        scheme: The name of a registered scheme, or a `Scheme`.
        tolerance: The largest distance of the sender's timestamp from the current time, a timedelta or
            seconds. By default the tolerance of the scheme, usually five minutes. With the default, a
            receiver with a replay guard also accepts retries with the timestamp of the first attempt.
        clock: A function that returns the Unix time in seconds.

    Raises:
        ImportError: If a key needs the extra `asymmetric`, which is not installed.
        InvalidSecret: If a secret is invalid.
        TypeError: If an argument has the wrong type.
        ValueError: If the scheme is unknown, `tolerance` is not positive and finite, or a label is a
            duplicate.
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
        "_needs_body",
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
        self._scheme = own = schemes.resolve(scheme)
        self._name, self._read = own.name, own.parse_headers
        secrets = schemes.split_secrets(own, secret)
        keys = derive_keys(secrets, partial(schemes.verifying_key, own), own.docs.secret_pattern)
        self._secrets = tuple(item for _, item, _ in keys)
        self._keys: tuple[LabelledKey, ...] = tuple(
            (label, key, None if item.always_valid else item.valid_at) for label, item, key in keys
        )
        # A scheme whose headers contain everything is verified in verify() itself. This is fastest for a
        # scheme that signs all of id, timestamp and body.
        self._partial_scheme = own if needs_scheme(own) else None
        self._needs_body = own.parses_body or own.fetches_keys
        self._inline_keys = () if self._needs_body or own.has_lifetime else self._keys
        self._fast_verify = compile_fast_path(self._scheme, self._keys)
        # The default object itself means the tolerance of the scheme.
        self._tolerance = tolerance_seconds(own.tolerance if tolerance is DEFAULT_TOLERANCE else tolerance)
        # Whole seconds of both clocks are compared: floor(now) - timestamp <= tolerance. These limits are
        # equivalent and need no floor at each delivery.
        is_limited = own.signs_timestamp and not (own.has_timestamp_in_body or own.accept_future_timestamps)
        self._earliest = float(-math.floor(self._tolerance)) if is_limited else -math.inf
        self._retry_window = 0.0 if tolerance is not DEFAULT_TOLERANCE else schemes.retry_window(own)
        self._set_max_age(self._tolerance)
        if not callable(clock):
            raise TypeError("clock must be a function that returns Unix seconds, such as time.time")
        self._clock = clock

    def _set_max_age(self, seconds: float) -> None:
        """Set the largest age of a timestamp: the tolerance, or with a replay guard the retry schedule."""
        self._max_age = seconds
        has_header_timestamp = self._scheme.signs_timestamp and not self._scheme.has_timestamp_in_body
        self._latest = float(math.floor(seconds) + 1) if has_header_timestamp else math.inf

    def _guarded(self) -> Verifier:
        """Return a verifier that accepts old retries, for a receiver with a replay guard."""
        if self._max_age >= self._retry_window:
            return self
        copy = self._copy(type(self))
        copy._set_max_age(self._retry_window)
        return copy

    def _copy(self, kind: type[Verifier]) -> Verifier:
        """Return a verifier of this class, or of a base class, with the same state."""
        copy = object.__new__(kind)
        for each in kind.__mro__:
            for slot in getattr(each, "__slots__", ()):
                setattr(copy, slot, getattr(self, slot))
        return copy

    @property
    def scheme(self) -> Scheme:
        """The scheme of the deliveries."""
        return self._scheme

    @property
    def tolerance(self) -> float:
        """The tolerance in seconds."""
        return self._tolerance

    def now(self) -> float:
        """Return the time of the clock.

        Returns:
            The time, in Unix seconds.
        """
        return self._clock()

    @property
    def _labelled_secrets(self) -> tuple[tuple[str, Secret, VerifyingKey], ...]:
        pairs = zip(self._keys, self._secrets, strict=True)
        return tuple((label, secret, key) for (label, key, _), secret in pairs)

    def _sign_for_handshake(self, label: str | None, content: bytes) -> bytes:
        """Return the base64 signature of `content` by the HMAC secret with this label, or the first valid."""
        # The caller must check the content, because an attacker who could choose it could forge deliveries.
        for name, key, window in self._keys:
            if name == label or (label is None and (window is None or window(self._clock()))):
                if not isinstance(key, HmacKey):
                    raise TypeError(f"the secret {label} is not an HMAC key")
                return key.sign(content).encode()
        raise LookupError(f"no secret has the label {label!r}")

    def verify(
        self, body: BytesLike, headers: Headers, *, url: str | None = None, method: str | None = None
    ) -> Delivery:
        """Verify a delivery.

        Args:
            body: The raw body of the request.
            headers: The request headers: a mapping, a framework's header object, or (name, value) pairs.
            url: The URL that the sender called, for schemes that sign it.
            method: The HTTP method, for schemes that sign it.

        Returns:
            The verified delivery.

        Raises:
            RejectedDelivery: If the delivery is not genuine or not fresh.
            TypeError: If `body` is not bytes-like, or the scheme signs a `url` or `method` that is missing.
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
        if self._needs_body:
            return self._start(parsed, now, math.inf).finish(body)
        parsed, keys = self._checked(parsed, now)
        return verify_body(parsed, keys, body, self._name, self._partial_scheme)

    def verify_at(
        self,
        body: BytesLike,
        headers: Headers,
        *,
        received_at: float | datetime,
        url: str | None = None,
        method: str | None = None,
    ) -> Delivery:
        """Verify a delivery as of the time of its receipt, such as after it waited in a queue.

        Args:
            body: The raw body of the request.
            headers: The request headers: a mapping, a framework's header object, or (name, value) pairs.
            received_at: The time of receipt, in Unix seconds or as an aware datetime.
            url: The URL that the sender called, for schemes that sign it.
            method: The HTTP method, for schemes that sign it.

        Returns:
            The verified delivery.

        Raises:
            RejectedDelivery: If the delivery is not genuine, or was not fresh at `received_at`.
            TypeError: As in `verify`, or if `received_at` is neither a number nor a datetime.
            ValueError: If `received_at` is a naive datetime or not finite.
        """
        when = unix_time(received_at)
        return self._with_clock(lambda: when).verify(body, headers, url=url, method=method)

    def begin(
        self,
        headers: Headers,
        url: str | None = None,
        method: str | None = None,
        max_body_bytes: float = math.inf,
    ) -> Verification:
        """Check the headers, and start a verification whose body arrives in chunks.

        Args:
            headers: The request headers: a mapping, a framework's header object, or (name, value) pairs.
            url: The URL that the sender called, for schemes that sign it.
            method: The HTTP method, for schemes that sign it.
            max_body_bytes: The largest accepted body, in bytes.

        Returns:
            The verification.

        Raises:
            RejectedDelivery: If the headers are sufficient to reject the delivery.
            TypeError: If the scheme signs a `url` or `method` that is missing.
            ValueError: If `max_body_bytes` is not larger than zero.
        """
        if not max_body_bytes > 0:
            raise ValueError("max_body_bytes must be larger than zero")
        parsed = self._read(headers, url, method)
        now, timestamp = self._clock(), parsed[1]
        if not self._earliest <= now - timestamp < self._latest or timestamp > LAST_SECOND:
            raise self._outside_tolerance(parsed[0], now, timestamp)
        return self._start(parsed, now, max_body_bytes)

    def _start(self, parsed: ParsedHeaders, now: float, limit: float) -> Verification:
        """Return a verification for the parsed headers, with the keys that may match."""
        parsed, keys = self._checked(parsed, now)
        if self._needs_body:
            return BodyVerification(parsed, keys, limit, self._scheme, partial(self._check_time, now))
        return Verification(parsed, keys, self._name, limit, self._partial_scheme)

    def _checked(self, parsed: ParsedHeaders, now: float) -> tuple[ParsedHeaders, list[LabelledKey]]:
        """Return the parsed headers and the keys that may match, after a check of the lifetime."""
        message_id, signatures = parsed[0], parsed[2]
        in_body = self._scheme.has_signature_in_body
        valid = [each for each in self._keys if each[2] is None or each[2](now)]
        keys = [each for each in valid if in_body or each[1].accepts(signatures)]
        if not keys:
            raise self._mismatch(message_id, now)
        if self._scheme.has_lifetime:
            self._check_lifetime(parsed, now)
        if self._partial_scheme is not None and not self._partial_scheme.signs_timestamp:
            parsed = (parsed[0], clamp_to_timestamp(now), *parsed[2:])
        return parsed, keys

    def _check_lifetime(self, parsed: ParsedHeaders, now: float) -> None:
        try:
            self._scheme.check_lifetime(parsed, now)
        except RejectedDelivery as error:
            error.with_context(parsed[0], self._name)
            raise

    def _check_time(self, now: float, message_id: str, timestamp: int) -> None:
        """Raise `RejectedDelivery` if the timestamp in a signed body is invalid or out of tolerance."""
        if not timestamp:
            detail = "the signed body contains no valid timestamp"
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
        detail = "no secret is currently valid: all are expired or not yet valid"
        return SignatureMismatch(Reason.NO_SECRET, detail).with_context(message_id, self._name)

    def __repr__(self) -> str:
        labels = [label for label, _, _ in self._keys]
        return f"Verifier(scheme={self._scheme.name!r}, secrets={labels!r}, tolerance={self._tolerance:g})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Verifier cannot be pickled, so that its secrets do not leak: create it in each process"
        )


labelled_secrets: Callable[[Verifier], tuple[tuple[str, Secret, VerifyingKey], ...]]
labelled_secrets = attrgetter("_labelled_secrets")
"""The label, secret and key of each secret of a verifier. Only for the diagnosis. Never log them."""

handshake_signature: Callable[[Verifier], Callable[[str | None, bytes], bytes]]
handshake_signature = attrgetter("_sign_for_handshake")
"""The function that signs with a secret of a verifier. Only for the handshakes of a receiver."""

guarded_verifier: Callable[[Verifier], Verifier]
guarded_verifier = methodcaller("_guarded")
"""The verifier for a receiver with a replay guard. Only for receivers."""

max_age: Callable[[Verifier], float]
max_age = attrgetter("_max_age")
"""The largest age of a timestamp, in seconds. Only for receivers."""

retry_window: Callable[[Verifier], float]
retry_window = attrgetter("_retry_window")
"""The largest age of a retry with a replay guard, in seconds; 0 for the tolerance. Only for receivers."""
