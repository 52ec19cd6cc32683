"""Contentful: HMAC-SHA256 of method, path, listed headers and body, in `x-contentful-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "contentful",
    signature_header="x-contentful-signature",
    signed_content="{method}\n{target|escaped}\n{headers:x-contentful-signed-headers}\n{body}",
    timestamp_header="x-contentful-timestamp",
    timestamp_unit="ms",
    tolerance=30,
    event_type_header="x-contentful-topic",
    docs=SchemeDocs(
        title="Contentful",
        secret_from="Space settings > Webhooks > Settings > Enable request verification",
        url="https://www.contentful.com/developers/docs/webhooks/request-verification/",
        notes=(
            "`x-contentful-signed-headers` lists the signed headers. A list without itself or without the "
            "timestamp is rejected. Trust a header, such as `x-contentful-topic`, only if the list contains "
            "it. The path and the query are signed as `encodeURI` in JavaScript encodes them, as in "
            "Contentful's library for Node. Its default tolerance is 30 seconds."
        ),
        retries="the timestamp of a retry is not documented",
    ),
)
