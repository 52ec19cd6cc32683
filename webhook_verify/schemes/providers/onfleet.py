"""Onfleet: HMAC-SHA512 of the body, in `x-onfleet-signature`."""

from __future__ import annotations

from webhook_verify.handshakes import QueryChallenge
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "onfleet",
    signature_header="x-onfleet-signature",
    algorithm="hmac-sha512",
    secret_encoding="hex",
    handshake=QueryChallenge("check", "onfleet"),
    retry_seconds=86_400,
    docs=SchemeDocs(
        title="Onfleet",
        secret_from="Onfleet dashboard: the webhook secret of your organization, in hex",
        url="https://docs.onfleet.com/reference/secrets",
        notes=(
            "The secret is hex, and its decoded bytes are the key. To validate a new webhook, Onfleet"
            " sends a GET request with `check` in the query, and the receiver returns its value."
        ),
        retries=(
            "every 30 minutes for one day ([documentation of the Ruby client]"
            "(https://www.rubydoc.info/gems/ruby-onfleet/1.0.1/Onfleet/Webhooks)); no timestamp is "
            "signed, so a retry is never rejected as stale"
        ),
    ),
)
