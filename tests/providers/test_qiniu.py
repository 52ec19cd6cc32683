"""Qiniu Cloud against its SDK for Python, and bodies that are not signed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.providers.interop import interop
from tests.rows import rows
from webhook_verify import Delivery, InvalidSecret, Reason, RejectedDelivery, Signer, Verifier
from webhook_verify.schemes.providers.qiniu import Qiniu

ACCESS, KEY = "qn-access-key-1234567890", "qn-secret-key-1234567890abcdef"
SECRET = f"{ACCESS}:{KEY}"
FORM_TYPE = "application/x-www-form-urlencoded"
FORM, JSON = b"bucket=demo&key=%2Fb.txt&name=Gr%C3%BC%C3%9Fe", '{"key": "Grüße"}'.encode()
URL = "https://hooks.example.com/qiniu/callback?tenant=7"
PATHS = [f"https://hooks.example.com/{number}" for number in range(32)]
REQUESTS = {
    "a form": (URL, FORM, FORM_TYPE),
    "a form without a query": ("https://hooks.example.com/qiniu", FORM, FORM_TYPE),
    "an empty form": (URL, b"", FORM_TYPE),
    "JSON": (URL, JSON, "application/json"),
}


def _verify(body: bytes, headers: dict[str, str], *, url: str = URL, secret: Any = SECRET) -> Delivery:
    return Verifier(secret, scheme="qiniu").verify(body, headers, url=url)


@interop("qiniu", by="qiniu (PyPI)")
@rows(("url", "body", "kind"), REQUESTS.values(), ids=REQUESTS)
def test_its_sdk_signs_and_verifies_the_same(url: str, body: bytes, kind: str) -> None:
    auth = pytest.importorskip("qiniu").Auth(ACCESS, KEY)
    theirs = f"QBox {auth.token_of_request(url, body.decode(), kind)}"
    ours = Signer(SECRET, scheme="qiniu").sign(body, url=url)["authorization"]

    assert ours == theirs
    assert auth.verify_callback(ours, url, body.decode(), kind)
    delivery = _verify(body, {"Authorization": theirs, "Content-Type": kind}, url=url)
    assert (delivery.body, delivery.body_is_signed, delivery.timestamp_is_signed) == (body, False, False)


@interop("qiniu", by="qiniu (PyPI)")
def test_each_character_of_a_signature_is_encoded_as_by_its_sdk() -> None:
    auth = pytest.importorskip("qiniu").Auth(ACCESS, KEY)
    ours = [Signer(SECRET, scheme="qiniu").sign(FORM, url=url)["authorization"] for url in PATHS]

    assert ours == [f"QBox {auth.token_of_request(url, FORM.decode(), FORM_TYPE)}" for url in PATHS]
    assert {*"-_="} < set("".join(text.rpartition(":")[2] for text in ours))


def _signed(body: bytes = FORM) -> dict[str, str]:
    return Signer(SECRET, scheme="qiniu").sign(body, url=URL)


REJECTED: dict[str, tuple[dict[str, Any], Reason]] = {
    "another form": ({"body": FORM + b"1", "headers": _signed()}, Reason.SIGNATURE_MISMATCH),
    "a form instead of JSON": (
        {"body": FORM, "headers": {**_signed(JSON), "content-type": FORM_TYPE}},
        Reason.SIGNATURE_MISMATCH,
    ),
    "JSON instead of a form": (
        {"body": JSON, "headers": {**_signed(), "content-type": "application/json"}},
        Reason.SIGNATURE_MISMATCH,
    ),
    "another query": ({"body": FORM, "headers": _signed(), "url": URL + "0"}, Reason.SIGNATURE_MISMATCH),
    "another access key": (
        {"body": FORM, "headers": {**_signed(), "authorization": "QBox x" + _signed()["authorization"][5:]}},
        Reason.SIGNATURE_MISMATCH,
    ),
    "no access key": (
        {"body": FORM, "headers": {"authorization": "QBox " + _signed()["authorization"].rpartition(":")[2]}},
        Reason.SIGNATURE_MISMATCH,
    ),
    "no signature": ({"body": FORM, "headers": {"content-type": FORM_TYPE}}, Reason.MISSING_HEADER),
}


@rows(("changed", "reason"), REJECTED.values(), ids=REJECTED)
def test_a_changed_callback_is_rejected(changed: dict[str, Any], reason: Reason) -> None:
    with pytest.raises(RejectedDelivery) as caught:
        _verify(**changed)
    assert caught.value.reason is reason


def test_the_access_key_selects_among_several_secrets() -> None:
    assert _verify(FORM, _signed(), secret=[f"new:{KEY}", SECRET]).secret_label == "secret-2"


def test_a_scheme_for_forms_rejects_every_other_body() -> None:
    verifier = Verifier(SECRET, scheme=Qiniu(form_only=True))
    signer = Signer(SECRET, scheme=Qiniu(form_only=True))

    assert verifier.verify(FORM, signer.sign(FORM, url=URL), url=URL).body_is_signed
    for kind in ("application/json", "", "text/plain"):
        with pytest.raises(RejectedDelivery):
            verifier.verify(JSON, {**_signed(JSON), "content-type": kind}, url=URL)
    with pytest.raises(ValueError, match="form"):
        signer.sign(JSON, url=URL)


@rows("secret", ["", KEY, f":{KEY}", f"{ACCESS}:", f"{ACCESS}: "])
def test_a_secret_without_both_keys_is_an_error(secret: str) -> None:
    with pytest.raises(InvalidSecret):
        Verifier(secret, scheme="qiniu")
