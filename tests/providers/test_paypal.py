"""PayPal: the signed content of its library, and accepted certificates."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paypalrestsdk.notifications import WebhookEvent  # type: ignore[import-untyped]

from tests.providers.fake_ca import below, leaf, root
from tests.providers.interop import interop
from tests.providers.key_pairs import certificate, rsa_key
from tests.providers.sample import NOW
from tests.providers.samples.paypal import PAYPAL, PAYPAL_CERTIFICATE, WEBHOOK, paypal_headers
from webhook_verify import (
    InvalidSecret,
    KeyUnavailable,
    MalformedDelivery,
    RejectedDelivery,
    Signer,
    Verifier,
)
from webhook_verify.schemes.providers.paypal import PayPal

STAMP = "2026-09-21T14:13:20Z"
BODY = b'{"event_type": "PAYMENT.SALE.COMPLETED"}'
NAME = "messageverificationcerts.paypal.com"


def headers_of(
    body: bytes = BODY, msg_id: str = "d938e770-8046-11e6", webhook: str = WEBHOOK
) -> dict[str, str]:
    signed_content = WebhookEvent._get_expected_sig(msg_id, STAMP, webhook, body.decode())
    return paypal_headers(signed_content, msg_id, STAMP)


def takes(headers: dict[str, str], body: bytes = BODY, scheme: PayPal = PAYPAL, now: float = NOW) -> bool:
    try:
        delivery = Verifier(WEBHOOK, scheme=scheme, clock=lambda: now).verify(body, headers)
    except KeyUnavailable:
        raise
    except RejectedDelivery:
        return False
    assert (delivery.id_is_signed, delivery.timestamp_is_signed, delivery.body_is_signed) == (
        True,
        True,
        False,
    )
    return delivery.timestamp.timestamp() == NOW


@interop("paypal", by="paypalrestsdk (PyPI), its definition of the signed content")
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_what_is_signed_is_what_paypals_library_says(text: str) -> None:
    body = text.encode()
    headers = headers_of(body)

    assert takes(headers, body)
    assert not takes(headers, body + b" ")
    assert not takes(headers_of(body, webhook="1JE4291016473214D"), body)


def test_it_is_the_same_in_pieces() -> None:
    verification = Verifier(WEBHOOK, scheme=PAYPAL, clock=lambda: NOW).begin(headers_of())
    for piece in (BODY[:5], BODY[5:6], BODY[6:]):
        verification.update(piece)
    assert verification.finish().body == BODY


CHANGED = {
    "another id": ("paypal-transmission-id", "d938e770"),
    "an id with a bar": ("paypal-transmission-id", "d938e770|x"),
    "another time": ("paypal-transmission-time", "2026-09-21T14:13:21Z"),
    "the same time, written otherwise": ("paypal-transmission-time", "2026-09-21T14:13:20+00:00"),
    "no time": ("paypal-transmission-time", "now"),
    "another algorithm": ("paypal-auth-algo", "SHA1withRSA"),
    "no signature": ("paypal-transmission-sig", "AAAA"),
    "what is no signature": ("paypal-transmission-sig", "\xe9"),
    "a long signature": ("paypal-transmission-sig", "A" * 4_000),
}


@pytest.mark.parametrize(("name", "value"), CHANGED.values(), ids=CHANGED)
def test_a_header_that_is_another(name: str, value: str) -> None:
    assert not takes(headers_of() | {name: value})


@pytest.mark.parametrize("name", PAYPAL.header_names)
def test_a_header_that_is_missing(name: str) -> None:
    with pytest.raises(MalformedDelivery, match=name):
        Verifier(WEBHOOK, scheme=PAYPAL).verify(BODY, headers_of() | {name: ""})


@pytest.mark.parametrize(
    "address",
    [
        "http://api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com.example/v1/notifications/certs/CERT-1",
        "https://api.paypal.com@example.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com:444/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/../../CERT-1",
        "https://api.paypal.com/v1/notifications/certs/CERT-1?x",
        "https://api.paypal.com/v1/notifications/certs/CERT-1\n",
        "https://api.paypal.com/v1/other/CERT-1",
    ],
)
def test_nothing_is_fetched_from_elsewhere(address: str) -> None:
    asked: list[object] = []
    scheme = PayPal(roots=root().pem, fetch=lambda *given: asked.append(given) or b"")  # type: ignore[func-returns-value]

    assert not takes(headers_of() | {"paypal-cert-url": address}, scheme=scheme)
    assert asked == []


# --- which certificates ------------------------------------------------------------------------------


def chain(name: str = NAME, issuer: int = 0, **options: Any) -> bytes:
    return leaf(name, rsa_key(0), below(issuer), **options) + below(issuer).pem


TAKEN: dict[str, Callable[[], bytes]] = {
    "with its chain": chain,
    "of the sandbox": lambda: chain("messageverificationcerts.sandbox.paypal.com"),
    "of the root itself": lambda: leaf(NAME, rsa_key(0), root()),
}

NOT_TAKEN: dict[str, Callable[[], bytes]] = {
    "without its chain": lambda: leaf(NAME, rsa_key(0), below()),
    "of another authority": lambda: chain(issuer=1),
    "of another authority, which comes along": lambda: chain(issuer=1) + root(1).pem,
    "of another name": lambda: chain("messageverificationcerts.paypal.com.example"),
    "of a name that ends like it": lambda: chain("notpaypal.com"),
    "issued by a leaf": lambda: leaf(NAME, rsa_key(0), below()) + leaf(NAME, rsa_key(0), root()),
    "signed by itself": lambda: certificate(rsa_key(0)),
    "that is expired": lambda: chain(end=int(time.time()) - 60),
    "a key of 1024 bits": lambda: leaf(NAME, rsa_key(0, 1024), below()) + below().pem,
    "nothing": lambda: b"",
}


def scheme_with(pem: bytes) -> PayPal:
    return PayPal(roots=root().pem, fetch=lambda *_: pem)


@pytest.mark.parametrize("name", TAKEN)
def test_a_certificate_that_is_taken(name: str) -> None:
    assert takes(headers_of(), scheme=scheme_with(TAKEN[name]()))


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_a_certificate_that_is_not_taken_leaves_the_verdict_open(name: str) -> None:
    with pytest.raises(KeyUnavailable) as caught:
        takes(headers_of(), scheme=scheme_with(NOT_TAKEN[name]()))
    assert caught.value.scheme == "paypal"


def test_a_certificate_is_fetched_once() -> None:
    asked: list[str] = []

    def fetch(url: str, content: bytes | None = None) -> bytes:
        asked.append(url)
        return chain()

    scheme = PayPal(roots=root().pem, fetch=fetch)
    for _ in range(2):  # also by a lookup that makes a verifier for each request
        verifier = Verifier(WEBHOOK, scheme=scheme, clock=lambda: NOW)
        assert verifier.verify(BODY, headers_of()).id == "d938e770-8046-11e6"
    assert asked == [PAYPAL_CERTIFICATE]


# --- misuse -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["a|b", "a b", "\u00e9", b"1JE4291016473214C"])
def test_the_secret_is_the_id_of_a_webhook(secret: Any) -> None:
    with pytest.raises(InvalidSecret, match="id of the webhook"):
        Verifier(secret, scheme="paypal")


def test_roots_are_certificates_and_by_default_the_machines() -> None:
    assert Verifier(WEBHOOK, scheme="paypal")
    with pytest.raises(ValueError):
        Verifier(WEBHOOK, scheme=PayPal(roots=b"none"))


def test_only_paypal_signs() -> None:
    with pytest.raises(InvalidSecret, match="can sign its deliveries, because its private key is secret"):
        Signer(WEBHOOK, scheme="paypal")
    with pytest.raises(ValueError, match="can sign its deliveries, because its private key is secret"):
        PAYPAL.sign(b"", [], id="", timestamp=NOW, url=None, method=None)
