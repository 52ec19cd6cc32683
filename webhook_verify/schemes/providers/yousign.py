"""Yousign: HMAC-SHA256 of the body, in `x-yousign-signature-256`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "yousign",
    signature_header="x-yousign-signature-256",
    signature_prefix="sha256=",
    id_in_body="event_id",
    event_type_in_body="event_name",
    docs=SchemeDocs(
        title="Yousign",
        secret_from="the webhook subscription in the Yousign app > Copy secret key",
        url="https://developers.yousign.com/docs/security",
    ),
)
