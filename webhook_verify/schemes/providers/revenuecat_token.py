"""RevenueCat (authorization header): a token in `authorization`; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "revenuecat-token",
    signature_header="authorization",
    algorithm="token",
    signature_encoding="text",
    id_in_body="event.id",
    event_type_in_body="event.type",
    docs=SchemeDocs(
        title="RevenueCat (authorization header)",
        secret_from=(
            "RevenueCat > Integrations > Webhooks: the whole authorization header value of the webhook, "
            "including a prefix such as `Bearer`; you choose it"
        ),
        secret_pattern=".+",
        url="https://www.revenuecat.com/docs/integrations/webhooks",
        notes=(
            "Nothing is signed: each request contains the token itself, so an attacker who has seen "
            "one request can forge others. Prefer a webhook with a signing secret, and the scheme "
            "`revenuecat`."
        ),
    ),
)
