"""The signer of deliveries. A `Verifier` with the same scheme and secret accepts them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from webhook_verify import schemes
from webhook_verify.body import BytesLike, as_bytes
from webhook_verify.delivery import LAST_SECOND
from webhook_verify.schemes import Scheme
from webhook_verify.secret import Secret, derive_keys
from webhook_verify.tracebacks import hide_arguments, safe_repr

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from typing import NoReturn

    from webhook_verify.keys import SigningKey

__all__ = ["Signer"]


@safe_repr
class Signer:
    """A signer of deliveries with one or several secrets of one scheme.

    With several secrets, a delivery has one signature for each secret that is valid at its timestamp, newest
    first.

    Args:
        secret: The secret as the provider shows it (`whsec_`, `whsk_`, base64 without a prefix, PEM), a raw
            HMAC key (bytes), a `Secret`, or an iterable of these.
        scheme: The name of a registered scheme, or a `Scheme`.
        clock: A function that returns the Unix time in seconds.

    Raises:
        ImportError: If a key needs the extra `asymmetric`, which is not installed.
        InvalidSecret: If a secret is invalid, or the scheme cannot sign.
        TypeError: If an argument has the wrong type.
        ValueError: If the scheme is unknown, or two secrets have the same label.
    """

    __slots__ = ("_clock", "_keys", "_scheme")

    @hide_arguments
    def __init__(
        self,
        secret: str | bytes | Secret | Iterable[str | bytes | Secret],
        *,
        scheme: str | Scheme = "standard-webhooks",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._scheme = schemes.resolve(scheme)
        keys = derive_keys(schemes.split_secrets(self._scheme, secret), self._scheme.signing_key)
        # Newest first: a secret that does not expire is the newest. Equal secrets keep their order.
        keys.sort(key=lambda item: item[1].sort_key, reverse=True)
        self._keys = [(one, key) for _, one, key in keys]
        if not callable(clock):
            raise TypeError("clock must be a function that returns Unix seconds, such as time.time")
        self._clock = clock

    @property
    def scheme(self) -> Scheme:
        """The scheme of the signatures."""
        return self._scheme

    def now(self) -> int:
        """Return the time of the clock, the default timestamp of `sign`.

        Returns:
            The time, in Unix seconds.
        """
        return int(self._clock())

    def sign(
        self,
        body: BytesLike,
        *,
        id: str | None = None,
        timestamp: int | datetime | None = None,
        url: str | None = None,
        method: str | None = None,
    ) -> dict[str, str]:
        """Sign a body, and return the headers to send with exactly these bytes.

        Args:
            body: The raw body.
            id: The message id, the same on every retry. By default a new id.
            timestamp: The time of this attempt, in Unix seconds or as an aware datetime, whose fraction of a
                second is ignored. By default the current time.
            url: The URL of the endpoint, for schemes that sign it.
            method: The HTTP method, for schemes that sign it.

        Returns:
            The headers.

        Raises:
            TypeError: If `body` is not bytes-like, an argument has the wrong type, or the scheme signs a
                `url` or `method` that is missing.
            ValueError: If `id` or `timestamp` is invalid, no secret is valid at the timestamp, or the scheme
                signs in the body.
        """
        when, keys, message_id = self._attempt(id, timestamp)
        return self._scheme.sign(as_bytes(body), keys, id=message_id, timestamp=when, url=url, method=method)

    def sign_body(
        self, body: BytesLike, *, id: str | None = None, timestamp: int | datetime | None = None
    ) -> bytes:
        """Sign a body with the newest secret, and return the body to send.

        For schemes whose signature is in the body: Adyen, Mailgun, Microsoft Graph.

        Args:
            body: The raw body, without a signature.
            id: The message id, the same on every retry. By default a new id.
            timestamp: The time of this attempt, in Unix seconds or as an aware datetime, whose fraction of a
                second is ignored. By default the current time.

        Returns:
            The body with the signature.

        Raises:
            TypeError: If `body` is not bytes-like, or an argument has the wrong type.
            ValueError: If the scheme signs in headers or cannot sign `body`, `id` or `timestamp` is invalid,
                or no secret is valid at the timestamp.
        """
        when, keys, message_id = self._attempt(id, timestamp)
        return self._scheme.sign_body(as_bytes(body), keys[0], id=message_id, timestamp=when)

    def _attempt(self, id: str | None, timestamp: int | datetime | None) -> tuple[int, list[SigningKey], str]:
        """Return the timestamp, the valid keys and the message id of an attempt."""
        when = _seconds(self.now() if timestamp is None else timestamp)
        keys = [key for secret, key in self._keys if secret.valid_at(when)]
        if not keys:
            raise ValueError("no secret is valid at the timestamp: all are expired or not yet valid")
        return when, keys, f"msg_{os.urandom(16).hex()}" if id is None else id

    def __repr__(self) -> str:
        return f"Signer(scheme={self._scheme.name!r}, secrets={[secret.label for secret, _ in self._keys]!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Signer cannot be pickled, so that its secrets do not leak: create it in each process"
        )


def _seconds(timestamp: object) -> int:
    if isinstance(timestamp, datetime):
        # The official libraries ignore the time zone and sign a different time.
        if timestamp.utcoffset() is None:
            raise ValueError("timestamp has no time zone: use an aware datetime or Unix seconds")
        timestamp = int(timestamp.timestamp())
    if isinstance(timestamp, bool) or not isinstance(timestamp, int):
        raise TypeError(
            f"timestamp must be Unix seconds (int) or an aware datetime, not {type(timestamp).__name__!r}"
        )
    if not 0 < timestamp <= LAST_SECOND:
        raise ValueError(f"timestamp must be from 1 to {LAST_SECOND}, in Unix seconds")
    return timestamp
