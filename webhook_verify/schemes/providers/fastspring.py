"""FastSpring: HMAC-SHA256 of the body, in `x-fs-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "fastspring",
    signature_header="x-fs-signature",
    signature_encoding="base64",
    id_in_body="events.*.id",
    event_type_in_body="events.*.type",
    docs=SchemeDocs(
        title="FastSpring",
        secret_from=(
            "the FastSpring app > Developer Tools > Webhooks: the HMAC SHA256 Secret of the URL; you "
            "choose it"
        ),
        url="https://developer.fastspring.com/docs/message-security",
        notes=(
            "The secret is optional in FastSpring, and without it, deliveries cannot be verified. A "
            "delivery can contain several events. The message id is then that of all events, and "
            "`delivery.event_type` has a value only if all have the same type."
        ),
    ),
)
