"""GoCardless: its library accepts our signatures."""

from __future__ import annotations

from collections.abc import Mapping

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign


@interop("gocardless", by="gocardless-pro (PyPI)")
def test_gocardless() -> None:
    webhooks = sdk("gocardless_pro.webhooks")

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return webhooks.parse(body, secret, headers["webhook-signature"])

    they_take_what_we_sign("gocardless", in_python(judge))
