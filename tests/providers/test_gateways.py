"""Gateways sign what they forward: which signature shows what, and both one after the other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from tests.rows import rows
from tools.provider_pages import page
from webhook_verify import Delivery, RejectedDelivery, SignatureMismatch, TimestampOutsideTolerance, Verifier
from webhook_verify import schemes as registry

GATEWAYS = ["hookdeck", "svix-ingest"]
DAY = 86_400


def test_the_gateways() -> None:
    assert [name for name in registry.names() if registry.get(name).is_gateway] == GATEWAYS
    for name in registry.names():
        assert ("| signed by | a gateway, **not the provider**" in page(registry.get(name))) is (
            name in GATEWAYS
        )


def forwarded(name: str, *, now: int) -> tuple[bytes, dict[str, str]]:
    """A delivery of Stripe from NOW, which the gateway signs later."""
    body, headers = SAMPLES["stripe"].signed(timestamp=NOW)
    signer = SAMPLES[name].signer()
    return body, headers | signer.sign(body, id="msg_of_the_gateway", timestamp=now)


def verify_both(
    name: str, body: bytes, headers: dict[str, str], now: int, tolerance: timedelta | None = None
) -> Delivery:
    SAMPLES[name].verifier(now=now).verify(body, headers)
    options = {} if tolerance is None else {"tolerance": tolerance}
    return Verifier(SAMPLES["stripe"].secret, scheme="stripe", clock=lambda: now, **options).verify(
        body, headers
    )


@rows("name", GATEWAYS)
def test_both_signatures_are_valid_a_day_later(name: str) -> None:
    body, headers = forwarded(name, now=NOW + DAY)
    delivery = verify_both(name, body, headers, NOW + DAY, timedelta(days=2))
    assert (delivery.scheme, delivery.id, delivery.timestamp.timestamp()) == ("stripe", "msg_1", NOW)

    with pytest.raises(TimestampOutsideTolerance):
        verify_both(name, body, headers, NOW + DAY)
    strict = Verifier(SAMPLES["stripe"].secret, scheme="stripe", clock=lambda: NOW + DAY)
    assert strict.verify_at(body, headers, received_at=NOW + 2).id == "msg_1"


@rows("name", GATEWAYS)
def test_each_signature_is_needed(name: str) -> None:
    body, headers = forwarded(name, now=NOW)
    for changed in (
        {**headers, "stripe-signature": headers["stripe-signature"][:-1] + "x"},
        {key: value for key, value in headers.items() if key != "stripe-signature"},
        {key: value for key, value in headers.items() if key == "stripe-signature"},
        SAMPLES[name].signer(SAMPLES[name].other_secret).sign(body, id="m", timestamp=NOW)
        | {"stripe-signature": headers["stripe-signature"]},
    ):
        with pytest.raises(RejectedDelivery):
            verify_both(name, body, changed, NOW)
    with pytest.raises(SignatureMismatch):
        verify_both(name, body + b" ", headers, NOW)


def test_while_hookdecks_secret_is_replaced_the_old_signature_is_in_the_second_header() -> None:
    sample = SAMPLES["hookdeck"]
    body, headers = sample.signed()
    _, others = sample.signed(sample.other_secret)
    both = {
        "x-hookdeck-signature": others["x-hookdeck-signature"],
        "x-hookdeck-signature-2": headers["x-hookdeck-signature"],
    }
    assert sample.verifier().verify(body, both).body == body
