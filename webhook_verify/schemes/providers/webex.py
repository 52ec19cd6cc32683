"""Cisco Webex: HMAC-SHA1 of the body, in `x-spark-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "webex",
    signature_header="x-spark-signature",
    algorithm="hmac-sha1",
    docs=SchemeDocs(
        title="Cisco Webex",
        secret_from="the `secret` in your request that created the webhook; you choose it",
        url="https://developer.webex.com/docs/receive-and-verify-webhooks",
        notes=(
            "This scheme is for the Webhooks API. Subscriptions of Contact Center have other signatures. "
            "HMAC-SHA1 is still secure as a MAC. The `id` of the body is that of the webhook, and the "
            "type consists of the fields `resource` and `event`."
        ),
    ),
)
