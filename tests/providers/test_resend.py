"""Resend: its library accepts our signatures."""

from __future__ import annotations

from collections.abc import Mapping

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign


@interop("resend", by="resend (PyPI)")
def test_resend() -> None:
    resend = sdk("resend")

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        trio = {name: headers[f"svix-{name}"] for name in ("id", "timestamp", "signature")}
        return resend.Webhooks.verify({"payload": body, "headers": trio, "webhook_secret": secret})

    they_take_what_we_sign("resend", in_python(judge))
