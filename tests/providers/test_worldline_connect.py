"""Worldline Connect: its library accepts our signatures."""

from __future__ import annotations

from collections.abc import Mapping

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign


@interop("worldline-connect", by="connect-sdk-python3 (PyPI)")
def test_worldline_connect() -> None:
    webhooks = "worldline.connect.sdk.webhooks"
    header = sdk("worldline.connect.sdk.communication.request_header").RequestHeader
    store = sdk(f"{webhooks}.in_memory_secret_key_store").InMemorySecretKeyStore()
    validator = sdk(f"{webhooks}.signature_validator").SignatureValidator(store)

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        store.store_secret_key("key-1", secret)
        shown = {**headers, "x-gcs-keyid": "key-1"}
        return validator.validate(body.encode(), [header(name, value) for name, value in shown.items()])

    they_take_what_we_sign("worldline-connect", in_python(judge))
