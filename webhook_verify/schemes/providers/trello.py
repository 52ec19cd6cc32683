"""Trello: HMAC-SHA1 of `{body}{url}` in base64, in `x-trello-webhook`."""

from __future__ import annotations

from webhook_verify.handshakes import EndpointCheck
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "trello",
    signature_header="x-trello-webhook",
    algorithm="hmac-sha1",
    signature_encoding="base64",
    signed_content="{body}{url}",
    id_in_body="action.id",
    event_type_in_body="action.type",
    handshake=EndpointCheck("HEAD", status=200),
    retry_seconds=210,
    docs=SchemeDocs(
        title="Trello",
        secret_from="the Power-Up's or app's secret, below the API key in its administration page",
        url="https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/",
        notes=(
            "The URL is signed exactly as it was passed in `callbackURL`. Trello checks a new URL "
            "with a HEAD request and requires status 200, with which the receiver responds."
        ),
        retries=(
            "3 times: after 30, 60 and 120 seconds "
            "([documentation](https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/));"
            " no timestamp is signed, so a retry is never rejected as stale"
        ),
    ),
)
