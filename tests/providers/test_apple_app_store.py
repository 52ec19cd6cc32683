"""Apple: its own library, a chain of Apple that it publishes, and chains that are not trusted."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from appstoreserverlibrary.models.Environment import Environment
from appstoreserverlibrary.signed_data_verifier import SignedDataVerifier, VerificationException
from cryptography.hazmat.primitives.serialization import Encoding

from tests.providers.interop import interop
from tests.providers.jws_keys import MARKS, Issued, chain, issued, signing_pem
from tests.providers.key_pairs import p256
from tests.providers.sample import NOW
from tests.providers.samples.apple_app_store import APPLE, SAMPLE
from tests.rows import rows
from webhook_verify import InvalidSecret, RejectedDelivery, Signer, Verifier
from webhook_verify.asymmetric.x5c import chain_of
from webhook_verify.diagnosis import explain
from webhook_verify.schemes.providers import apple_app_store
from webhook_verify.schemes.providers.apple_app_store import AppleAppStore

CHAIN = Path(__file__).parents[1] / "data" / "apple-certificate-chain.json"
PAYLOAD: dict[str, Any] = {
    "notificationType": "SUBSCRIBED",
    "notificationUUID": "002e14d5-51f5-4503-b5a8-c3a1af68eb20",
    "version": "2.0",
    "signedDate": NOW * 1000,
    "data": {"bundleId": "com.example.app", "environment": "Sandbox", "bundleVersion": "1.0"},
}
VERIFIER = Verifier("com.example.app", scheme=APPLE, clock=lambda: NOW)


def _body(payload: Any = PAYLOAD, certificates: tuple[Issued, ...] | None = None) -> bytes:
    key = signing_pem(*(certificates or chain()))
    return Signer(key, scheme=APPLE).sign_body(json.dumps(payload).encode())


def _is_taken(body: bytes, verifier: Verifier = VERIFIER) -> bool:
    try:
        verifier.verify(body, {})
    except RejectedDelivery:
        return False
    return True


def _is_taken_by_apple(body: bytes, root: Issued | None = None) -> bool:
    der = (root or chain()[2]).certificate.public_bytes(Encoding.DER)
    library = SignedDataVerifier([der], False, Environment.SANDBOX, "com.example.app")
    try:
        library.verify_and_decode_notification(json.loads(body)["signedPayload"])
    except VerificationException:
        return False
    return True


def _changed(**changes: Any) -> dict[str, Any]:
    return {**PAYLOAD, "data": {**PAYLOAD["data"], **changes}}


PAYLOADS: dict[str, tuple[Any, bool]] = {
    "genuine": (PAYLOAD, True),
    "signed a year ago": ({**PAYLOAD, "signedDate": (NOW - 31_536_000) * 1000}, True),
    "of another app": (_changed(bundleId="com.example.other"), False),
    "of no app": (_changed(bundleId=None), False),
    "of production": (_changed(environment="Production"), False),
    "without data": ({**PAYLOAD, "data": None}, False),
    "a summary": ({**PAYLOAD, "data": None, "summary": PAYLOAD["data"]}, True),
    "a summary of another app": ({**PAYLOAD, "data": None, "summary": {"bundleId": "x"}}, False),
    "a token": (
        {
            **PAYLOAD,
            "data": None,
            "externalPurchaseToken": {"bundleId": "com.example.app", "externalPurchaseId": "SANDBOX_1"},
        },
        True,
    ),
    "a token of production": (
        {
            **PAYLOAD,
            "data": None,
            "externalPurchaseToken": {"bundleId": "com.example.app", "externalPurchaseId": "1"},
        },
        False,
    ),
    "signed before its certificate": ({**PAYLOAD, "signedDate": 1_500_000_000_000}, False),
    "signed after its certificate": ({**PAYLOAD, "signedDate": 2_100_000_000_000}, False),
    "signed after the largest float": ({**PAYLOAD, "signedDate": 10**400}, False),
    "non-ASCII": ({**PAYLOAD, "subtype": "Zoë 日本 😀"}, True),
}


@interop("apple-app-store", by="app-store-server-library (PyPI)")
@rows("name", PAYLOADS)
def test_we_decide_as_apples_library(name: str) -> None:
    payload, is_taken = PAYLOADS[name]
    body = _body(payload)
    assert (_is_taken(body), _is_taken_by_apple(body)) == (is_taken, is_taken)


def test_the_payload_is_the_signed_body() -> None:
    delivery = VERIFIER.verify(_body(), {})
    assert delivery.json() == PAYLOAD
    assert (delivery.event_type, delivery.event_type_is_signed) == ("SUBSCRIBED", True)
    assert (delivery.idempotency_key, delivery.id_is_signed) == (PAYLOAD["notificationUUID"], True)


# The chain and the time of the tests of app-store-server-library, which uses the root of Apple.
APPLES_TIME = 1_761_962_975


@interop("apple-app-store", by="a chain of Apple, published in app-store-server-library")
def test_a_chain_of_apple_leads_to_the_root_that_is_trusted_by_default() -> None:
    chain_of_apple = json.loads(CHAIN.read_text("ascii"))
    trusted = frozenset({apple_app_store._ROOT_G3})
    found = chain_of(chain_of_apple, trusted, apple_app_store._MARKS, "ES256")
    assert found is not None
    assert found.start < APPLES_TIME < found.end
    assert chain_of(chain_of_apple, frozenset({"0" * 64}), apple_app_store._MARKS, "ES256") is None


def _chain(**changes: dict[str, Any]) -> tuple[Issued, ...]:
    """The chain of the sample with other properties of `leaf`, `middle` or `root`."""
    root = issued("Root", p256(100), **{"usage": True, **changes.get("root", {})})
    middle = issued(
        "Middle", p256(200), root, **{"mark": MARKS[1], "usage": True, **changes.get("middle", {})}
    )
    leaf = {"mark": MARKS[0], "is_ca": False, "usage": False, **changes.get("leaf", {})}
    return issued("Leaf", p256(0), middle, **leaf), middle, root


CHAINS: dict[str, tuple[dict[str, dict[str, Any]], bool]] = {
    "as Apple's": ({}, True),
    "without key usage": (
        {"leaf": {"usage": None}, "middle": {"usage": None}, "root": {"usage": None}},
        True,
    ),
    "a leaf without its mark": ({"leaf": {"mark": ""}}, False),
    "an issuer without its mark": ({"middle": {"mark": ""}}, False),
    "marks that are swapped": ({"leaf": {"mark": MARKS[1]}, "middle": {"mark": MARKS[0]}}, False),
    "an issuer that may not issue": ({"middle": {"is_ca": False}}, False),
    "an issuer for deliveries only": ({"middle": {"usage": False}}, False),
    "a leaf that has expired": ({"leaf": {"end": NOW - 1}}, False),
    "an issuer that has expired": ({"middle": {"end": NOW - 1}}, False),
    "a leaf that is not valid yet": ({"leaf": {"start": NOW + 1}}, False),
    "an unknown critical extension": ({"leaf": {"critical": "1.2.3.4"}}, False),
}


@rows("name", CHAINS)
def test_a_chain_is_checked(name: str) -> None:
    changes, is_taken = CHAINS[name]
    certificates = _chain(**changes)
    scheme = AppleAppStore(environment="Sandbox", roots=certificates[2].pem)
    body = _body(certificates=certificates)
    assert _is_taken(body, Verifier("com.example.app", scheme=scheme, clock=lambda: NOW)) is is_taken
    if "root" not in changes:  # Apple's library requires a key usage
        assert _is_taken_by_apple(body, certificates[2]) is is_taken


OTHERS: dict[str, tuple[Issued, ...]] = {
    "another root": chain(1),
    "the root of the other chain": (*chain(1)[:2], chain()[2]),
    "an issuer of another root": (chain(1)[0], chain(1)[1], chain()[2]),
    "the leaf of another chain": (chain(1)[0], *chain()[1:]),
    "a chain in reverse": tuple(reversed(chain())),
    "without the root": chain()[:2],
    "the leaf alone": chain()[:1],
    "four": (*chain(), chain()[2]),
    "none": (),
}


@rows("name", OTHERS)
def test_other_certificates(name: str) -> None:
    private = signing_pem(OTHERS[name][0] if OTHERS[name] else chain()[0]).partition("-----BEGIN CERT")[0]
    certificates = "".join(each.pem.decode() for each in OTHERS[name])
    body = Signer(private + certificates, scheme=APPLE).sign_body(json.dumps(PAYLOAD).encode())
    assert not _is_taken(body)


@rows("chain_text", [None, "x", 1, {}, [], [1, 2, 3], ["a", "b", "c"], ["é"] * 3, [None] * 3, [[]] * 3])
def test_garbage_in_place_of_certificates(chain_text: Any) -> None:
    _assert_header_is_refused(x5c=chain_text)


def test_another_text_of_a_certificate() -> None:
    texts = [b64encode(each.certificate.public_bytes(Encoding.DER)).decode() for each in chain()]
    for changed in (texts[0] + "\n", texts[0] + "AAAA", texts[0][:-4], "A" * 10_000):
        _assert_header_is_refused(x5c=[changed, *texts[1:]])


def _assert_header_is_refused(**members: Any) -> None:
    head, payload, signature = json.loads(_body())["signedPayload"].split(".")
    fields = json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    head = urlsafe_b64encode(json.dumps({**fields, **members}).encode()).decode().rstrip("=")
    assert not _is_taken(json.dumps({"signedPayload": f"{head}.{payload}.{signature}"}).encode())


@rows(
    "body", [b"", b"{}", b"[]", b'{"signedPayload": 1}', b'{"signedPayload": "a.b.c"}', b"\xff"], ids=range(6)
)
def test_a_body_without_a_signature(body: bytes) -> None:
    assert not _is_taken(body)
    genuine = json.loads(_body())["signedPayload"]
    assert not _is_taken(
        json.dumps({"signedPayload": genuine}).encode().replace(b"}", b', "signedPayload": 1}')
    )


def test_the_apple_id_is_checked_in_production() -> None:
    body = _body(_changed(environment="Production", appAppleId=1234))
    options: Any
    for options, is_taken in (({}, True), ({"app_apple_id": 1234}, True), ({"app_apple_id": 1235}, False)):
        scheme = AppleAppStore(roots=chain()[2].pem, **options)
        assert _is_taken(body, Verifier("com.example.app", scheme=scheme)) is is_taken


def test_roots_are_given_as_pem_or_der() -> None:
    der = chain()[2].certificate.public_bytes(Encoding.DER)
    for roots in (der, chain(1)[2].pem + chain()[2].pem):
        scheme = AppleAppStore(environment="Sandbox", roots=roots)
        assert _is_taken(_body(), Verifier("com.example.app", scheme=scheme))
    options: Any
    for options in ({"roots": b"x"}, {"environment": "sandbox"}):
        with pytest.raises(ValueError, match=r"."):
            AppleAppStore(**options)


def test_the_default_trusts_apple_alone() -> None:
    assert not _is_taken(
        SAMPLE.signed()[0], Verifier("com.example.app", scheme=AppleAppStore(environment="Sandbox"))
    )


@rows("secret", ["com example", "com.example.app/", "x" * 156, b"com.example.app"])
def test_the_secret_is_a_bundle_id(secret: str | bytes) -> None:
    with pytest.raises(InvalidSecret, match="secret must be the bundle id of the app"):
        Verifier(secret, scheme="apple-app-store")


@rows("name", ["of another app", "of production", "signed after its certificate"])
def test_a_payload_that_differs_is_explained(name: str) -> None:
    diagnosis = explain(VERIFIER, _body(PAYLOADS[name][0]), {})
    expected = {
        "of another app": 'data.bundleId is "com.example.other"',
        "of production": 'data.environment is "Production"',
        "signed after its certificate": "signedDate is 2100000000000 (unverified), expected",
    }
    assert (diagnosis.cause.name, diagnosis.cause.confidence.name) == ("identity_differs", "LIKELY")
    assert expected[name] in diagnosis.cause.evidence


def test_a_chain_that_is_not_trusted_is_explained() -> None:
    cause = explain(VERIFIER, _body(certificates=chain(1)), {}).cause
    assert cause.name == "identity_differs"
    assert 'x5c is "an untrusted or invalid chain"' in cause.evidence
