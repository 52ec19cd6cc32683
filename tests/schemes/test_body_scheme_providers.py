"""What Mailgun, Adyen and Microsoft Graph sign of a body, and what each of them makes of odd values."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.schemes.signed_bodies import (
    ADYEN,
    CHANGE,
    GRAPH,
    HEX,
    ITEM,
    MAILGUN,
    NOW,
    OTHER_HEX,
    TOKEN,
    VERIFIERS,
    assert_unreadable,
    batch,
    changes,
    content,
    email,
    item,
    proof,
    refusal,
)
from webhook_verify import (
    MalformedDelivery,
    RejectedDelivery,
    SignatureMismatch,
    TimestampOutsideTolerance,
    Verifier,
)

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
