"""Lithic: Standard Webhooks with Lithic's form of secrets, with its published vectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.providers.interop import interop
from webhook_verify import InvalidSecret, SignatureMismatch, Signer, Verifier, WeakSecretWarning

VECTORS = Path(__file__).parents[1] / "data" / "lithic-signature-vectors.json"
NOW = 1_700_000_000
SECRET = "whsec_zlFsbBZ8Xcodlpcu6NDTdSzZRLSdhkst"


@pytest.mark.parametrize("prefixed", [True, False], ids=["with whsec_", "without whsec_"])
@pytest.mark.parametrize("padded", [True, False], ids=["padded", "unpadded"])
def test_the_vectors_that_lithic_published(prefixed: bool, padded: bool) -> None:
    vectors: list[dict[str, Any]] = json.loads(VECTORS.read_text("utf-8"))
    assert len(vectors) == 2

    for vector in vectors:
        headers = {name: vector[name] for name in ("webhook-id", "webhook-timestamp")}
        headers["webhook-signature"] = f"v1,{vector['signature']}"
        bare = vector["secret"].removeprefix("whsec_")
        secret = ("whsec_" if prefixed else "") + (bare if padded else bare.rstrip("="))
        verifier = Verifier(secret, scheme="lithic")
        received_at = int(vector["webhook-timestamp"])

        delivery = verifier.verify_at(vector["body"].encode(), headers, received_at=received_at)

        assert (delivery.id, delivery.scheme) == (vector["webhook-id"], "lithic")
        assert delivery.id_is_signed
        assert delivery.timestamp_is_signed
        assert delivery.signed_body == delivery.body
        with pytest.raises(SignatureMismatch):
            verifier.verify_at(vector["body"].encode() + b" ", headers, received_at=received_at)


@interop("lithic", by="the tests of lithic (PyPI)")
def test_the_vector_of_lithics_library() -> None:
    body = (
        b'{"card_token":"sit Lorem ipsum, accusantium repellendus possimus",'
        b'"created_at":"elit. placeat libero architecto molestias, sit","account_token":"elit.",'
        b'"issuer_decision":"magnam, libero esse Lorem ipsum magnam, magnam,",'
        b'"tokenization_attempt_id":"illum dolor repellendus libero esse accusantium",'
        b'"wallet_decisioning_info":{"device_score":"placeat architecto"},'
        b'"digital_wallet_token_metadata":{"status":"reprehenderit dolor",'
        b'"token_requestor_id":"possimus","payment_account_info":{"account_holder_data":'
        b'{"phone_number":"libero","email_address":"nobis molestias, veniam culpa! quas elit. '
        b'quas libero esse architecto placeat"},"pan_unique_reference":"adipisicing odit magnam, odit"}}}'
    )
    headers = {
        "webhook-id": "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj",
        "webhook-timestamp": "1676312382",
        "webhook-signature": "v1,Dwa0AHInLL3XFo2sxcHamOQDrJNi7F654S3L6skMAOI=",
    }
    secret = "whsec_zlFsbBZ8Xcodlpcu6NDTdSzZRLSdhkst"
    verifier = Verifier(secret, scheme="lithic", clock=lambda: 1676312382)

    assert verifier.verify(body, headers).id == "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj"
    with pytest.raises(SignatureMismatch):
        verifier.verify(body + b" ", headers)


def test_what_is_signed_is_verified_by_the_header_names_of_the_standard() -> None:
    headers = Signer(SECRET, scheme="lithic").sign(b"{}", id="msg_1", timestamp=NOW)

    assert set(headers) == {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert Verifier(SECRET, scheme="lithic", clock=lambda: NOW).verify(b"{}", headers).id == "msg_1"


def test_the_short_secret_of_lithics_specification_warns_and_works() -> None:
    """19 characters of unpadded base64: too few for the standard."""
    secret = "whsec_C2FVsBQIhrscChlQIMA"
    with pytest.warns(WeakSecretWarning, match="14 bytes"):
        headers = Signer(secret, scheme="lithic").sign(b"{}", id="msg_1", timestamp=NOW)
    with pytest.warns(WeakSecretWarning, match="14 bytes"):
        verifier = Verifier(secret, scheme="lithic", clock=lambda: NOW)

    assert verifier.verify(b"{}", headers).id == "msg_1"
    with pytest.raises(InvalidSecret, match="14 bytes"):
        Verifier(secret)


@pytest.mark.parametrize("secret", ["", " ", "whsec_", "whsec_!!!!", "whsec_C2FVsBQIhrscChlQIQ", b""])
def test_what_is_no_secret_is_refused(secret: Any) -> None:
    with pytest.raises(InvalidSecret):
        Verifier(secret, scheme="lithic")
