"""Box: interoperability with its library, in both directions, for both of its signatures."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from tests.providers.interop import interop
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign, we_take_what_they_sign


@interop("box", by="boxsdk (PyPI)")
@pytest.mark.parametrize("place", ["primary", "secondary"])
def test_box(place: str) -> None:
    box = sdk("box_sdk_gen")
    sign: Any = sdk("box_sdk_gen.internal.utils").compute_webhook_signature
    unsigned = {"box-signature-version": "1", "box-signature-algorithm": "HmacSHA256"}
    secret, body = SAMPLES["box"].secret, '{"type": "webhook_event", "id": "evt_1", "name": "gr\\u00fcn"}'

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> bool:
        signature = headers["box-signature-primary"]
        moved = {**unsigned, "box-delivery-timestamp": headers["box-delivery-timestamp"]}
        moved[f"box-signature-{place}"] = signature
        keys = (secret, None) if place == "primary" else ("the other key", secret)
        taken: bool = box.WebhooksManager.validate_message(body, moved, keys[0], secondary_key=keys[1])
        return taken

    they_take_what_we_sign("box", in_python(judge))

    headers = {**unsigned, "box-delivery-timestamp": time.strftime("%Y-%m-%dT%H:%M:%S-00:00", time.gmtime())}
    headers[f"box-signature-{place}"] = sign(body, headers, secret)
    assert we_take_what_they_sign("box", body.encode(), headers).id == "evt_1"
