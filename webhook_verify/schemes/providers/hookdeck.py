"""Hookdeck: HMAC-SHA256 of the body, in `x-hookdeck-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME", "Hookdeck"]


class Hookdeck(HeaderScheme):
    """The gateway's own signature."""

    is_gateway = True


SCHEME = Hookdeck(
    "hookdeck",
    signature_header=("x-hookdeck-signature", "x-hookdeck-signature-2"),
    signature_encoding="base64",
    id_header="x-hookdeck-eventid",
    docs=SchemeDocs(
        title="Hookdeck",
        secret_from="the Hookdeck dashboard > Project Settings > Secrets: the signing secret",
        url="https://hookdeck.com/docs/authentication",
        notes=(
            "The second header contains the signature of the old secret while the secret is replaced. "
            "Only the body is signed: the event id, and `x-hookdeck-verified` with the result of the "
            "source's verification, are not."
        ),
    ),
)
