"""Xero: HMAC-SHA256 of the body in base64, in `x-xero-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.sender_rules import ResponseRules

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "xero",
    signature_header="x-xero-signature",
    body_is_unique=True,
    signature_encoding="base64",
    retry_seconds=86_400,
    responses=ResponseRules(rejection_status=401, has_body=False, accepted_status=200),
    docs=SchemeDocs(
        title="Xero",
        secret_from="Xero Developer > the app's Webhooks: the webhooks key",
        url="https://developer.xero.com/documentation/guides/webhooks/overview/",
        response="status 200, without a body",
        notes=(
            "Xero sends deliveries with invalid signatures on purpose (Intent to receive), and "
            "requires a 401 response to them and 200 to valid ones, without a body. One delivery can "
            "contain several events. Each body has the sequence numbers of its events and a random "
            "`entropy`, so two deliveries with equal bytes are the same one."
        ),
        retries=(
            "for 24 hours, with decreasing frequency "
            "([documentation](https://developer.xero.com/documentation/webhooks/configuring-your-server)); "
            "no timestamp is signed, so a retry is never rejected as stale"
        ),
    ),
)
