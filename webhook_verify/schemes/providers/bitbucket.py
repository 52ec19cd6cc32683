"""Bitbucket: HMAC-SHA256 of the body, in `x-hub-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.providers._bitbucket_ping import BITBUCKET_PING

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "bitbucket",
    signature_header="x-hub-signature",
    signature_prefix="sha256=",
    id_header="x-request-uuid",
    event_type_header="x-event-key",
    handshake=BITBUCKET_PING,
    docs=SchemeDocs(
        title="Bitbucket",
        secret_from="the repository's Settings > Webhooks > Secret; you choose it or have it generated",
        url="https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
        notes=(
            "Only the body is signed: the request id and the event key in the headers are not. "
            "Without a secret, Bitbucket does not sign deliveries. Test connection of Bitbucket Data "
            "Center sends `diagnostics:ping` without a signature, and the receiver responds with 200 "
            "without running the handler. The scheme `bitbucket-data-center` also reads its `x-request-id`."
        ),
    ),
)
