"""Heroku: HMAC-SHA256 of the body, in `heroku-webhook-hmac-sha256`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "heroku",
    signature_header="heroku-webhook-hmac-sha256",
    signature_encoding="base64",
    id_in_body="webhook_metadata.delivery.id",
    event_type_in_body="webhook_metadata.event.include",
    docs=SchemeDocs(
        title="Heroku",
        secret_from="the secret that you passed to `heroku webhooks:add`, or that Heroku generated for it",
        url="https://devcenter.heroku.com/articles/app-webhooks",
    ),
)
