"""Anthropic: its library accepts our signatures."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign


@pytest.mark.slow
@interop("anthropic", by="anthropic (PyPI)")
def test_anthropic() -> None:
    webhooks = sdk("anthropic").Anthropic(api_key="none").beta.webhooks

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return webhooks.unwrap(body, headers=headers, key=secret)

    they_take_what_we_sign("anthropic", in_python(judge))
