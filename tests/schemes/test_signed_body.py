"""Mailgun, Adyen and Microsoft Graph: the signature lies in the body, which is read before it is trusted."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rows import rows
from webhook_verify import (
    Delivery,
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    Secret,
    SignatureMismatch,
    Signer,
    TimestampOutsideTolerance,
    Verifier,
    schemes,
)
from webhook_verify.schemes.body_scheme import BodyScheme

NOW = 1_790_000_000
HEX = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
OTHER_HEX = "DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00"
MAILGUN, ADYEN, GRAPH = "mailgun", "adyen", "microsoft-graph"
VERIFIERS = {name: Verifier(HEX, scheme=name, clock=lambda: NOW) for name in (MAILGUN, ADYEN, GRAPH)}
each = pytest.mark.parametrize("scheme", VERIFIERS)

TOKEN = "e0b5477167110d68991efc6b9f89f0a11066af27834600e123"
EVENT = {"event": "opened", "recipient": "alice@example.com"}
ITEM: dict[str, Any] = {
    "amount": {"value": 1130, "currency": "EUR"},
    "pspReference": "7914073381342284",
    "eventCode": "AUTHORISATION",
    "merchantAccountCode": "TestMerchant",
    "merchantReference": "TestPayment-1407325143704",
    "success": "true",
}
CHANGE = {"clientState": HEX, "changeType": "created"}


def proof(timestamp: object = str(NOW), token: object = TOKEN, key: str = HEX) -> dict[str, Any]:
    """Mailgun's signature object, by the standard library alone."""
    mac = hmac.digest(key.encode(), f"{timestamp}{token}".encode("utf-8", "surrogatepass"), "sha256").hex()
    return {"timestamp": timestamp, "token": token, "signature": mac}


def email(**signature: Any) -> bytes:
    return json.dumps({"signature": {**proof(), **signature}, "event-data": EVENT}).encode()


def content(item: dict[str, Any]) -> str:
    """What Adyen signs of an item."""
    amount = item.get("amount", {})
    names = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
    texts = [item.get(name, "") for name in names]
    texts += [
        amount.get("value", ""),
        amount.get("currency", ""),
        item.get("eventCode", ""),
        item.get("success", ""),
    ]
    return ":".join(map(str, texts))


def item(key: str = HEX, signed: str | None = None, **other: Any) -> dict[str, Any]:
    """An item with those fields, signed as it is, or with that signed content."""
    changed = {**ITEM, **other}
    text = content(changed) if signed is None else signed
    mac = hmac.digest(bytes.fromhex(key), text.encode("utf-8", "surrogatepass"), "sha256")
    return {**changed, "additionalData": {"hmacSignature": b64encode(mac).decode()}}


def batch(*items: Any) -> bytes:
    return json.dumps({"notificationItems": [{"NotificationRequestItem": each} for each in items]}).encode()


def changes(*items: Any) -> bytes:
    return json.dumps({"value": items}).encode()


GENUINE = {MAILGUN: email(), ADYEN: batch(item()), GRAPH: changes(CHANGE)}


def refusal(scheme: str, body: bytes) -> RejectedDelivery:
    with pytest.raises(RejectedDelivery) as caught:
        VERIFIERS[scheme].verify(body, {})
    assert caught.value.__context__ is None, "the original error would carry the body along"
    return caught.value


def assert_unreadable(scheme: str, body: bytes) -> None:
    error = refusal(scheme, body)
    assert isinstance(error, MalformedDelivery)
    assert error.reason is Reason.UNREADABLE_BODY


# --- what they have in common -----------------------------------------------------------------------


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
    "a form": b"timestamp=1&token=a&signature=b",
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


# --- Mailgun ----------------------------------------------------------------------------------------

MAILGUN_UNREADABLE: dict[str, dict[str, Any]] = {
    "no signature": {"signature": None},
    "the signature is a list": {"signature": [proof()["signature"]]},
    "no timestamp": {"timestamp": None},
    "a blank timestamp": {"timestamp": ""},
    "a timestamp with a fraction": {"timestamp": f"{NOW}.0"},
    "a float": {"timestamp": float(NOW)},
    "a boolean": {"timestamp": True},
    "a sign": {"timestamp": f"+{NOW}"},
    "a blank": {"timestamp": f" {NOW}"},
    "a leading zero": {"timestamp": f"0{NOW}"},
    "other digits": {"timestamp": "١٧٩٠٠٠٠٠٠٠"},
    "too many digits": {"timestamp": "9" * 13},
    "a huge number": {"timestamp": 10**4_000},
    "a negative one": {"timestamp": -NOW},
    "no token": {"token": None},
    "an empty token": {"token": ""},
    "a blank token": {"token": " "},
    "a token that is not ASCII": {"token": "é"},
    "a token with a newline": {"token": "a\nb"},
    "a surrogate": {"token": "\ud800"},
    "a token too long": {"token": "a" * 257},
    "a number": {"token": 1},
}  # fmt: skip


@pytest.mark.parametrize("changed", MAILGUN_UNREADABLE.values(), ids=MAILGUN_UNREADABLE)
def test_mailgun_unreadable(changed: dict[str, Any]) -> None:
    """Signed as they are, so that nothing but the grammar refuses them."""
    genuine = proof(changed.get("timestamp", str(NOW)), changed.get("token", TOKEN))
    assert_unreadable(MAILGUN, email(**{**genuine, **changed}))


MAILGUN_WRONG = {
    "another token": {"token": TOKEN[:-1] + "4"},
    "another timestamp": {"timestamp": str(NOW + 1)},
    "a digit moved into the token": {"timestamp": str(NOW)[:-1], "token": "0" + TOKEN},
    "truncated": {"signature": proof()["signature"][:-2]},
    "base64": {"signature": b64encode(bytes.fromhex(proof()["signature"])).decode()},
    "not hex": {"signature": "x" * 64},
    "not ASCII": {"signature": "é" * 64},
    "empty": {"signature": ""},
    "by another key": {"signature": proof(key=OTHER_HEX)["signature"]},
}


@pytest.mark.parametrize("changed", MAILGUN_WRONG.values(), ids=MAILGUN_WRONG)
def test_mailgun_wrong(changed: dict[str, Any]) -> None:
    error = refusal(MAILGUN, email(**changed))
    assert isinstance(error, SignatureMismatch | TimestampOutsideTolerance)


@pytest.mark.parametrize("timestamp", [str(NOW), NOW])
@pytest.mark.parametrize("change", [str.lower, str.upper])
def test_mailgun_takes_both_kinds_of_timestamp_and_hex(timestamp: object, change: Any) -> None:
    body = email(timestamp=timestamp, signature=change(proof()["signature"]))

    delivery = VERIFIERS[MAILGUN].verify(body, {})
    assert (delivery.id, delivery.id_is_signed) == (TOKEN, True)
    assert (delivery.timestamp.timestamp(), delivery.timestamp_is_signed) == (NOW, True)


def test_mailgun_takes_the_parent_accounts_signature() -> None:
    by_child = proof(key=OTHER_HEX)["signature"]
    body = email(**{"signature": by_child, "parent-signature": proof()["signature"]})
    assert VERIFIERS[MAILGUN].verify(body, {}).id == TOKEN
    assert isinstance(
        refusal(MAILGUN, email(**{"signature": by_child, "parent-signature": 1})), SignatureMismatch
    )


@pytest.mark.parametrize("later", [-901, 901])
def test_mailgun_old_and_new(later: int) -> None:
    assert isinstance(refusal(MAILGUN, email(**proof(str(NOW - later)))), TimestampOutsideTolerance)


def test_mailgun_another_event_with_the_same_token_is_the_same_delivery() -> None:
    """The event is not signed, so that a second one is kept out is all that there is."""
    once = VERIFIERS[MAILGUN].verify(email(), {})
    other = VERIFIERS[MAILGUN].verify(email().replace(b"opened", b"failed"), {})
    assert (once.id, once.signed_content_digest) == (other.id, other.signed_content_digest)
    assert once.signed_content_digest == hashlib.sha256(f"{NOW}{TOKEN}".encode()).digest()


# --- Adyen ------------------------------------------------------------------------------------------


def test_adyen_ids() -> None:
    """Whatever the order, which is not signed."""
    items = [item(), item(eventCode="CAPTURE", success="false")]
    for batched in (items, items[::-1]):
        delivery = VERIFIERS[ADYEN].verify(batch(*batched), {})
        assert delivery.id == "7914073381342284:AUTHORISATION:true,7914073381342284:CAPTURE:false"
        assert (delivery.id_is_signed, delivery.timestamp_is_signed) == (True, False)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_adyen_every_item_must_be_signed(place: int) -> None:
    forgeries: list[tuple[dict[str, Any], type[RejectedDelivery]]] = [
        ({**item(), "success": "false"}, SignatureMismatch),
        (item(OTHER_HEX, eventCode="REFUND"), SignatureMismatch),
        ({**ITEM}, MalformedDelivery),
        ({**ITEM, "additionalData": {}}, MalformedDelivery),
        ({**ITEM, "eventCode": "REFUND", "additionalData": {"hmacSignature": ""}}, SignatureMismatch),
    ]
    for forged, error in forgeries:
        several = [item(), item(eventCode="CAPTURE")]
        several.insert(place, forged)
        assert isinstance(refusal(ADYEN, batch(*several)), error)


def test_adyen_one_key_signs_all_items() -> None:
    verifier = Verifier([HEX, OTHER_HEX], scheme=ADYEN)
    with pytest.raises(SignatureMismatch):
        verifier.verify(batch(item(), item(OTHER_HEX, eventCode="CAPTURE")), {})


SEVERAL: dict[str, list[Any]] = {
    "the same twice": [item(), item()],
    "one of two twice": [item(), item(eventCode="CAPTURE"), item()],
    "and nothing": [item(), None],
    "none": [],
    "101": [item(eventCode=f"EVENT_{number}") for number in range(101)],
}


@pytest.mark.parametrize("items", SEVERAL.values(), ids=SEVERAL)
def test_adyen_such_items_are_no_delivery(items: list[Any]) -> None:
    """Each is signed alone: one that is repeated would be a replay with a message id that nobody has seen."""
    assert_unreadable(ADYEN, batch(*items))


def test_adyen_a_hundred_items() -> None:
    assert VERIFIERS[ADYEN].verify(batch(*SEVERAL["101"][:100]), {})


ADYEN_GENUINE: dict[str, dict[str, Any]] = {
    "a colon in the merchantReference": {"merchantReference": "14-08-2020-09:53:00"},
    "a backslash": {"merchantReference": "a\\b\\:c"},
    "a report, by its times": {
        "pspReference": "report_2022-11-01T00:00:00_2022-11-02T23:59:59.csv",
        "eventCode": "REPORT_AVAILABLE",
        "merchantReference": "",
    },
    "no characters of ASCII": {"merchantReference": "Bestellung für 北京"},
    "a refund": {"originalReference": "1", "eventCode": "REFUND"},
    "nothing to pay": {"amount": {"value": 0, "currency": "EUR"}},
    "a negative amount": {"amount": {"value": -5, "currency": "EUR"}},
    "no amount": {"amount": {}},
    "a number for a reference": {"merchantReference": 17},
}


@pytest.mark.parametrize("fields", ADYEN_GENUINE.values(), ids=ADYEN_GENUINE)
def test_adyen_genuine(fields: dict[str, Any]) -> None:
    assert VERIFIERS[ADYEN].verify(batch(item(**fields)), {})


@pytest.mark.parametrize("name", ["originalReference", "merchantReference", "amount"])
def test_adyen_null_is_nothing(name: str) -> None:
    without = {key: value for key, value in ITEM.items() if key != name}
    null: dict[str, Any] = {name: None}
    assert VERIFIERS[ADYEN].verify(batch(item(signed=content(without), **null)), {})


ADYEN_UNREADABLE: dict[str, dict[str, Any]] = {
    "a colon moved to the left": {
        "pspReference": "7914073381342284::TestMerchant:14",
        "merchantReference": "00",
    },
    "in the account": {"merchantAccountCode": "a:b"},
    "in the original": {"originalReference": ":"},
    "in the currency": {"amount": {"value": 1, "currency": "EUR:"}},
    "in the value": {"amount": {"value": "1:1", "currency": "EUR"}},
    "in the code": {"eventCode": "a:b"},
    "in success": {"success": "true:"},
    "a report with one in the merchantReference": {
        "eventCode": "REPORT_AVAILABLE",
        "merchantReference": "a:b",
    },
    "no pspReference": {"pspReference": ""},
    "no code": {"eventCode": ""},
    "a float": {"amount": {"value": 11.3, "currency": "EUR"}},
    "a boolean": {"success": True},
    "a list": {"merchantReference": ["a"]},
    "a surrogate": {"merchantReference": "\ud800"},
    "a huge number": {"amount": {"value": 10**30, "currency": "EUR"}},
}


@pytest.mark.parametrize("fields", ADYEN_UNREADABLE.values(), ids=ADYEN_UNREADABLE)
def test_adyen_unreadable(fields: dict[str, Any]) -> None:
    """Signed as they are, so that nothing but the grammar refuses them."""
    assert_unreadable(ADYEN, batch(item(**fields)))


@pytest.mark.parametrize("amount", [[], "1130", 1130, [1130, "EUR"]])
def test_adyen_an_amount_is_an_object(amount: object) -> None:
    assert_unreadable(ADYEN, batch({**item(), "amount": amount}))


colons = st.text(st.sampled_from("a:\\1"), max_size=4)


@given(st.lists(colons, min_size=8, max_size=8), st.lists(colons, min_size=8, max_size=8), st.booleans())
def test_adyen_no_two_items_sign_the_same(first: list[str], second: list[str], is_report: bool) -> None:
    """Of those that are taken: where the eight fields differ, so does what is signed."""

    def one(texts: list[str]) -> dict[str, Any]:
        psp, original, account, merchant, value, currency, code, success = texts
        return {
            "pspReference": psp, "originalReference": original, "merchantAccountCode": account,
            "merchantReference": merchant, "amount": {"value": value, "currency": currency},
            "eventCode": "REPORT_AVAILABLE" if is_report else code, "success": success,
        }  # fmt: skip

    signed = content(one(first))
    body = batch(item(signed=signed, **one(second)))
    if one(first) != one(second):
        refusal(ADYEN, body)


# --- Microsoft Graph --------------------------------------------------------------------------------

GRAPH_REFUSED: dict[str, tuple[list[Any], type[RejectedDelivery]]] = {
    "another token": ([{"clientState": OTHER_HEX}], SignatureMismatch),
    "in another case": ([{"clientState": HEX.lower()}], SignatureMismatch),
    "a part of it": ([{"clientState": HEX[:-1]}], SignatureMismatch),
    "more than it": ([{"clientState": HEX + " "}], SignatureMismatch),
    "not ASCII": ([{"clientState": "é"}], SignatureMismatch),
    "a surrogate": ([{"clientState": "\ud800"}], SignatureMismatch),
    "empty": ([{"clientState": ""}], SignatureMismatch),
    "the second item's": ([CHANGE, {"clientState": OTHER_HEX}], SignatureMismatch),
    "the first item's": ([{"clientState": OTHER_HEX}, CHANGE], SignatureMismatch),
    "missing": ([{}], MalformedDelivery),
    "missing in the second": ([CHANGE, {}], MalformedDelivery),
    "null": ([CHANGE, {"clientState": None}], MalformedDelivery),
    "a list": ([{"clientState": [HEX]}], MalformedDelivery),
    "an item that is no object": ([CHANGE, HEX], MalformedDelivery),
    "no items": ([], MalformedDelivery),
}


@pytest.mark.parametrize(("items", "error"), GRAPH_REFUSED.values(), ids=GRAPH_REFUSED)
def test_graph_refused(items: list[Any], error: type[RejectedDelivery]) -> None:
    assert isinstance(refusal(GRAPH, changes(*items)), error)


def test_graph_is_deduped_by_the_body() -> None:
    once, again = (VERIFIERS[GRAPH].verify(changes(CHANGE, CHANGE), {}) for _ in range(2))
    other = VERIFIERS[GRAPH].verify(changes(CHANGE), {})

    assert (once.id, once.id_is_signed, once.timestamp_is_signed) == ("", False, False)
    assert once.signed_content_digest == again.signed_content_digest == hashlib.sha256(once.body).digest()
    assert once.signed_content_digest != other.signed_content_digest
