"""Hostile deliveries: a diagnosis raises nothing, reveals nothing, is never certain, and has bounded work."""

from __future__ import annotations

import gzip
import json
import random
import sys
import threading
import time
import warnings
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnosis.genuine import BODIES, genuine, has_own_body, signed_by, takes
from tests.diagnosis.redaction import leaked, said
from tests.effort import examples
from tests.providers.samples import SAMPLES
from tests.signing import SECRET
from webhook_verify import Secret, Signer, Verifier
from webhook_verify.diagnosis import Confidence, Diagnosis, explain

QUICK = examples(60)
NOW = 1_790_000_000

VERIFIERS = {name: sample.verifier() for name, sample in SAMPLES.items()}

texts = st.text(max_size=60) | st.from_regex(r"[a-z0-9]{1,8}=[A-Za-z0-9+/=]{20,90}", fullmatch=True)
stamps = st.sampled_from(
    [str(NOW), str(NOW * 1000), "2026-09-21T14:13:20Z", "0", "-1", "9" * 400, "\u0661" * 10]
)
values: st.SearchStrategy[Any] = st.one_of(texts, stamps, st.binary(max_size=60), st.none(), st.integers())
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
bodies = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    json_values.map(lambda value: json.dumps(value).encode()),
    json_values.map(lambda value: str(value).encode("utf-8", "surrogatepass")),
    json_values.map(lambda value: gzip.compress(json.dumps(value).encode())),
    json_values.map(lambda value: b64encode(json.dumps(value).encode())),
    st.dictionaries(st.text(max_size=9), st.text(max_size=9)).map(
        lambda form: "&".join(map("=".join, form.items())).encode("utf-8", "surrogatepass")
    ),
)


def names(scheme: str) -> st.SearchStrategy[Any]:
    own = VERIFIERS[scheme].scheme.header_names[:6]
    others = ("content-length", "content-type", "content-encoding", "host", "x-forwarded-host", "acme-id")
    return st.sampled_from([*own, *others, *(name.upper() for name in own)]) | texts | st.binary(max_size=20)


def checked(diagnosis: Diagnosis, verifier: Verifier, body: bytes, headers: Any) -> None:
    """Somebody without a secret has sent it: nothing is sure but that, and nothing is given away."""
    assert not diagnosis.verified
    sure = {cause.name for cause in diagnosis.causes if cause.confidence is Confidence.CERTAIN}
    assert sure <= {"wrong_secret_or_forgery"}
    assert leaked(said(diagnosis), verifier, body, headers) == []


@QUICK
@given(
    data=st.data(), body=bodies, url=st.none() | st.text(max_size=60), method=st.none() | st.text(max_size=9)
)
@pytest.mark.parametrize(
    "scheme", ["standard-webhooks", "stripe", "twilio", "hubspot", "adyen", "mailgun", "box"]
)
def test_nothing_is_raised_and_nothing_is_sure(
    scheme: str, data: st.DataObject, body: bytes, url: str | None, method: str | None
) -> None:
    verifier = VERIFIERS[scheme]
    headers = data.draw(st.lists(st.tuples(names(scheme), values), max_size=8))
    checked(explain(verifier, body, headers, url=url, method=method), verifier, body, headers)


@examples(120)
@given(data=st.data(), body=bodies)
def test_of_any_provider(data: st.DataObject, body: bytes) -> None:
    scheme = data.draw(st.sampled_from(sorted(VERIFIERS)))
    headers = data.draw(st.dictionaries(names(scheme), values, max_size=8))
    verifier = VERIFIERS[scheme]
    checked(explain(verifier, body, headers, url=SAMPLES[scheme].url), verifier, body, headers)


FORGEABLE = [
    name
    for name in SAMPLES
    if VERIFIERS[name].scheme.signs_body and not has_own_body(name) and takes(name, "form")
]


@examples(80)
@given(key=st.binary(min_size=16, max_size=64), body=bodies, data=st.data())
def test_a_forgery_in_perfect_form_is_never_surely_anything_else(
    key: bytes, body: bytes, data: st.DataObject
) -> None:
    name = data.draw(
        st.sampled_from(["standard-webhooks", "stripe", "github", "shopify", "slack", "zendesk"])
    )
    delivery = signed_by(genuine(name, "form"), key)
    verifier = delivery.verifier()
    checked(explain(verifier, body, delivery.headers), verifier, body, delivery.headers)


@pytest.mark.slow
@pytest.mark.parametrize("name", FORGEABLE)
def test_a_signature_by_chance_is_never_surely_anything_else(name: str) -> None:
    """The genuine headers, in which the letters and digits of every long word are others."""
    delivery = genuine(name, "form")
    chance = random.Random(name)
    for kind in BODIES:
        shown = {
            header: "".join(chance.choice("0123456789abcdef") if each.isalnum() else each for each in value)
            if len(value) > 25
            else value
            for header, value in delivery.headers.items()
        }
        body = BODIES[kind]
        diagnosis = explain(delivery.verifier(), body, shown, url=delivery.url, method=delivery.method)
        checked(diagnosis, delivery.verifier(), body, shown)


@QUICK
@given(value=json_values)
def test_whatever_json_was_parsed_and_dumped_is_found(value: Any) -> None:
    """But for floats, whose digits a parser loses, and what JSON has no form for."""
    try:
        sent = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        return
    arrived = json.dumps(json.loads(sent)).encode()
    if (
        arrived == sent
        or json.dumps(json.loads(sent), separators=(",", ":"), ensure_ascii=False).encode() != sent
    ):
        return
    headers = Signer(SECRET).sign(sent, timestamp=NOW)
    cause = explain(Verifier(SECRET, clock=lambda: NOW), arrived, headers).cause
    assert (cause.name, cause.confidence) in {
        (name, Confidence.CERTAIN)
        for name in ("body_reserialized", "body_recoded", "body_line_ends", "body_escaped")
    }


MEGABYTE = 1_048_576


def _many(count: int) -> Verifier:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        secrets = [Secret(f"the secret number {number:05}", label=f"s{number}") for number in range(count)]
        return Verifier(secrets, scheme="github", clock=lambda: NOW)


def _filled(text: str) -> bytes:
    return (text * (MEGABYTE // len(text) + 1)).encode()[:MEGABYTE]


HOSTILE: dict[str, bytes] = {
    "deep lists": b"[" * MEGABYTE,
    "deep objects": b'{"a":' * (MEGABYTE // 5),
    "deep and whole": b"[" * 900 + b"]" * 900,
    "deep and wide": (b"[" * 60 + b"1," * 8_000 + b"1" + b"]" * 60) * 1,
    "one long text": b'"' + b"\\u00e9" * (MEGABYTE // 6) + b'"',
    "backslashes": b'{"a":"' + b"\\" * (MEGABYTE - 8) + b'"}',
    "quotes": _filled('"'),
    "a text without an end": b'{"' + b'\\"' * 65_000,
    "a printed text without an end": b"{'" + b"\\'" * 65_000,
    "brackets without an end": b"[{" * 65_000,
    "integers as JavaScript rounds them": b"[" + b"9007199254740992," * 60_000 + b"1]",
    "many parts": _filled("--\r\n"),
    "a long number": b"[" + b"9" * (MEGABYTE - 2) + b"]",
    "many numbers": b"[" + b"1e400," * (MEGABYTE // 6) + b"1]",
    "many keys": json.dumps({f"k{number}": number for number in range(70_000)}).encode(),
    "a printed dict": str({f"k{number}": "\u00e9'" for number in range(50_000)}).encode(),
    "half a printed dict": _filled("{'a': "),
    "printed bytes": b"b'" + b"\\x00" * (MEGABYTE // 4) + b"'",
    "entities": _filled("&amp"),
    "numeric entities": _filled("&#99999999;"),
    "a form": _filled("a=1&"),
    "a form of blanks": _filled("a=%20+"),
    "percents": _filled("%%%="),
    "accents to compose": _filled("e\u0301\u0301"),
    "one letter with very many accents": ("a" + "\u0301\u0316" * 49_000).encode(),
    "accents in JSON": ('{"a": "a' + "\u0316\u0301" * 60_000 + '"}').encode(),
    "accents in three places": ("\u0327\u0323\u0345" * 40_000).encode(),
    "letters that fall apart to accents": ("\u0f73\u0f75\u0f81" * 40_000).encode(),
    "Hangul": ("\u1112\u1161\u11ab" * 40_000).encode(),
    "a bomb": gzip.compress(bytes(64 * MEGABYTE)),
    "a bomb in base64": b64encode(gzip.compress(bytes(16 * MEGABYTE))),
    "base64": _filled("QUJD"),
    "NULs": bytes(MEGABYTE),
    "line ends": _filled("\r\n"),
    "no UTF-8": b"\xff" * MEGABYTE,
    "marks of ours": _filled("~~number~~"),
    "JSON with marks": json.dumps(["~~number~~"] * 60_000).encode(),
}
SECONDS = 2.0
"""On the CPU: four times the bound of the trials, for the last of them and for a slow machine."""


def in_time(verifier: Verifier, body: bytes, headers: Any, url: str | None = None) -> Diagnosis:
    start = time.thread_time()
    diagnosis = explain(verifier, body, headers, url=url)
    seconds = time.thread_time() - start
    assert seconds < SECONDS * (5 if "coverage" in sys.modules else 1)
    return diagnosis


@pytest.mark.slow
@pytest.mark.parametrize("name", ["standard-webhooks", "twilio", "emporix"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_body_takes_bounded_work(kind: str, name: str) -> None:
    sample = SAMPLES[name]
    delivery = genuine(name, "form" if takes(name, "form") else "small JSON")
    body = HOSTILE[kind]
    diagnosis = in_time(delivery.verifier(), body, delivery.headers, delivery.url)
    checked(diagnosis, delivery.verifier(), body, delivery.headers)
    assert sample.name == diagnosis.scheme


STAMP = {"webhook-id": "msg_1", "webhook-timestamp": str(NOW)}
HEADERS: dict[str, Any] = {
    "thousands": [(f"x-{number}", "v" * 100) for number in range(50_000)],
    "thousands that are nearly ours": [(f"acme{number}-signature", "v1,x") for number in range(20_000)],
    "one, thousands of times": [("webhook-signature", f"v1,{number}") for number in range(50_000)],
    "a megabyte of signatures": {**STAMP, "webhook-signature": "v1,QUJDREVGR0g= " * 65_000},
    "a megabyte of commas": {**STAMP, "webhook-signature": "," * MEGABYTE},
    "a megabyte of percents": {**STAMP, "webhook-signature": "%25" * 350_000},
    "a megabyte of digits": {**STAMP, "webhook-timestamp": "1" * MEGABYTE},
    "a megabyte of an id": {**STAMP, "webhook-id": "m" * MEGABYTE, "webhook-signature": "v1,x"},
    "pairs that are none": ["webhook-id"],
    "an iterator": iter([("webhook-id", "msg_1")]),
}


@pytest.mark.parametrize("kind", HEADERS)
def test_hostile_headers_take_bounded_work(kind: str) -> None:
    verifier = Verifier(SECRET, clock=lambda: NOW)
    headers = HEADERS[kind]
    diagnosis = in_time(verifier, b'{"type":"paid"}', headers)
    assert diagnosis.cause.confidence is not Confidence.CERTAIN


@pytest.mark.parametrize("count", [1, 16, 500])
@pytest.mark.parametrize("size", [100, MEGABYTE])
def test_many_secrets_take_bounded_work(count: int, size: int) -> None:
    delivery = genuine("github", "small JSON")
    body = json.dumps({"filler": "x" * size, "url": "a/b"}).encode()
    diagnosis = in_time(_many(count), body, delivery.headers)
    assert diagnosis.cause.name in {"wrong_secret_or_forgery", "body_reserialized"}


def test_where_not_all_was_tried_it_says_so() -> None:
    delivery = genuine("github", "small JSON", bare=True)
    cause = explain(_many(500), b"x" * MEGABYTE, delivery.headers).cause
    assert cause.name == "wrong_secret_or_forgery"
    assert cause.evidence.endswith("the work limit was reached before all variants were tried")


def test_the_headers_may_be_an_iterator() -> None:
    headers = Signer(SECRET).sign(b"{}", timestamp=NOW)
    verifier = Verifier(SECRET, clock=lambda: NOW)
    assert explain(verifier, b"{}", iter(headers.items())).verified
    assert explain(verifier, b"{ }", iter(headers.items())).cause.name == "body_reserialized"


def test_many_threads_at_once() -> None:
    """The filters of warnings, which a diagnosis changes for a moment, are as they were before."""
    delivery = genuine("github", "small JSON")
    verifier = genuine("standard-webhooks", "small JSON").verifier()
    before = list(warnings.filters)

    def many() -> None:
        for _ in range(20):
            assert explain(verifier, delivery.body, delivery.headers).cause.name == "other_scheme"

    threads = [threading.Thread(target=many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(warnings.filters) == before


@pytest.mark.parametrize("headers", [None, 17, "webhook-id: msg_1", b"webhook-id: msg_1", object(), len])
def test_headers_of_a_wrong_type_are_an_error_of_the_caller(headers: Any) -> None:
    expected = f"headers must be a mapping or .name, value. pairs, not '{type(headers).__name__}'"
    with pytest.raises(TypeError, match=expected):
        explain(Verifier(SECRET), b"{}", headers)


@pytest.mark.parametrize("body", [None, 17, {"type": "paid"}, ["paid"], object()])
def test_a_body_of_a_wrong_type_is_an_error_of_the_caller(body: Any) -> None:
    with pytest.raises(TypeError, match="body must be bytes-like"):
        explain(Verifier(SECRET), body, {})


@pytest.mark.parametrize("value", ["msg_1", ""])
def test_two_names_that_both_resemble_a_header_are_explained(value: str) -> None:
    signed = Signer(SECRET, scheme="svix").sign(b"{}", id="msg_1", timestamp=NOW)
    signed.pop("svix-id")
    headers = [*signed.items(), ("svix_id", "msg_1"), ("svix.id", value)]
    verifier = Verifier(SECRET, scheme="svix", clock=lambda: NOW)
    assert explain(verifier, b"{}", headers).cause.name in {"header_renamed", "header_missing"}
