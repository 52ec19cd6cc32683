"""Dodo Payments: its library accepts our signatures."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign


@interop("dodo-payments", by="dodopayments (PyPI)")
@pytest.mark.slow
def test_dodo_payments() -> None:
    webhooks = sdk("dodopayments").DodoPayments(bearer_token="none").webhooks

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return webhooks.unwrap(body, headers=headers, key=secret)

    they_take_what_we_sign("dodo-payments", in_python(judge))
