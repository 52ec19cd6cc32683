"""Providers of payments and shops."""

from __future__ import annotations

from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["ROWS"]

ROWS = (
    HeaderScheme(
        "stripe",
        title="Stripe",
        signature_header="stripe-signature",
        signature_field="v1",
        timestamp_field="t",
        signed_content="{timestamp}.{body}",
        accept_future_timestamps=True,
        id_in_body="id",
        secret_from="Workbench, Webhooks, the endpoint's signing secret, with its whsec_",
        documentation="https://docs.stripe.com/webhooks",
        notes="Its whsec_ is part of the key, and what follows is no base64. The endpoint's secret and that "
        "of `stripe listen` differ, as do those of test mode and live mode.",
    ),
    HeaderScheme(
        "square",
        title="Square",
        signature_header="x-square-hmacsha256-signature",
        signature_encoding="base64",
        signed_content="{url}{body}",
        id_in_body="event_id",
        secret_from="the Developer Console, the application's Webhooks, the subscription's Signature Key",
        documentation="https://developer.squareup.com/docs/webhooks/step3validate",
        notes="The notification URL is signed, letter for letter as it was typed into the Developer Console: "
        "behind a proxy say which it is. No time is signed.",
    ),
    HeaderScheme(
        "paddle",
        title="Paddle",
        signature_header="paddle-signature",
        signature_field="h1",
        timestamp_field="ts",
        field_separator=";",
        signed_content="{timestamp}:{body}",
        tolerance=5,
        id_in_body="event_id",
        secret_from="Developer tools, Notifications, the destination's secret key",
        documentation="https://developer.paddle.com/webhooks/signature-verification",
        notes="A delivery is fresh for 5 seconds only, as in Paddle's own libraries: give a larger tolerance "
        "where clocks differ or a queue stands in front. Paddle Classic signs otherwise.",
    ),
    HeaderScheme(
        "shopify",
        title="Shopify",
        signature_header="x-shopify-hmac-sha256",
        signature_encoding="base64",
        id_header="x-shopify-webhook-id",
        event_type_header="x-shopify-topic",
        secret_from="the app's client secret; or Settings, Notifications, Webhooks of the shop",
        documentation="https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
        notes="Only the body is signed: topic, shop, time and ids in the headers are not. Two topics, like "
        "orders/create and orders/paid, may send the same body, of which a replay guard takes the second for "
        "a repeat: give each its own address, and a receiver with a name of its own. After the client secret "
        "was rotated, the old one signs for a while: give both.",
    ),
    HeaderScheme(
        "shopify-events",
        title="Shopify (events)",
        signature_header="shopify-hmac-sha256",
        signature_encoding="base64",
        id_header="shopify-webhook-id",
        secret_from="the app's client secret",
        documentation="https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
        notes="The newer events, whose headers have no x- in front. Only the body is signed: topic, shop, "
        "time and ids in the headers are not.",
    ),
)
