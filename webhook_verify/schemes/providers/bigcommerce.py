"""BigCommerce: a plain token in `x-hook-token`; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_token import HeaderToken

__all__ = ["SCHEME"]

SCHEME = HeaderToken(
    "bigcommerce",
    id_in_body="hash",
    event_type_in_body="scope",
    docs=SchemeDocs(
        title="BigCommerce",
        secret_from=(
            "the value of the header `x-hook-token` in the `headers` of the webhook; you choose it "
            "when you create the webhook"
        ),
        url="https://developer.bigcommerce.com/docs/integrations/webhooks/https",
        notes="The `hash` is the id of the event, and not a signature.",
    ),
)
