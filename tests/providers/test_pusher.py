"""Pusher Channels: interoperability with its library, in both directions."""

from __future__ import annotations

from collections.abc import Mapping

from tests.providers.interop import interop
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign, we_take_what_they_sign


@interop("pusher", by="pusher (PyPI)")
def test_pusher() -> None:
    def judge(secret: str, body: str, headers: Mapping[str, str]) -> bool:
        client = sdk("pusher").Pusher(app_id="1", key="app-key", secret=secret)
        return client.validate_webhook("app-key", headers["x-pusher-signature"], body) is not None

    they_take_what_we_sign("pusher", in_python(judge))

    body = '{"time_ms": 1790000000000, "events": []}'
    headers = {
        "X-Pusher-Key": "app-key",
        "X-Pusher-Signature": sdk("pusher.signature").sign(SAMPLES["pusher"].secret, body),
    }
    assert we_take_what_they_sign("pusher", body.encode(), headers).scheme == "pusher"
