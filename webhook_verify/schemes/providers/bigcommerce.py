"""BigCommerce: a plain token in `x-hook-token`; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "bigcommerce",
    signature_header="x-hook-token",
    algorithm="token",
    signature_encoding="text",
    id_in_body="hash",
    event_type_in_body="scope",
    docs=SchemeDocs(
        title="BigCommerce",
        secret_from=(
            "the value of the header `x-hook-token` in the `headers` of the webhook; you choose it "
            "when you create the webhook"
        ),
        url="https://developer.bigcommerce.com/docs/integrations/webhooks/https",
        notes=(
            "Nothing is signed: each request contains the token itself, so an attacker who has seen "
            "one request can forge others. BigCommerce sends the headers that you configure. Give the "
            "header the name `x-hook-token`, or describe another name with a `HeaderScheme`. A "
            "webhook without that header cannot be verified. The `hash` is the id of the event, and not a "
            "signature."
        ),
    ),
)
