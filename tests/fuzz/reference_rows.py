"""The HMAC signatures of the providers according to their documentation, for the differential fuzzer.

This module does not import `webhook_verify`. A row that is copied from the library would have the same
mistakes, so change it manually if a provider's scheme changes.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from hashlib import sha1

from tests.fuzz.reference_row import KEY, Row
from tests.fuzz.reference_rows_open_source import OF_OPEN_SOURCE_SENDERS

__all__ = ["ROWS"]


def _base64_keys(secret: str) -> list[bytes]:
    return [b64decode(secret.removeprefix("v1,").removeprefix("whsec_"))]


def _base64_or_text_keys(secret: str) -> list[bytes]:
    return [*_base64_keys(secret), secret.encode()]


def _hex_keys(secret: str) -> list[bytes]:
    return [bytes.fromhex(secret)]


def _plain_base64_keys(secret: str) -> list[bytes]:
    return [b64decode(secret)]


def _sha1_keys(secret: str) -> list[bytes]:
    return [sha1(secret.encode()).digest()]


def _standard(
    secret: str = f"whsec_{KEY}",
    keys: Callable[[str], list[bytes]] = _base64_keys,
    separator: str = " ",
    *,
    brand: str = "webhook",
    fraction: bool = False,
) -> Row:
    fields = ("", "v1", separator)
    return Row(
        kind="standard",
        secret=secret,
        keys=keys,
        fields=fields,
        content="{time}",
        brand=brand,
        fraction=fraction,
    )


def _listed(header: str, time: str, signature: str, content: str = "{time}.{body}", **more: object) -> Row:
    separator = str(more.pop("separator", ","))
    return Row(headers=(header,), fields=(time, signature, separator), content=content, **more)  # type: ignore[arg-type]


ROWS: dict[str, Row] = {
    **OF_OPEN_SOURCE_SENDERS,
    "ably": Row(headers=("x-ably-signature",), written="base64"),
    "acuity-scheduling": Row(headers=("x-acuity-signature",), written="base64"),
    "adyen": Row(kind="adyen", written="base64", keys=_hex_keys),
    "adyen-header": Row(headers=("hmacsignature",), written="base64", keys=_hex_keys),
    "adyen-http-post": Row(kind="adyen-form", written="base64", keys=_hex_keys),
    "affirm": _listed("x-affirm-signature", "t", "v0", digest="sha512"),
    "aftership": Row(headers=("aftership-hmac-sha256",), written="base64"),
    "airship": Row(headers=("x-ua-signature",), content="{time}:{body}", time="x-ua-timestamp"),
    "airtable": Row(
        headers=("x-airtable-content-mac",), prefix="hmac-sha256=", secret=KEY, keys=_plain_base64_keys
    ),
    "airwallex": Row(headers=("x-signature",), content="{time}{body}", time="x-timestamp", unit="ms"),
    "anthropic": _standard(),
    "asana": Row(headers=("x-hook-signature",)),
    "ashby": Row(headers=("ashby-signature",), prefix="sha256="),
    "atlassian-jira": Row(headers=("x-hub-signature",), prefix="sha256="),
    "attio": Row(headers=("attio-signature",)),
    "authorize-net": Row(headers=("x-anet-signature",), prefix="sha512=", digest="sha512", keys=_hex_keys),
    "autodesk-aps": Row(headers=("x-adsk-signature",), prefix="sha1hash=", digest="sha1"),
    "bitbucket": Row(headers=("x-hub-signature",), prefix="sha256="),
    "bitbucket-data-center": Row(headers=("x-hub-signature",), prefix="sha256="),
    "bolt": Row(headers=("x-bolt-hmac-sha256",), written="base64"),
    "box": Row(
        headers=("box-signature-primary", "box-signature-secondary"),
        content="{body}{time}",
        time="box-delivery-timestamp",
        unit="rfc3339",
        tolerance=600,
        written="base64",
    ),
    "braintree": Row(kind="braintree", digest="sha1", keys=_sha1_keys),
    "brex": _standard(KEY),
    "buildkite": _listed("x-buildkite-signature", "timestamp", "signature"),
    "cal-com": Row(headers=("x-cal-signature-256",)),
    "calendly": _listed("calendly-webhook-signature", "t", "v1", tolerance=180),
    "canva": Row(
        headers=("x-canva-signatures",),
        bare=(",", "", False),
        content="v1:{time}:{url}:{body}",
        time="x-canva-timestamp",
        secret=KEY,
        keys=_plain_base64_keys,
    ),
    "chargify": Row(headers=("x-chargify-webhook-signature-hmac-sha-256",)),
    "checkout-com": Row(headers=("cko-signature",)),
    "checkr": Row(headers=("x-checkr-signature",)),
    "circleci": _listed("circleci-signature", "", "v1", "{body}"),
    "clerk": _standard(brand="svix"),
    "clickup": Row(headers=("x-signature",)),
    "cloudinary": Row(
        headers=("x-cld-signature",),
        content="{body}{time}",
        time="x-cld-timestamp",
        tolerance=7_200,
        digest="sha1",
        is_suffix=True,
    ),
    "cloudconvert": Row(headers=("cloudconvert-signature",)),
    "cloudflare-stream": _listed("webhook-signature", "time", "sig1"),
    "coinbase-commerce": Row(headers=("x-cc-webhook-signature",)),
    "configcat": Row(
        headers=("x-configcat-webhook-signature-v1",),
        bare=(",", "", False),
        content="{id}{time}{body}",
        id="x-configcat-webhook-id",
        time="x-configcat-webhook-timestamp",
        unit="s|rfc3339",
        written="base64",
    ),
    "cronofy": Row(headers=("cronofy-hmac-sha256",), bare=(",", "", False), written="base64"),
    "cursor": Row(headers=("x-webhook-signature",), prefix="sha256="),
    "contentful": Row(
        headers=("x-contentful-signature",),
        content="{time}",
        time="x-contentful-timestamp",
        unit="ms",
        tolerance=30,
        kind="composed",
    ),
    "customer-io": Row(headers=("x-cio-signature",), content="v0:{time}:{body}", time="x-cio-timestamp"),
    "deel": Row(headers=("x-deel-signature",), content="POST{body}"),
    "docusign": Row(
        headers=tuple(f"x-docusign-signature-{number}" for number in range(1, 101)), written="base64"
    ),
    "dodo-payments": _standard(),
    "doppler": Row(headers=("x-doppler-signature",), prefix="sha256="),
    "dropbox": Row(headers=("x-dropbox-signature",)),
    "dropbox-sign": Row(kind="dropbox-sign"),
    "dub": Row(headers=("dub-signature",)),
    "dwolla": Row(headers=("x-request-signature-sha-256",)),
    "easypost": Row(headers=("x-hmac-signature",), prefix="hmac-sha256-hex="),
    "elevenlabs": _listed("elevenlabs-signature", "t", "v0", tolerance=1_800),
    "emailit": Row(headers=("x-emailit-signature",), content="{time}.{body}", time="x-emailit-timestamp"),
    "emporix": Row(kind="emporix", headers=("emporix-event-signature",), written="base64"),
    "etsy": _standard(),
    "finch": Row(
        headers=("finch-signature",),
        bare=(" ", "v1,", False),
        content="{id}.{time}.{body}",
        id="finch-event-id",
        time="finch-timestamp",
        written="base64",
        secret=KEY,
        keys=_plain_base64_keys,
    ),
    "exa": _listed("exa-signature", "t", "v1"),
    "expo": Row(headers=("expo-signature",), prefix="sha1=", digest="sha1"),
    "fastspring": Row(headers=("x-fs-signature",), written="base64"),
    "formstack": Row(headers=("x-fs-signature",), prefix="sha256="),
    "fourthwall": Row(headers=("x-fourthwall-hmac-sha256",), written="base64"),
    "framer": Row(
        headers=("framer-signature",),
        content="{body}{id}",
        id="framer-webhook-submission-id",
        prefix="sha256=",
    ),
    "front": Row(
        headers=("x-front-signature",),
        content="{time}:{body}",
        time="x-front-request-timestamp",
        unit="ms",
        written="base64",
    ),
    "gemini": _standard(),
    "getstream": Row(headers=("x-signature",)),
    "gitea": Row(headers=("x-gitea-signature",)),
    "github": Row(headers=("x-hub-signature-256",), prefix="sha256="),
    "gitlab": _standard(),
    "gocardless": Row(headers=("webhook-signature",)),
    "gogs": Row(headers=("x-gogs-signature",)),
    "grafana": Row(headers=("x-grafana-alerting-signature",)),
    "help-scout": Row(headers=("x-helpscout-signature",), digest="sha1", written="base64"),
    "heroku": Row(headers=("heroku-webhook-hmac-sha256",), written="base64"),
    "hookdeck": Row(headers=("x-hookdeck-signature", "x-hookdeck-signature-2"), written="base64"),
    "hubspot": Row(
        headers=("x-hubspot-signature-v3",),
        content="{method}{url}{body}{time}",
        time="x-hubspot-request-timestamp",
        unit="ms13",
        takes_future=True,
        written="base64",
    ),
    "incident-io": _standard(),
    "increase": _standard(KEY, keys=lambda secret: [secret.encode()]),
    "intercom": Row(headers=("x-hub-signature",), prefix="sha1=", digest="sha1"),
    "klaviyo": Row(
        headers=("klaviyo-signature",), content="{body}{time}", time="klaviyo-timestamp", unit="http"
    ),
    "intercom-canvas-kit": Row(headers=("x-body-signature",)),
    "knock": _listed("x-knock-signature", "t", "s", unit="ms", written="base64"),
    "launchdarkly": Row(headers=("x-ld-signature",)),
    "lemon-squeezy": Row(headers=("x-signature",)),
    "line": Row(headers=("x-line-signature",), written="base64"),
    "linear": Row(kind="linear", headers=("linear-signature",), unit="ms", tolerance=60),
    "linkedin": Row(headers=("x-li-signature",), content="hmacsha256={body}"),
    "lithic": _standard(),
    "lob": Row(
        headers=("lob-signature",), content="{time}.{body}", time="lob-signature-timestamp", unit="ms"
    ),
    "logto": Row(headers=("logto-signature-sha-256",)),
    "loops": _standard(),
    "mailerlite": Row(headers=("signature",)),
    "mailersend": Row(headers=("signature",)),
    "mailgun": Row(kind="mailgun", tolerance=900),
    "mautic": Row(headers=("webhook-signature",), written="base64"),
    "mailomat": Row(
        headers=("x-mom-webhook-signature",),
        prefix="sha256=",
        content="{time}",
        id="x-mom-webhook-id",
        time="x-mom-webhook-timestamp",
        kind="composed",
    ),
    "mandrill": Row(headers=("x-mandrill-signature",), digest="sha1", written="base64", kind="composed"),
    "mercado-pago": _listed("x-signature", "ts", "v1", "{time}", unit="s|ms", kind="composed"),
    "merge-dev": Row(headers=("x-merge-webhook-signature",), written="base64url"),
    "meta": Row(headers=("x-hub-signature-256",), prefix="sha256="),
    "modern-treasury": Row(headers=("x-signature",)),
    "mollie": Row(headers=("x-mollie-signature",), prefix="sha256="),
    "mongodb-atlas": Row(headers=("x-mms-signature",), digest="sha1", written="base64"),
    "ms-teams": Row(
        headers=("authorization",),
        prefix="HMAC ",
        written="base64",
        secret=KEY,
        keys=_plain_base64_keys,
    ),
    "mux": _listed("mux-signature", "t", "v1", takes_future=True),
    "notion": Row(headers=("x-notion-signature",), prefix="sha256="),
    "npm": Row(headers=("x-npm-signature",), prefix="sha256="),
    "nylas": Row(headers=("x-nylas-signature",)),
    "onfido": Row(headers=("x-sha2-signature",)),
    "onfleet": Row(headers=("x-onfleet-signature",), digest="sha512", keys=_hex_keys),
    "openai": _standard(),
    "outpost": Row(headers=("x-outpost-signature",), bare=(",", "", False), prefix="v0="),
    "outseta": Row(headers=("x-hub-signature-256",), prefix="sha256=", keys=_hex_keys),
    "paddle": _listed("paddle-signature", "ts", "h1", "{time}:{body}", separator=";"),
    "pagerduty": _listed("x-pagerduty-signature", "", "v1", "{body}"),
    "pandadoc": Row(headers=("x-query-signature",)),
    "paystack": Row(headers=("x-paystack-signature",), digest="sha512"),
    "persona": _listed("persona-signature", "t", "v1"),
    "plain": Row(headers=("plain-request-signature",)),
    "plivo": Row(headers=("x-plivo-signature-v3",), bare=(",", "", False), written="base64", kind="composed"),
    "plivo-v2": Row(headers=("x-plivo-signature-v2",), written="base64", kind="composed"),
    "polar": _standard(keys=_base64_or_text_keys),
    "primer": Row(headers=("x-signature-primary", "x-signature-secondary"), written="base64"),
    "pusher": Row(headers=("x-pusher-signature",)),
    "qiniu": Row(
        headers=("authorization",),
        prefix="QBox access:",
        digest="sha1",
        written="base64url-padded",
        secret="access:0123456789abcdef0123456789abcdef",
        keys=lambda secret: [secret.partition(":")[2].encode()],
        kind="composed",
    ),
    "quickbooks": Row(headers=("intuit-signature",), written="base64"),
    "ramp": Row(headers=("x-ramp-webhook-signature", "x-ramp-signature")),
    "razorpay": Row(headers=("x-razorpay-signature",)),
    "recurly": Row(
        headers=("recurly-signature",), bare=(",", "", True), content="{time}.{body}", unit="ms|s"
    ),
    "recall-ai": _standard(),
    "render": _standard(),
    "replicate": _standard(),
    "resend": _standard(brand="svix"),
    "retell": _listed("x-retell-signature", "v", "d", "{body}{time}", unit="ms"),
    "revenuecat": _listed("x-revenuecat-webhook-signature", "t", "v1"),
    "sanity": _listed("sanity-webhook-signature", "t", "v1", unit="ms", written="base64url"),
    "segment": Row(headers=("x-signature",), digest="sha1"),
    "sendbird": Row(headers=("x-sendbird-signature",)),
    "sentry": Row(headers=("sentry-hook-signature", "sentry-app-signature")),
    "shippo": _listed("shippo-auth-signature", "t", "v1"),
    "shopify": Row(headers=("x-shopify-hmac-sha256",), written="base64"),
    "shopify-app-proxy": Row(
        headers=("x-query-signature",), content="{time}", time="x-query-timestamp", kind="composed"
    ),
    "shopify-events": Row(headers=("shopify-hmac-sha256",), written="base64"),
    "sinch": Row(
        headers=("x-sinch-webhook-signature",),
        content="{body}.{id}.{time}",
        id="x-sinch-webhook-signature-nonce",
        time="x-sinch-webhook-signature-timestamp",
        written="base64",
    ),
    "slack": Row(
        headers=("x-slack-signature",),
        content="v0:{time}:{body}",
        time="x-slack-request-timestamp",
        prefix="v0=",
    ),
    "snyk": Row(headers=("x-hub-signature",), prefix="sha256="),
    "square": Row(headers=("x-square-hmacsha256-signature",), content="{url}{body}", written="base64"),
    "squarespace": Row(headers=("squarespace-signature",), keys=_hex_keys),
    "standard-webhooks": _standard(),
    "stripe": _listed("stripe-signature", "t", "v1", takes_future=True, secret=f"whsec_{KEY}"),
    "stytch": _standard(brand="svix"),
    "supabase": _standard(f"v1,whsec_{KEY}", separator=", "),
    "svix": _standard(brand="svix"),
    "svix-ingest": _standard(brand="svix"),
    "taiga": Row(headers=("x-taiga-webhook-signature",), digest="sha1"),
    "tailscale": _listed("tailscale-webhook-signature", "t", "v1"),
    "tally": Row(headers=("tally-signature",), written="base64"),
    "tiktok": _listed("tiktok-signature", "t", "s"),
    "trello": Row(headers=("x-trello-webhook",), content="{body}{url}", digest="sha1", written="base64"),
    "twilio": Row(kind="twilio", headers=("x-twilio-signature",), digest="sha1", written="base64"),
    "twilio-sha256": Row(kind="twilio", headers=("x-twilio-signature",), written="base64"),
    "twitch": Row(
        headers=("twitch-eventsub-message-signature",),
        content="{id}{time}{body}",
        id="twitch-eventsub-message-id",
        time="twitch-eventsub-message-timestamp",
        unit="rfc3339",
        tolerance=600,
        prefix="sha256=",
    ),
    "typeform": Row(headers=("typeform-signature",), prefix="sha256=", written="base64"),
    "vanta": _standard(brand="svix"),
    "vercel": Row(headers=("x-vercel-signature",), digest="sha1"),
    "vonage-signed-message": Row(
        headers=("x-query-signature",),
        content="{time}",
        time="x-query-timestamp",
        digest="md5",
        kind="composed",
        is_suffix=True,
    ),
    "webex": Row(headers=("x-spark-signature",), digest="sha1"),
    "webflow": Row(
        headers=("x-webflow-signature",), content="{time}:{body}", time="x-webflow-timestamp", unit="ms"
    ),
    "woocommerce": Row(headers=("x-wc-webhook-signature",), written="base64"),
    "workos": _listed("workos-signature", "t", "v1", separator=", ", unit="ms", tolerance=180),
    "worldline-connect": Row(headers=("x-gcs-signature",), written="base64"),
    "x": Row(headers=("x-twitter-webhooks-signature",), prefix="sha256=", written="base64"),
    "xero": Row(headers=("x-xero-signature",), written="base64"),
    "yousign": Row(headers=("x-yousign-signature-256",), prefix="sha256="),
    "zendesk": Row(
        headers=("x-zendesk-webhook-signature",),
        content="{time}{body}",
        time="x-zendesk-webhook-signature-timestamp",
        unit="rfc3339",
        written="base64",
    ),
    "zoom": Row(
        headers=("x-zm-signature",), content="v0:{time}:{body}", time="x-zm-request-timestamp", prefix="v0="
    ),
}
"""Every HMAC provider, by the name of its scheme."""
