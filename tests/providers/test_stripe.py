"""Stripe: interoperability with its library, in both directions, and known pitfalls."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import stripe

from tests.providers.interop import interop
from tests.providers.pitfalls import (
    SignedBy,
    assert_refused,
    assert_taken_when_late,
    assert_two_times_refused,
    mac,
)
from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from webhook_verify import SignatureMismatch, Signer, Verifier

BODY = '{"id": "evt_1", "object": "event", "event_id": "evt_1", "name": "Grüße"}'.encode()
CHANGED = BODY.replace(b"evt_1", b"evt_2")
STRIPE = SAMPLES["stripe"]


def now() -> int:
    """The libraries know no other clock."""
    return int(time.time())


@interop("stripe", by="stripe (PyPI)")
@pytest.mark.parametrize("secret", [STRIPE.secret, STRIPE.other_secret])
def test_stripe_takes_what_we_sign_with_several_secrets(secret: str) -> None:
    headers = Signer([STRIPE.secret, STRIPE.other_secret], scheme="stripe").sign(BODY)
    assert headers["stripe-signature"].count("v1=") == 2

    event = stripe.Webhook.construct_event(BODY, headers["stripe-signature"], secret)

    assert event.id == "evt_1"
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(CHANGED, headers["stripe-signature"], secret)


def _stripe_header(secret: str = STRIPE.secret, timestamp: int | None = None) -> str:
    header = stripe.WebhookSignature.generate_signature_header(BODY.decode(), secret, timestamp)
    assert isinstance(header, str)
    return header


# Made when a test asks for one: Stripe's library signs with the time of now.
STRIPE_HEADERS: dict[str, Callable[[], str]] = {
    "one signature": _stripe_header,
    "one of another version beside it": lambda: _stripe_header() + ",v0=" + "0" * 64,
    "a wrong one before it": lambda: _stripe_header().replace("v1=", f"v1={'0' * 64},v1="),
    "a blank after the comma": lambda: _stripe_header().replace(",", ", "),
    "from the future, which Stripe's library takes": lambda: _stripe_header(timestamp=now() + 3600),
}


@interop("stripe", by="stripe (PyPI), signing")
@pytest.mark.parametrize("make_header", STRIPE_HEADERS.values(), ids=STRIPE_HEADERS)
def test_we_take_what_stripe_signs(make_header: Callable[[], str]) -> None:
    header = make_header()
    verifier = Verifier(STRIPE.secret, scheme="stripe")

    delivery = verifier.verify(BODY, {"Stripe-Signature": header})

    assert (delivery.id, delivery.id_is_signed, delivery.timestamp_is_signed) == ("evt_1", True, True)
    with pytest.raises(SignatureMismatch):
        verifier.verify(CHANGED, {"Stripe-Signature": header})


# --- pitfalls ---------------------------------------------------------------------------------------


# What an attacker, or a careless reader of the documentation, sends for the body.
FOREIGN: dict[str, SignedBy] = {
    "Stripe's v0": lambda body: {
        "stripe-signature": f"t={NOW},v0={mac('stripe', b'%d.%b' % (NOW, body)).hex()}"
    },
    "Stripe's secret without its whsec_": lambda body: {
        "stripe-signature": f"t={NOW},v1="
        + mac("stripe", b"%d.%b" % (NOW, body), secret=SAMPLES["stripe"].secret[6:]).hex()
    },
}


@pytest.mark.parametrize("signed", FOREIGN.values(), ids=FOREIGN)
def test_what_another_would_have_signed_does_not_pass(signed: SignedBy) -> None:
    assert_refused("stripe", signed)


@pytest.mark.parametrize(("late", "taken"), [(300, True), (301, False), (-86_400, True)])
def test_how_late_a_delivery_may_be(late: int, taken: bool) -> None:
    assert_taken_when_late("stripe", late, taken)


def test_two_times_in_one_header_are_refused() -> None:
    assert_two_times_refused("stripe", separator=",")
