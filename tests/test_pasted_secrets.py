"""Secrets with whitespace or quotes around them: both texts are tried, and the log says which matched."""

from __future__ import annotations

import hmac
import logging

import pytest

from tests.rows import rows
from webhook_verify import SignatureMismatch, Signer, Verifier
from webhook_verify.schemes import HeaderScheme

BODY = '{"name": "Zoë"}'.encode()
INNER = "a secret of thirty-two characters"
TEXTS = [
    f" {INNER}",
    f"{INNER}\n",
    f'"{INNER}"',
    f"'{INNER}'",
    f"\t{INNER} ",
    f"`{INNER}`",
    f"{INNER} \t",
]
TWO_HASHES = HeaderScheme(
    "two-hashes", signature_header="x-signature", algorithm=["hmac-sha256", "hmac-sha512"]
)


def mac(secret: str, body: bytes = BODY) -> str:
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


@rows("text", TEXTS)
@rows("as_configured", [True, False])
def test_both_texts_are_tried(text: str, as_configured: bool, caplog: pytest.LogCaptureFixture) -> None:
    stripped = text.strip()
    stripped = stripped[1:-1] if stripped[0] in "\"'`" else stripped
    right = text if as_configured else stripped
    cases = {"github": ("x-hub-signature-256", "sha256="), "two-hashes": ("x-signature", "")}
    for name, (header, prefix) in cases.items():
        caplog.clear()
        verifier = Verifier(
            ["another secret of 32 characters..", text], scheme=TWO_HASHES if name == "two-hashes" else name
        )
        headers = {header: prefix + mac(right)}
        with caplog.at_level(logging.WARNING, "webhook_verify"):
            assert verifier.verify(BODY, headers).secret_label == "secret-2"
            verification = verifier.begin(headers)
            verification.update(BODY[:3])
            verification.update(BODY[3:])
            assert verification.finish().secret_label == "secret-2"
        [message] = [record.getMessage() for record in caplog.records]
        assert ("It matches with them" if as_configured else "It matches without them") in message
        assert INNER not in message
        with pytest.raises(SignatureMismatch):
            verifier.verify(BODY, {header: prefix + mac("some other secret")})


def test_a_secret_without_them_has_one_key(caplog: pytest.LogCaptureFixture) -> None:
    assert Verifier(INNER, scheme="github").verify(BODY, {"x-hub-signature-256": f"sha256={mac(INNER)}"})
    assert not caplog.records
    with pytest.raises(SignatureMismatch):
        Verifier(INNER, scheme="github").verify(BODY, {"x-hub-signature-256": f"sha256={mac(f' {INNER}')}"})


def test_a_secret_in_base64_has_one_meaning() -> None:
    text = " whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"
    signed = Signer(text.strip()).sign(BODY)
    assert Verifier(text).verify(BODY, signed).body == BODY
