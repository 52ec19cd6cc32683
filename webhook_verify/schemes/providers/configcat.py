"""ConfigCat: HMAC-SHA256 of `{id}{timestamp}{body}`, in a list without names."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.signature_lists import SignatureList

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "configcat",
    signature_header="x-configcat-webhook-signature-v1",
    signature_list=SignatureList(","),
    signature_encoding="base64",
    id_header="x-configcat-webhook-id",
    id_on_retry="new",
    timestamp_header="x-configcat-webhook-timestamp",
    timestamp_unit=("s", "rfc3339"),
    signed_content="{id}{timestamp}{body}",
    docs=SchemeDocs(
        title="ConfigCat",
        secret_from="Dashboard > Webhooks: the webhook's signing key, including `configcat_whsk_`",
        secret_pattern="configcat_whsk_.+",
        url="https://configcat.com/docs/advanced/notifications-webhooks/",
        notes=(
            "While two signing keys exist, the header contains two signatures. You define the body, and it"
            " is only safe if it is JSON: the signed content has no separators. The id differs in every "
            "request, so a retry is not a duplicate. ConfigCat sends the timestamp in Unix seconds; RFC "
            "3339 is accepted as well. The tolerance is this library's default."
        ),
        retries=(
            "up to 5 times with variable delays, after a response other than 2xx "
            "([documentation](https://configcat.com/docs/advanced/notifications-webhooks/)); the timestamp"
            " is the time at which the request is sent"
        ),
    ),
)
