"""Airwallex: HMAC-SHA256 of `{timestamp}{body}`, in `x-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "airwallex",
    signature_header="x-signature",
    timestamp_header="x-timestamp",
    timestamp_unit="ms",
    signed_content="{timestamp}{body}",
    id_in_body="id",
    event_type_in_body="name",
    retry_seconds=259_200,
    docs=SchemeDocs(
        title="Airwallex",
        secret_from="the web app's Developer > Webhooks: the secret key of the notification URL",
        url="https://www.airwallex.com/docs/developer-tools/webhooks/listen-for-webhook-events",
        notes="The timestamp is in milliseconds. The tolerance is this library's default.",
        retries=(
            "for about three days "
            "([documentation](https://www.airwallex.com/docs/developer-tools/webhooks/webhooks-overview)); "
            "the timestamp of a retry is not documented"
        ),
    ),
)
