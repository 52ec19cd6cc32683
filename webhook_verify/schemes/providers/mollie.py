"""Mollie: HMAC-SHA256 of the body, in `x-mollie-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "mollie",
    signature_header="x-mollie-signature",
    signature_prefix="sha256=",
    id_in_body="id",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Mollie",
        secret_from=(
            "the `webhookSecret` in the response to the request that created the webhook, or the Mollie "
            "dashboard > Developers > Webhooks"
        ),
        url="https://docs.mollie.com/reference/webhooks-new",
        notes=(
            "This scheme is for the next-generation webhooks. Classic webhooks, the `webhookUrl` of a "
            "payment, are not signed: they contain only an id, so fetch the payment with that id from the "
            "API."
        ),
    ),
)
