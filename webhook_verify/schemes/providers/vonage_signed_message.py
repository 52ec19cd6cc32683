"""Vonage SMS with signed webhooks: a hash of the parameters of the URL, in hex, in the parameter `sig`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.query_scheme import QueryScheme

__all__ = ["SCHEME"]

SCHEME = QueryScheme(
    "vonage-signed-message",
    parameter="sig",
    signature_header="x-query-signature",
    algorithm=("md5-suffix", "hmac-md5", "hmac-sha1", "hmac-sha256", "hmac-sha512"),
    signed_content="{parameters:query=_}",
    timestamp_parameter="timestamp",
    timestamp_header="x-query-timestamp",
    methods=("GET",),
    docs=SchemeDocs(
        title="Vonage SMS (signed)",
        secret_from="API Dashboard > API settings > SMS settings: the signature secret",
        url="https://developer.vonage.com/en/getting-started/concepts/signing-messages",
        notes=(
            "For messages and delivery receipts of the SMS API by GET. Other webhooks of Vonage have a "
            "token, see `vonage`. Vonage's support enables the signature. "
            "All algorithms of the settings are accepted. The default, MD5 with the secret at the end, is "
            "weak: choose HMAC-SHA256 or HMAC-SHA512. "
            "The signed content does not distinguish `&` and `=` in a value from `_`, and leaves out empty "
            "parameters: an attacker with a genuine request can change these. Path and body are not signed. "
            "A `Signer` makes headers and not URLs, so it sends the signature in `x-query-signature` and the "
            "time in `x-query-timestamp`. Each is read only if the URL lacks the parameter."
        ),
        retries="not documented for signed webhooks",
    ),
)
