"""Merge: HMAC-SHA256 of the body in base64url, in `x-merge-webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "merge-dev",
    signature_header="x-merge-webhook-signature",
    signature_encoding="base64url",
    event_type_in_body="hook.event",
    docs=SchemeDocs(
        title="Merge",
        secret_from=(
            "Merge dashboard > Advanced configuration > Webhooks > Security: the signature key of "
            "your organization"
        ),
        url="https://docs.merge.dev/merge-unified/reading-data/webhooks/merge-webhooks",
        notes=(
            "The signature is base64url without padding. `hook.id` identifies the webhook, not the delivery."
        ),
    ),
)
