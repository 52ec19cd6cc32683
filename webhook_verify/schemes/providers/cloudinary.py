"""Cloudinary: SHA-1 or SHA-256 of `{body}{timestamp}` and the API secret, in hex, in `x-cld-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "cloudinary",
    signature_header="x-cld-signature",
    timestamp_header="x-cld-timestamp",
    algorithm=["sha1-suffix", "sha256-suffix"],
    signed_content="{body}{timestamp}",
    tolerance=7_200,
    event_type_in_body="notification_type",
    docs=SchemeDocs(
        title="Cloudinary",
        secret_from="Console > Settings > API Keys: the API secret of the oldest active key",
        url="https://cloudinary.com/documentation/notification_signatures",
        notes=(
            "**The signature is weak:** a plain hash with the secret at the end instead of an HMAC, by "
            "default SHA-1. For SHA-1, two bodies with the same hash can be constructed, so an attacker "
            "who chooses a part of a signed body could replace that body. Ask Cloudinary to limit your "
            "account to SHA-256. A signature with the size of either hash is accepted. Like Cloudinary's "
            "library, this scheme accepts a timestamp for two hours, which `tolerance=` changes. The "
            "timestamp is signed, but not a message id. If a dedicated API key signs the notifications, use "
            "its secret."
        ),
        retries="the schedule and the timestamp of a retry are not documented",
    ),
)
