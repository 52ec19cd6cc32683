"""Senders of the third held-out batch: what fourteen common providers send, signed here by hand.

Written by a third author, who had not read the diagnosis, nor the batches before: from the providers' pages.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.diagnosis.corpus.failure import Failure
from webhook_verify import Signer, Verifier

__all__ = ["NOW", "SENDERS", "Headers", "Sender", "failure", "mac"]

NOW = 1_790_000_000
Headers = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Sender:
    """A provider, what is configured on both sides, and one body that it sends."""

    scheme: str
    secret: str
    body: bytes
    url: str | None = None
    extra: Headers = field(default_factory=dict[str, str])

    def signed(self, body: bytes, secret: Any, at: int) -> tuple[bytes, Headers]:
        if self.scheme == "discord":
            signature = _DISCORD.sign(str(at).encode() + body).hex()
            return body, {"X-Signature-Ed25519": signature, "X-Signature-Timestamp": str(at), **self.extra}
        signer = Signer(secret, scheme=self.scheme)
        if self.scheme == "mailgun":
            return signer.sign_body(body, timestamp=at, id="7f" * 25), dict(self.extra)
        headers = signer.sign(body, id="msg_2Lh9KRb0pzN4LePd", timestamp=at, url=self.url, method="POST")
        return body, {**headers, **self.extra}


def failure(
    how: str,
    causes: str,
    sender: Sender,
    *,
    body: Callable[[bytes], bytes] = bytes,
    headers: Callable[[Headers], Any] = dict,
    sent: bytes | None = None,
    secret: Any = None,
    signed_with: Any = None,
    scheme: str | None = None,
    at: int = NOW,
    now: int = NOW,
    url: str | None = None,
) -> Failure:
    """What ``sender`` sent ``at``, after its body and headers went wrong, as the receiver sees it ``now``."""
    raw, heads = sender.signed(sender.body if sent is None else sent, signed_with or sender.secret, at)
    verifier = Verifier(
        sender.secret if secret is None else secret, scheme=scheme or sender.scheme, clock=lambda: now + 2
    )
    return Failure(
        how=how,
        causes=frozenset(causes.split()),
        verifier=verifier,
        body=body(raw),
        headers=headers(heads),
        url=url or sender.url,
        made_of=sender.scheme,
    )


def mac(secret: str | bytes, content: bytes, digest: str = "sha256") -> bytes:
    return hmac.digest(secret.encode() if isinstance(secret, str) else secret, content, digest)


_DISCORD = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"third").digest())
_DISCORD_KEY = _DISCORD.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _compact(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


_INVOICE = {
    "id": "evt_1PqXyz2eZvKYlo2C",
    "object": "event",
    "api_version": "2024-06-20",
    "created": NOW - 3,
    "data": {
        "object": {
            "id": "in_1PqXyz",
            "amount_due": 4900,
            "tax_percent": 19.5,
            "customer_name": "Zoë Müller & Søn <GmbH>",
            "hosted_invoice_url": "https://invoice.stripe.com/i/acct_1/test?s=ap&x=1",
            "metadata": {},
            "discounts": [],
            "lines": {
                "data": [{"amount": 4900, "description": "1 \u00d7 Pró", "proration": False}],
                "has_more": False,
            },
            "receipt_number": None,
        }
    },
    "livemode": False,
    "type": "invoice.paid",
}
_PUSH = {
    "ref": "refs/heads/main",
    "before": "6113728f27ae82c7b1a177c8d03f9e96e0adf246",
    "repository": {
        "id": 186853002,
        "full_name": "octo/hello",
        "html_url": "https://github.com/octo/hello",
        "size": 0,
    },
    "pusher": {"name": "mona", "email": "mona@example.com"},
    "commits": [{"id": "6113", "message": "Fix «quotes» 🚀\n\nCloses #7", "distinct": True, "added": []}],
    "head_commit": None,
}
_ORDER = (
    b'{"id":820982911946154508,"admin_graphql_api_id":"gid:\\/\\/shopify\\/Order\\/820982911946154508",'
    b'"email":"jon@example.com","note":"Gr\\u00fc\\u00dfe \\u0026 K\\u00fcsse",'
    b'"total_price":"403.00","taxes_included":false,'
    b'"line_items":[{"id":866550311766439020,"title":"IPod Nano - 8GB","price":"199.00"}],'
    b'"tags":""}'
)
_SLACK = (
    b'{"token":"z26uFbvR1xHJEdHE1OQiO6t8","team_id":"T123ABC456","api_app_id":"A123ABC456",'
    b'"event":{"type":"message",'
    b'"user":"U123","text":"see <https:\\/\\/example.com|caf\\u00e9> \\ud83d\\ude80",'
    b'"ts":"1515449522.000016"},'
    b'"type":"event_callback","event_id":"Ev123ABC456","event_time":1515449522}'
)
_SLASH = (
    b"token=gIkuvaNzQIHg97ATvDxqgjtO&team_id=T0001&team_domain=example&channel_id=C2147483705&channel_name=test"
    b"&user_name=Steve&command=%2Fweather&text=94070+caf%C3%A9"
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2F1234%2F5678"
)
_SMS = (
    b"ToCountry=US&SmsSid=SM80d1"
    b"&Body=Hello+w%C3%B6rld%21+%2B1&From=%2B14155551234&To=%2B14155556789&NumMedia=0"
)
_LARGE = {
    "type": "report.finished",
    "timestamp": "2026-09-21T13:33:20.123456Z",
    "data": [
        {
            "row": n,
            "name": f"Zeile {n}: größer",
            "share": n / 8,
            "ok": n % 3 == 0,
            "url": f"https://x.example/{n}",
        }
        for n in range(420)
    ],
}
_URL = "https://hooks.acme.io/in/webhooks?shop=17&lang=de"

SENDERS: dict[str, Sender] = {
    "stripe": Sender(
        scheme="stripe",
        secret="whsec_Vq8m0c1yRkZ3tXw7nB5pL2sD9fG4hJ6K",
        body=json.dumps(_INVOICE, indent=2, ensure_ascii=False).encode(),
    ),
    "github": Sender(
        scheme="github",
        secret="It's a Secret to Everybody",
        body=_compact(_PUSH),
        extra={
            "X-GitHub-Event": "push",
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/044aadd",
        },
    ),
    "github-form": Sender(
        scheme="github",
        secret="5d0f3a8b7c6e49d2a1b0c9d8e7f6a5b4c3d2e1f0",
        body=b"payload=%7B%22zen%22%3A%22Keep+it+logically+awesome.%22%2C%22hook_id%22%3A42%2C%22name%22%3A%22caf%C3%A9%22%7D",
        extra={"Content-Type": "application/x-www-form-urlencoded"},
    ),
    "slack": Sender(scheme="slack", secret="8f742231b10e8888abcd99yyyzzz85a5", body=_SLACK),
    "slack-form": Sender(
        scheme="slack",
        secret="8f742231b10e8888abcd99yyyzzz85a5",
        body=_SLASH,
        extra={"Content-Type": "application/x-www-form-urlencoded"},
    ),
    "shopify": Sender(scheme="shopify", secret="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", body=_ORDER),
    "standard": Sender(
        scheme="standard-webhooks",
        secret="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        body=_compact(
            {
                "type": "user.updated",
                "timestamp": "2026-09-21T13:33:20Z",
                "data": {"id": 9, "name": "Åsa", "rate": 0.25},
            }
        ),
    ),
    "svix": Sender(
        scheme="svix",
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        body=_compact({"event": "a/b", "n": [1, 2.5, None], "q": "<ü>"}),
    ),
    "large": Sender(scheme="svix", secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", body=_compact(_LARGE)),
    "twilio": Sender(scheme="twilio", secret="b4f1c2d3e4f5a6b7c8d9e0f1a2b3c4d5", body=_SMS, url=_URL),
    "square": Sender(
        scheme="square",
        secret="_jh2pQk8rVb1nT4wXy7zAg",
        body=_compact(
            {
                "merchant_id": "6SSW7HV8K2ST5",
                "type": "payment.updated",
                "event_id": "6a8f",
                "data": {"amount": 100, "note": "crème"},
            }
        ),
        url="https://hooks.acme.io/square",
    ),
    "hubspot": Sender(
        scheme="hubspot",
        secret="0b6c1f3a-2d4e-4f60-9182-a3b4c5d6e7f8",
        body=_compact(
            [
                {
                    "eventId": 1,
                    "subscriptionId": 12345,
                    "portalId": 62515,
                    "occurredAt": NOW * 1000,
                    "changeSource": "CRM",
                    "v": "é",
                }
            ]
        ),
        url="https://hooks.acme.io/hubspot?portal=62515",
    ),
    "mailgun": Sender(
        scheme="mailgun",
        secret="3ec7a1f0b9d84e5c6a7b8c9d0e1f2a3b",
        body=_compact(
            {"event-data": {"event": "opened", "recipient": "alice@example.com", "timestamp": NOW + 0.25}}
        ),
    ),
    "paddle": Sender(
        scheme="paddle",
        secret="pdl_ntfset_01hxyzabcdefghjkmnpqrstvwx_Qm9vYmFyQmF6UXV4",
        body=_compact(
            {
                "event_id": "evt_01",
                "event_type": "transaction.paid",
                "data": {"id": "txn_1", "city": "Kraków", "fee": 1.5},
            }
        ),
    ),
    "discord": Sender(
        scheme="discord",
        secret=_DISCORD_KEY,
        body=_compact({"id": "1", "type": 2, "data": {"name": "blep", "options": []}, "user": "Ünal"}),
    ),
    "telegram": Sender(
        scheme="telegram",
        secret="Zt5_webhook-token-9Q",
        body=_compact({"update_id": 10000, "message": {"text": "/start привет"}}),
    ),
    "zoom": Sender(
        scheme="zoom",
        secret="qK3v9LrTzB2mXw7nYp5sDf",
        body=_compact(
            {
                "event": "meeting.started",
                "payload": {"object": {"topic": "Büro & Co", "duration": 60}},
                "event_ts": NOW * 1000,
            }
        ),
    ),
    "linear": Sender(
        scheme="linear",
        secret="lin_wh_k2Jd8sPq0VbN4mXc7Lz1",
        body=_compact(
            {
                "action": "update",
                "type": "Issue",
                "data": {"title": "Déjà vu", "estimate": 2.5},
                "webhookTimestamp": NOW * 1000,
            }
        ),
    ),
}
