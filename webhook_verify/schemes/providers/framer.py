"""Framer: HMAC-SHA256 of `{body}{id}`, in `framer-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "framer",
    signature_header="framer-signature",
    signature_prefix="sha256=",
    id_header="framer-webhook-submission-id",
    signed_content="{body}{id}",
    docs=SchemeDocs(
        title="Framer",
        secret_from="the secret in the settings of the form's webhook; you choose it",
        url="https://www.framer.com/help/articles/framer-form-webhook-setup",
        notes=(
            "The header `framer-webhook-submission-id` is signed. Deliveries have no event type, "
            "because each is a form submission."
        ),
        retries=(
            "up to 5 times ([documentation](https://www.framer.com/help/articles/framer-form-webhook-setup))"
        ),
    ),
)
