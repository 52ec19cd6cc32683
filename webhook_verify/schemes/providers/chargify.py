"""Chargify (Maxio): HMAC-SHA256 of the body, in `x-chargify-webhook-signature-hmac-sha-256`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "chargify",
    signature_header="x-chargify-webhook-signature-hmac-sha-256",
    id_header="x-chargify-webhook-id",
    id_on_retry="kept",
    docs=SchemeDocs(
        title="Chargify (Maxio)",
        secret_from="the site's shared key, in its webhook settings",
        url="https://docs.maxio.com/hc/en-us/articles/24266143489549",
        notes=(
            "The body is a form, whose field `event` is the event type. The header "
            "`x-chargify-webhook-id` is the same for each retry, but is not signed. The older header "
            "`x-chargify-webhook-signature`, with MD5, is ignored."
        ),
    ),
)
