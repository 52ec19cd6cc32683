"""EasyPost: HMAC-SHA256 of the body, in `x-hmac-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "easypost",
    signature_header="x-hmac-signature",
    signature_prefix="hmac-sha256-hex=",
    id_in_body="id",
    event_type_in_body="description",
    docs=SchemeDocs(
        title="EasyPost",
        secret_from="the `webhook_secret` that you passed to the request that created the webhook",
        url="https://docs.easypost.com/docs/webhooks",
        notes=(
            "EasyPost's libraries normalize the secret to Unicode NFKD. This scheme uses it "
            "unchanged, so choose a secret in ASCII."
        ),
    ),
)
