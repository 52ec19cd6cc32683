"""Expo (EAS): HMAC-SHA1 of the body, in `expo-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "expo",
    signature_header="expo-signature",
    signature_prefix="sha1=",
    algorithm="hmac-sha1",
    docs=SchemeDocs(
        title="Expo (EAS)",
        secret_from="the secret that you chose in `eas webhook:create`, at least 16 characters",
        url="https://docs.expo.dev/eas/webhooks/",
        response="a status from 200 to 399",
        notes="HMAC-SHA1 is still secure as a MAC. Responses with a status from 200 to 399 count as success.",
        retries=(
            "a few times with exponential backoff, after a status outside of 200 to 399 "
            "([documentation](https://docs.expo.dev/eas/webhooks/)); no timestamp is signed, so a retry "
            "is never rejected as stale"
        ),
    ),
)
