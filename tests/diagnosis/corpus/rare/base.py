"""Failures by somebody who had not read the diagnosis: what they are made of.

The corpus beside this one and the rules have one author. These failures were written, and the diagnosis was
measured with them, before their author read a rule; where two names of a cause are both true, both are.
"""

from __future__ import annotations

import hmac
import json
import warnings
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.diagnosis.corpus.failure import Failure
from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from webhook_verify import Signer, Verifier

__all__ = [
    "ANY",
    "BIG",
    "BODIES",
    "NOW",
    "REWRITTEN",
    "SECRETS",
    "Sent",
    "b64",
    "by_hand",
    "in_turn",
    "mac",
    "sent",
]

SECRETS: dict[str, str] = {
    "standard-webhooks": "whsec_8Yb2cZrP0u4XqkTn1WvHsJ7eLmAoGdFi3RtUyCxQ9Kw=",
    "svix": "whsec_plJ3nmyCDGBKInavdOK15jsl",
    "clerk": "whsec_Q0hFQ0sgeW91ciBkYXNoYm9hcmQsIG1hbg==",
    "stripe": "whsec_5Wq0uY3nV8pLr2TzXc7kBdM1aEfGhJ4s",
    "github": "3f7c1d9be2a04c0f8a6b5d4e3c2b1a09",
    "shopify": "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",
    "slack": "e6b19c573432dcc6b075501d51b51bb8",
    "paddle": "pdl_ntfset_01hz9k_Vn2mQ8sT4xR7yB1cL5",
    "zoom": "Zq7-SecretToken_2x9L",
    "square": "Ibxx_5AKakO-3qeNVR7Fuw",
    "hubspot": "4b1c2d3e-5f60-4718-92a3-b4c5d6e7f801",
    "twilio": "7d8e9fa0b1c2d3e4f5061728394a5b6c",
    "linear": "lin_wh_Kd83jsPq01mZxV7bTn2c",
    "zendesk": "dGVzdC1zZWNyZXQtZm9yLXplbmRlc2std2ViaG9vaw==",
    "typeform": "tf-secret-1c9Xo4Qw",
    "meta": "a1b2c3d4e5f60718293a4b5c6d7e8f90",
    "gitlab-token": "glwt-9x8y7z6w5v4u3t2s1r0q",
    "telegram": "tg_Secret-Token_2026",
    "mailgun": "key-2f1e0d9c8b7a69584736251403f2e1d0",
    "emporix": "emporix shared secret of ours, long",
    "mux": "qv9k3n2m1l0p8o7i6u5y4t3r2e1w0q9a",
}
"""What is configured; of the providers that are not here, what the suite of providers has."""

HOOK = "https://hooks.acme.example/in/payments?shop=7&mode=live%20now"

_FORM = (
    b"token=gIkuvaNzQIHg97ATvDxqgjtO&team_domain=example"
    b"&text=caf%C3%A9+%26+cr%C3%A8me%21&user_name=Steve&empty="
)
_PARTS = (
    b'--8fB\r\nContent-Disposition: form-data; name="subject"\r\n\r\nHello\r\n--8fB\r\n'
    b'Content-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    b"line one\nline two\r\n--8fB--\r\n"
)
_RECORDS = json.loads((Path(__file__).parent / "bodies.json").read_text("utf-8"))
BIG = json.dumps(
    {
        "orders": [
            {"id": 10**17 + n, "name": f"Stück {n}", "price": n / 4, "tags": ["a", None]} for n in range(340)
        ]
    },
    ensure_ascii=False,
    indent=1,
).encode()
"""40 kB."""
BODIES: dict[str, bytes] = {
    **{name: text.encode() for name, text in _RECORDS["sent"].items()},
    "form": _FORM,
    "multipart": _PARTS,
    "binary": bytes(range(256)) + b"\x89PNG\r\n\x1a\n\0\0" + bytes(range(255, 0, -3)),
    "xml": b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<order id="1"><name>M\xc3\xbcller &amp; Co</name></order>\n',
    "text": b"ping",
    "empty": b"",
    "big": BIG,
}
"""What is sent: JSON as these providers write it, and what is no JSON."""
REWRITTEN: list[dict[str, str]] = _RECORDS["rewritten"]
"""What real tools made of it: ``tools``, ``of``, ``body``. Recorded of Node, PHP, Ruby, Go, Java ..."""


@cache
def _signer(scheme: str, secret: str | bytes) -> Signer:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of the secrets are weak
        return Signer(secret, scheme=scheme)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A delivery as its provider sends it. ``headers``: those of the provider, in lower case."""

    scheme: Any
    secret: Any
    body: bytes
    headers: Mapping[str, str]
    url: str | None
    about: str = ""
    noise: Mapping[str, str] = field(default_factory=dict)

    @property
    def one(self) -> str:
        """The name of the header with the signature."""
        return next(name for name in self.headers if "signature" in name or "hmac" in name or "token" in name)

    def arrives(
        self,
        causes: str,
        how: str,
        *,
        body: bytes | str | None = None,
        headers: Any = None,
        secret: Any = None,
        scheme: Any = None,
        url: Any = ...,
        now: float = NOW,
    ) -> Failure:
        """What comes of it when this is changed. ``causes``: the names of the causes, between blanks."""
        shown = self.headers if headers is None else headers
        is_mapping = isinstance(shown, Mapping)
        shown = {**self.noise, **shown} if is_mapping else [*self.noise.items(), *shown]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            verifier = Verifier(
                self.secret if secret is None else secret, scheme=scheme or self.scheme, clock=lambda: now
            )
        return Failure(
            causes=frozenset(causes.split()),
            how=how,
            verifier=verifier,
            body=self.body if body is None else body,
            headers=shown,
            url=self.url if url is ... else url,
            method="POST",
            made_of=f"{self.scheme}, {self.about}",
        )

    def sends(self, causes: str, how: str, *, body: bytes) -> Failure:
        """What comes of it when its sender sends this body instead: its Content-Length is right."""
        noise = {**self.noise, "content-length": str(len(body)), "content-type": _type_of(body)}
        return replace(self, noise=noise).arrives(causes, how, body=body)

    def header(self, value: str, name: str = "") -> dict[str, str]:
        """The headers with another value of the signature's, or of the one of that name."""
        return {**self.headers, name or self.one: value}

    @property
    def signature(self) -> str:
        """The value of the signature's header."""
        return self.headers[self.one]


def sent(
    scheme: str, body: bytes | str = "", *, at: int = NOW, secret: Any = None, url: str | None = None
) -> Sent:
    """A genuine delivery. ``body``: bytes, or the name of one of :data:`BODIES`; "" is the provider's own."""
    about = body if isinstance(body, str) else "its own"
    if (
        scheme in ("linear", "mailgun", "adyen", "microsoft-graph", "twilio", "aws-sns", "plaid")
        and body == ""
    ):
        return _of_sample(scheme, at)
    if isinstance(body, str):
        body = BODIES[body or (scheme if scheme in BODIES else "svix")]
    sample = SAMPLES.get(scheme)
    secret = secret or SECRETS.get(scheme) or (sample and sample.secret)
    private = sample.signing_secret.get(secret, secret) if sample else secret
    if sample and sample.url:
        url = url or HOOK
    headers = _signer(scheme, private).sign(body, id="evt_4Kq9", timestamp=at, url=url, method="POST")
    return _sent(scheme, secret, body, headers, url, about or scheme)


ANY = (
    "github",
    "stripe",
    "shopify",
    "svix",
    "slack",
    "zoom",
    "square",
    "hubspot",
    "discord",
    "typeform",
    "paddle",
    "zendesk",
)


def in_turn() -> Callable[[bytes | str], Sent]:
    """A function of a body, as of :func:`sent`: each of :data:`ANY` sends one after the other."""
    turn = cycle(ANY)
    return lambda body: sent(next(turn), body)


def _of_sample(scheme: str, at: int) -> Sent:
    sample = SAMPLES[scheme]
    secret = SECRETS.get(scheme, sample.secret)
    body, headers = sample.signed(secret, timestamp=at)
    return _sent(sample.scheme, secret, body, headers, sample.url, scheme)


def _type_of(body: bytes) -> str:
    if body[:2] == b"--":
        return "multipart/form-data; boundary=8fB"
    for start, kind in (
        (b"{", "application/json"),
        (b"[", "application/json; charset=utf-8"),
        (b"<", "text/xml"),
    ):
        if body.lstrip(b"\xef\xbb\xbf").startswith(start):
            return kind
    return (
        "application/x-www-form-urlencoded"
        if b"=" in body[:32] and body.isascii()
        else "application/octet-stream"
    )


def _sent(
    scheme: Any, secret: Any, body: bytes, headers: Mapping[str, str], url: str | None, about: str
) -> Sent:
    noise = {
        "host": "hooks.acme.example",
        "user-agent": "Provider-Webhooks/1.0",
        "accept": "*/*",
        "content-length": str(len(body)),
        "content-type": _type_of(body),
        "x-request-id": "5e0c2f3a-77aa-4e43-b1bf-95a3b9e7d001",
        "x-forwarded-proto": "https",
    }
    lower = {name.lower(): value for name, value in headers.items()}
    return Sent(scheme=scheme, secret=secret, body=body, headers=lower, url=url, about=about, noise=noise)


def mac(key: str | bytes, content: bytes, digest: str = "sha256") -> bytes:
    """The HMAC, by the standard library."""
    return hmac.digest(key.encode() if isinstance(key, str) else key, content, digest)


def b64(value: str | bytes) -> str:
    return b64encode(value.encode() if isinstance(value, str) else value).decode()


def by_hand(
    scheme: str, headers: Mapping[str, str], body: bytes, secret: Any = None, about: str = "by hand"
) -> Sent:
    """What a sender of one's own sends, with headers that are written out."""
    url = HOOK if scheme in ("hubspot", "square") else None
    return _sent(scheme, secret or SECRETS[scheme], body, headers, url, about)
