"""Alipay: the sorted form, its borders, and the verification of Alipay's Node.js SDK."""

from __future__ import annotations

from base64 import b64encode
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from tests.providers.interop import interop
from tests.providers.key_pairs import der_of, pem_of, rsa_key
from tests.providers.npm import node
from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import MalformedDelivery, RejectedDelivery, SignatureMismatch, Signer, Verifier

VERIFIER = SAMPLES["alipay"].verifier()
FIELDS = {
    "notify_time": "2026-09-21 22:13:20",
    "notify_type": "trade_status_sync",
    "notify_id": "2026092100222221320082921000001",
    "app_id": "2021",
    "subject": "咖啡 & tea=100% +é",
    "trade_status": "TRADE_SUCCESS",
    "total_amount": "19.99",
}

# checkNotifySign needs only the public key. What the module imports from other packages is not called.
CHECK = """
const Module = (await import('node:module')).default;
const load = Module._load;
Module._load = (name, ...rest) => {
  try { return load(name, ...rest); }
  catch (error) { if (error.code !== 'MODULE_NOT_FOUND') throw error; }
  const absent = new Proxy(function () {}, {
    get: (target, key) => key === '__esModule' || absent, apply: () => absent, construct: () => absent,
  });
  return absent;
};
const { AlipaySdk } = require('./node_modules/alipay-sdk/dist/commonjs/alipay.js');
const sdk = Object.create(AlipaySdk.prototype);
sdk.config = { alipayPublicKey: given.key, signType: 'RSA2' };
return given.forms.map(form => sdk.checkNotifySignV2(form));
"""


def signed(fields: dict[str, str], content: dict[str, str] | None = None, sha1: bool = False) -> bytes:
    """A notification whose signature is made here, of the content or of all fields but `sign_type`."""
    covered = content if content is not None else {k: v for k, v in fields.items() if k != "sign_type"}
    text = "&".join(f"{name}={covered[name]}" for name in sorted(covered))
    signature = rsa_key(0).sign(text.encode(), PKCS1v15(), SHA1() if sha1 else SHA256())
    return urlencode({**fields, "sign": b64encode(signature).decode()}).encode()


def form_of(body: bytes) -> dict[str, str]:
    return dict(VERIFIER.verify(body, {}).form())


FULL = {**FIELDS, "sign_type": "RSA2"}


@interop("alipay", by="alipay-sdk (npm)")
def test_the_sdk_accepts_the_same_notifications() -> None:
    by_signer = Signer(pem_of(rsa_key(0))[1], scheme="alipay").sign_body(urlencode(FIELDS).encode())
    bodies = [by_signer, signed(FULL), signed(FULL, FULL), signed({**FULL, "buyer_id": ""})]
    forms = [form_of(body) for body in bodies]
    wrong = {**forms[0], "total_amount": "29.99"}
    with pytest.raises(SignatureMismatch):
        VERIFIER.verify(urlencode(wrong).encode(), {})

    key = pem_of(rsa_key(0))[0]
    assert node(CHECK, {"key": key, "forms": [*forms, wrong]}) == [True] * 4 + [False]


def test_a_notification() -> None:
    delivery = VERIFIER.verify(signed(FULL), {})
    assert (delivery.id, delivery.id_is_signed) == (FIELDS["notify_id"], True)
    assert (delivery.event_type, delivery.event_type_is_signed) == ("trade_status_sync", True)
    assert delivery.form()["subject"] == FIELDS["subject"]


def test_a_key_as_bare_base64() -> None:
    assert Verifier(der_of(rsa_key(0))[0], scheme="alipay").verify(signed(FULL), {}).body == signed(FULL)


def test_fields_without_a_value_may_be_unsigned() -> None:
    assert VERIFIER.verify(signed({**FULL, "buyer_id": ""}, FIELDS), {}).id_is_signed


MALFORMED: dict[str, bytes] = {
    "empty": b"",
    "JSON": b'{"sign": "a"}',
    "no signature": urlencode(FULL).encode(),
    "two signatures": signed(FULL) + b"&sign=a",
    "a field twice": signed(FULL) + b"&total_amount=0.01",
    "no id": signed({name: value for name, value in FULL.items() if name != "notify_id"}),
    "an empty id": signed({**FULL, "notify_id": ""}),
    "an id with a line break": signed({**FULL, "notify_id": "a\nb"}),
    "a field in a value": signed({**FULL, "subject": "a&total_amount=0.01"}),
    "a name with =": signed({**FULL, "a=b": "c"}),
    "GBK": signed(FULL) + b"&more=%BF%A7",
}


@rows("body", MALFORMED.values(), ids=MALFORMED)
def test_an_invalid_form_is_rejected(body: bytes) -> None:
    with pytest.raises(MalformedDelivery):
        VERIFIER.verify(body, {})


def test_two_fields_cannot_become_one() -> None:
    """Both forms have the same signed content."""
    merged = {k: v for k, v in FULL.items() if k not in ("total_amount", "trade_status")}
    merged["total_amount"] = f"19.99&trade_status={FIELDS['trade_status']}"
    with pytest.raises(MalformedDelivery):
        VERIFIER.verify(signed(merged, FIELDS), {})


WRONG: dict[str, bytes] = {
    "SHA-1": signed({**FIELDS, "sign_type": "RSA"}, sha1=True),
    "another amount": signed({**FULL, "total_amount": "29.99"}, FIELDS),
    "one more field": signed({**FULL, "buyer_id": "2088"}, FIELDS),
    "one field less": signed({k: v for k, v in FULL.items() if k != "app_id"}, FIELDS),
    "an invalid signature": urlencode({**FULL, "sign": "a"}).encode(),
}


@rows("body", WRONG.values(), ids=WRONG)
def test_a_wrong_signature_is_rejected(body: bytes) -> None:
    with pytest.raises(RejectedDelivery):
        VERIFIER.verify(body, {})


@rows("body", [b"", b"{}", b"a=b", b"notify_id=1&notify_id=2"])
def test_a_signer_refuses_an_invalid_notification(body: bytes) -> None:
    with pytest.raises(ValueError, match="cannot sign this body"):
        Signer(pem_of(rsa_key(0))[1], scheme="alipay").sign_body(body)
