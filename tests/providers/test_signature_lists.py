"""Providers with several signatures without names in one header: published examples and their libraries."""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.providers.interop import interop
from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign
from tests.providers.verdicts import assert_vector
from tests.rows import rows
from webhook_verify import RejectedDelivery, Signer, TimestampOutsideTolerance, Verifier

DATA = Path(__file__).parents[1] / "data"

# --- ConfigCat ---------------------------------------------------------------------------------------

CONFIGCAT_KEY = "configcat_whsk_VN3juirnVh5pNvCKd81RYRYchxUX4j3NykbZG2fAy88="
CONFIGCAT: dict[str, str] = {
    "X-ConfigCat-Webhook-ID": "b616ca659d154a5fb907dd8475792eeb",
    "X-ConfigCat-Webhook-Timestamp": "1669629035",
    "X-ConfigCat-Webhook-Signature-V1": "Ks3cYsu9Lslfo+hVxNC3oQWnsF9e5d73TI5t94D9DRA=",
}


@interop("configcat", by="ConfigCat's published example")
def test_configcats_example() -> None:
    assert_vector("configcat", CONFIGCAT_KEY, b"examplebody", CONFIGCAT, 1_669_629_035)


# --- Cronofy -----------------------------------------------------------------------------------------

CRONOFY_BODY = b'{"example":"well-known"}'
CRONOFY_PUBLISHED = [
    ("CRN_NggYusqPGLxwjw5FHOJYOqSrTPNXy8WQf14OID", "5DxentQi5YSXODEzTVv06sRwJ3pULIz1KrYv20qxEK0="),
    ("pDY0Oi7TJSP2hfNmZNkm5", "6r2/HjBkqymGegX0wOfifieeUXbbHwtV/LohHS+jv6c="),
]


@interop("cronofy", by="Cronofy's published example")
@rows(("secret", "signature"), CRONOFY_PUBLISHED)
def test_cronofys_examples(secret: str, signature: str) -> None:
    both = ",".join(each for _, each in CRONOFY_PUBLISHED)
    for header in (signature, both):
        assert_vector("cronofy", secret, CRONOFY_BODY, {"Cronofy-HMAC-SHA256": header})


@interop("cronofy", by="pycronofy (PyPI)")
def test_cronofys_library_takes_what_we_sign() -> None:
    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        client = sdk("pycronofy").Client(client_secret=secret)
        return client.hmac_valid(headers["cronofy-hmac-sha256"], body)

    they_take_what_we_sign("cronofy", in_python(judge))


# --- Finch -------------------------------------------------------------------------------------------


@interop("finch", by="finch-api (PyPI)")
def test_finchs_library_takes_what_we_sign() -> None:
    def judge(secret: str, body: str, headers: Mapping[str, str]) -> None:
        client = sdk("finch").Finch(access_token="none", webhook_secret=secret)
        client.webhooks.verify_signature(body, headers)

    they_take_what_we_sign("finch", in_python(judge))


# --- Hookdeck Outpost --------------------------------------------------------------------------------


@interop("outpost", by="a delivery of Outpost's own server (recorded)")
def test_a_delivery_of_outpost_with_the_signatures_of_two_secrets() -> None:
    case: dict[str, Any] = json.loads((DATA / "outpost-rotation.json").read_text("utf-8"))
    for secret in case["secret"]:
        assert_vector("outpost", secret, case["body"].encode(), case["headers"])


# --- Recurly -----------------------------------------------------------------------------------------


@rows(("text", "taken"), [(f"{NOW}000", True), (str(NOW), True), (f"{NOW - 301}999", False), ("", False)])
def test_recurly_sends_milliseconds_and_seconds_are_taken(text: str, taken: bool) -> None:
    sample = SAMPLES["recurly"]
    body = sample.body(NOW, "s1")
    signature = hmac.digest(sample.secret.encode(), f"{text}.".encode() + body, "sha256").hex()
    if taken:
        assert sample.verifier().verify(body, {"recurly-signature": f"{text},{signature}"}).body == body
    else:
        with pytest.raises(RejectedDelivery):
            sample.verifier().verify(body, {"recurly-signature": f"{text},{signature}"})


# --- Canva -------------------------------------------------------------------------------------------


@interop("canva", by="the steps of Canva's documentation, computed in the test")
@rows(
    ("url", "path"),
    [
        ("https://example.com/configuration", "/configuration"),
        ("https://example.com/my/base/configuration/delete", "/configuration/delete"),
        ("https://example.com/base/content/resources/find?x=/a#b", "/content/resources/find"),
        ("https://example.com/another", "/another"),
        ("https://example.com", ""),
    ],
)
def test_canva_signs_the_path_after_the_base_url(url: str, path: str) -> None:
    secret, body = b64encode(bytes(range(32))).decode(), b'{"user": "\xc3\xa9"}'
    message = f"v1:{NOW}:{path}:".encode() + body
    signature = hmac.digest(b64decode(secret), message, "sha256").hex()
    headers = {"X-Canva-Timestamp": str(NOW), "X-Canva-Signatures": f"{'0' * 64},{signature}"}
    verifier = Verifier(secret, scheme="canva", clock=lambda: NOW)
    assert verifier.verify(body, headers, url=url).timestamp_is_signed
    for other in ("https://example.com/publish/resources/find", "https://example.com/others"):
        with pytest.raises(RejectedDelivery):
            verifier.verify(body, headers, url=other)


def test_canva_requires_the_url() -> None:
    with pytest.raises(TypeError, match="canva signs the URL"):
        SAMPLES["canva"].verifier().verify(*SAMPLES["canva"].signed())
    with pytest.raises(TypeError, match="canva signs the URL"):
        Signer(SAMPLES["canva"].secret, scheme="canva").sign(b"{}", timestamp=NOW)


# --- Klaviyo -----------------------------------------------------------------------------------------


def test_klaviyos_id_is_that_of_all_events() -> None:
    events = [{"external_id": name, "topic": "event:klaviyo.opened_email"} for name in ("a", "b")]
    body = json.dumps({"data": events, "meta": {}}).encode()
    sample = SAMPLES["klaviyo"]
    delivery = sample.verifier().verify(body, sample.signer().sign(body, timestamp=NOW))
    assert (delivery.id, delivery.id_is_signed) == ("a,b", True)
    assert delivery.event_type == "event:klaviyo.opened_email"
    with pytest.raises(TimestampOutsideTolerance):
        sample.verifier(now=NOW + 301).verify(body, sample.signer().sign(body, timestamp=NOW))
