"""The sample of Shopify app proxies, whose signature and time are sent in the headers of a `Signer`."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="shopify-app-proxy",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    url="https://example.com/proxy?extra=1&extra=2&shop=shop.myshopify.com&logged_in_customer_id=1"
    "&path_prefix=%2Fapps%2Fawesome_reviews",
    method="GET",
)
