"""Datadog: a plain token in `x-hook-token`; nothing is signed."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "datadog",
    signature_header="x-hook-token",
    algorithm="token",
    signature_encoding="text",
    docs=SchemeDocs(
        title="Datadog",
        secret_from=(
            "the value of the header `x-hook-token` in the Custom Headers of the webhook; you choose it"
        ),
        url="https://docs.datadoghq.com/integrations/webhooks/",
        notes=(
            "Nothing is signed: each request contains the token itself, so an attacker who has seen "
            "one request can forge others. Datadog sends the headers that you configure. Give the "
            "header the name `x-hook-token`, or describe another name with a `HeaderScheme`. A "
            "webhook without that header cannot be verified. You define the payload, so it has an id "
            "and an event type only if you add them."
        ),
    ),
)
