"""Schemes with the signature in the body, which is parsed before it is trusted: common rules."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.sample import NOW
from tests.providers.signed_bodies import (
    ADYEN,
    CHANGE,
    GRAPH,
    HEX,
    ITEM,
    MAILGUN,
    OTHER_HEX,
    TOKEN,
    VERIFIERS,
    assert_unreadable,
    batch,
    changes,
    email,
    item,
    proof,
)
from tests.rows import rows
from webhook_verify import Delivery, RejectedDelivery, Secret, SignatureMismatch, Signer, Verifier, schemes
from webhook_verify.schemes.body_scheme import BodyScheme

each = pytest.mark.parametrize("scheme", VERIFIERS)
GENUINE = {MAILGUN: email(), ADYEN: batch(item()), GRAPH: changes(CHANGE)}


@each
def test_genuine(scheme: str) -> None:
    """Whatever the headers are: none is read."""
    for headers in ({}, [("signature", "x")], {"hmacsignature": ["a", "b"]}):
        delivery = VERIFIERS[scheme].verify(GENUINE[scheme], headers)
        assert (delivery.scheme, delivery.body, delivery.body_is_signed) == (scheme, GENUINE[scheme], False)


BROKEN = {
    "nothing": b"",
    "no JSON": b"{",
    "two values": b"{}{}",
    "not UTF-8": b'{"a": "\xff"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "NaN": b'{"signature": NaN}',
    "an integer of 5000 digits": b'{"a": ' + b"9" * 5_000 + b"}",
    "nested too deeply": b"[" * 500_000 + b"]" * 500_000,
    "opened too often": b'{"signature":' * 200_000,
    "a text": b'"signature"',
    "a number": b"1",
    "null": b"null",
    "a list": b"[]",
    "an empty object": b"{}",
    "a form": b"a=1&b=2",
}


@each
@rows("body", BROKEN.values(), ids=BROKEN)
def test_what_is_no_json_object_is_refused(scheme: str, body: bytes) -> None:
    assert_unreadable(scheme, body)


# What stands twice where it counts: (scheme, a key of the genuine body).
TWICE = [
    (MAILGUN, "signature"), (MAILGUN, "timestamp"), (MAILGUN, "token"),
    (ADYEN, "notificationItems"), (ADYEN, "NotificationRequestItem"), (ADYEN, "additionalData"),
    (ADYEN, "hmacSignature"), (ADYEN, "amount"), (ADYEN, "value"), (ADYEN, "success"),
    (ADYEN, "pspReference"),
    (GRAPH, "value"), (GRAPH, "clientState"),
]  # fmt: skip


@rows(("scheme", "name"), TWICE, ids=[f"{scheme}: {name}" for scheme, name in TWICE])
@rows("other", ["null", '"x"', "{}", "[]"])
def test_what_stands_twice_has_no_value(scheme: str, name: str, other: str) -> None:
    """Python takes the last, others the first: a verified body must not be read in two ways."""
    body = GENUINE[scheme].decode()
    escaped = f"\\u{ord(name[0]):04x}{name[1:]}"  # the same key, to a parser
    for key in (name, escaped):
        assert_unreadable(scheme, body.replace(f'"{name}":', f'"{key}": {other}, "{name}":', 1).encode())


def test_what_stands_twice_elsewhere_is_the_applications_affair() -> None:
    body = GENUINE[MAILGUN].replace(b'"event":', b'"event": "x", "event":')
    assert VERIFIERS[MAILGUN].verify(body, {})


@each
def test_no_header_signs_it_so_the_signer_says_who_does(scheme: str) -> None:
    with pytest.raises(ValueError, match="sign_body"):
        Signer(HEX, scheme=scheme).sign(GENUINE[scheme])


@each
def test_sign_body_makes_a_genuine_one(scheme: str) -> None:
    found = schemes.resolve(scheme)
    assert isinstance(found, BodyScheme)
    for given_body in (GENUINE[scheme], GENUINE[scheme].replace(b"hmacSignature", b"another")):
        body = found.sign_body(given_body, found.signing_key(Secret(HEX)), id=TOKEN, timestamp=NOW)
        assert VERIFIERS[scheme].verify(body, {}).body == body
    for broken in (b"", b"[]", b'{"a": 1, "a": 2}'):
        with pytest.raises(ValueError, match="sign"):
            found.sign_body(broken, found.signing_key(Secret(HEX)), id=TOKEN, timestamp=NOW)


@each
def test_any_secret_of_several_but_one_for_all(scheme: str) -> None:
    for secrets in ([HEX, OTHER_HEX], [OTHER_HEX, HEX]):
        verifier = Verifier(secrets, scheme=scheme, clock=lambda: NOW)
        assert verifier.verify(GENUINE[scheme], {}).secret_label == f"secret-{secrets.index(HEX) + 1}"
    with pytest.raises(SignatureMismatch):
        Verifier(OTHER_HEX, scheme=scheme, clock=lambda: NOW).verify(GENUINE[scheme], {})


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just("\ud800")

values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)

NAMES = [
    "signature",
    "timestamp",
    "token",
    "parent-signature",
    "additionalData",
    "hmacSignature",
    "clientState",
]

fields = st.dictionaries(st.sampled_from([*NAMES, *ITEM, "value", "currency", "originalReference"]), values)


@each
@given(found=fields, inner=fields, wrap=st.booleans())
def test_nothing_else_escapes(scheme: str, found: dict[str, Any], inner: dict[str, Any], wrap: bool) -> None:
    bodies: list[Any] = [found, {"signature": {**proof(), **found}}]
    bodies += [
        json.loads(batch(item(), {**item(), **found, "amount": inner} if wrap else {**item(), **found}))
    ]
    bodies += [
        {"value": [CHANGE, {**CHANGE, **found}]},
        {"value": found},
        {"notificationItems": [found, inner]},
    ]
    for value in bodies:
        raw = json.dumps(value).encode()
        for verification in (VERIFIERS[scheme].verify, lambda body, _: streamed(scheme, body)):
            with suppress(RejectedDelivery):
                assert isinstance(verification(raw, {}), Delivery)


def streamed(scheme: str, body: bytes) -> Delivery:
    verification = VERIFIERS[scheme].begin({})
    for start in range(0, len(body), 7):
        verification.update(body[start : start + 7])
    return verification.finish()


BIG: dict[str, Callable[[int], str]] = {
    "keys, all twice": lambda size: "{" + ",".join(['"a":1'] * (size // 6)) + "}",
    "keys, all different": lambda size: "{" + ",".join(f'"{n}":1' for n in range(size // 10)) + "}",
    "Graph's items": lambda size: changes(*[CHANGE] * (size // 110)).decode(),
    "Adyen's items": lambda size: batch(*[item()] * (size // 350)).decode(),
    "numbers": lambda size: "[" + "9" * 4_000 + ("," + "9" * 4_000) * (size // 4_000) + "]",
}


@pytest.mark.parametrize("make", BIG.values(), ids=BIG)
def test_the_work_is_bounded(make: Callable[[int], str]) -> None:
    body = make(1_000_000).encode()
    for scheme in VERIFIERS:
        start = time.process_time()
        with suppress(RejectedDelivery):
            VERIFIERS[scheme].verify(body, {})
        assert time.process_time() - start < 1, "a tenth of it, on a machine that is not busy"
