"""Genuine deliveries for the receiver under test, and those of strangers: :class:`Sender`."""

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
from webhook_verify.cli.probe.raw_http import Sending
from webhook_verify.errors import InvalidSecret
from webhook_verify.keys import HmacKey
from webhook_verify.secret import Secret, keys_of
from webhook_verify.testing.requests import SignedRequest

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey

__all__ = ["LeftOut", "Sender", "of_shape"]


class LeftOut(Exception):
    """A row says nothing about this scheme, or cannot be sent in it. Its message says why."""


class Sender:
    """Signs deliveries and writes them as requests.

    ``secrets`` and ``old`` are texts as the provider shows them; ``url``: as the scheme signs it;
    ``tolerance``: of the receiver, in seconds. Raises InvalidSecret for a secret that cannot sign, and
    ValueError for an unknown scheme.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        payload: Payload,
        secrets: Sequence[str],
        *,
        old: Sequence[str] = (),
        scheme: str = "standard-webhooks",
        url: str,
        tolerance: float | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.payload = payload
        self.scheme = schemes.get(scheme)
        self.url = url
        self.tolerance = int(self.scheme.tolerance if tolerance is None else tolerance)
        self.keys = self._keys_of(secrets)
        self.old_keys = self._keys_of(old) if old else []
        self.secrets = tuple(text.strip() for text in (*secrets, *old))
        self._shape = self.secrets[0]

    def _keys_of(self, secrets: Sequence[str]) -> list[SigningKey]:
        return [key for _, _, key in keys_of(list(secrets), self.scheme.signing_key)]

    # Deliveries

    def delivery(
        self,
        keys: Iterable[SigningKey] | None = None,
        *,
        id: str | None = None,
        age: int = 0,
        body: bytes | None = None,
    ) -> SignedRequest:
        """A delivery that was signed ``age`` seconds ago with these keys, by default the secrets of now.

        Raises ValueError for a body that the scheme cannot sign.
        """
        return self._signed(id or f"msg_{uuid4().hex}", int(time.time()) - age, body, keys)

    def _signed(
        self, msg_id: str, when: int, body: bytes | None, keys: Iterable[SigningKey] | None
    ) -> SignedRequest:
        content = self.payload.body(msg_id, when) if body is None else body
        signing = list(self.keys if keys is None else keys)

        def again(id: str, by: int) -> SignedRequest:
            return self.delivery(keys, id=id, age=-by)

        if self.scheme.has_signature_in_body:
            in_body = self.scheme.sign_body(content, signing[0], id=msg_id, timestamp=when)
            return SignedRequest(in_body, (), msg_id, again, content)
        headers = self.scheme.sign(content, signing, id=msg_id, timestamp=when, url=self.url, method="POST")
        return SignedRequest(content, headers.items(), msg_id, again)

    def retry(self, first: SignedRequest) -> SignedRequest:
        """The provider's next attempt at a delivery: the same id and body, signed now."""
        return self.delivery(id=first.id, body=first.body)

    def stranger(self) -> SigningKey:
        """A key of nobody's, of the same kind. Raises LeftOut where none can be made."""
        for text in of_shape(self._shape):
            with suppress(InvalidSecret):
                return self.scheme.signing_key(Secret(text, label="stranger"))
        raise LeftOut("no other secret of this kind can be made here")

    def hmac_of(self, octets: bytes) -> SigningKey:
        """An HMAC key of these octets. Raises LeftOut where the scheme has other keys."""
        key = self.keys[0]
        if not isinstance(key, HmacKey):
            raise LeftOut("the scheme's keys are no HMAC keys")
        return key.of_same_digest(octets)

    # Requests

    def post(
        self,
        request: SignedRequest,
        *,
        method: str = "POST",
        pieces: Sequence[bytes] = (),
        pause: float = 0.0,
    ) -> Sending:
        """As a request with a length; ``pieces`` are the body's, if it is to come in several."""
        head = self.endpoint.head(request.headers, f"Content-Length: {len(request.body)}", method=method)
        if pieces:
            return Sending(head, tuple(pieces), pause)
        return Sending(head + request.body)

    def chunked(self, request: SignedRequest, pieces: Iterable[bytes]) -> Sending:
        """As a request whose body comes in chunks, without a length."""
        chunks = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces if piece]
        return Sending(
            self.endpoint.head(request.headers, "Transfer-Encoding: chunked"), (*chunks, b"0\r\n\r\n")
        )

    def framed(self, request: SignedRequest, *framing: str) -> bytes:
        """The head of a request with these lines about its body."""
        return self.endpoint.head(request.headers, *framing)


_HEX, _BASE64 = re.compile(r"(?:[0-9a-f]{2}){8,}"), re.compile(r"(?:[A-Za-z0-9+/]{4}){4,}={0,2}")


def of_shape(secret: str) -> Iterator[str]:
    """Fresh secrets that look like this one, the likeliest first; none for a PEM."""
    if secret.startswith("-----"):
        return
    if secret.startswith("whsk_"):
        from webhook_verify import asymmetric  # here, because it needs cryptography

        yield "whsk_" + b64encode(asymmetric.generate()[0]).decode()
        return
    if secret.startswith("whsec_"):
        yield "whsec_" + b64encode(os.urandom(32)).decode()
    if _HEX.fullmatch(secret):
        yield os.urandom(len(secret) // 2).hex()
    if _BASE64.fullmatch(secret):
        yield b64encode(os.urandom(32)).decode()
    # A token of another length might be refused for its length alone.
    yield os.urandom(len(secret)).hex()[: max(len(secret), 16)]
    yield b64encode(os.urandom(32)).decode()
