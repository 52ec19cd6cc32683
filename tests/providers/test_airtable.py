"""Airtable: a library for its API accepts our signatures."""

from __future__ import annotations

from collections.abc import Mapping

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign


@interop("airtable", by="pyairtable (PyPI, third party)")
def test_pyairtable() -> None:
    notification = sdk("pyairtable.models.webhook").WebhookNotification

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return notification.from_request(body, headers["x-airtable-content-mac"], secret)

    they_take_what_we_sign("airtable", in_python(judge))
