"""Keygen: the lines of its signature, the header's form, and the URL."""

from __future__ import annotations

from typing import Any

import pytest

from tests.providers.key_pairs import ed25519_hex
from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import (
    InvalidSecret,
    MalformedDelivery,
    RejectedDelivery,
    SignatureMismatch,
    TimestampOutsideTolerance,
    Verifier,
)

SAMPLE = SAMPLES["keygen"]
BODY, HEADERS = SAMPLE.signed()
TEXT = HEADERS["keygen-signature"]
URL = str(SAMPLE.url)


def verify(headers: dict[str, str], body: bytes = BODY, url: str = URL, method: str = "POST") -> object:
    return SAMPLE.verifier().verify(body, headers, url=url, method=method)


def test_a_delivery() -> None:
    delivery = SAMPLE.verifier().verify(BODY, HEADERS, url=URL, method="POST")
    assert (delivery.id, delivery.id_is_signed, delivery.timestamp_is_signed) == ("msg_1", True, True)
    assert (delivery.event_type, delivery.event_type_is_signed) == ("license.created", True)


SAME: dict[str, dict[str, str]] = {
    "without spaces": {"keygen-signature": TEXT.replace(", ", ",")},
    "another account": {"keygen-signature": TEXT.replace("account", "9b1f")},
    "another Host, which a proxy sets": {"host": "internal:8000"},
}


@rows("changed", SAME.values(), ids=SAME)
def test_the_same_delivery(changed: dict[str, str]) -> None:
    verify({**HEADERS, **changed})


UNREADABLE: dict[str, dict[str, str]] = {
    "no signature": {"keygen-signature": " "},
    "no date": {"date": ""},
    "no digest": {"digest": ""},
    "fewer lines": {"keygen-signature": TEXT.replace(" digest", "")},
    "no list of lines": {"keygen-signature": TEXT.partition(", headers")[0]},
    "another algorithm": {"keygen-signature": TEXT.replace("ed25519", "rsa-sha256")},
    "a duplicate parameter": {"keygen-signature": f'{TEXT}, keyid="b"'},
    "garbage": {"keygen-signature": "garbage"},
    "a long header": {"keygen-signature": f'{TEXT}, more="{"a" * 1_000}"'},
    "a timestamp as the date": {"date": str(NOW)},
    "another hash": {"digest": "sha-512=" + "A" * 43 + "="},
    "a digest without padding": {"digest": HEADERS["digest"][:-1]},
}


@rows("changed", UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_header_is_malformed(changed: dict[str, str]) -> None:
    with pytest.raises(MalformedDelivery):
        verify({**HEADERS, **changed})


def test_another_body_url_or_digest_is_rejected() -> None:
    _, other = SAMPLE.signed(id="msg_2")
    altered = {"keygen-signature": TEXT.replace('signature="', 'signature="A')}
    requests: list[dict[str, Any]] = [
        {"body": BODY + b" "},
        {"headers": {**HEADERS, "digest": other["digest"]}},
        {"url": URL + "&a=1"},
        {"url": URL.replace("example.com", "example.org")},
        {"method": "PUT"},
        {"headers": {**HEADERS, **altered}},
    ]
    for request in requests:
        with pytest.raises(SignatureMismatch):
            verify(**{"headers": HEADERS, **request})


def test_a_relative_url_is_rejected() -> None:
    with pytest.raises(RejectedDelivery):
        verify(HEADERS, url="/hooks?tenant=1")


def test_an_old_date_is_rejected() -> None:
    with pytest.raises(TimestampOutsideTolerance):
        SAMPLE.verifier(now=NOW + 301).verify(BODY, HEADERS, url=URL, method="POST")


def test_the_url_and_the_method_are_required() -> None:
    with pytest.raises(TypeError, match="keygen signs the URL and the method of the request"):
        SAMPLE.verifier().verify(BODY, HEADERS)


@rows("secret", ["", ed25519_hex(0)[0][:-2], "text"])
def test_the_secret_is_a_key_in_hex(secret: str) -> None:
    with pytest.raises(InvalidSecret):
        Verifier(secret, scheme="keygen")
