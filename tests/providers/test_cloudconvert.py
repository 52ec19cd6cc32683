"""CloudConvert: its library accepts our signatures."""

from __future__ import annotations

from collections.abc import Mapping

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign


@interop("cloudconvert", by="cloudconvert (PyPI)")
def test_cloudconvert() -> None:
    webhook = sdk("cloudconvert.webhook").Webhook

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return webhook.verify(body, headers["cloudconvert-signature"], secret)

    they_take_what_we_sign("cloudconvert", in_python(judge))
