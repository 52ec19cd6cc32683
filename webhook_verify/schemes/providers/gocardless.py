"""GoCardless: HMAC-SHA256 of the body, in `webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "gocardless",
    signature_header="webhook-signature",
    id_in_body="events.*.id",
    docs=SchemeDocs(
        title="GoCardless",
        secret_from="the dashboard's Developers: the secret of the webhook endpoint",
        url="https://developer.gocardless.com/getting-started/stay-up-to-date-with-webhooks-v2/",
        notes="A delivery contains several events, each with a `resource_type` and an `action`.",
    ),
)
