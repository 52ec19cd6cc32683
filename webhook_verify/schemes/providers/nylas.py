"""Nylas: HMAC-SHA256 of the body, in `x-nylas-signature`."""

from __future__ import annotations

from webhook_verify.handshakes import DropboxChallenge
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "nylas",
    signature_header="x-nylas-signature",
    id_in_body="id",
    event_type_in_body="type",
    handshake=DropboxChallenge(),
    docs=SchemeDocs(
        title="Nylas",
        secret_from="the `webhook_secret` in the response that created the webhook",
        url="https://developer.nylas.com/docs/v3/notifications/",
        notes=(
            "Nylas activates a webhook with a GET request that has a `challenge`, as Dropbox does; "
            "the receiver returns it."
        ),
    ),
)
