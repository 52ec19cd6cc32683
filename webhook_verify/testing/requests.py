"""A request as a provider sends it, and what an attacker or an accident makes of it: :class:`SignedRequest`.

::

    request = signed({"type": "invoice.paid"}, signer)
    post(client, path, request)             # genuine
    post(client, path, request)             # the same again: a duplicate
    post(client, path, request.tampered())
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

from webhook_verify.signer import Signer
from webhook_verify.testing.payloads import dated
from webhook_verify.tracebacks import safe_repr

__all__ = ["SignedRequest", "payload_of", "signed"]

HOUR = 3600.0
"""How stale, and how far in the future, by default: more than any provider's library tolerates."""

Pairs = tuple[tuple[str, str], ...]


@safe_repr
class SignedRequest:
    """A body and the headers to send with it. Frozen: each variant is a new one.

    ``body``: bytes. ``headers``: pairs of name and value; one may stand twice. ``id``: the message id.
    Its repr shows neither a signature nor the body.
    """

    __slots__ = ("_bare", "_sign", "body", "headers", "id")

    def __init__(
        self, body: bytes, headers: Iterable[tuple[str, str]], id: str, sign: _Sign, bare: bytes | None = None
    ) -> None:
        self.body = body
        self.headers: Pairs = tuple(headers)
        self.id = id
        self._sign = sign
        self._bare = bare  # where the signature is in the body: what was given to be signed

    def tampered(self) -> SignedRequest:
        """The body is another, by one letter or digit; as valid as JSON as before. The headers stay."""
        body = _LAST_LETTER.sub(_another, self.body, count=1)
        return self.with_body(body if body != self.body else b'{"tampered":true}')

    def stale(self, by: float = HOUR) -> SignedRequest:
        """Signed ``by`` seconds ago, rightly; with the same id."""
        return self._sign(self.id, -int(by))

    def future(self, by: float = HOUR) -> SignedRequest:
        """Signed ``by`` seconds from now, rightly; with the same id."""
        return self._sign(self.id, int(by))

    def retried(self) -> SignedRequest:
        """The provider's next attempt: the same id, signed now. The same request once more is a replay."""
        return self._sign(self.id, 0)

    def unsigned(self) -> SignedRequest:
        """None of the provider's headers; the payload as it was given, where the body holds the signature."""
        bare = self if self._bare is None else self.with_body(self._bare)
        return bare.with_headers(())

    def without(self, name: str) -> SignedRequest:
        """One header is missing."""
        return self.with_headers(pair for pair in self.headers if pair[0] != name)

    def replaced(self, name: str, value: str) -> SignedRequest:
        """One header has another value."""
        return self.with_headers((each, value if each == name else own) for each, own in self.headers)

    def doubled(self, name: str, value: str) -> SignedRequest:
        """One header stands a second time, with this value."""
        return self.with_headers((*self.headers, (name, value)))

    def with_body(self, body: bytes) -> SignedRequest:
        """Another body under the same headers."""
        return SignedRequest(body, self.headers, self.id, self._sign, self._bare)

    def with_headers(self, headers: Iterable[tuple[str, str]]) -> SignedRequest:
        """Other headers with the same body."""
        return SignedRequest(self.body, headers, self.id, self._sign, self._bare)

    def __repr__(self) -> str:
        names = [name for name, _ in self.headers]
        return f"SignedRequest(id={self.id!r}, headers={names!r}, body=<{len(self.body)} bytes>)"


_Sign = Callable[[str, int], SignedRequest]
_LAST_LETTER = re.compile(rb"[A-Za-z0-9](?=[^A-Za-z0-9]*\Z)")


def _another(match: re.Match[bytes]) -> bytes:
    char = match[0]
    return (b"2" if char == b"1" else b"1") if char.isdigit() else (b"y" if char == b"x" else b"x")


def signed(
    payload: object,
    signer: Signer,
    *,
    id: str | None = None,
    timestamp: int | datetime | None = None,
    url: str | None = None,
    method: str = "POST",
) -> SignedRequest:
    """A request that is signed by ``signer``; ``payload`` as for :func:`payload_of`.

    ``id``, ``timestamp``, ``url`` and ``method`` are as for :meth:`Signer.sign`. Raises what it raises. Where
    the scheme has the signature or the timestamp in the JSON of the body, they are written into it.
    """
    given, scheme = payload_of(payload), signer.scheme

    def sign(id: str, offset: int, at: int | datetime | None = None) -> SignedRequest:
        when = signer.now() + offset if at is None else at
        if scheme.has_signature_in_body:
            return SignedRequest(signer.sign_body(given, id=id, timestamp=when), (), id, sign, given)
        body = dated(given, scheme, int(when.timestamp()) if isinstance(when, datetime) else when)
        headers = signer.sign(body, id=id, timestamp=when, url=url, method=method)
        return SignedRequest(body, headers.items(), id, sign)

    return sign(f"msg_{uuid4().hex}" if id is None else id, 0, timestamp)


def payload_of(payload: object) -> bytes:
    """The body that carries a payload: bytes as they are, a typed event, or anything that is JSON.

    Raises TypeError for a str: whether it is JSON already, or is to become JSON, cannot be known.
    """
    if isinstance(payload, str):
        raise TypeError("a payload is bytes, a JSON value or a typed event; of a str give its encode()")
    if isinstance(payload, bytes | bytearray | memoryview):
        return bytes(cast("bytes", payload))
    if payload is None or isinstance(payload, dict | list | tuple | int | float):
        return json.dumps(cast("Any", payload), separators=(",", ":"), ensure_ascii=False).encode()
    from webhook_verify.testing.events import body_of_event  # here, because it needs msgspec

    return body_of_event(payload)
