"""GitHub: HMAC-SHA256 of the body, in `x-hub-signature-256`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "github",
    signature_header="x-hub-signature-256",
    signature_prefix="sha256=",
    id_header="x-github-delivery",
    id_on_retry="kept",
    event_type_header="x-github-event",
    json_form_field="payload",
    retries="none",
    docs=SchemeDocs(
        title="GitHub",
        secret_from="the repository's or organization's Settings > Webhooks > Secret; you choose it",
        url="https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
        notes=(
            "Only the body is signed: the delivery id and the event name in the headers are not. The "
            "older header `x-hub-signature`, with SHA-1, is ignored. A redelivery has the same delivery id "
            "([issue](https://github.com/github/docs/issues/32822))."
        ),
        retries=(
            "none; a failed delivery is sent again only if you request it "
            "([documentation](https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries))"
        ),
    ),
)
