"""Asana: HMAC-SHA256 of the body, in `x-hook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "asana",
    signature_header="x-hook-signature",
    docs=SchemeDocs(
        title="Asana",
        secret_from=(
            "the header `x-hook-secret` of the first request, which Asana sends while you create the webhook"
        ),
        url="https://developers.asana.com/docs/webhooks-guide",
        notes=(
            "The first request is not signed: it has the secret in `x-hook-secret`, which "
            "`AsanaSecret` stores and returns. Each webhook has its own secret. "
            "Deliveries have no message id, and an empty `events` list is a heartbeat."
        ),
        retries=(
            "for 24 hours, then the webhook is deleted "
            "([documentation](https://developers.asana.com/docs/webhooks-guide))"
        ),
    ),
)
