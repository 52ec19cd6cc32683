"""The measured deliveries: JSON events of exact sizes, with the headers of each library."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from itertools import cycle

import stripe

from webhook_verify import Signer

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwoUoH3/Vbqo4="
MESSAGE_ID = "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj"

_TEXTS = {
    "ascii": (("Zoe", "Lodz"), ("Ben", "Tokyo, paid :-)"), ("Ann", "Cluj")),
    "utf-8": (("Zoë", "Łódź"), ("Ben", "東京, paid 🎉"), ("Ånn", "Cluj")),
}
KINDS = tuple(_TEXTS)


def event(size: int, kind: str) -> bytes:
    """Return a JSON event of exactly ``size`` bytes.

    Args:
        size: The size in bytes, at least about 180.
        kind: One of `KINDS`. A few percent of the characters of ``utf-8`` are not ASCII.

    Returns:
        The event.

    Raises:
        ValueError: If the size is too small.
    """
    texts = cycle(_TEXTS[kind])
    name, city = next(texts)
    items: list[dict[str, object]] = []
    data = {"id": "in_1PgafYLkdIwHu7ix", "customer": name, "city": city, "items": items, "note": ""}
    whole = {"type": "invoice.paid", "timestamp": "2026-11-05T09:41:07Z", "data": data}
    left = size - len(_encoded(whole))
    while True:
        name, city = next(texts)
        number = len(items)
        item = {"id": f"ii_{number:08}", "name": name, "city": city, "amount": number * 37, "currency": "eur"}
        left -= len(_encoded(item)) + 1
        if left < 0:
            break
        items.append(item)
    data["note"] = "." * (size - len(_encoded(whole)))
    body = _encoded(whole)
    if len(body) != size:
        raise ValueError(f"size must be larger than {size} bytes")
    return body


def _encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Signed:
    """A delivery that is signed now, with its headers in the forms that the contenders accept."""

    body: bytes
    webhook: dict[str, str]
    """The three ``webhook-`` headers."""
    svix: dict[str, str]
    """The same headers, with the prefix ``svix-``."""
    framework: dict[str, str]
    """Ten headers in title case, as from frameworks and WSGI servers."""
    asgi: list[tuple[bytes, bytes]]
    """The same ten headers, as from an ASGI server."""
    stripe: str
    """The value of Stripe-Signature for the same body."""

    @property
    def head(self) -> bytes:
        """The signed content before the body."""
        return f"{MESSAGE_ID}.{self.webhook['webhook-timestamp']}.".encode()

    @property
    def signature(self) -> str:
        """The signature in base64."""
        return self.webhook["webhook-signature"].removeprefix("v1,")


def signed(body: bytes) -> Signed:
    """Sign the body now, and return the delivery."""
    headers = Signer(SECRET).sign(body, id=MESSAGE_ID, timestamp=int(time.time()))
    framework = {
        "Host": "hooks.example.com",
        "User-Agent": "Svix-Webhooks/1.71.0 (sender-9YMgn; +https://www.svix.com/http-sender/)",
        "Content-Length": str(len(body)),
        "Accept": "*/*",
        "Accept-Encoding": "gzip",
        "Content-Type": "application/json",
        "X-Forwarded-For": "192.0.2.17",
        **{name.title(): value for name, value in headers.items()},
    }
    return Signed(
        body=body,
        webhook=headers,
        svix={name.replace("webhook", "svix"): value for name, value in headers.items()},
        framework=framework,
        asgi=[(name.lower().encode(), value.encode()) for name, value in framework.items()],
        stripe=stripe.WebhookSignature.generate_signature_header(body.decode(), SECRET),
    )
