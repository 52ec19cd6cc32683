"""The sample of HubSpot."""

from __future__ import annotations

import json

from tests.providers.sample import Sample

__all__ = ["SAMPLE"]


def _events(timestamp: int, msg_id: str) -> bytes:
    event = {"eventId": msg_id, "subscriptionId": 7, "portalId": 62515, "occurredAt": timestamp * 1000 - 5}
    return json.dumps([{**event, "subscriptionType": "contact.creation", "attemptNumber": 0}]).encode()


SAMPLE = Sample(
    scheme="hubspot",
    secret="yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy",
    other_secret="zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz",
    body=_events,
    url="https://example.com/hooks?tenant=1",
    method="POST",
)
