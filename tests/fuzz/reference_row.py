"""The form of a row of `reference_rows`, and the providers that have none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["KEY", "UNSIGNED_OR_ASYMMETRIC", "URL", "URL_AS_SIGNED", "Row"]

URL = "https://example.com/hooks?next=%2Fa%3Fb&tenant=1"
URL_AS_SIGNED = {"canva": "/hooks", "hubspot": "https://example.com/hooks?next=/a?b&tenant=1"}
"""Canva signs a path. HubSpot signs the URL with some characters decoded."""

UNSIGNED_OR_ASYMMETRIC = {
    "alertmanager",
    "parse-server",
    "adcp",
    "ebay",
    "keygen",
    "alipay",
    "atlassian-forge",
    "apple-app-store",
    "aws-sns",
    "azure-devops",
    "bigcommerce",
    "bitbucket-uuid",
    "brevo",
    "chargebee",
    "constant-contact",
    "datadog",
    "discord",
    "fal-ai",
    "fillout",
    "fusionauth",
    "gitlab-token",
    "google-pubsub",
    "http-signature",
    "lark",
    "kinde",
    "microsoft-graph",
    "mixpanel",
    "new-relic",
    "okta",
    "jira-connect",
    "livekit",
    "messagebird",
    "monday",
    "netlify",
    "paypal",
    "plaid",
    "postmark",
    "revenuecat-token",
    "saleor",
    "sendgrid",
    "sparkpost",
    "telegram",
    "telnyx",
    "ucp",
    "vonage",
    "truelayer",
    "wechat-pay",
    "wise",
    "wix",
    "zapier",
}
"""The providers without an HMAC, and those with a token, which PyJWT signs and verifies in their tests."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A provider.

    Args:
        headers: The headers that may contain a signature.
        content: The signed content: `{id}`, `{time}`, `{method}`, `{url}` and `{body}` with their separators.
        digest: The name of the hash in hashlib.
        written: `hex`, `base64`, `base64url` or `base64url-padded`.
        prefix: The text before the signature.
        fields: The names of the timestamp and of a signature, and the separator, if the header is a list.
        bare: The separator, the text before each signature and whether a timestamp is first, if the header is
            a list without names.
        id: The header of the message id, if it is signed.
        time: The header of the timestamp, if it is signed.
        unit: `s`, `ms`, `ms13`, `rfc3339` or `http`; or several with `|`, of which the first is sent.
        unit: `s`, `ms`, `ms13`, `s|ms`, `http` or `rfc3339`.
        tolerance: The maximum difference of a timestamp and the current time, in seconds.
        takes_future: Whether only old timestamps are rejected.
        secret: The configured secret.
        keys: A function that returns the possible keys of a secret.
        kind: `header`, or the provider's place of signature and content.
        brand: The prefix of the headers of Standard Webhooks that are read first.
        fraction: Whether the timestamp may have a fraction, which is not signed.
        is_suffix: Whether the signature is a plain hash of the content and the key instead of an HMAC.
    """

    headers: tuple[str, ...] = ()
    content: str = "{body}"
    digest: str = "sha256"
    written: str = "hex"
    prefix: str = ""
    fields: tuple[str, str, str] | None = None
    bare: tuple[str, str, bool] | None = None
    id: str = ""
    time: str = ""
    unit: str = "s"
    tolerance: int = 300
    takes_future: bool = False
    secret: str = "0123456789abcdef0123456789abcdef"
    keys: Callable[[str], list[bytes]] = lambda secret: [secret.encode()]
    kind: str = "header"
    is_suffix: bool = False
    brand: str = "webhook"
    fraction: bool = False

    @property
    def is_dated(self) -> bool:
        """Whether a timestamp is signed."""
        return "{time}" in self.content


KEY = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
