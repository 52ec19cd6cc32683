"""Intercom Canvas Kit: HMAC-SHA256 of the body, in `x-body-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "intercom-canvas-kit",
    signature_header="x-body-signature",
    answer_is_data=True,
    docs=SchemeDocs(
        title="Intercom Canvas Kit",
        secret_from="Developer Hub > the app's Basic information > Client secret",
        url="https://developers.intercom.com/docs/canvas-kit",
        response="the JSON of the canvas to show",
        notes=(
            "This scheme is for the requests of Canvas Kit. Intercom's webhooks have another header and "
            "another hash: use the scheme `intercom` for them. The response contains the canvas to show, "
            "and equal bytes can be two requests: use it without a replay guard."
        ),
    ),
)
