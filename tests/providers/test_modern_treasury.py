"""Modern Treasury: interoperability with its library, in both directions."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.providers.interop import interop
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign, we_take_what_they_sign


@interop("modern-treasury", by="modern-treasury (PyPI)")
@pytest.mark.slow
def test_modern_treasury() -> None:
    webhooks = sdk("modern_treasury").ModernTreasury(organization_id="org", api_key="key").webhooks

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return webhooks.validate_signature(body, headers, key=secret)

    they_take_what_we_sign("modern-treasury", in_python(judge))

    secret, body = SAMPLES["modern-treasury"].secret, '{"event": "completed", "name": "gr\\u00fcn"}'
    headers = {"X-Signature": webhooks.get_signature(body, key=secret), "X-Topic": "payment_order"}
    assert we_take_what_they_sign("modern-treasury", body.encode(), headers).event_type == "payment_order"
