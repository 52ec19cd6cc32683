"""LinkedIn: HMAC-SHA256 of `hmacsha256={body}`, in `x-li-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "linkedin",
    signature_header="x-li-signature",
    signed_content="hmacsha256={body}",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="LinkedIn",
        secret_from="the client secret of your app, in the Developer Portal's Auth tab",
        url="https://learn.microsoft.com/en-us/linkedin/shared/api-guide/webhook-validation",
        notes=(
            "LinkedIn signs the text `hmacsha256=` before the body, but the header does not contain "
            "it. Before it sends deliveries, and again later, LinkedIn calls the URL with GET and a "
            "`challengeCode`. This scheme does not respond to that request: your own route must "
            "return the code's HMAC-SHA256."
        ),
    ),
)
