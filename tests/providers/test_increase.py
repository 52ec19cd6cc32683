"""Increase: its library accepts our signatures, with the text of the secret as the key."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign
from tests.providers.standard_family import (
    BASE64,
    OF_BARE,
    OF_BASE64,
    OF_WHOLE,
    WHSEC,
    assert_secret_means,
)
from tests.rows import rows


@interop("increase", by="increase (PyPI)")
@rows("secret", ["a shared secret of 32 characters", WHSEC, BASE64])
@pytest.mark.slow
def test_increase(secret: str) -> None:
    increase = sdk("increase")

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        client = increase.Increase(api_key="unused", webhook_secret=secret)
        return client.events.unwrap(body, headers=headers)

    they_take_what_we_sign("increase", in_python(judge), secret)


@rows(
    ("secret", "signatures", "taken"),
    [
        (WHSEC, OF_WHOLE, True),
        (WHSEC, OF_BASE64, False),
        (WHSEC, OF_BARE, False),
        (BASE64, OF_BARE, True),
        (BASE64, OF_BASE64, False),
    ],
)
def test_the_secret_is_never_decoded(secret: str, signatures: str, taken: bool) -> None:
    assert_secret_means("increase", secret, signatures, taken)
