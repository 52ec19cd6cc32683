"""WeChat Pay: its keys, the nonce, and the verification of a Python SDK."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests.providers.interop import interop
from tests.providers.key_pairs import der_of, pem_of, rsa_key
from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from tests.providers.verdicts import verified
from tests.providers.wheels import definition_in
from tests.rows import rows
from webhook_verify import RejectedDelivery, Secret, Verifier

SAMPLE = SAMPLES["wechat-pay"]
BODY = '{"id": "EV-1", "event_type": "TRANSACTION.SUCCESS", "summary": "支付成功"}'.encode()
NAMES = {
    "b64decode": b64decode,
    "PKCS1v15": PKCS1v15,
    "SHA256": SHA256,
    "InvalidSignature": InvalidSignature,
}


def sdk(name: str) -> Any:
    return definition_in(
        "wechatpayv3==2.0.4", "wechatpayv3/utils.py", name, {**NAMES, "b64encode": b64encode}
    )


def signed_by_sdk(nonce: str = "593BEC0C930BF1AFEB40B4A08C8FB242", key: int = 0) -> dict[str, str]:
    content = f"{NOW}\n{nonce}\n{BODY.decode()}\n"
    return {
        "Wechatpay-Serial": "PUB_KEY_ID_0114232134912410000000000000",
        "Wechatpay-Timestamp": str(NOW),
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": sdk("rsa_sign")(rsa_key(key), content),
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }


@interop("wechat-pay", by="wechatpayv3 (PyPI)")
def test_the_sdk_signs_and_verifies() -> None:
    public = rsa_key(0).public_key()
    delivery = SAMPLE.verifier().verify(BODY, signed_by_sdk())
    assert (delivery.id, delivery.id_is_signed, delivery.timestamp_is_signed) == ("EV-1", True, True)

    body, headers = SAMPLE.signed()
    values = [headers[f"wechatpay-{name}"] for name in ("timestamp", "nonce", "signature")]
    for sent in (body, body + b" "):
        expected = sdk("rsa_verify")(*values[:2], sent.decode(), values[2], public)
        assert verified("wechat-pay", SAMPLE.secret, sent, headers, now=NOW) is expected


def test_a_key_as_bare_base64_and_two_keys_during_a_change() -> None:
    keys = [
        Secret(der_of(rsa_key(0))[0], label="PUB_KEY_ID_01"),
        Secret(pem_of(rsa_key(1))[0], label="5157F"),
    ]
    verifier = Verifier(keys, scheme="wechat-pay", clock=lambda: NOW)

    assert verifier.verify(BODY, signed_by_sdk()).secret_label == "PUB_KEY_ID_01"
    assert verifier.verify(BODY, signed_by_sdk(key=1)).secret_label == "5157F"


CHANGED: dict[str, dict[str, str]] = {
    "another nonce": {"Wechatpay-Nonce": "593BEC0C930BF1AFEB40B4A08C8FB243"},
    "no nonce": {"Wechatpay-Nonce": ""},
    "a nonce with a line break": {"Wechatpay-Nonce": "a\nb"},
    "another time": {"Wechatpay-Timestamp": str(NOW - 1)},
    "a wrong signature": {"Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + "A" * 325},
}


@rows("changed", CHANGED.values(), ids=CHANGED)
def test_a_changed_header_is_rejected(changed: dict[str, str]) -> None:
    with pytest.raises(RejectedDelivery):
        SAMPLE.verifier().verify(BODY, {**signed_by_sdk(), **changed})


def test_the_retry_of_a_notification_has_its_idempotency_key() -> None:
    first, retry = (SAMPLE.verifier().verify(BODY, signed_by_sdk(nonce)) for nonce in ("a", "b"))
    assert first.idempotency_key == retry.idempotency_key
