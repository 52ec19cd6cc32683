"""Signed requests and their variants: tampered, stale, unsigned, duplicate.

```python
request = signed({"type": "invoice.paid"}, signer)
post(client, path, request)             # valid
post(client, path, request)             # a duplicate
post(client, path, request.tampered())  # rejected
```
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
"""Default age in seconds of a stale or future request: more than the tolerance of any provider's library."""

Pairs = tuple[tuple[str, str], ...]


@safe_repr
class SignedRequest:
    """A signed body and its headers. Create it with `signed`.

    Each method returns a new request. The repr shows neither the signature nor the body.

    Args:
        body: The request body.
        headers: Pairs of name and value. A name may appear more than once.
        id: The message id.
        sign: Signs the payload again with another id and time offset in seconds.
        bare: The payload before signing, if the body contains the signature.
    """

    __slots__ = ("_bare", "_sign", "body", "headers", "id")

    def __init__(
        self, body: bytes, headers: Iterable[tuple[str, str]], id: str, sign: _Sign, bare: bytes | None = None
    ) -> None:
        self.body: bytes = body
        self.headers: Pairs = tuple(headers)
        self.id: str = id
        self._sign = sign
        self._bare = bare

    def tampered(self) -> SignedRequest:
        """Change one letter or digit of the body and keep the headers.

        Returns:
            The changed request. Its body is valid JSON if the original is.
        """
        body = _LAST_LETTER.sub(_another, self.body, count=1)
        return self.with_body(body if body != self.body else b'{"tampered":true}')

    def stale(self, by: float = HOUR) -> SignedRequest:
        """Sign the payload with a timestamp in the past.

        Args:
            by: The age in seconds.

        Returns:
            A correctly signed request with the same id.

        Raises:
            ValueError: If the timestamp is out of range, or no secret of the signer is valid then.
        """
        return self._sign(self.id, -int(by))

    def future(self, by: float = HOUR) -> SignedRequest:
        """Sign the payload with a timestamp in the future.

        Args:
            by: How far in the future, in seconds.

        Returns:
            A correctly signed request with the same id.

        Raises:
            ValueError: If the timestamp is out of range, or no secret of the signer is valid then.
        """
        return self._sign(self.id, int(by))

    def retried(self) -> SignedRequest:
        """Sign the payload again, as in a provider's retry.

        Returns:
            A request with the same id and the current timestamp.

        Raises:
            ValueError: If the timestamp is out of range, or no secret of the signer is valid then.
        """
        return self._sign(self.id, 0)

    def unsigned(self) -> SignedRequest:
        """Remove the signature.

        Returns:
            A request without the provider's headers, and with the original payload as its body.
        """
        bare = self if self._bare is None else self.with_body(self._bare)
        return bare.with_headers(())

    def without(self, name: str) -> SignedRequest:
        """Remove a header.

        Args:
            name: The name of the header.

        Returns:
            The changed request.
        """
        return self.with_headers(pair for pair in self.headers if pair[0] != name)

    def replaced(self, name: str, value: str) -> SignedRequest:
        """Replace the value of a header.

        Args:
            name: The name of the header.
            value: The new value.

        Returns:
            The changed request.
        """
        return self.with_headers((each, value if each == name else own) for each, own in self.headers)

    def doubled(self, name: str, value: str) -> SignedRequest:
        """Add a second header with the same name.

        Args:
            name: The name of the header.
            value: The value of the second one.

        Returns:
            The changed request.
        """
        return self.with_headers((*self.headers, (name, value)))

    def with_body(self, body: bytes) -> SignedRequest:
        """Replace the body and keep the headers.

        Args:
            body: The new body.

        Returns:
            The changed request.
        """
        return SignedRequest(body, self.headers, self.id, self._sign, self._bare)

    def with_headers(self, headers: Iterable[tuple[str, str]]) -> SignedRequest:
        """Replace the headers and keep the body.

        Args:
            headers: Pairs of name and value.

        Returns:
            The changed request.
        """
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
    """Sign a payload as a provider does.

    If the scheme has the signature or the timestamp in the JSON of the body, they are written into it.

    Args:
        payload: Bytes, a JSON value or a typed event.
        signer: Signs the request.
        id: The message id, by default a new one.
        timestamp: Unix seconds or an aware datetime, by default the signer's clock.
        url: The URL to sign, for schemes that sign it.
        method: The HTTP method to sign, for schemes that sign it.

    Returns:
        The request, which you can send or change.

    Raises:
        TypeError: If `payload` is a `str` or another unsupported type, or the scheme signs a `url` that is
            missing.
        ValueError: If the signer cannot sign the payload, such as with an invalid `timestamp`.
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
    """Serialize a payload to a request body.

    Args:
        payload: Bytes, which are not changed, a JSON value or a typed event.

    Returns:
        The body. JSON is compact.

    Raises:
        TypeError: If `payload` is a `str`, which may be JSON already, or another unsupported type.
    """
    if isinstance(payload, str):
        raise TypeError(
            "payload must be bytes, a JSON value or a typed event, not 'str'. Pass payload.encode()"
        )
    if isinstance(payload, bytes | bytearray | memoryview):
        return bytes(cast("bytes", payload))
    if payload is None or isinstance(payload, dict | list | tuple | int | float):
        return json.dumps(cast("Any", payload), separators=(",", ":"), ensure_ascii=False).encode()
    from webhook_verify.testing.events import body_of_event  # Imported here, because it requires msgspec.

    return body_of_event(payload)
