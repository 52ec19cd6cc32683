"""ClickUp: HMAC-SHA256 of the body, in `x-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "clickup",
    signature_header="x-signature",
    id_in_body="history_items.*.id",
    event_type_in_body="event",
    docs=SchemeDocs(
        title="ClickUp",
        secret_from="the `secret` in the response to the request that created the webhook",
        url="https://developer.clickup.com/docs/webhooksignature",
        notes="Each webhook has its own secret.",
    ),
)
