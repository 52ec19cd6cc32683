"""Stream Chat: its library accepts our signatures."""

from __future__ import annotations

from collections.abc import Mapping

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign


@interop("getstream", by="stream-chat (PyPI)")
def test_stream_chat() -> None:
    webhook = sdk("stream_chat.webhook")

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return webhook.verify_signature(body.encode(), headers["x-signature"], secret)

    they_take_what_we_sign("getstream", in_python(judge))
