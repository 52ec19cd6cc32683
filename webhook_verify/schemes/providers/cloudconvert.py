"""CloudConvert: HMAC-SHA256 of the body, in `cloudconvert-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "cloudconvert",
    signature_header="cloudconvert-signature",
    event_type_in_body="event",
    docs=SchemeDocs(
        title="CloudConvert",
        secret_from="the dashboard's webhook settings: the webhook's signing secret",
        url="https://cloudconvert.com/api/v2/webhooks",
        notes="Deliveries have no message id.",
    ),
)
