"""Services that applications use: storage, media, messages.

Their witnesses are in tests/providers/test_witness_apps.py.
"""

from __future__ import annotations

from webhook_verify.handshakes import DropboxChallenge, LineCheck, TwitchChallenge
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["ROWS"]

ROWS = (
    HeaderScheme(
        "dropbox",
        title="Dropbox",
        signature_header="x-dropbox-signature",
        handshake=DropboxChallenge(),
        secret_from="the App Console, the app's Settings, App secret",
        documentation="https://www.dropbox.com/developers/reference/webhooks",
        notes=(
            "The body says which accounts have changes, and not what changed. So two deliveries may be the "
            "same to the byte, and a replay guard takes the second for a repeat: leave the guard away, for "
            "reading the changes once more does no harm."
        ),
    ),
    HeaderScheme(
        "box",
        title="Box",
        signature_header=("box-signature-primary", "box-signature-secondary"),
        signature_encoding="base64",
        signed_content="{body}{timestamp}",
        timestamp_header="box-delivery-timestamp",
        timestamp_unit="rfc3339",
        tolerance=600,
        id_in_body="id",
        secret_from="the Developer Console, the app's Webhooks, Manage signature keys: primary and secondary",
        documentation="https://developer.box.com/guides/webhooks/v2/signatures-v2/",
        notes=(
            "Give the Verifier both keys: while one is exchanged, the other one still holds. box-delivery-id "
            "is not signed."
        ),
    ),
    HeaderScheme(
        "docusign",
        title="Docusign Connect",
        signature_header=[f"x-docusign-signature-{number}" for number in range(1, 101)],
        signature_encoding="base64",
        secret_from="Settings, Connect, Connect Keys: shown once, when the key is made",
        documentation="https://developers.docusign.com/platform/webhooks/connect/validate/",
        notes=(
            "A delivery has one signature for each of up to 100 keys, and one right one is enough. The key "
            "looks like base64 but is used as the text that it is. HMAC is off until it is switched on in "
            "the Connect configuration, and neither a time nor an id is signed."
        ),
    ),
    HeaderScheme(
        "coinbase-commerce",
        title="Coinbase Commerce",
        signature_header="x-cc-webhook-signature",
        id_in_body="event.id",
        secret_from="Settings, Notifications, Webhook subscriptions, Show shared secret",
        documentation="https://docs.cdp.coinbase.com/commerce/docs/webhooks-security",
    ),
    HeaderScheme(
        "lemon-squeezy",
        title="Lemon Squeezy",
        signature_header="x-signature",
        event_type_header="x-event-name",
        secret_from="Settings, Webhooks, the webhook's Signing secret: you choose it",
        documentation="https://docs.lemonsqueezy.com/help/webhooks/signing-requests",
        notes="Neither a time nor an id is signed: a retry is the same to the byte, and so is a replay.",
    ),
    HeaderScheme(
        "workos",
        title="WorkOS",
        signature_header="workos-signature",
        signature_field="v1",
        timestamp_field="t",
        field_separator=", ",
        signed_content="{timestamp}.{body}",
        timestamp_unit="ms",
        tolerance=180,
        id_in_body="id",
        secret_from="the WorkOS Dashboard, Webhooks, the endpoint's Signing secret",
        documentation="https://workos.com/docs/events/data-syncing/webhooks",
        notes="For Actions, which WorkOS's own library takes for 30 seconds only, give a tolerance of 30.",
    ),
    HeaderScheme(
        "typeform",
        title="Typeform",
        signature_header="typeform-signature",
        signature_prefix="sha256=",
        signature_encoding="base64",
        id_in_body="event_id",
        secret_from="the form's Connect, Webhooks, Edit, Secret: you choose it, else nothing is signed",
        documentation="https://www.typeform.com/developers/webhooks/secure-your-webhooks/",
    ),
    HeaderScheme(
        "calendly",
        title="Calendly",
        signature_header="calendly-webhook-signature",
        signature_field="v1",
        timestamp_field="t",
        signed_content="{timestamp}.{body}",
        tolerance=180,
        secret_from="the signing_key that you gave to POST /webhook_subscriptions",
        documentation="https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures",
        notes=(
            "There is no message id. A subscription that was made without a signing_key is not signed. The "
            "tolerance is that of Calendly's sample."
        ),
    ),
    HeaderScheme(
        "vercel",
        title="Vercel",
        signature_header="x-vercel-signature",
        algorithm="hmac-sha1",
        id_in_body="id",
        secret_from="the team's Settings, Webhooks: shown once; of an integration, its client secret",
        documentation="https://vercel.com/docs/webhooks/webhooks-api",
        notes="HMAC-SHA1 is what Vercel offers; the known attacks on SHA-1 do not break an HMAC of it.",
    ),
    HeaderScheme(
        "meta",
        title="Meta: WhatsApp, Messenger, Instagram",
        signature_header="x-hub-signature-256",
        signature_prefix="sha256=",
        secret_from="the App Dashboard, App settings, Basic, App secret",
        documentation="https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
        notes=(
            "The bytes are signed as they are sent, with \\uXXXX escapes: never JSON that was written anew. "
            "One delivery may bring several messages, each with its own id. X-Hub-Signature, by SHA-1, is "
            "not read."
        ),
    ),
    HeaderScheme(
        "twitch",
        title="Twitch EventSub",
        signature_header="twitch-eventsub-message-signature",
        signature_prefix="sha256=",
        signed_content="{id}{timestamp}{body}",
        timestamp_header="twitch-eventsub-message-timestamp",
        timestamp_unit="rfc3339",
        tolerance=600,
        id_header="twitch-eventsub-message-id",
        event_type_header="twitch-eventsub-subscription-type",
        handshake=TwitchChallenge(),
        secret_from="the secret that you gave to POST /helix/eventsub/subscriptions: 10 to 100 characters",
        documentation="https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
        notes="Twitch-Eventsub-Message-Type and -Retry are not signed: go by the body.",
    ),
    HeaderScheme(
        "mux",
        title="Mux",
        signature_header="mux-signature",
        signature_field="v1",
        timestamp_field="t",
        signed_content="{timestamp}.{body}",
        accept_future_timestamps=True,
        id_in_body="id",
        secret_from="the environment's Settings, Webhooks, Show Signing Secret",
        documentation="https://www.mux.com/docs/core/verify-webhook-signatures",
    ),
    HeaderScheme(
        "sanity",
        title="Sanity",
        signature_header="sanity-webhook-signature",
        signature_field="v1",
        timestamp_field="t",
        signature_encoding="base64url",
        signed_content="{timestamp}.{body}",
        timestamp_unit="ms",
        id_header="idempotency-key",
        secret_from="the project's API, Webhooks, the webhook's Secret: you choose it",
        documentation="https://www.sanity.io/docs/content-lake/webhooks",
        notes="idempotency-key is not signed. Sanity's own library does not look at the age of a delivery.",
    ),
    HeaderScheme(
        "line",
        title="LINE",
        signature_header="x-line-signature",
        signature_encoding="base64",
        id_in_body="events.*.webhookEventId",
        handshake=LineCheck(),
        secret_from="the LINE Developers Console, the channel's Basic settings, Channel secret",
        documentation="https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
        notes=(
            "No time is signed. One delivery may bring several events, and its id is all of theirs. A check "
            "of the address is a delivery without events."
        ),
    ),
)
