"""Datadog: a plain token in `x-hook-token`; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_token import HeaderToken

__all__ = ["SCHEME"]

SCHEME = HeaderToken(
    "datadog",
    docs=SchemeDocs(
        title="Datadog",
        secret_from=(
            "the value of the header `x-hook-token` in the Custom Headers of the webhook; you choose it"
        ),
        url="https://docs.datadoghq.com/integrations/webhooks/",
        notes="You define the payload, so it has an id and an event type only if you add them.",
    ),
)
