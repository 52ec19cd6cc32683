"""Dropbox: HMAC-SHA256 of the body, in `x-dropbox-signature`."""

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
        secret_from="App Console > the app's Settings > App secret",
        url="https://www.dropbox.com/developers/reference/webhooks",
        notes=(
            "The body names the accounts with changes, but not the changes. Two deliveries can "
            "therefore be identical, and a replay guard would drop the second as a duplicate. Do not "
            "use a replay guard: reading the changes again is harmless."
        ),
    ),
)
