"""The fast path has the same results as the general path: verify() uses it if possible, begin() never."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rows import rows
from webhook_verify import Delivery, RejectedDelivery, Secret, Signer, Verifier, schemes
from webhook_verify.fast_path import compile_fast_path
from webhook_verify.schemes import HeaderScheme, Scheme
from webhook_verify.secret import derive_keys

SECRET, OTHER = "It's a Secret to Everybody, even here", "the one of last year, which has run out"
BODY = b'{"zen":"Keep it logically awesome."}'
NOW = 1_795_000_000.5
GONE = Secret(OTHER, label="gone", expires_at=datetime.fromtimestamp(NOW - 1, UTC))
HERE = Secret(SECRET, label="here", expires_at=datetime.fromtimestamp(NOW + 1, UTC))

SHORT: list[Scheme] = [
    schemes.get("github"),
    HeaderScheme("bare", signature_header="x-sign", algorithm="hmac-sha1"),
    HeaderScheme("capitals", signature_header="X-Sign", signature_prefix="V0:", id_header="X-Id"),
    HeaderScheme("worded", signature_header="x-sign", signed_content="v1:{body}", algorithm="hmac-sha512"),
    HeaderScheme("id in the body", signature_header="x-sign", id_in_body="zen"),
    HeaderScheme("event type", signature_header="x-sign", event_type_header="X-Event"),
]


class OwnWay(HeaderScheme):
    """A row that is read in a way of its own, which nothing may leave out."""


ORDINARY: list[Scheme] = [
    schemes.get("standard-webhooks"),
    schemes.get("stripe"),
    schemes.get("telegram"),
    schemes.get("linear"),
    OwnWay("own way", signature_header="x-sign"),
    HeaderScheme("two headers", signature_header=("x-new", "x-old")),
    HeaderScheme("base64", signature_header="x-sign", signature_encoding="base64"),
    HeaderScheme("umlaut", signature_header="x-sign", signature_prefix="ü="),
    HeaderScheme("words after it", signature_header="x-sign", signed_content="{body}.v1"),
    HeaderScheme("id", signature_header="x-sign", signed_content="{id}{body}", id_header="x-id"),
    HeaderScheme("url", signature_header="x-sign", signed_content="{url}{body}"),
]


def short(scheme: Scheme) -> object:
    keys = [(label, key, None) for label, _, key in derive_keys("whsec_" + "MfKQ" * 11, scheme.verifying_key)]
    return compile_fast_path(scheme, keys)


@pytest.mark.parametrize("scheme", SHORT, ids=repr)
def test_one_hmac_in_hex_over_the_body_alone_goes_the_short_way(scheme: Scheme) -> None:
    assert short(scheme) is not None


@pytest.mark.parametrize("scheme", ORDINARY, ids=repr)
def test_whatever_else_goes_the_ordinary_way(scheme: Scheme) -> None:
    assert short(scheme) is None


def told(decide: Callable[[], Delivery]) -> object:
    """The delivery with all that it tells, or all that the rejection tells."""
    try:
        made = decide()
    except RejectedDelivery as error:
        return type(error), error.reason, error.detail, error.message_id, error.scheme
    parts = (
        made.id,
        made.id_is_signed,
        made.timestamp,
        made.secret_label,
        made.event_type,
        made.signed_content_digest,
    )
    return made, parts, made.signed_body


def both_ways(verifier: Verifier, body: bytes, headers: Any) -> tuple[object, object]:
    return told(lambda: verifier.verify(body, headers)), told(lambda: verifier.begin(headers).finish(body))


class Text(str):
    """A text that is no plain str."""

    __slots__ = ()


def signature_of(scheme: Scheme) -> tuple[str, str]:
    """The header and the value of a genuine signature."""
    headers = Signer(SECRET, scheme=scheme).sign(BODY, id="72d3162e")
    name = scheme.header_names[0]
    return name, headers[name]


VALUES: dict[str, Callable[[str], object]] = {
    "genuine": lambda value: value,
    "in capitals": lambda value: value[:-20] + value[-20:].upper(),
    "all in capitals": str.upper,
    "forged": lambda value: value[:-2] + ("00" if value[-2:] != "00" else "11"),
    "forged, in capitals": lambda value: value[:-2] + ("AA" if value[-2:] != "aa" else "BB"),
    "no hex": lambda value: value[:-2] + "zz",
    "no ASCII": lambda value: value[:-1] + "é",
    "a full-width digit": lambda value: value[:-1] + "\uff11",
    "another prefix": lambda value: "x" + value[1:],
    "one more": lambda value: value + "0",
    "one less": lambda value: value[:-1],
    "blank": lambda value: " " * len(value),
    "a blank in front": lambda value: " " + value[:-1],
    "empty": lambda value: "",
    "a subclass of str": Text,
    "bytes": str.encode,
    "a list": lambda value: [value],
    "two in a list": lambda value: [value, value[::-1]],
    "none": lambda value: None,
    "a number": lambda value: 7,
}
FORMS: dict[str, Callable[[dict[str, object]], object]] = {
    "dict": dict,
    "title case": lambda headers: {name.title(): value for name, value in headers.items()},
    "both cases": lambda headers: {**headers, **{name.title(): "x" for name in headers}},
    "pairs": lambda headers: list(headers.items()),
    "twice": lambda headers: [*headers.items(), *headers.items()],
    "none of them": lambda headers: {},
    "no headers": lambda headers: 7,
}
IDS = ("72d3162e", "", " ", "é", None, 7)


@rows("secrets", [SECRET, [OTHER, SECRET], [GONE, HERE], GONE, OTHER], ids=str)
@rows("value", VALUES)
@rows("scheme", SHORT, ids=repr)
def test_both_ways_come_to_the_same(scheme: Scheme, value: str, secrets: Any) -> None:
    name, genuine = signature_of(scheme)
    verifier = Verifier(secrets, scheme=scheme, clock=lambda: NOW)
    for form in FORMS.values():
        for msg_id in IDS:
            ids = dict.fromkeys(scheme.header_names[1:], msg_id)
            here, there = both_ways(verifier, BODY, form({name: VALUES[value](genuine), **ids}))
            assert here == there


@given(scheme=st.sampled_from(SHORT), text=st.text(), msg_id=st.text(), body=st.binary())
def test_both_ways_come_to_the_same_for_any_text(scheme: Scheme, text: str, msg_id: str, body: bytes) -> None:
    name, genuine = signature_of(scheme)
    verifier = Verifier(SECRET, scheme=scheme, clock=lambda: NOW)
    cut = genuine[: -len(text)] + text if text else genuine
    for value in (text, cut):
        headers = {name: value, **dict.fromkeys(scheme.header_names[1:], msg_id)}
        for each in (BODY, body):
            here, there = both_ways(verifier, each, headers)
            assert here == there


@pytest.mark.parametrize("now", [-5.0, 0.0, 0.9, 253_402_300_799.9, 1e18])
def test_the_time_of_an_undated_delivery_is_the_same_by_any_clock(now: float) -> None:
    name, genuine = signature_of(SHORT[0])
    here, there = both_ways(
        Verifier(SECRET, scheme=SHORT[0], clock=lambda: now), BODY, {name: genuine, "x-github-delivery": "1"}
    )
    assert here == there
    assert isinstance(here, tuple)
    assert isinstance(here[0], Delivery)
