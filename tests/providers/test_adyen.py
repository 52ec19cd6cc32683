"""Adyen: interoperability with its library, in body and header, and rejected items."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.interop import interop
from tests.providers.signed_bodies import (
    ADYEN,
    HEX,
    ITEM,
    OTHER_HEX,
    VERIFIERS,
    assert_unreadable,
    batch,
    content,
    item,
    refusal,
)
from webhook_verify import MalformedDelivery, RejectedDelivery, Secret, SignatureMismatch, Signer, Verifier
from webhook_verify.schemes.providers import adyen

# This has no types, so it is imported as Any.
# These have no types, so they are imported as Any.
adyen_sdk: Any = import_module("Adyen.util")

# Adyen's documentation of HMAC signatures, the example to try one's own code with.
EXAMPLE = {
    "additionalData": {"hmacSignature": "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="},
    "amount": {"value": 1130, "currency": "EUR"},
    "pspReference": "7914073381342284",
    "eventCode": "AUTHORISATION",
    "eventDate": "2019-05-06T17:15:34.121+02:00",
    "merchantAccountCode": "TestMerchant",
    "operations": ["CANCEL", "CAPTURE", "REFUND"],
    "merchantReference": "TestPayment-1407325143704",
    "paymentMethod": "visa",
    "success": "true",
}

# adyen-node-api-library, its tests.
CAPTURED = {
    "pspReference": "pspReference",
    "originalReference": "originalReference",
    "merchantAccountCode": "merchantAccount",
    "merchantReference": "reference",
    "amount": {"currency": "EUR", "value": 1000},
    "eventCode": "CAPTURE",
    "success": "true",
    "additionalData": {"hmacSignature": "xhpHvYq2u2Np0rstbZ6QjLGu7JWhvf7Iwaa6EviJSX0="},
}


def notification(*items: dict[str, Any]) -> bytes:
    wrapped = [{"NotificationRequestItem": item} for item in items]
    return json.dumps({"live": "false", "notificationItems": wrapped}).encode()


@interop("adyen", by="Adyen's documentation, and the tests of adyen-node-api-library")
@pytest.mark.parametrize(("item", "key"), [(EXAMPLE, HEX), (CAPTURED, OTHER_HEX)])
def test_adyen_vectors(item: dict[str, Any], key: str) -> None:
    delivery = Verifier(key, scheme="adyen").verify(notification(item), {})

    assert delivery.id == f"{item['pspReference']}:{item['eventCode']}:true"
    with pytest.raises(SignatureMismatch):
        Verifier(key, scheme="adyen").verify(notification({**item, "success": "false"}), {})


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=":"), max_size=8)

amounts: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"value": st.integers(-(10**15), 10**15), "currency": words}
)

items: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "pspReference": words.filter(bool),
        "eventCode": words.filter(lambda word: word not in ("", "REPORT_AVAILABLE")),
        "amount": amounts,
        "success": st.sampled_from(["true", "false"]),
    },
    optional={
        "originalReference": words,
        "merchantAccountCode": words,
        "merchantReference": words | st.sampled_from(["14-08-2020-09:53:00", "\\", "a\\:b", ":"]),
    },
)


@interop("adyen", by="Adyen (PyPI)")
@given(item=items)
def test_adyen_signs_and_verifies_as_its_sdk(item: dict[str, Any]) -> None:
    theirs = {"hmacSignature": adyen_sdk.generate_notification_sig(item, HEX).decode()}
    Verifier(HEX, scheme="adyen").verify(notification({**item, "additionalData": theirs}), {})

    ours = json.loads(adyen.SCHEME.sign_body(notification(item), adyen.SCHEME.signing_key(Secret(HEX))))
    assert adyen_sdk.is_valid_hmac_notification(ours, HEX)


@interop("adyen-header", by="Adyen (PyPI)")
@given(st.binary(max_size=40))
def test_adyen_header_signs_and_verifies_as_its_sdk(body: bytes) -> None:
    theirs = adyen_sdk.generate_payload_sig(body, HEX).decode()
    Verifier(HEX, scheme="adyen-header").verify(body, {"HmacSignature": theirs})

    ours = Signer(HEX, scheme="adyen-header").sign(body)["hmacsignature"]
    assert adyen_sdk.is_valid_hmac_payload(ours, HEX, body)


# --- the items of a body ------------------------------------------------------------------------------


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
