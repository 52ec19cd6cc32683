"""Dropbox: HMAC-SHA256 of the body, in ``x-dropbox-signature``."""

from __future__ import annotations

from webhook_verify.handshakes import DropboxChallenge
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "dropbox",
    signature_header="x-dropbox-signature",
    handshake=DropboxChallenge(),
    docs=SchemeDocs(
        title="Dropbox",
        secret_from="the App Console, the app's Settings, App secret",
        url="https://www.dropbox.com/developers/reference/webhooks",
        notes=(
            "The body says which accounts have changes, and not what changed. So two deliveries may be the "
            "same to the byte, and a replay guard takes the second for a repeat: leave the guard away, for "
            "reading the changes once more does no harm."
        ),
    ),
)
