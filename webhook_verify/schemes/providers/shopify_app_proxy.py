"""Shopify app proxies: HMAC-SHA256 of the parameters of the URL, in hex, in the parameter `signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.query_scheme import QueryScheme

__all__ = ["SCHEME"]

SCHEME = QueryScheme(
    "shopify-app-proxy",
    parameter="signature",
    signature_header="x-query-signature",
    signed_content="{parameters:query=,}",
    timestamp_parameter="timestamp",
    timestamp_header="x-query-timestamp",
    own_parameters=("logged_in_customer_id", "path_prefix", "shop", "timestamp"),
    methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
    docs=SchemeDocs(
        title="Shopify app proxies",
        secret_from="Dev Dashboard > your app > Settings: the client secret",
        url="https://shopify.dev/docs/apps/build/online-store/app-proxies/authenticate-app-proxies",
        notes=(
            "Requests of customers that Shopify forwards, not webhooks. "
            "The body, the method and the path are not signed, only the parameters: sorted, without a "
            "separator. A customer could therefore choose a value that contains another parameter, such as "
            "`1logged_in_customer_id=7`, and pass it to your app as two parameters. A request in which the "
            "text `logged_in_customer_id=`, `path_prefix=`, `shop=` or `timestamp=` occurs twice is "
            "rejected, also if it is genuine. "
            "The response is shown to the customer, so a replay guard must not respond instead of your app. "
            "A `Signer` makes headers and not URLs, so it sends the signature in `x-query-signature` and the "
            "time in `x-query-timestamp`. Each is read only if the URL lacks the parameter."
        ),
        retries="none: Shopify forwards each request once, at the time that it signs",
    ),
)
