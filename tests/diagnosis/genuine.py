"""Genuine deliveries, of every kind of body and from every provider: what the failures are made of."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from webhook_verify import Scheme, Secret, Verifier, schemes
from webhook_verify.keys import HmacKey
from webhook_verify.verifier import labelled_secrets

__all__ = ["BODIES", "GENUINE_NOW", "Genuine", "genuine", "has_own_body", "signed_by", "takes"]

GENUINE_NOW = NOW
OLD, NEW = datetime.fromisoformat("2020-01-01T00:00Z"), datetime.fromisoformat("2039-01-01T00:00Z")

Pairs = list[tuple[str, str]]


def _compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _items(count: int) -> list[dict[str, object]]:
    return [
        {"sku": f"A-{number:05}", "name": "Café au lait", "price": 100 + number, "paid": number % 2 == 0}
        for number in range(count)
    ]


_EVENT = {
    "type": "invoice.paid",
    "id": "in_1PgafYLkdIwHu7ix",
    "data": {"customer": "cus_42", "amount": 4200, "url": "https://shop.example/in/1"},
    "created": 1_790_000_000,
}
_NESTED = {
    "type": "order.changed",
    "order": {"number": 17, "lines": [{"sku": "B", "count": 2, "tags": []}, {"sku": "A", "note": None}]},
    "buyer": {"name": "Ann", "address": {"zip": "1010", "city": "Wien"}, "vip": True},
}
_WORDS = {
    "type": "note.added",
    "text": "Zoë, Łódź, 東京 🎉",
    "by": "Ånn <ann@shop.example> & co.",
    "url": "https://shop.example/n/7",
}

BODIES: dict[str, bytes] = {
    "small JSON": _compact(_EVENT),
    "nested JSON": _compact(_NESTED),
    "unicode JSON": _compact(_WORDS),
    "escaped JSON": json.dumps(_WORDS, separators=(",", ":")).replace("/", "\\/").encode(),  # as PHP does
    "JSON with blanks": json.dumps(_EVENT).encode(),  # as Python does
    "indented JSON": json.dumps(_NESTED, indent=2).encode() + b"\n",
    "prices": b'{"type":"price.set","total":19.90,"tax":1.0,"rate":1e3,"items":[0.10,2.50],"currency":"EUR"}',
    "form": b"type=paid&name=Zo%C3%AB+M%C3%BCller&amount=42.00&url=https%3A%2F%2Fshop.example%2Fin%2F1",
    "JSON in a form": b"payload=%7B%22type%22%3A%22paid%22%2C%22name%22%3A%22Zo%C3%AB+M%22%7D",
    "40 kB": _compact({"type": "export.done", "items": _items(625)}),
    "empty": b"",
    "binary": bytes(range(256)) * 4,
}
"""A body of each kind, as a sender writes it."""

_URL = "https://shop.example/webhooks/in?shop=17"
_FORMS = {"form", "JSON in a form"}


@dataclass(frozen=True)
class Genuine:
    """One delivery that verifies, and how: a failure is made by changing some of it."""

    scheme: Scheme
    kind: str
    secret: Any
    other_secret: Any
    body: bytes
    headers: dict[str, str]
    url: str | None = None
    method: str | None = None
    now: float = NOW

    @property
    def name(self) -> str:
        return self.scheme.name

    def verifier(self, secret: Any = None) -> Verifier:
        secret = self.secret if secret is None else secret
        return Verifier(secret, scheme=self.scheme, clock=lambda: self.now)

    def retired(self, *, early: bool = False) -> list[Secret]:
        """The right secret outside its window, and another one that is in use."""
        window: dict[str, datetime] = {"not_before": NEW} if early else {"expires_at": OLD}
        return [Secret(self.secret, label="old", **window), Secret(self.other_secret, label="new")]

    @property
    def signing_key(self) -> Any:
        """The sender's key."""
        private = SAMPLES[self.name].signing_secret.get(self.secret, self.secret)
        return self.scheme.signing_key(Secret(private))

    def signed_again(self) -> Genuine:
        """The same delivery, signed by the sender after something of it was changed."""
        return self.signed_with([self.signing_key])

    def signed_with(self, keys: list[Any], *, timestamp: int = NOW) -> Genuine:
        """The same delivery, signed by these keys instead."""
        signed = self.scheme.sign(
            self.body, keys, id="msg_1", timestamp=timestamp, url=self.url, method=self.method
        )
        return replace(self, headers={**self.headers, **signed})

    @property
    def signature_headers(self) -> list[str]:
        """The names of the headers that hold the signature."""
        names = getattr(self.scheme, "signature_headers", None)
        return [
            name
            for name in self.headers
            if name in (names or self.scheme.header_names) and (names or "signature" in name)
        ]


def has_own_body(name: str) -> bool:
    """Whether the sample of a scheme has its own body, which alone it can sign."""
    return SAMPLES[name].sign is not None or schemes.get(name).has_timestamp_in_body or name == "lark"


def takes(name: str, kind: str) -> bool:
    """Whether a scheme can sign a body of that kind."""
    if name.startswith("twilio") or name in ("mandrill", "plivo"):
        return kind in _FORMS
    if name == "lark":
        return False  # its samples have their own body
    return name != "emporix" or kind.endswith("JSON")


@cache
def genuine(name: str, kind: str, *, timestamp: int = NOW, bare: bool = False) -> Genuine:
    """A genuine delivery of a scheme, with a body of that kind.

    ``bare``: with the signed headers alone, as people pass them who pick those out.
    """
    sample = SAMPLES[name]
    body = BODIES[kind]
    url = None if sample.url is None else _URL
    if has_own_body(name) and sample.sign is None:
        kind, body = "its own", sample.body(timestamp, "msg_1")
    if sample.sign is None:
        signer = sample.signer()
        signed = signer.sign(body, id="msg_1", timestamp=timestamp, url=url, method=sample.method)
    else:
        kind, url = "its own", sample.url
        body, signed = sample.signed(timestamp=timestamp)
    others = {
        "host": "shop.example",
        "user-agent": "Sender/1.0",
        "content-type": "application/x-www-form-urlencoded" if kind in _FORMS else "application/json",
        "content-length": str(len(body)),
    }
    headers = {**({} if bare else others), **signed}
    scheme = schemes.resolve(sample.scheme)
    return Genuine(scheme, kind, sample.secret, sample.other_secret, body, headers, url, sample.method)


def signed_by(delivery: Genuine, key: bytes, digest: Callable[[bytes], Any] | None = None) -> Genuine:
    """The same delivery from a sender whose HMAC key are these octets."""
    own = labelled_secrets(delivery.verifier())[0][2]
    assert isinstance(own, HmacKey)
    return delivery.signed_with([own.with_key(key) if digest is None else HmacKey(key, digest)])
