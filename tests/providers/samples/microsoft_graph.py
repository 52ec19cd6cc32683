"""The sample of Microsoft Graph."""

from __future__ import annotations

import json

from tests.providers.sample import Sample, sign_in_body

__all__ = ["SAMPLE"]


def _changes(timestamp: int, msg_id: str) -> bytes:
    change = {"subscriptionId": "7f105c7d", "changeType": "created", "resource": "users/1/messages/2"}
    return json.dumps({"value": [{**change, "id": msg_id}, {**change, "changeType": "updated"}]}).encode()


SAMPLE = Sample(
    scheme="microsoft-graph",
    secret="0d5f8a0e-a-client-state-that-we-chose",
    other_secret="another-client-state-that-we-chose",
    body=_changes,
    sign=sign_in_body,
)
