"""Mercado Pago against its library for Python, and the parts that it signs if they are present."""

from __future__ import annotations

from typing import Any

import pytest

from tests.providers.interop import interop
from tests.providers.sample import NOW, TEXT_SECRET
from tests.rows import rows
from webhook_verify import Reason, RejectedDelivery, Signer, TimestampOutsideTolerance, Verifier

URL = "https://example.com/hooks/mercado?data.id=PAY123&type=payment"
BODY = b'{"action": "payment.updated"}'


def _verifier() -> Verifier:
    return Verifier(TEXT_SECRET, scheme="mercado-pago", clock=lambda: NOW)


@interop("mercado-pago", by="mercadopago (PyPI)")
@rows("data_id", ["123456", "pay123", None])
def test_its_library_accepts_what_we_sign(data_id: str | None) -> None:
    webhook = pytest.importorskip("mercadopago.webhook")
    query = f"data.id={data_id}&" if data_id else ""
    url = f"https://example.com/hooks/mercado?{query}type=payment"
    headers = Signer(TEXT_SECRET, scheme="mercado-pago").sign(BODY, id="req-1", timestamp=NOW, url=url)

    validate = webhook.WebhookSignatureValidator.validate
    validate(
        headers["x-signature"], "req-1", data_id, TEXT_SECRET, tolerance_seconds=300, now=lambda: NOW * 1000
    )
    with pytest.raises(webhook.InvalidWebhookSignatureError):
        validate(headers["x-signature"], "req-2", data_id, TEXT_SECRET)
    assert _verifier().verify(BODY, headers, url=url).timestamp_is_signed


CHANGES: dict[str, tuple[str, dict[str, Any], Reason]] = {
    "another id": (URL.replace("PAY123", "PAY124"), {}, Reason.SIGNATURE_MISMATCH),
    "no id": ("https://example.com/hooks/mercado?type=payment", {}, Reason.SIGNATURE_MISMATCH),
    "two ids": (f"{URL}&data.id=1", {}, Reason.UNREADABLE_HEADER),
    "another request id": (URL, {"x-request-id": "req-2"}, Reason.SIGNATURE_MISMATCH),
    "no request id": (URL, {"x-request-id": None}, Reason.SIGNATURE_MISMATCH),
    "the request id in the id": (
        "https://example.com/hooks/mercado?data.id=pay123;request-id:req-1",
        {"x-request-id": None},
        Reason.UNREADABLE_HEADER,
    ),
    "no timestamp": (URL, {"x-signature": f"v1={'0' * 64}"}, Reason.MISSING_HEADER),
    "garbage": (URL, {"x-signature": "garbage"}, Reason.MISSING_HEADER),
}


@rows(("url", "changed", "reason"), CHANGES.values(), ids=CHANGES)
def test_a_changed_part_is_rejected(url: str, changed: dict[str, Any], reason: Reason) -> None:
    headers = Signer(TEXT_SECRET, scheme="mercado-pago").sign(BODY, id="req-1", timestamp=NOW, url=URL)
    with pytest.raises(RejectedDelivery) as caught:
        _verifier().verify(BODY, {**headers, **changed}, url=url)
    assert caught.value.reason is reason


def test_a_stale_timestamp_is_rejected_and_another_body_is_not() -> None:
    signer = Signer(TEXT_SECRET, scheme="mercado-pago")
    with pytest.raises(TimestampOutsideTolerance):
        _verifier().verify(BODY, signer.sign(BODY, timestamp=NOW - 301, url=URL), url=URL)
    delivery = _verifier().verify(b"another body", signer.sign(BODY, timestamp=NOW, url=URL), url=URL)
    assert not delivery.body_is_signed
