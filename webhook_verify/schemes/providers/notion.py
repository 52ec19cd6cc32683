"""Notion: HMAC-SHA256 of the body, in `x-notion-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "notion",
    signature_header="x-notion-signature",
    signature_prefix="sha256=",
    id_in_body="id",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Notion",
        secret_from="the `verification_token` that Notion sends to the URL when you create the subscription",
        url="https://developers.notion.com/reference/webhooks",
        notes=(
            "The first request contains the `verification_token`, which `NotionToken` stores. Enter it "
            "in the integration's settings. The later deliveries are signed with it."
        ),
    ),
)
