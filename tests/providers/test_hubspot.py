"""HubSpot: interoperability with its library, the signed URL, and the border of body and timestamp."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.interop import interop
from tests.providers.verdicts import accepts
from webhook_verify import (
    MalformedDelivery,
    Reason,
    SignatureMismatch,
    Signer,
    TimestampOutsideTolerance,
    Verifier,
    schemes,
)

# This has no types, so it is imported as Any.
hubspot_sdk: Any = import_module("hubspot.utils.signature")
NOW = 1_790_000_000
STAMP = f"{NOW}123"
SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
URL = "https://example.com/hook"
VERIFIER = Verifier(SECRET, scheme="hubspot", clock=lambda: NOW)


def signed(content: str, timestamp: str = STAMP) -> dict[str, str]:
    mac = hmac.digest(SECRET.encode(), content.encode(), "sha256")
    return {"x-hubspot-signature-v3": b64encode(mac).decode(), "x-hubspot-request-timestamp": timestamp}


# --- its own library ----------------------------------------------------------------------------------


HUBSPOT_SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
HUBSPOT_URL = "https://www.example.com/webhook_uri"


@interop("hubspot", by="the test vectors of hubspot-api-python and hubspot-api-ruby")
@pytest.mark.parametrize(
    ("timestamp", "signature"),
    [
        ("1693657560000", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="),
        ("1700000300000", "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="),
    ],
)
def test_hubspot_vectors(timestamp: str, signature: str) -> None:
    verifier = Verifier(HUBSPOT_SECRET, scheme="hubspot", clock=lambda: int(timestamp) / 1000)
    headers = {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": timestamp}

    body = b"{'example_field':'example_value'}"
    assert verifier.verify(body, headers, url=HUBSPOT_URL, method="POST").body == body


texts = st.text(max_size=8)


@interop("hubspot", by="hubspot-api-client (PyPI)")
@given(text=texts, method=st.sampled_from(["POST", "GET"]), later=st.sampled_from([-10_000, 0, 299, 301]))
def test_hubspot_signs_and_verifies_as_its_sdk(text: str, method: str, later: int) -> None:
    now = int(datetime.now(UTC).timestamp())
    stamp = now - later
    ours = Signer(HUBSPOT_SECRET, scheme="hubspot").sign(
        text.encode(), timestamp=stamp, url=HUBSPOT_URL, method=method
    )
    theirs = hubspot_sdk.Signature.get_signature(
        HUBSPOT_SECRET, text, "v3", HUBSPOT_URL, method, str(stamp * 1000)
    )
    assert ours == {"x-hubspot-signature-v3": theirs, "x-hubspot-request-timestamp": str(stamp * 1000)}

    verifier = Verifier(HUBSPOT_SECRET, scheme="hubspot", clock=lambda: now)
    accepted = accepts(lambda: verifier.verify(text.encode(), ours, url=HUBSPOT_URL, method=method))
    assert accepted == (later <= 300), "as the SDK: only old ones are refused"


# --- an address, a body and a timestamp ---------------------------------------------------------------


ADDRESSES = [
    ("nothing to decode", "/a?b=c", "/a?b=c"),
    ("what is listed", "/%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B", "/:/?@!$'()*,;"),
    ("in lower case", "/%3a%2f%2c", "/:/,"),
    ("what is not", "/%20%26%3D%23%25%2B%C3%A9+", "/%20%26%3D%23%25%2B%C3%A9+"),
    ("once only", "/%253A%25%33%41", "/%253A%25%33%41"),
    ("braces are no places", "/{0}{timestamp}", "/{0}{timestamp}"),
]


@pytest.mark.parametrize(("sent", "meant"), [row[1:] for row in ADDRESSES], ids=[row[0] for row in ADDRESSES])
def test_addresses(sent: str, meant: str) -> None:
    url = "https://example.com" + sent
    signed_content = f"POSThttps://example.com{meant}[]{STAMP}"
    assert VERIFIER.verify(b"[]", signed(signed_content), url=url, method="POST").body == b"[]"

    ours = Signer(SECRET, scheme="hubspot").sign(b"[]", timestamp=NOW, url=url, method="POST")
    assert VERIFIER.verify(b"[]", ours, url=url, method="POST").timestamp.timestamp() == NOW


SHIFTED = [
    ("a digit of the address", URL + "?id=", b"", "5" + STAMP),
    ("a digit of the body", URL + "?id=5", b"", "5" + STAMP),
    ("a digit of the timestamp", URL, b"51", STAMP[1:]),
]


@pytest.mark.parametrize(
    ("url", "body", "stamp"), [row[1:] for row in SHIFTED], ids=[row[0] for row in SHIFTED]
)
def test_nothing_moves_between_body_and_timestamp(url: str, body: bytes, stamp: str) -> None:
    """Else the first would be of the year 3611, and never become too old."""
    with pytest.raises(MalformedDelivery) as caught:
        VERIFIER.verify(body, signed(f"POST{url}{body.decode()}{stamp}", stamp), url=url, method="POST")
    assert caught.value.reason is Reason.UNREADABLE_HEADER


@pytest.mark.parametrize(("later", "is_taken"), [(300, True), (301, False), (-10_000, True)])
def test_only_old_ones_are_refused(later: int, is_taken: bool) -> None:
    verifier = Verifier(SECRET, scheme="hubspot", clock=lambda: NOW + later)
    headers = signed(f"POST{URL}[]{STAMP}")
    if is_taken:
        assert verifier.verify(b"[]", headers, url=URL, method="POST")
    else:
        with pytest.raises(TimestampOutsideTolerance):
            verifier.verify(b"[]", headers, url=URL, method="POST")


@pytest.mark.parametrize(("url", "method"), [(URL + "/", "POST"), (URL, "PUT"), (URL, "post")])
def test_address_and_method_are_signed(url: str, method: str) -> None:
    with pytest.raises(SignatureMismatch):
        VERIFIER.verify(b"[]", signed(f"POST{URL}[]{STAMP}"), url=url, method=method)


@pytest.mark.parametrize(("url", "method"), [(None, "POST"), (URL, None), (None, None)])
def test_without_them_it_is_the_receivers_mistake(url: str | None, method: str | None) -> None:
    with pytest.raises(TypeError, match="public_url="):
        VERIFIER.verify(b"[]", signed(""), url=url, method=method)


def test_the_signer_writes_no_timestamp_that_is_not_read() -> None:
    with pytest.raises(ValueError, match="13 digits"):
        Signer(SECRET, scheme="hubspot").sign(b"", timestamp=999_999_999, url=URL, method="POST")


EVENT = {"eventId": 1, "subscriptionId": 2, "portalId": 3, "occurredAt": 4, "attemptNumber": 0}

IDS = [
    ("one event", [EVENT], "3:2:1:4"),
    ("a retry", [{**EVENT, "attemptNumber": 1}], "3:2:1:4"),
    ("several", [EVENT, {**EVENT, "eventId": 9}], "3:2:1:4,3:2:9:4"),
    ("an id missing", [EVENT, {"eventId": 9}], ""),
    ("none", [], ""),
    ("no list", EVENT, ""),
]


@pytest.mark.parametrize(("events", "expected"), [row[1:] for row in IDS], ids=[row[0] for row in IDS])
def test_ids(events: object, expected: str) -> None:
    body = json.dumps(events)
    delivery = VERIFIER.verify(body.encode(), signed(f"POST{URL}{body}{STAMP}"), url=URL, method="POST")
    assert (delivery.id, delivery.id_is_signed) == (expected, expected != "")


def test_the_plain_hashes_are_not_offered() -> None:
    """v1 and v2 can be extended by whoever has seen one."""
    assert [name for name in schemes.names() if name.startswith("hubspot")] == ["hubspot"]


@given(st.text(max_size=40), st.text(max_size=5), st.binary(max_size=20))
def test_nothing_else_escapes(url: str, method: str, body: bytes) -> None:
    with pytest.raises(SignatureMismatch):
        VERIFIER.verify(body, signed("another"), url=url, method=method)
