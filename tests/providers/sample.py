"""A genuine delivery of each scheme, from which the suite makes the ones that must be refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from webhook_verify import Scheme, Signer, Verifier, schemes

__all__ = ["NOW", "Sample", "Signed"]

NOW = 1_790_000_000
"""When every sample is signed, in Unix seconds."""

Signed = tuple[bytes, dict[str, str]]


@cache
def _signer(secret: Any, scheme: str | Scheme) -> Signer:
    """Made once: to read a private RSA key takes 40 ms."""
    return Signer(secret, scheme=scheme)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """How one scheme is signed in the tests; what the ``Signer`` cannot do is done by ``sign``.

    ``body``: of a delivery that is signed at that time, whose message id is that (where the body has any).
    ``sign``: (sample, secret, timestamp, message id) to (body, headers). ``unsigned``: what of the body
    or headers may be changed without harm, in words, for the page and the reader.
    """

    scheme: str | Scheme
    secret: Any
    other_secret: Any
    body: Callable[[int, str], bytes] = lambda timestamp, msg_id: b'{"type": "invoice.paid"}'
    sign: Callable[[Sample, Any, int, str], Signed] | None = None
    signing_secret: Mapping[Any, Any] = field(default_factory=dict)  # of a public key: the private one
    url: str | None = None
    method: str | None = None

    @property
    def name(self) -> str:
        return schemes.resolve(self.scheme).name

    @property
    def origin(self) -> str | None:
        """What a receiver is told of the address, ``public_url``; None where none is signed."""
        return None if self.url is None else "/".join(self.url.split("/")[:3])

    @property
    def target(self) -> str:
        """The path and query of the address."""
        return "/hook" if self.url is None else self.url.removeprefix(str(self.origin))

    def verifier(self, secret: Any = None, *, now: float = NOW) -> Verifier:
        secret = self.secret if secret is None else secret
        return Verifier(secret, scheme=self.scheme, clock=lambda: now)

    def signer(self, secret: Any = None) -> Signer:
        secret = self.secret if secret is None else secret
        return _signer(self.signing_secret.get(secret, secret), self.scheme)

    def signed(self, secret: Any = None, *, timestamp: int = NOW, id: str = "msg_1") -> Signed:
        secret = self.secret if secret is None else secret
        if self.sign is not None:
            return self.sign(self, secret, timestamp, id)
        body = self.body(timestamp, id)
        headers = self.signer(secret).sign(body, id=id, timestamp=timestamp, url=self.url, method=self.method)
        return body, headers

    def verify(self, verifier: Verifier, body: bytes, headers: Any) -> Any:
        return verifier.verify(body, headers, url=self.url, method=self.method)
