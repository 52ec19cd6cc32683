"""OpenAI: its library accepts our signatures, and the form of a secret."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping

import pytest

from tests.providers.interop import interop
from tests.providers.sample import NOW
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign
from tests.providers.standard_family import (
    BASE64,
    BODY,
    NO_SECRETS,
    OF_BARE,
    OF_BASE64,
    OF_WHOLE,
    WHSEC,
    assert_no_secret,
    assert_secret_means,
    headers_with,
)
from webhook_verify import Verifier


@pytest.mark.slow
@interop("openai", by="openai (PyPI)")
@pytest.mark.parametrize("secret", [WHSEC, "a text of thirty-two characters!", BASE64])
def test_openai(secret: str) -> None:
    webhooks = sdk("openai").OpenAI(api_key="none").webhooks

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return webhooks.verify_signature(body, headers, secret=secret)

    they_take_what_we_sign("openai", in_python(judge), secret)


@pytest.mark.parametrize(
    ("secret", "signatures", "taken"),
    [
        (WHSEC, OF_BASE64, True),
        (WHSEC, OF_WHOLE, False),
        (BASE64, OF_BARE, True),
        (BASE64, OF_BASE64, False),
    ],
)
def test_what_a_secret_means(secret: str, signatures: str, taken: bool) -> None:
    assert_secret_means("openai", secret, signatures, taken)


@pytest.mark.parametrize("secret", NO_SECRETS)
def test_what_is_no_secret_is_refused(secret: str | bytes) -> None:
    assert_no_secret("openai", secret)


def test_raw_bytes_are_the_key_itself() -> None:
    verifier = Verifier(b64decode(BASE64), scheme="openai", clock=lambda: NOW)
    assert verifier.verify(BODY, headers_with(OF_BASE64)).scheme == "openai"
