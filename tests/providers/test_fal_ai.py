"""fal.ai: the user id, and its key set."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.providers.sample import NOW
from tests.providers.samples.fal_ai import FAL, SAMPLE, fal_jwks
from tests.rows import rows
from webhook_verify import InvalidSecret, KeyUnavailable, SignatureMismatch, Verifier
from webhook_verify.diagnosis import explain
from webhook_verify.schemes.providers.fal_ai import FalAi


def _verifier(fetch: Callable[[str, bytes | None], bytes], user: str = "github|1001") -> Verifier:
    return Verifier(user, scheme=FalAi(fetch=fetch), clock=lambda: NOW)


def test_a_delivery_for_another_user_is_rejected_without_a_fetch() -> None:
    fetched: list[str] = []

    def fetch(url: str, content: bytes | None) -> bytes:
        fetched.append(url)
        return fal_jwks(0)

    verifier = _verifier(fetch, "github|1002")
    with pytest.raises(SignatureMismatch):
        verifier.verify(*SAMPLE.signed())
    assert fetched == []


def test_the_other_user_is_the_explanation() -> None:
    SAMPLE.verify(SAMPLE.verifier(), *SAMPLE.signed())  # so that the keys are cached
    verifier = Verifier("github|1002", scheme=FAL, clock=lambda: NOW)
    cause = explain(verifier, *SAMPLE.signed()).cause
    assert cause.name == "identity_differs"
    assert 'x-fal-webhook-user-id is "github|1001", expected' in cause.evidence


KEY_SETS = {
    "no JSON": b"<html>",
    "no keys": b"{}",
    "other keys": b'{"keys": [{"kty": "RSA"}]}',
    "no list": b"[]",
}


@rows("document", KEY_SETS.values(), ids=KEY_SETS)
def test_an_invalid_key_set_makes_the_key_unavailable(document: bytes) -> None:
    with pytest.raises(KeyUnavailable):
        _verifier(lambda url, content: document).verify(*SAMPLE.signed())


def test_a_key_that_is_not_in_the_set_is_rejected() -> None:
    with pytest.raises(SignatureMismatch):
        _verifier(lambda url, content: fal_jwks(1)).verify(*SAMPLE.signed())
    assert _verifier(lambda url, content: fal_jwks(1, 0)).verify(*SAMPLE.signed()).id_is_signed


@rows("secret", ["two words", "ü", b"bytes"])
def test_the_secret_is_a_user_id(secret: str | bytes) -> None:
    with pytest.raises(InvalidSecret):
        Verifier(secret, scheme="fal-ai")
