"""Sentry: HMAC-SHA256 of the body, in `sentry-hook-signature` or `sentry-app-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "sentry",
    signature_header=("sentry-hook-signature", "sentry-app-signature"),
    id_header="request-id",
    event_type_header="sentry-hook-resource",
    docs=SchemeDocs(
        title="Sentry",
        secret_from="Settings > Developer Settings: the integration's Client Secret",
        url="https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
        notes=(
            "Only the body is signed: resource, request id and `sentry-hook-timestamp` in the headers "
            "are not. Sentry's sample code serializes the JSON again, but the signature covers the "
            "bytes as received. Requests of UI components (issue links, alert actions) have the same "
            "signature in `sentry-app-signature`, and no `sentry-hook-resource`. Sentry requires a JSON "
            "response to most of them. The GET requests for the options of a select field have the signature "
            "of an empty body, which is always the same: their query is not signed."
        ),
    ),
)
