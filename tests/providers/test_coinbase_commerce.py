"""Coinbase Commerce: its library accepts our signatures."""

from __future__ import annotations

from collections.abc import Mapping

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign


@interop("coinbase-commerce", by="coinbase-commerce (PyPI)")
def test_coinbase_commerce() -> None:
    webhook = sdk("coinbase_commerce.webhook").WebhookSignature

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return webhook.verify_sig_header(body, headers["x-cc-webhook-signature"], secret)

    they_take_what_we_sign("coinbase-commerce", in_python(judge))
