"""Cronofy: HMAC-SHA256 of the body, in a list without names."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.signature_lists import SignatureList

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "cronofy",
    signature_header="cronofy-hmac-sha256",
    signature_list=SignatureList(","),
    signature_encoding="base64",
    event_type_in_body="notification.type",
    docs=SchemeDocs(
        title="Cronofy",
        secret_from="the application's client secret",
        url="https://docs.cronofy.com/developers/push-notifications/authentication/",
        notes=(
            "While an application has several active client secrets, the header contains a signature for "
            "each. Neither a timestamp nor an id is signed. Two changes can lead to notifications with "
            "identical bytes, so do not use a replay guard: a notification has no other content than the "
            "time since which to read changes, and reading them again is harmless."
        ),
    ),
)
