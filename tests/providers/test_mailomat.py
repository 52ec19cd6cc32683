"""Mailomat as Symfony's MailomatRequestParser checks it: `hash_hmac("sha256", "$id.$event.$timestamp")`."""

from __future__ import annotations

import hmac
from typing import Any

import pytest

from tests.providers.interop import interop
from tests.providers.sample import NOW, TEXT_SECRET
from tests.rows import rows
from webhook_verify import Reason, RejectedDelivery, Verifier

HEADERS = {
    "X-MOM-Webhook-Event": "delivered",
    "X-MOM-Webhook-Id": "0192f0a4-8f5d-7c0e-a1c2-1d2e3f405162",
    "X-MOM-Webhook-Timestamp": str(NOW),
}
CONTENT = f"0192f0a4-8f5d-7c0e-a1c2-1d2e3f405162.delivered.{NOW}".encode()
SIGNATURE = f"sha256={hmac.digest(TEXT_SECRET.encode(), CONTENT, 'sha256').hex()}"


def _verify(**changed: Any) -> Any:
    headers = {**HEADERS, "X-MOM-Webhook-Signature": SIGNATURE, **changed}
    return Verifier(TEXT_SECRET, scheme="mailomat", clock=lambda: NOW).verify(b"{}", headers)


@interop("mailomat", by="the content in Symfony's parser")
def test_the_content_of_symfony() -> None:
    delivery = _verify()
    assert (delivery.event_type, delivery.event_type_is_signed) == ("delivered", True)
    assert (delivery.id_is_signed, delivery.body_is_signed) == (True, False)


CHANGES: dict[str, tuple[str, str | None, Reason]] = {
    "another event": ("X-MOM-Webhook-Event", "opened", Reason.SIGNATURE_MISMATCH),
    "no event": ("X-MOM-Webhook-Event", None, Reason.MISSING_HEADER),
    "another id": ("X-MOM-Webhook-Id", "1", Reason.SIGNATURE_MISMATCH),
    "the event in the id": (
        *("X-MOM-Webhook-Id", "0192f0a4-8f5d-7c0e-a1c2-1d2e3f405162.delivered"),
        Reason.UNREADABLE_HEADER,
    ),
    "a stale timestamp": ("X-MOM-Webhook-Timestamp", str(NOW - 301), Reason.TOO_OLD),
    "no prefix": ("X-MOM-Webhook-Signature", SIGNATURE.removeprefix("sha256="), Reason.SIGNATURE_MISMATCH),
}


@rows(("name", "value", "reason"), CHANGES.values(), ids=CHANGES)
def test_a_changed_header_is_rejected(name: str, value: str | None, reason: Reason) -> None:
    with pytest.raises(RejectedDelivery) as caught:
        _verify(**{name: value})
    assert caught.value.reason is reason
