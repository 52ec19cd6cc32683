"""The signed deliveries of a probe, with the configured secrets or unknown ones."""

from __future__ import annotations

import os
import re
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from webhook_verify import schemes
from webhook_verify.cli.probe.endpoint import Endpoint
from webhook_verify.cli.probe.payload import Payload
from webhook_verify.cli.probe.raw_http import RawRequest
from webhook_verify.errors import InvalidSecret
from webhook_verify.keys import HmacKey
from webhook_verify.secret import Secret, derive_keys
from webhook_verify.testing.requests import SignedRequest

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey
    from webhook_verify.schemes import Scheme

__all__ = ["NotApplicable", "Sender", "secrets_like"]


class NotApplicable(Exception):
    """A check does not apply to this scheme. The message is the reason."""


class Sender:
    """Signs deliveries and builds requests from them.

    Args:
        endpoint: The endpoint of the receiver.
        payload: The source of bodies.
        secrets: The current secrets, as the provider shows them.
        old_secrets: Old secrets that are still valid, in the same form.
        scheme: The name of the scheme.
        url: The URL to sign.
        tolerance: The receiver's tolerance in seconds; None for the scheme's tolerance.

    Raises:
        InvalidSecret: If a secret cannot sign.
        ValueError: If the scheme is unknown.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        payload: Payload,
        secrets: Sequence[str],
        *,
        old_secrets: Sequence[str] = (),
        scheme: str = "standard-webhooks",
        url: str,
        tolerance: float | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.payload = payload
        self.scheme: Scheme = schemes.get(scheme)
        self.url = url
        self.tolerance: int = int(self.scheme.tolerance if tolerance is None else tolerance)
        # A receiver with a replay guard may accept retries that keep the first timestamp.
        retry_window = int(schemes.retry_window(self.scheme)) if tolerance is None else 0
        self.max_age: int = max(self.tolerance, retry_window)
        self.keys: list[SigningKey] = self._keys_of(secrets)
        self.old_keys: list[SigningKey] = self._keys_of(old_secrets) if old_secrets else []
        self.secrets: tuple[str, ...] = tuple(text.strip() for text in (*secrets, *old_secrets))
        self._secret_template = self.secrets[0]

    def _keys_of(self, secrets: Sequence[str]) -> list[SigningKey]:
        return [
            key
            for _, _, key in derive_keys(schemes.split_secrets(self.scheme, secrets), self.scheme.signing_key)
        ]

    # Deliveries

    def delivery(
        self,
        keys: Iterable[SigningKey] | None = None,
        *,
        id: str | None = None,
        age: int = 0,
        body: bytes | None = None,
    ) -> SignedRequest:
        """Return a delivery signed `age` seconds ago with these keys, by default the current secrets.

        Raises ValueError for a body that the scheme cannot sign.
        """
        return self._signed(id or f"msg_{uuid4().hex}", int(time.time()) - age, body, keys)

    def _signed(
        self, message_id: str, when: int, body: bytes | None, keys: Iterable[SigningKey] | None
    ) -> SignedRequest:
        content = self.payload.body(message_id, when) if body is None else body
        signing_keys = list(self.keys if keys is None else keys)

        def sign_again(id: str, delay: int) -> SignedRequest:
            return self.delivery(keys, id=id, age=-delay)

        if self.scheme.has_signature_in_body:
            in_body = self.scheme.sign_body(content, signing_keys[0], id=message_id, timestamp=when)
            return SignedRequest(in_body, (), message_id, sign_again, content)
        headers = self.scheme.sign(
            content, signing_keys, id=message_id, timestamp=when, url=self.url, method="POST"
        )
        return SignedRequest(content, headers.items(), message_id, sign_again)

    def retry(self, first: SignedRequest) -> SignedRequest:
        """Return the provider's next attempt at a delivery: the same id and body, signed now."""
        return self.delivery(id=first.id, body=first.body)

    def unknown_key(self) -> SigningKey:
        """Return an unknown key of the same kind. Raises NotApplicable if none can be generated."""
        for text in secrets_like(self._secret_template):
            with suppress(InvalidSecret):
                return self.scheme.signing_key(Secret(text, label="stranger"))
        raise NotApplicable("probe cannot generate another secret of this kind")

    def hmac_key(self, raw: bytes) -> SigningKey:
        """Return an HMAC key with these bytes. Raises NotApplicable if the scheme has other keys."""
        key = self.keys[0]
        if not isinstance(key, HmacKey):
            raise NotApplicable("the scheme does not use HMAC keys")
        return key.with_key(raw)

    # Requests

    def post(
        self,
        request: SignedRequest,
        *,
        method: str = "POST",
        chunks: Sequence[bytes] = (),
        pause: float = 0.0,
    ) -> RawRequest:
        """Build a request with a Content-Length; `chunks` are the body's parts, if sent separately."""
        head = self.endpoint.head(request.headers, f"Content-Length: {len(request.body)}", method=method)
        if chunks:
            return RawRequest(head, tuple(chunks), pause)
        return RawRequest(head + request.body)

    def chunked(self, request: SignedRequest, chunks: Iterable[bytes]) -> RawRequest:
        """Build a request with chunked transfer encoding."""
        chunks = [b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks if chunk]
        return RawRequest(
            self.endpoint.head(request.headers, "Transfer-Encoding: chunked"), (*chunks, b"0\r\n\r\n")
        )

    def head_with_framing(self, request: SignedRequest, *framing: str) -> bytes:
        """Return the head of a request with these header lines for the length of the body."""
        return self.endpoint.head(request.headers, *framing)


_HEX, _BASE64 = re.compile(r"(?:[0-9a-f]{2}){8,}"), re.compile(r"(?:[A-Za-z0-9+/]{4}){4,}={0,2}")


def secrets_like(secret: str) -> Iterator[str]:
    """Yield random secrets in the same format, the likeliest first; none for a PEM key."""
    if secret.startswith("-----"):
        return
    if secret.startswith("whsk_"):
        from webhook_verify import asymmetric  # imported here, because it requires cryptography

        yield "whsk_" + b64encode(asymmetric.generate()[0]).decode()
        return
    if ":" in secret:  # user:password of Basic authentication
        yield secret.partition(":")[0] + ":" + os.urandom(16).hex()
    if secret.startswith("whsec_"):
        yield "whsec_" + b64encode(os.urandom(32)).decode()
    if _HEX.fullmatch(secret):
        yield os.urandom(len(secret) // 2).hex()
    if _BASE64.fullmatch(secret):
        yield b64encode(os.urandom(32)).decode()
    # Same length, because a token of another length might be refused only for its length.
    yield os.urandom(len(secret)).hex()[: max(len(secret), 16)]
    yield b64encode(os.urandom(32)).decode()
