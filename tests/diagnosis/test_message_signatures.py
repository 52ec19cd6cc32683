"""The diagnosis of HTTP message signatures."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.providers.message_keys import ed25519_jwk, jwk_set
from tests.providers.sample import NOW
from tests.providers.signed_messages import BODY, URL, other_signed
from tests.rows import rows
from webhook_verify import Signer, Verifier
from webhook_verify.diagnosis import Confidence, explain

HMAC = "a shared secret of 32 characters"
PARTS = ("@method", "@authority", "@path", "@query")
PAIR = ed25519_jwk(6, "agent", adcp_use="request-signing")
OTHER = ed25519_jwk(6, "other", adcp_use="request-signing")


def by_us(secret: str, scheme: str) -> dict[str, str]:
    return Signer(secret, scheme=scheme).sign(BODY, timestamp=NOW, url=URL, method="POST")


CASES: dict[str, tuple[str, str, Any, dict[str, Any], str, Confidence]] = {
    "another body": (
        "http-signature",
        HMAC,
        lambda: by_us(HMAC, "http-signature"),
        {"body": b"{}"},
        "body_changed",
        Confidence.CERTAIN,
    ),
    "a reserialized body": (
        "http-signature",
        HMAC,
        lambda: by_us(HMAC, "http-signature"),
        {"body": BODY.replace(b": ", b":").replace(b", ", b",")},
        "body_reserialized",
        Confidence.CERTAIN,
    ),
    "another body of AdCP": (
        "adcp",
        jwk_set(PAIR[0]),
        lambda: by_us(PAIR[1], "adcp"),
        {"body": BODY + b"\n"},
        "body_line_ends",
        Confidence.CERTAIN,
    ),
    "a missing component": (
        "http-signature",
        HMAC,
        lambda: other_signed("hmac-sha256", HMAC.encode(), PARTS[1:]),
        {},
        "signature_coverage",
        Confidence.LIKELY,
    ),
    "an unknown key id": (
        "adcp",
        jwk_set(PAIR[0]),
        lambda: by_us(OTHER[1], "adcp"),
        {},
        "key_id_unknown",
        Confidence.LIKELY,
    ),
    "an expired signature": (
        "http-signature",
        HMAC,
        lambda: other_signed(
            "hmac-sha256", HMAC.encode(), PARTS, expires=datetime.fromtimestamp(NOW + 1, UTC)
        ),
        {"now": NOW + 100},
        "delivery_too_old",
        Confidence.LIKELY,
    ),
    "an old signature": (
        "http-signature",
        HMAC,
        lambda: by_us(HMAC, "http-signature"),
        {"now": NOW + 400},
        "delivery_too_old",
        Confidence.LIKELY,
    ),
    "http behind a proxy": (
        "http-signature",
        HMAC,
        lambda: other_signed("hmac-sha256", HMAC.encode(), ("@method", "@target-uri")),
        {"url": URL.replace("https:", "http:")},
        "url_differs",
        Confidence.CERTAIN,
    ),
    "the host of a proxy": (
        "http-signature",
        HMAC,
        lambda: {**by_us(HMAC, "http-signature"), "x-forwarded-host": "example.com"},
        {"url": URL.replace("example.com", "10.0.0.7:8000")},
        "url_differs",
        Confidence.CERTAIN,
    ),
    "another secret": (
        "http-signature",
        "another secret of 32 characters.",
        lambda: by_us(HMAC, "http-signature"),
        {},
        "wrong_secret_or_forgery",
        Confidence.LIKELY,
    ),
}


@rows("name", CASES)
def test_a_cause(name: str) -> None:
    scheme, secret, headers, change, cause, confidence = CASES[name]
    verifier = Verifier(secret, scheme=scheme, clock=lambda: change.get("now", NOW))

    diagnosis = explain(
        verifier, change.get("body", BODY), headers(), url=change.get("url", URL), method="POST"
    )

    assert (diagnosis.cause.name, diagnosis.cause.confidence) == (cause, confidence), diagnosis.causes


def test_a_genuine_delivery() -> None:
    for scheme, secret, key in (("http-signature", HMAC, HMAC), ("adcp", jwk_set(PAIR[0]), PAIR[1])):
        verifier = Verifier(secret, scheme=scheme, clock=lambda: NOW)
        assert explain(verifier, BODY, by_us(key, scheme), url=URL, method="POST").verified
