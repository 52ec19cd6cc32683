"""Wix: the body is a JSON Web Token, signed by the key of the app."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.jws_scheme import JwsScheme

__all__ = ["SCHEME"]

SCHEME = JwsScheme(
    "wix",
    algorithm="RS256",
    timestamp_in_body="iat",
    id_in_body="data.json().data.json().id",
    event_type_in_body="data.json().eventType",
    retry_seconds=48 * 3600.0,
    docs=SchemeDocs(
        title="Wix",
        secret_from="your app's dashboard > Webhooks > Get Public Key: the public key, as PEM",
        url="https://dev.wix.com/docs/build-apps/develop-your-app/access/authentication/"
        "verify-requests-received-from-wix",
        notes=(
            "`delivery.json()` returns the verified payload of the token, and `delivery.body` is the token. "
            "The payload is JSON in JSON: its `data` is a text with `eventType`, `instanceId` and another "
            "`data`, which is a text with the event and its `id`. Webhooks in a format that Wix calls legacy "
            "may have no `id`. The claim `exp` is not checked, because `iat` is checked more strictly."
        ),
        retries=(
            "for 48 hours, if the response is not 200 within 1,250 milliseconds "
            "([documentation](https://dev.wix.com/docs/rest/articles/getting-started/webhooks)); "
            "the timestamp of a retry is not documented"
        ),
    ),
)
