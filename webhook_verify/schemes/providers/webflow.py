"""Webflow: HMAC-SHA256 of `{timestamp}:{body}`, in `x-webflow-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "webflow",
    signature_header="x-webflow-signature",
    signed_content="{timestamp}:{body}",
    timestamp_header="x-webflow-timestamp",
    timestamp_unit="ms",
    event_type_in_body="triggerType",
    docs=SchemeDocs(
        title="Webflow",
        secret_from=(
            "the client secret of the OAuth app that created the webhook, or the `secretKey` in the "
            "response that created it"
        ),
        url="https://developers.webflow.com/data/reference/request-signatures",
        notes=(
            "Webhooks that were created in the dashboard are not signed. The timestamp is in "
            "milliseconds. Deliveries have no message id."
        ),
    ),
)
