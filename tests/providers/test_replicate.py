"""Replicate: its library accepts our signatures."""

from __future__ import annotations

from collections.abc import Mapping

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign


@interop("replicate", by="replicate (PyPI)")
def test_replicate() -> None:
    webhook = sdk("replicate.webhook")

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return webhook.Webhooks.validate(
            headers=headers, body=body, secret=webhook.WebhookSigningSecret(key=secret), tolerance=300
        )

    they_take_what_we_sign("replicate", in_python(judge))
