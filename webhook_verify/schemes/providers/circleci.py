"""CircleCI: HMAC-SHA256 of the body, in `circleci-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "circleci",
    signature_header="circleci-signature",
    signature_field="v1",
    id_in_body="id",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="CircleCI",
        secret_from="the project's Project Settings > Webhooks: the webhook's Secret token; you choose it",
        url="https://circleci.com/docs/guides/integration/outbound-webhooks/",
        notes="Signatures of other versions than `v1` are ignored.",
        retries=(
            "failed deliveries are sent again; the schedule is not documented "
            "([documentation](https://circleci.com/docs/guides/integration/outbound-webhooks/))"
        ),
    ),
)
