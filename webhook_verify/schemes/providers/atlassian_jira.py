"""Atlassian Jira: HMAC-SHA256 of the body, in `x-hub-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "atlassian-jira",
    signature_header="x-hub-signature",
    signature_prefix="sha256=",
    id_header="x-atlassian-webhook-identifier",
    id_on_retry="kept",
    event_type_in_body="webhookEvent",
    docs=SchemeDocs(
        title="Atlassian Jira",
        secret_from="Jira's System > WebHooks: the webhook's Secret; you choose it or have it generated",
        url="https://developer.atlassian.com/cloud/jira/platform/webhooks/",
        notes=(
            "Without a secret, Jira does not sign deliveries. Webhooks that a Connect app registers "
            "are authenticated with a JWT instead, which this scheme does not verify. The header "
            "`x-atlassian-webhook-identifier` is the same for each retry, but is not signed."
        ),
    ),
)
