"""The law of the verifier from the sender's side: what a :class:`Signer` signs, a verifier accepts."""

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

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from typing import NoReturn

    from webhook_verify.keys import SigningKey

__all__ = ["Signer"]


@safe_repr
class Signer:
    """Signs bodies with one or several secrets of one scheme.

    ``secret``: what the provider shows (``whsec_``, ``whsk_``, bare base64, PEM), a raw HMAC key
    (bytes), a :class:`Secret`, or several of these during a rotation: then each delivery carries
    one signature for each secret that is valid at its timestamp, newest first. ``scheme`` and
    ``clock`` are as for :class:`Verifier`.

    Raises :class:`InvalidSecret`, ValueError or TypeError at construction.
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
        keys = derive_keys(secret, self._scheme.signing_key)
        # Newest first: what does not expire is newer than what does. The order given decides the rest.
        keys.sort(key=lambda item: item[1].sort_key, reverse=True)
        self._keys = [(one, key) for _, one, key in keys]
        if not callable(clock):
            raise TypeError("clock is a function that returns the Unix time in seconds, such as time.time")
        self._clock = clock

    @property
    def scheme(self) -> Scheme:
        """The scheme that this signer writes."""
        return self._scheme

    def now(self) -> int:
        """The Unix seconds of the clock: what :meth:`sign` signs at by default."""
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
        """The headers to send with exactly this body.

        ``id``: the message id, the same on every retry; by default a fresh one. ``timestamp``: when
        this attempt is made, in Unix seconds or as an aware datetime (its fraction is cut off); by
        default now. ``url`` and ``method`` matter only to schemes that sign them.

        Raises TypeError for a body that is not bytes-like, and ValueError for an id that cannot be
        signed, a naive datetime, a timestamp that no verifier reads, or when no secret is valid then.
        """
        when, keys, message_id = self._attempt(id, timestamp)
        return self._scheme.sign(as_bytes(body), keys, id=message_id, timestamp=when, url=url, method=method)

    def sign_body(
        self, body: BytesLike, *, id: str | None = None, timestamp: int | datetime | None = None
    ) -> bytes:
        """The body to send, for a scheme whose signature lies in the body: Adyen, Mailgun, Microsoft Graph.

        The newest secret signs. Takes and raises what :meth:`sign` does; and ValueError for a body that the
        scheme cannot sign, and for a scheme that signs in headers.
        """
        when, keys, message_id = self._attempt(id, timestamp)
        return self._scheme.sign_body(as_bytes(body), keys[0], id=message_id, timestamp=when)

    def _attempt(self, id: str | None, timestamp: int | datetime | None) -> tuple[int, list[SigningKey], str]:
        """When, with which keys and as which message."""
        when = _seconds(self.now() if timestamp is None else timestamp)
        keys = [key for secret, key in self._keys if secret.valid_at(when)]
        if not keys:
            raise ValueError("no secret is valid at the timestamp: all are expired or not yet valid")
        return when, keys, f"msg_{os.urandom(16).hex()}" if id is None else id

    def __repr__(self) -> str:
        return f"Signer(scheme={self._scheme.name!r}, secrets={[secret.label for secret, _ in self._keys]!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Signer is not pickled, so that its secrets do not leak: build it in each process")


def _seconds(timestamp: object) -> int:
    if isinstance(timestamp, datetime):
        # The official libraries drop the zone here, and sign another instant.
        if timestamp.utcoffset() is None:
            raise ValueError("the timestamp has no time zone: use an aware datetime or Unix seconds")
        timestamp = int(timestamp.timestamp())
    if isinstance(timestamp, bool) or not isinstance(timestamp, int):
        raise TypeError(
            f"a timestamp is Unix seconds (int) or an aware datetime, not {type(timestamp).__name__}"
        )
    if not 0 < timestamp <= LAST_SECOND:
        raise ValueError(f"a timestamp is Unix seconds from 1 to {LAST_SECOND}")
    return timestamp
