"""Deliveries that programs sent over the network, in tests/data/senders: what each signs, and how."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.providers.interop import interop
from tests.rows import rows
from webhook_verify import Delivery, RejectedDelivery, SignatureMismatch, TimestampOutsideTolerance, Verifier

FOLDER = Path(__file__).parents[1] / "data" / "senders"


def captured(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return case


def verify(scheme: str, case: Mapping[str, Any], secret: Any = None, **changes: Any) -> Delivery:
    now = changes.get("clock", case["clock"])
    verifier = Verifier(case["secret"] if secret is None else secret, scheme=scheme, clock=lambda: now)
    body = changes.get("body", case["body"].encode())
    return verifier.verify(body, {**case["headers"], **changes.get("headers", {})})


WEBLATE_ID = "e4788cc3d0bf5b5ea0d7f452110deb26"

# (file, scheme, id, event type, whether a timestamp is signed)
ACCEPTED = [
    (
        "py-weblate-fraction-timestamp",
        "weblate",
        "e4788cc3d0bf5b5ea0d7f452110deb26",
        "Translation added",
        True,
    ),
    ("py-netbox", "netbox", "", "created", False),
    ("py-netbox-put", "netbox", "", "created", False),
    ("py-mlflow", "mlflow", "48f23c28-5047-418b-9b02-271acb87fa69", "created", True),
    ("py-django-webhook-one-secret", "django-webhook", "", "auth.User/delete", True),
    ("py-django-webhook-two-secrets", "django-webhook", "", "auth.User/create", True),
    ("py-saleor-hmac", "saleor-hmac", "", "order_created", False),
    (
        "py-django-outbound-rotation",
        "standard-webhooks",
        "8585a7a2-4da8-4e68-a734-dfd638b12d17",
        "shop.OrderPlaced",
        True,
    ),
    ("go-gogs-form-payload-field", "gogs", "3f8e2c1a-0000-4000-8000-000000000001", "issues", False),
    ("go-outpost-rotation-prefix", "outpost", "evt_1", "user.created", False),
]


@interop("weblate", by="a delivery of Weblate 2026.10 (recorded)")
@interop("netbox", by="deliveries of NetBox (recorded)")
@interop("mlflow", by="a delivery of MLflow 3.17.2 (recorded)")
@interop("django-webhook", by="deliveries of django-webhook 0.0.15 (recorded)")
@interop("saleor-hmac", by="a delivery of Saleor 3.24 (recorded)")
@interop("gogs", by="a delivery of Gogs 0.15 (recorded)")
@interop("outpost", by="a delivery of Outpost's own server (recorded)")
@rows(("name", "scheme", "message_id", "event_type", "is_dated"), ACCEPTED)
def test_a_captured_delivery(
    name: str, scheme: str, message_id: str, event_type: str, is_dated: bool
) -> None:
    case = captured(name)

    delivery = verify(scheme, case)

    assert (delivery.id, delivery.event_type, delivery.timestamp_is_signed) == (
        message_id,
        event_type,
        is_dated,
    )
    # Blanks around the values of headers do not belong to them.
    padded = {header: f"\t{value} " for header, value in case["headers"].items()}
    assert verify(scheme, case, headers=padded).id == message_id
    with pytest.raises(SignatureMismatch):
        verify(scheme, case, body=case["body"].encode().replace(b"e", b"E", 1))
    with pytest.raises(SignatureMismatch):
        verify(scheme, case, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
    for later in (-301, 301):
        stale = {"clock": case["clock"] + later}
        if is_dated and scheme != "mlflow":
            with pytest.raises(TimestampOutsideTolerance):
                verify(scheme, case, **stale)
    for header in case["headers"]:
        for value in ("", "x", "\xff", "v1,", "=", ",,,"):
            try:
                verify(scheme, case, headers={header: value})
            except RejectedDelivery:
                continue


def test_only_the_json_of_a_form_is_signed() -> None:
    case = captured("go-gogs-form-payload-field")
    body = case["body"].encode()
    for other in (body + b"&admin=1", b"a=1&" + body):
        delivery = verify("gogs", case, body=other)
        assert delivery.signed_body == verify("gogs", case).signed_body
        assert delivery.json()["action"] == "opened"
    for other in (body + b"&" + body, body + b"&payload=", body.replace(b"payload", b"Payload")):
        with pytest.raises(RejectedDelivery):
            verify("gogs", case, body=other)


@interop("webhookx", by="deliveries of WebhookX 1.2.0 (recorded)")
def test_webhookx_signs_a_retry_again() -> None:
    case = captured("go-webhookx-retry-new-time")
    for each in case["deliveries"]:
        assert verify("webhookx", {**case, **each}).id == "evt_1"


@interop("supabase", by="deliveries of Supabase Auth (recorded)")
def test_supabase_gives_each_attempt_an_id() -> None:
    case = captured("go-supabase-retry-new-id")
    assert len({verify("supabase", {**case, **each}).id for each in case["deliveries"]}) == 3


@interop("convoy", by="a delivery of Convoy 26.6 (recorded)")
def test_convoy_signs_compact_json() -> None:
    """Published with spaces, the JSON is sent with them, and only the compact JSON verifies."""
    case = captured("go-convoy-sent-with-blanks")
    compact = json.dumps(json.loads(case["body"]), separators=(",", ":")).encode()
    assert verify("convoy", case, body=compact).timestamp_is_signed
    with pytest.raises(SignatureMismatch):
        verify("convoy", case)


@rows("name", ["go-outpost-standard-metadata-named-webhook-id"])
def test_what_the_sender_broke_is_rejected(name: str) -> None:
    with pytest.raises(SignatureMismatch):
        verify("standard-webhooks", captured(name))


# --- the fraction of a timestamp ------------------------------------------------------------------

FRACTIONS = {
    "1795974560.107991": True,
    "1795974560.1": True,
    "1795974560.000000000": True,
    "1795974560": True,
    "1795974560.": False,
    "1795974560.1079910000": False,
    "1795974560.1.2": False,
    "1795974560,107": False,
    "1795974560.1e3": False,
    "1795974560.-1": False,
    "1795974560.\u0661": False,
    "01795974560.1": False,
    "1795974561.1": False,
    ".1": False,
    "1795974560 .1": False,
}


@rows(("text", "is_accepted"), FRACTIONS.items())
def test_a_fraction_of_a_second_is_not_signed(text: str, is_accepted: bool) -> None:
    case = captured("py-weblate-fraction-timestamp")
    changed = {"headers": {"webhook-timestamp": text}}
    if is_accepted:
        assert int(verify("weblate", case, **changed).timestamp.timestamp()) == 1795974560
    else:
        with pytest.raises(RejectedDelivery):
            verify("weblate", case, **changed)
    if "." in text:
        with pytest.raises(RejectedDelivery):
            verify("standard-webhooks", case, **changed)
