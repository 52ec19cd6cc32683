"""Schemes that sign an address, or lie in the body, against their providers' own libraries and examples."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mailgun.security import SecurityGuard
from werkzeug.datastructures import MultiDict

from tests.providers.interop import interop
from webhook_verify import Delivery, RejectedDelivery, Secret, SignatureMismatch, Signer, Verifier, schemes
from webhook_verify.schemes.providers import adyen, mailgun

# These have no types, so they are imported as Any.
adyen_sdk: Any = import_module("Adyen.util")
hubspot_sdk: Any = import_module("hubspot.utils.signature")
twilio_sdk: Any = import_module("twilio.request_validator")

NOW = 1_790_000_000
SECRET = "0123456789abcdef0123456789abcdef"
HEX = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
OTHER_HEX = "DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00"

pytestmark = pytest.mark.filterwarnings("ignore::webhook_verify.WeakSecretWarning")  # the published secrets


def accepts(verify: Callable[[], Delivery]) -> bool:
    try:
        verify()
    except RejectedDelivery:
        return False
    return True


# --- Twilio -----------------------------------------------------------------------------------------

FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
IN_GUIDE = {**FORM, "From": "+12349013030", "Caller": "+12349013030"}
JSON = b'{"property": "value", "boolean": true}'
HASH = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
PAGE = "mycompany.com/myapp.php?foo=1&bar=2"
WITH_PORT = PAGE.replace(".com", ".com:1234")
# (what it is, url, body, signature)
TWILIO_VECTORS: list[tuple[str, str, Any, str]] = [
    ("a form", f"https://{PAGE}", FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    ("the guide's example", f"https://{PAGE}", IN_GUIDE, "0/KCTR6DLpKmkAf8muzZqo1nDgQ="),
    ("signed without the port", f"https://{WITH_PORT}", FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    ("signed with the port", f"http://{WITH_PORT}", FORM, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    ("signed with 443", f"https://{PAGE}", FORM, "kvajT1Ptam85bY51eRf/AJRuM3w="),
    ("signed with 80", f"http://{PAGE}", FORM, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    (
        "a parameter twice",
        f"https://{PAGE}",
        [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234")],
        "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
    ),
    ("JSON", f"https://{PAGE}&bodySHA256={HASH}", JSON, "a9nBmqA0ju/hNViExpshrM61xv4="),
]  # fmt: skip


@interop("twilio", by="twilio (PyPI), its test vectors")
@interop("twilio", by="Twilio's guide to webhook security")
@pytest.mark.parametrize(
    ("url", "given", "signature"), [row[1:] for row in TWILIO_VECTORS], ids=[row[0] for row in TWILIO_VECTORS]
)
def test_twilio_vectors(url: str, given: Any, signature: str) -> None:
    body = given if isinstance(given, bytes) else urlencode(given).encode()
    verifier = Verifier("12345", scheme="twilio")

    assert verifier.verify(body, {"X-Twilio-Signature": signature}, url=url).body == body
    with pytest.raises(SignatureMismatch):
        verifier.verify(body, {"X-Twilio-Signature": signature}, url=url.replace("bar=2", "bar=3"))


texts = st.text(max_size=8)
pairs = st.lists(
    st.tuples(texts, texts) | st.tuples(st.sampled_from("ab"), st.sampled_from("xy")), max_size=6
)
urls = st.sampled_from(
    ["https://a.example/h", "http://a.example:80/h?x=%20y", "https://u:p@a.example/h?a=b%2Fc"]
)


@interop("twilio", "twilio-sha256", by="twilio (PyPI)")
@pytest.mark.parametrize(("scheme", "algorithm"), [("twilio", "HMAC_SHA1"), ("twilio-sha256", "HMAC_SHA256")])
@given(pairs=pairs, url=urls)
def test_twilio_signs_and_verifies_as_its_sdk(
    scheme: str, algorithm: str, pairs: list[tuple[str, str]], url: str
) -> None:
    sdk, body, form = twilio_sdk.RequestValidator(SECRET), urlencode(pairs).encode(), MultiDict(pairs)
    settings = {"X-Twilio-Webhooks-Signature-Settings": f"key=webhooks_sharedkey_1,algorithm={algorithm}"}

    theirs = {"X-Twilio-Signature": sdk.compute_signature(url, form, algorithm), **settings}
    assert Verifier(SECRET, scheme=scheme).verify(body, theirs, url=url).body == body

    ours = Signer(SECRET, scheme=scheme).sign(body, url=url)["x-twilio-signature"]
    assert ours == theirs["X-Twilio-Signature"]
    if "@" not in url:  # the SDK takes user:password for host:port
        assert sdk.validate(url, form, ours, algorithm)


# --- HubSpot ----------------------------------------------------------------------------------------

HUBSPOT_SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
HUBSPOT_URL = "https://www.example.com/webhook_uri"


@interop("hubspot", by="hubspot-api-python and hubspot-api-ruby, their test vectors")
@pytest.mark.parametrize(
    ("timestamp", "signature"),
    [
        ("1693657560000", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="),
        ("1700000300000", "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="),
    ],
)
def test_hubspot_vectors(timestamp: str, signature: str) -> None:
    verifier = Verifier(HUBSPOT_SECRET, scheme="hubspot", clock=lambda: int(timestamp) / 1000)
    headers = {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": timestamp}

    body = b"{'example_field':'example_value'}"
    assert verifier.verify(body, headers, url=HUBSPOT_URL, method="POST").body == body


@interop("hubspot", by="hubspot-api-client (PyPI)")
@given(text=texts, method=st.sampled_from(["POST", "GET"]), later=st.sampled_from([-10_000, 0, 299, 301]))
def test_hubspot_signs_and_verifies_as_its_sdk(text: str, method: str, later: int) -> None:
    now = int(datetime.now(UTC).timestamp())
    stamp = now - later
    ours = Signer(HUBSPOT_SECRET, scheme="hubspot").sign(
        text.encode(), timestamp=stamp, url=HUBSPOT_URL, method=method
    )
    theirs = hubspot_sdk.Signature.get_signature(
        HUBSPOT_SECRET, text, "v3", HUBSPOT_URL, method, str(stamp * 1000)
    )
    assert ours == {"x-hubspot-signature-v3": theirs, "x-hubspot-request-timestamp": str(stamp * 1000)}

    verifier = Verifier(HUBSPOT_SECRET, scheme="hubspot", clock=lambda: now)
    accepted = accepts(lambda: verifier.verify(text.encode(), ours, url=HUBSPOT_URL, method=method))
    assert accepted == (later <= 300), "as the SDK: only old ones are refused"


# --- Mailgun ----------------------------------------------------------------------------------------

EVENT = b'{"event-data": {"event": "opened"}}'


@interop("mailgun", by="mailgun (PyPI)")
@given(st.from_regex(r"[0-9a-f]{50}", fullmatch=True), st.sampled_from([-901, -900, 0, 900, 901]))
def test_mailgun_signs_and_verifies_as_its_sdk(token: str, later: int) -> None:
    stamp = NOW - later
    body = mailgun.SCHEME.sign_body(
        EVENT, mailgun.SCHEME.signing_key(Secret(SECRET)), id=token, timestamp=stamp
    )

    signed = json.loads(body)["signature"]
    assert SecurityGuard.verify_webhook(SECRET, **signed, max_age_seconds=0)

    verifier = Verifier(SECRET, scheme="mailgun", clock=lambda: NOW)
    assert accepts(lambda: verifier.verify(body, {})) == (abs(later) <= 900), "the SDK's own 15 minutes"


# --- Adyen ------------------------------------------------------------------------------------------

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


def batch(*items: dict[str, Any]) -> bytes:
    wrapped = [{"NotificationRequestItem": item} for item in items]
    return json.dumps({"live": "false", "notificationItems": wrapped}).encode()


@interop("adyen", by="Adyen's documentation, and the tests of adyen-node-api-library")
@pytest.mark.parametrize(("item", "key"), [(EXAMPLE, HEX), (CAPTURED, OTHER_HEX)])
def test_adyen_vectors(item: dict[str, Any], key: str) -> None:
    delivery = Verifier(key, scheme="adyen").verify(batch(item), {})

    assert delivery.id == f"{item['pspReference']}:{item['eventCode']}:true"
    with pytest.raises(SignatureMismatch):
        Verifier(key, scheme="adyen").verify(batch({**item, "success": "false"}), {})


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
    Verifier(HEX, scheme="adyen").verify(batch({**item, "additionalData": theirs}), {})

    ours = json.loads(adyen.SCHEME.sign_body(batch(item), adyen.SCHEME.signing_key(Secret(HEX))))
    assert adyen_sdk.is_valid_hmac_notification(ours, HEX)


@interop("adyen-header", by="Adyen (PyPI)")
@given(st.binary(max_size=40))
def test_adyen_header_signs_and_verifies_as_its_sdk(body: bytes) -> None:
    theirs = adyen_sdk.generate_payload_sig(body, HEX).decode()
    Verifier(HEX, scheme="adyen-header").verify(body, {"HmacSignature": theirs})

    ours = Signer(HEX, scheme="adyen-header").sign(body)["hmacsignature"]
    assert adyen_sdk.is_valid_hmac_payload(ours, HEX, body)


# --- Microsoft Graph --------------------------------------------------------------------------------

# "Receive change notifications through webhooks", the example of a change notification.
NOTIFICATION = rb"""{
  "value": [
    {
      "id": "lsgTZMr9KwAAA",
      "subscriptionId":"{subscription_guid}",
      "subscriptionExpirationDateTime":"2016-03-19T22:11:09.952Z",
      "clientState":"secretClientValue",
      "changeType":"created",
      "resource":"users/{user_guid}@{tenant_guid}/messages/{long_id_string}",
      "tenantId": "84bd8158-6d4d-4958-8b9f-9d6445542f95",
      "resourceData":
      {
        "@odata.type":"#Microsoft.Graph.Message",
        "@odata.id":"Users/{user_guid}@{tenant_guid}/Messages/{long_id_string}",
        "@odata.etag":"W/\"CQAAABYAAADkrWGo7bouTKlsgTZMr9KwAAAUWRHf\"",
        "id":"{long_id_string}"
      }
    }
  ]
}"""


@interop("microsoft-graph", by="Microsoft's documentation")
def test_microsoft_graph_example() -> None:
    assert (
        Verifier("secretClientValue", scheme="microsoft-graph").verify(NOTIFICATION, {}).body == NOTIFICATION
    )
    with pytest.raises(SignatureMismatch):
        Verifier("secretClientValu", scheme="microsoft-graph").verify(NOTIFICATION, {})
    assert schemes.get("microsoft-graph").signs_body is False
