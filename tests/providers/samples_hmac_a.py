"""Samples of providers that sign with HMAC, first half."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.providers.sample import Sample

__all__ = ["SAMPLES"]


def _json(**fields: str) -> Callable[[int, str], bytes]:
    """A body with these fields, in which ``{id}`` and ``{timestamp}`` are filled in; a number stays one."""

    def body(timestamp: int, msg_id: str) -> bytes:
        filled = {name: text.format(id=msg_id, timestamp=timestamp) for name, text in fields.items()}
        values = {name: int(text) if text.isdecimal() else text for name, text in filled.items()}
        return json.dumps(values).encode()

    return body


def _telegram(timestamp: int, msg_id: str) -> bytes:
    """Its ids are numbers: one is made of the text."""
    return b'{"update_id": %d, "message": {"text": "Hello"}}' % int.from_bytes(msg_id.encode())


SAMPLES: list[Sample] = [
    Sample(
        scheme="stripe",
        secret="whsec_Y2hvb3NlIG1lLCBsZXQgdGhlbSB3b25kZXI",
        other_secret="whsec_bm90IG1pbmUsIGJ1dCBvZiB0ZXN0IG1vZGU",
        body=_json(id="{id}", object="event", type="invoice.paid"),
    ),
    Sample(
        scheme="square",
        secret="asdf1234QWERsquareSignatureKey",
        other_secret="anotherSquareSignatureKey5678",
        body=_json(event_id="{id}", type="payment.updated"),
        url="https://shop.example/webhooks/square",
    ),
    Sample(
        scheme="paddle",
        secret="pdl_ntfset_01gkdqv0ts2j2vbx_Xl8mE0YdJ8",
        other_secret="pdl_ntfset_01hbqy7pkk3rm9s_Wd0fQw2b1",
        body=_json(event_id="{id}", event_type="transaction.completed"),
    ),
    Sample(
        scheme="shopify",
        secret="hush-this-is-the-client-secret",
        other_secret="the-client-secret-of-another-app",
        body=_json(topic="orders/create", name="#1001"),
    ),
    Sample(
        scheme="shopify-events",
        secret="hush-this-is-the-client-secret",
        other_secret="the-client-secret-of-another-app",
        body=_json(topic="Order", action="create"),
    ),
    Sample(
        scheme="github",
        secret="It's a Secret to Everybody",
        other_secret="It's a Secret to Nobody",
        body=_json(zen="Design for failure.", action="opened"),
    ),
    Sample(
        scheme="gitlab-token",
        secret="glsecret-3kQzV7Lw9x",
        other_secret="glsecret-Another0ne",
        body=_json(object_kind="push", event_name="push"),
    ),
    Sample(
        scheme="bitbucket",
        secret="It's a Secret to Everybody",
        other_secret="It's a Secret to Nobody",
        body=_json(actor="jane", repository="acme/site"),
    ),
    Sample(
        scheme="slack",
        secret="8f742231b10e8888abcd99yyyzzz85a5",
        other_secret="00742231b10e8888abcd99yyyzzz85a5",
        body=_json(type="event_callback", event_id="{id}"),
    ),
    Sample(
        scheme="zoom",
        secret="zm-secret-token-4dT9c",
        other_secret="zm-secret-token-other",
        body=_json(event="meeting.started", event_ts="{timestamp}000"),
    ),
    Sample(
        scheme="linear",
        secret="lin_wh_9sYk2PqUv0Lq4mT7",
        other_secret="lin_wh_anotherOne8xZ1c3V",
        body=_json(action="create", type="Issue", webhookTimestamp="{timestamp}000"),
    ),
    Sample(
        scheme="intercom",
        secret="f2188099-cf86-4217-903a-1bb5a3a51005",
        other_secret="0c1f9d2e-70a4-4a4e-9f9a-8d6a4f0f2b11",
        body=_json(type="notification_event", id="{id}", topic="user.created"),
    ),
    Sample(
        scheme="zendesk",
        secret="HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA=",
        other_secret="dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==",
        body=_json(type="zen:event-type:ticket.created"),
    ),
    Sample(
        scheme="sentry",
        secret="b62e9f6a2c2c4c7e8d3f7c0a9b1d5e4f",
        other_secret="11111111111111111111111111111111",
        body=_json(action="created", actor="sentry"),
    ),
    Sample(
        scheme="telegram",
        secret="A-z_0-9-secret-token",
        other_secret="A-z_0-9-other-token",
        body=_telegram,
    ),
]
