"""The texts of a diagnosis, and its functions that revert a change."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnosis.genuine import genuine
from tests.rows import rows
from tests.signing import SECRET
from webhook_verify import Secret, Signer, Verifier, schemes
from webhook_verify.diagnosis import Cause, Check, Confidence, Diagnosis, explain
from webhook_verify.diagnosis.model import ADVICE
from webhook_verify.diagnosis.variants import (
    form as forms,
)
from webhook_verify.diagnosis.variants import (
    header as headers,
)
from webhook_verify.diagnosis.variants import (
    json_style as json_styles,
)
from webhook_verify.diagnosis.variants import (
    python_repr as printed,
)
from webhook_verify.diagnosis.variants import (
    timestamp as stamps,
)
from webhook_verify.diagnosis.variants import (
    url as urls,
)
from webhook_verify.diagnosis.variants.secret import fingerprint

NOW = 1_790_000_000
VERIFIER = Verifier(SECRET, clock=lambda: NOW)
BODY = b'{"type":"invoice.paid"}'
HEADERS = Signer(SECRET).sign(BODY, id="msg_1", timestamp=NOW)


def test_a_rejection_in_words() -> None:
    diagnosis = explain(VERIFIER, b'{"type": "invoice.paid"}', HEADERS)
    assert str(diagnosis) == (
        "standard-webhooks: body_reserialized (certain): the body changed after signing: it was originally "
        "compact. The body was parsed and re-serialized. Verify the raw request body."
    )


def test_a_genuine_delivery_in_words() -> None:
    assert str(explain(VERIFIER, BODY, HEADERS)) == "standard-webhooks: genuine and fresh"


def test_a_rejection_for_programs() -> None:
    told = explain(VERIFIER, b'{"type": "invoice.paid"}', HEADERS).as_dict()
    assert json.loads(json.dumps(told)) == told
    assert told == {
        "scheme": "standard-webhooks",
        "verified": False,
        "checks": [
            {"check": "headers", "passed": True, "detail": ""},
            {"check": "timestamp", "passed": True, "detail": ""},
            {"check": "secret", "passed": True, "detail": ""},
            {"check": "body", "passed": True, "detail": ""},
            {
                "check": "signature",
                "passed": False,
                "detail": "no signature matches any configured secret",
            },
        ],
        "causes": [
            {
                "cause": "body_reserialized",
                "confidence": "certain",
                "evidence": "the body changed after signing: it was originally compact",
                "advice": ADVICE["body_reserialized"],
            }
        ],
        "fingerprints": {"secret-1": "96ad2ccd"},
    }


@pytest.mark.parametrize(
    ("headers", "failed", "not_reached"),
    [
        ({}, "headers", 4),
        ({**HEADERS, "webhook-timestamp": str(NOW - 400)}, "timestamp", 3),
        ({**HEADERS, "webhook-signature": "v1," + "A" * 43 + "="}, "signature", 0),
    ],
)
def test_the_checks_are_those_of_the_law_in_its_order(headers: Any, failed: str, not_reached: int) -> None:
    diagnosis = explain(VERIFIER, BODY, headers)
    assert diagnosis.failed_check is not None
    assert diagnosis.failed_check.name == failed
    assert [check.passed for check in diagnosis.checks].count(None) == not_reached


def test_a_fingerprint_is_what_sha256sum_shows() -> None:
    """``printf %s "$SECRET" | sha256sum``; of bytes, their own."""
    assert fingerprint(Secret(SECRET)) == sha256(SECRET.encode()).hexdigest()[:8] == "96ad2ccd"
    diagnosis = explain(Verifier([Secret(SECRET, label="old"), Secret(b"x" * 32, label="new")]), b"", {})
    assert dict(diagnosis.secret_fingerprints) == {"old": "96ad2ccd", "new": fingerprint(Secret(b"x" * 32))}


def test_the_surest_cause_stands_first_and_each_once() -> None:
    delivery = genuine("slack", "JSON with blanks")
    causes = explain(delivery.verifier(delivery.other_secret), delivery.body + b" ", delivery.headers).causes
    assert list(causes) == sorted(causes, key=lambda cause: -cause.confidence)
    assert len({cause.name for cause in causes}) == len(causes)


@rows("name", ADVICE)
def test_every_advice_is_a_sentence_that_fits_a_line(name: str) -> None:
    assert re.fullmatch(r"[A-Z].{20,88}[.?]", ADVICE[name])
    assert Cause(name, Confidence.LIKELY, "").advice == ADVICE[name]
    assert re.fullmatch("[a-z0-9_]+", name)


def test_what_is_told_is_frozen() -> None:
    diagnosis = explain(VERIFIER, BODY, HEADERS)
    for each in (diagnosis, diagnosis.cause, diagnosis.checks[0]):
        with pytest.raises(AttributeError):
            each.scheme = each.name = "another"  # type: ignore[misc, union-attr]
    assert isinstance(diagnosis, Diagnosis)
    assert isinstance(diagnosis.checks[0], Check)


def test_a_decoded_body_is_taken_too() -> None:
    assert explain(VERIFIER, BODY.decode(), HEADERS).verified
    assert explain(VERIFIER, bytearray(BODY), HEADERS).verified
    assert explain(VERIFIER, memoryview(BODY), HEADERS).verified


# The tools

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=15,
)
OPTIONS: list[dict[str, Any]] = [
    {"separators": (",", ":"), "ensure_ascii": False},
    {"separators": (",", ":")},
    {},
    {"ensure_ascii": False, "sort_keys": True},
    *({"indent": indent, "ensure_ascii": escaped} for indent in (2, 4, "\t") for escaped in (False, True)),
    {"indent": 2, "sort_keys": True},
]


@given(value=json_values.filter(lambda value: isinstance(value, dict | list)))
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_json_is_restyled_as_python_writes_it(options: dict[str, Any], value: Any) -> None:
    styled = [text for _, text in json_styles.json_style_variants(json.dumps(value))]
    assert json.dumps(value, **options) in styled


@pytest.mark.parametrize("number", ["1.10", "1e3", "-0", "1E+2", "12345678901234567890", "0.000"])
def test_a_number_stays_as_it_is_written(number: str) -> None:
    assert f'{{"a":{number}}}' in [text for _, text in json_styles.json_style_variants(f'{{"a": {number} }}')]


@pytest.mark.parametrize(
    ("sent", "arrived"),
    [
        ('{"a":"1\\/2"}', '{"a": "1/2"}'),  # PHP
        ('{"a":"\\u003cb\\u003e \\u0026"}', '{"a": "<b> &"}'),  # Go, Rails
        ('{"a":"\\u003Cb\\u003E \\u0022\\u0027\\u002B\\u00E9"}', '{"a": "<b> \\"\'+\u00e9"}'),  # .NET
    ],
)
def test_json_is_escaped_as_others_write_it(sent: str, arrived: str) -> None:
    assert sent in [text for _, text in json_styles.json_style_variants(arrived)]


@given(value=json_values.filter(lambda value: isinstance(value, dict | list)))
def test_a_printed_object_is_read_back(value: Any) -> None:
    text = str(value)
    if "\ud800" <= max(text, default="") <= "\udfff":
        return
    assert json.loads(printed.parse_json_repr(text)) == value


@given(octets=st.binary())
def test_printed_bytes_are_read_back(octets: bytes) -> None:
    assert printed.parse_bytes_repr(str(octets)) == octets


@pytest.mark.parametrize(
    "text", ["", "{", "b'", "{'a': 1", "{'a': <Object>}", "b'\u00e9\u0141'", "'a'", "{!}"]
)
def test_what_was_not_printed_is_nothing(text: str) -> None:
    read = printed.parse_json_repr(text)
    assert printed.parse_bytes_repr(text) == b""
    with pytest.raises(ValueError):
        json.loads(read)


@given(
    pairs=st.lists(
        st.tuples(st.text(min_size=1), st.text()), min_size=1, max_size=5, unique_by=lambda pair: pair[0]
    )
)
@pytest.mark.parametrize("way", [quote_plus, quote], ids=["plus", "percent"])
def test_the_fields_of_a_form_are_encoded_as_urllib_does(way: Any, pairs: list[tuple[str, str]]) -> None:
    sent = urlencode(pairs, quote_via=way, safe="")
    assert sent in [text for _, text in forms.form_variants(json.dumps(dict(pairs)))]


URL = "https://www.shop.example:8443/hook/in?shop=1"


@pytest.mark.parametrize(
    "signed",
    [
        "http://www.shop.example:8443/hook/in?shop=1",
        "https://www.shop.example/hook/in?shop=1",
        "https://www.shop.example:443/hook/in?shop=1",
        "http://www.shop.example:80/hook/in?shop=1",
        "https://shop.example/hook/in?shop=1",
        "https://pay.example/hook/in?shop=1",
        "https://pay.example:9000/hook/in?shop=1",
        "https://www.shop.example:8443/hook/in/?shop=1",
        "https://www.shop.example:8443/hook/in",
        "https://www.shop.example:8443/in?shop=1",
        "https://www.shop.example/hook/in",
        "http://pay.example/hook/in/?shop=1",
        "/hook/in?shop=1",
    ],
)
def test_an_address_is_found_that_is_nearly_the_same(signed: str) -> None:
    shown = [("x-forwarded-host", "pay.example"), ("x-forwarded-port", "9000")]
    assert signed in [url for _, url in urls.url_variants(URL, shown)]


@pytest.mark.parametrize("url", ["", "https://[", "//", "x" * 9_000, "https://\ud800/", "https://a:b/"])
def test_no_address_is_too_odd(url: str) -> None:
    assert len(list(urls.url_variants(url, [("host", "\x00")]))) <= 64


@pytest.mark.parametrize(
    ("stamp", "seconds", "unit"),
    [
        ("1790000000", 1_790_000_000, "seconds"),
        ("1790000000.5", 1_790_000_000, "seconds with a fraction"),
        ("1790000000123", 1_790_000_000, "milliseconds"),
        ("1790000000123456", 1_790_000_000, "microseconds"),
        ("1790000000123456789", 1_790_000_000, "nanoseconds"),
        ("2026-09-21T14:13:20Z", 1_790_000_000, "ISO 8601"),
        ("2026-09-21 14:13:20", 1_790_000_000, "ISO 8601"),
        ("2026-09-21T16:13:20+02:00", 1_790_000_000, "ISO 8601"),
        ("Mon, 21 Sep 2026 14:13:20 GMT", 1_790_000_000, "HTTP date format"),
        ("123", 0, ""),
        ("2026-99-21T14:13:20Z", 0, "ISO 8601"),
    ],
)
def test_what_a_timestamp_means(stamp: str, seconds: int, unit: str) -> None:
    assert stamps.timestamp_unit(stamp) == (seconds, unit)
    assert not seconds or datetime.fromtimestamp(seconds, UTC).year == 2026


def test_the_name_of_a_header_is_only_told_where_it_can_hide_nothing() -> None:
    """Whoever sends chooses the names, so a brand that is long, or has digits, is not repeated."""
    scheme = schemes.get("standard-webhooks")
    for brand, told in (("acme", "acme-"), ("k3jf8s", "another"), ("a" * 30, "another")):
        shown = [(f"{brand}-{part}", "1") for part in ("id", "timestamp", "signature")]
        [(cause, evidence, _)] = headers.header_variants(scheme, shown)
        assert cause == "header_brand"
        assert told in evidence
        assert brand not in evidence or brand == "acme"


@rows("encoding", ["hex", "base64", "base64url"])
def test_a_lost_prefix_is_an_error_of_form_in_every_encoding(encoding: str) -> None:
    options: dict[str, Any] = {"signature_header": "x-acme", "signature_prefix": "v1="}
    scheme = schemes.HeaderScheme("acme", signature_encoding=encoding, **options)
    secret = "a secret that is long enough"
    sent = Signer(secret, scheme=scheme).sign(BODY)
    received = {name: value.removeprefix("v1=") for name, value in sent.items()}
    assert explain(Verifier(secret, scheme=scheme), BODY, received).causes[0].name == "signature_form"
