"""EasyPost: its library accepts our signatures."""

from __future__ import annotations

from collections.abc import Mapping

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign


@interop("easypost", by="easypost (PyPI)")
def test_easypost() -> None:
    util = sdk("easypost.util")

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        named = {"X-Hmac-Signature": headers["x-hmac-signature"]}
        return util.validate_webhook(body.encode(), named, secret)

    they_take_what_we_sign("easypost", in_python(judge))
