"""Front: HMAC-SHA256 of `{timestamp}:{body}`, in `x-front-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "front",
    signature_header="x-front-signature",
    signature_encoding="base64",
    timestamp_header="x-front-request-timestamp",
    timestamp_unit="ms",
    signed_content="{timestamp}:{body}",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Front",
        secret_from="the developer settings of your app: the application's signing key",
        url="https://dev.frontapp.com/docs/application-webhooks",
        notes=(
            "This scheme is for application webhooks. Rule webhooks are signed with SHA-1 and the API "
            "secret, and are not accepted. When you save the webhook, Front sends a delivery of the "
            "type `sync`: your handler must respond with the text of its header `x-front-challenge`."
        ),
    ),
)
