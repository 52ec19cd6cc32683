"""Bitbucket Data Center: HMAC-SHA256 of the body, in `x-hub-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.providers._bitbucket_ping import BITBUCKET_PING

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "bitbucket-data-center",
    signature_header="x-hub-signature",
    signature_prefix="sha256=",
    id_header="x-request-id",
    event_type_header="x-event-key",
    handshake=BITBUCKET_PING,
    docs=SchemeDocs(
        title="Bitbucket Data Center",
        secret_from="the webhook's Secret in the settings of the repository or project; you choose it",
        url="https://confluence.atlassian.com/bitbucketserver/manage-webhooks-938025878.html",
        notes=(
            "Only the body is signed: the request id and the event key in the headers are not. "
            "Without a secret, Bitbucket does not sign deliveries. Test connection sends `diagnostics:ping` "
            "without a signature, and the receiver responds with 200 without running the handler. For "
            "Bitbucket Cloud, use the scheme `bitbucket`."
        ),
    ),
)
