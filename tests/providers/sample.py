"""A genuine delivery of a scheme, from which the suite makes the ones that must be refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from webhook_verify import Scheme, Secret, Signer, Verifier, schemes
from webhook_verify.schemes.body_scheme import BodyScheme

__all__ = [
    "BASE64_SECRET",
    "NOW",
    "OTHER_BASE64_SECRET",
    "OTHER_TEXT_SECRET",
    "OTHER_WHSEC_SECRET",
    "TEXT_SECRET",
    "WHSEC_SECRET",
    "Sample",
    "Signed",
    "json_body",
    "public_key_sample",
    "sign_in_body",
    "text_body",
]

NOW = 1_790_000_000
"""When every sample is signed, in Unix seconds."""

# The secrets of the schemes that read theirs in the same way.
TEXT_SECRET, OTHER_TEXT_SECRET = "9f86d081884c7d659a2feaa0c55ad015", "a text of thirty-two characters."
BASE64_SECRET, OTHER_BASE64_SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
WHSEC_SECRET, OTHER_WHSEC_SECRET = f"whsec_{BASE64_SECRET}", f"whsec_{OTHER_BASE64_SECRET}"

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


# --- what several samples share ---------------------------------------------------------------------


def json_body(**fields: str) -> Callable[[int, str], bytes]:
    """A body with these fields, in which ``{id}`` and ``{timestamp}`` are filled in; a number stays one."""

    def body(timestamp: int, msg_id: str) -> bytes:
        filled = {name: text.format(id=msg_id, timestamp=timestamp) for name, text in fields.items()}
        values = {name: int(text) if text.isdecimal() else text for name, text in filled.items()}
        return json.dumps(values).encode()

    return body


def text_body(text: str) -> Callable[[int, str], bytes]:
    """A body in which ``ID`` stands for the message id."""
    return lambda timestamp, msg_id: text.replace("ID", msg_id).encode()


def sign_in_body(sample: Sample, secret: Any, timestamp: int, msg_id: str) -> Signed:
    """For ``Sample.sign``, where the signature lies in the body."""
    scheme = schemes.resolve(sample.scheme)
    assert isinstance(scheme, BodyScheme)
    secret = secret if isinstance(secret, Secret) else Secret(secret)
    body = sample.body(timestamp, msg_id)
    return scheme.sign_body(body, scheme.signing_key(secret), id=msg_id, timestamp=timestamp), {}


def public_key_sample(scheme: str, pair: tuple[str, str], other: tuple[str, str], body: str) -> Sample:
    """A provider whose public key is the secret. ``{id}`` in the body is the id."""
    return Sample(
        scheme=scheme,
        secret=pair[0],
        other_secret=other[0],
        signing_secret=dict((pair, other)),
        body=lambda _, msg_id: body.replace("{id}", msg_id).encode(),
    )
