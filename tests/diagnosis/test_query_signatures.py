"""Signatures in the query: their faults are found as those in a header are."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from tests.providers.sample import NOW, OTHER_TEXT_SECRET, TEXT_SECRET
from tests.rows import rows
from webhook_verify import Verifier
from webhook_verify.diagnosis import Confidence, Diagnosis, explain

URL = "https://example.com/hooks"
BODY = b'[{"event": "document_state_changed", "data": {"id": "1"}}]'
SIGNATURE = hmac.new(TEXT_SECRET.encode(), BODY, hashlib.sha256).hexdigest()
PARAMETERS = f"extra=1&path_prefix=%2Fapps%2Fx&shop=acme.myshopify.com&timestamp={NOW}"
PROXY_SIGNATURE = hmac.new(
    TEXT_SECRET.encode(),
    f"extra=1path_prefix=/apps/xshop=acme.myshopify.comtimestamp={NOW}".encode(),
    hashlib.sha256,
).hexdigest()


def _explain(query: str, body: bytes = BODY, secret: str = TEXT_SECRET) -> Diagnosis:
    verifier = Verifier(secret, scheme="pandadoc", clock=lambda: NOW)
    return explain(verifier, body, {"x-query-signature": "ignored"}, url=f"{URL}?{query}")


SIGNED_BODY: dict[str, tuple[str, bytes, str, str, Confidence]] = {
    "genuine": (f"signature={SIGNATURE}", BODY, TEXT_SECRET, "genuine", Confidence.CERTAIN),
    "cut off": (
        *(f"signature={SIGNATURE[:40]}&a=1", BODY, TEXT_SECRET),
        *("signature_truncated", Confidence.CERTAIN),
    ),
    "with a prefix": (
        *(f"signature=sha256%3D{SIGNATURE}", BODY, TEXT_SECRET),
        *("signature_form", Confidence.CERTAIN),
    ),
    "another secret": (
        *(f"signature={SIGNATURE}", BODY, OTHER_TEXT_SECRET),
        *("wrong_secret_or_forgery", Confidence.LIKELY),
    ),
    "another style of JSON": (
        *(f"signature={SIGNATURE}", BODY.replace(b": ", b":"), TEXT_SECRET),
        *("body_reserialized", Confidence.CERTAIN),
    ),
}


@rows(("query", "body", "secret", "cause", "confidence"), SIGNED_BODY.values(), ids=SIGNED_BODY)
def test_a_signature_of_the_body(
    query: str, body: bytes, secret: str, cause: str, confidence: Confidence
) -> None:
    first = _explain(query, body, secret).causes[0]
    assert (first.name, first.confidence) == (cause, confidence)


SIGNED_PARAMETERS: dict[str, tuple[str, str]] = {
    "genuine": (f"{PARAMETERS}&signature={PROXY_SIGNATURE}", "genuine"),
    "one more": (f"{PARAMETERS}&utm=1&signature={PROXY_SIGNATURE}", "url_differs"),
    "another value": (f"{PARAMETERS.replace('a=1', 'a=2')}&signature={PROXY_SIGNATURE}", "url_differs"),
    "cut off": (f"{PARAMETERS}&signature={PROXY_SIGNATURE[:-1]}", "signature_truncated"),
    "missing": (PARAMETERS, "unsigned"),
}


@rows(("query", "cause"), SIGNED_PARAMETERS.values(), ids=SIGNED_PARAMETERS)
def test_a_signature_of_the_parameters(query: str, cause: str) -> None:
    verifier = Verifier(TEXT_SECRET, scheme="shopify-app-proxy", clock=lambda: NOW)
    names = [each.name for each in explain(verifier, b"", (), url=f"{URL}?{query}", method="GET").causes]
    assert cause in names
    assert "body_incomplete" not in names


def test_a_missing_signature_is_named() -> None:
    verifier = Verifier(TEXT_SECRET, scheme="pandadoc", clock=lambda: NOW)
    diagnosis = explain(verifier, BODY, {}, url=f"{URL}?a=1")
    assert "missing or empty query parameter: signature" in str(diagnosis)


@pytest.mark.parametrize("query", ["signature=a&signature=b", "a=%ff", "&" * 5_000, "signature=\ud800"])
def test_an_unreadable_query_is_explained(query: str) -> None:
    assert _explain(query).causes[0].name != "genuine"
