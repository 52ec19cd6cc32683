"""Tokens in a header that the receiver's owner chooses, and the providers that send them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.providers.interop import DESCRIPTION, interop
from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import Delivery, MalformedDelivery, SignatureMismatch, Signer, Verifier, schemes
from webhook_verify.schemes import HeaderToken

TOKEN, OTHER = "a-token-that-you-chose", "another-token-that-you-chose"
CHOSEN = ["bigcommerce", "datadog", "fillout", "new-relic", "okta", "zapier"]
BODY = b'{"eventId": "e1", "kind": "x"}'


def verified(scheme: Any, headers: dict[str, str], secret: Any = TOKEN) -> Delivery:
    return Verifier(secret, scheme=scheme).verify(BODY, headers)


@rows("name", [*CHOSEN, "revenuecat-token"])
def test_a_provider_sends_the_token_and_nothing_is_signed(name: str) -> None:
    scheme: Any = schemes.get(name)
    [header] = scheme.signature_headers
    delivery = verified(name, {header.title(): TOKEN})
    assert (delivery.body_is_signed, delivery.timestamp_is_signed, delivery.id_is_signed) == (False,) * 3

    for shown in (OTHER, TOKEN + "x", TOKEN[:-1], TOKEN.upper(), f"Bearer {TOKEN}", "\ud800", "x" * 5_000):
        with pytest.raises(SignatureMismatch):
            verified(name, {header: shown})
    for headers in ({}, {header: ""}, {header: " "}, {f"{header}-2": TOKEN}, {"cookie": TOKEN}):
        with pytest.raises(MalformedDelivery):
            verified(name, headers)


@rows("name", CHOSEN)
def test_the_header_is_chosen(name: str) -> None:
    scheme = HeaderToken(name, header="Authorization", prefix="Bearer ")
    assert Signer(TOKEN, scheme=scheme).sign(BODY) == {"authorization": f"Bearer {TOKEN}"}
    assert verified(scheme, {"Authorization": f"Bearer {TOKEN}"}).scheme == name
    for shown in (TOKEN, f"bearer {TOKEN}", f"Bearer  {TOKEN}", f"Basic {TOKEN}", "Bearer ", "Bearer"):
        with pytest.raises(SignatureMismatch):
            verified(scheme, {"authorization": shown})
    with pytest.raises(MalformedDelivery):
        verified(scheme, {"x-hook-token": TOKEN})


def test_id_and_type_are_read_but_not_signed() -> None:
    scheme = HeaderToken("own", header="x-own", id_in_body="eventId", event_type_in_body="kind")
    delivery = verified(scheme, {"x-own": TOKEN})
    assert (delivery.id, delivery.id_is_signed) == ("e1", False)
    assert (delivery.event_type, delivery.event_type_is_signed) == ("x", False)


def test_while_a_token_is_replaced_both_are_accepted() -> None:
    for shown, label in ((TOKEN, "secret-1"), (OTHER, "secret-2")):
        assert verified("okta", {"x-hook-token": shown}, [TOKEN, OTHER]).secret_label == label


@pytest.mark.parametrize(
    ("options", "error"),
    [({"header": ""}, ValueError), ({"header": "x y"}, ValueError), ({"prefix": 5}, TypeError)],
    ids=str,
)
def test_an_invalid_option(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        HeaderToken("own", **options)


@interop("revenuecat-token", by=DESCRIPTION)
def test_the_authorization_header_is_compared_as_a_whole() -> None:
    sample = SAMPLES["revenuecat-token"]
    body, headers = sample.signed()
    assert headers == {"authorization": sample.secret}
    assert sample.verifier().verify(body, headers).event_type == "INITIAL_PURCHASE"
