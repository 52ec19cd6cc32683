"""What is explained of a JSON Web Signature: its algorithm, its key, the URL of its keys, and the body."""

from __future__ import annotations

from typing import Any

from tests.providers.jws_keys import jwks
from tests.providers.key_pairs import p256
from tests.providers.samples import SAMPLES
from tests.rows import rows
from tests.schemes.jws_texts import BODY, GOOD, KEY_SET, detached, signed_text
from webhook_verify import Verifier
from webhook_verify.diagnosis import Cause, explain
from webhook_verify.schemes.providers.kinde import SCHEME

NOW = 1_790_000_000
URL = "https://keys.example/jwks"
TWO = jwks((p256(0), "k1"), (p256(1), "k2"))


def _cause(header: dict[str, Any], secret: str = KEY_SET, body: bytes = BODY, **options: Any) -> Cause:
    verifier = Verifier(secret, scheme=detached(**options), clock=lambda: NOW)
    diagnosis = explain(verifier, body, {"x-jws": signed_text(header)})
    assert not diagnosis.verified
    return diagnosis.cause


CAUSES: dict[str, tuple[Cause, str, str]] = {
    "another algorithm": (
        _cause({**GOOD, "alg": "HS256"}),
        "header_unreadable",
        "its algorithm is not ES256",
    ),
    "an unknown critical extension": (
        _cause({**GOOD, "crit": ["exp"]}),
        "header_unreadable",
        "it has a critical extension",
    ),
    "another URL of keys": (
        _cause({**GOOD, "jku": "https://evil.example"}, URL),
        "identity_differs",
        f'jku is "https://evil.example" (unverified), expected "{URL}"',
    ),
    "a URL of keys that is not allowed": (
        _cause({**GOOD, "jku": "https://evil.example"}, jwks_urls=(URL,)),
        "header_unreadable",
        f"its jku is not allowed: expected {URL}",
    ),
    "an unknown key": (
        _cause({**GOOD, "kid": "k3"}, TWO),
        "identity_differs",
        'kid is "k3" (unverified), expected "k1, k2"',
    ),
    "a key that is not named": (
        _cause({"alg": "ES256"}, TWO),
        "identity_differs",
        'kid is missing (unverified), expected "k1, k2"',
    ),
}


@rows("name", CAUSES)
def test_the_first_cause_of_a_rejection(name: str) -> None:
    cause, expected, evidence = CAUSES[name]
    assert cause.name == expected
    assert evidence in cause.evidence


@rows("name", ["truelayer", "constant-contact", "saleor", "kinde", "apple-app-store"])
def test_a_genuine_delivery_is_genuine_and_another_body_is_not(name: str) -> None:
    sample = SAMPLES[name]
    body, headers = sample.signed()
    arguments: Any = {"url": sample.url, "method": sample.method}
    assert explain(sample.verifier(), body, headers, **arguments).verified
    changed = explain(sample.verifier(), body.replace(b"e", b"f"), headers, **arguments)
    assert not changed.verified
    assert not any(text in str(changed.as_dict()) for text in headers.values() if ".." in text)


def test_a_text_that_is_no_token_is_explained_without_a_fetch() -> None:
    asked: list[str] = []

    def fetch(url: str, content: bytes | None) -> bytes:
        asked.append(url)
        return b""

    verifier = Verifier("https://shop.kinde.com", scheme=SCHEME.with_fetch(fetch), clock=lambda: NOW)
    assert explain(verifier, b"a.b.c", {}).cause.name == "body_unreadable"
    assert asked == []
