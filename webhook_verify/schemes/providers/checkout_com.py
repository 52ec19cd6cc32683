"""Checkout.com: HMAC-SHA256 of the body, in `cko-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "checkout-com",
    signature_header="cko-signature",
    id_in_body="id",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Checkout.com",
        secret_from=(
            "the Dashboard's Developers > Webhooks: the webhook's Signature key, or the "
            "`signature.key` of a workflow's webhook action"
        ),
        url="https://www.checkout.com/docs/workflows/set-up-your-webhook-receiver",
        notes=(
            "The Authorization header key of the dashboard is another value: it is sent unchanged, "
            "and is not verified by this scheme."
        ),
    ),
)
