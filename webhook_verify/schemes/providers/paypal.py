"""PayPal: the key of a certificate that the request names signs a text with the CRC-32 of the body.

A CRC-32 does not protect the body: an attacker who has seen one delivery can make another body with the same
CRC-32. The signature proves the sender, the time and the webhook.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING
from zlib import crc32

from webhook_verify.buffered_keys import BufferedKey
from webhook_verify.errors import InvalidSecret, MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.key_stores.base import KeyStore
from webhook_verify.keys import Signatures, decode_canonical_base64
from webhook_verify.schemes.base import ParsedHeaders, SchemeDocs
from webhook_verify.schemes.key_cache import Fetch, KeyCache, https_fetch
from webhook_verify.schemes.timestamps import UNITS
from webhook_verify.schemes.verify_only import VerifyOnlyScheme
from webhook_verify.secret import Secret

if TYPE_CHECKING:
    from webhook_verify.asymmetric.x509 import Certificate

__all__ = ["SCHEME", "PayPal", "WebhookKey"]

_CERTIFICATE = re.compile(
    r"https://api(?:\.sandbox)?\.paypal\.com/v1/notifications/certs/[A-Za-z0-9_-]{1,128}", re.ASCII
)
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_ALGORITHM = "SHA256withRSA"
_MAX_SIGNATURE_CHARS = 2_000


class PayPal(VerifyOnlyScheme):
    """PayPal. The secret is the webhook's id, which distinguishes your deliveries from those of others.

    Args:
        roots: The root certificates for PayPal's certificate, as PEM. None: those that this machine trusts
            for TLS.
        fetch: Fetches certificates, by default `https_fetch`.
        key_store: Where the URLs of verified certificates survive a restart, see `webhook_verify.key_stores`.

    Raises:
        TypeError: If `key_store` is not a `KeyStore`.
    """

    signs_body = False
    event_type_in_body: tuple[str, ...] = ("event_type",)

    signed_content = "{id}|{timestamp}|{webhook id}|{CRC-32 of the body}"
    header_names: tuple[str, ...] = (
        "paypal-transmission-id",
        "paypal-transmission-time",
        "paypal-transmission-sig",
        "paypal-cert-url",
        "paypal-auth-algo",
    )
    retry_seconds: float = 3 * 86_400.0
    docs: SchemeDocs = SchemeDocs(
        title="PayPal",
        secret_from="Developer Dashboard > Apps & Credentials > the app > its webhook's Webhook ID",
        url="https://developer.paypal.com/api/rest/webhooks/rest/",
        notes=(
            "A CRC-32 does not authenticate the body: fetch the data that you act on from PayPal's "
            "API, by the id in the body. PayPal's certificate must be served with its chain."
        ),
        retries=(
            "25 times within 3 days "
            "([documentation](https://developer.paypal.com/api/rest/webhooks/), not confirmed); the "
            "timestamp of a retry is not documented"
        ),
    )

    def __init__(
        self,
        *,
        roots: bytes | None = None,
        fetch: Fetch | None = None,
        key_store: KeyStore | None = None,
    ) -> None:
        self._roots = roots
        self._fetch = fetch
        # Shared by all keys, because all webhooks use the same certificates.
        self._cache: KeyCache[Certificate] = KeyCache("paypal", store=key_store)
        self._reader = HeaderReader(*self.header_names)

    @property
    def name(self) -> str:
        """The name in the registry."""
        return "paypal"

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the five headers of a delivery.

        Args:
            headers: The request headers.
            url: Unused.
            method: Unused.

        Returns:
            The unverified values of the headers.

        Raises:
            MalformedDelivery: If a header is missing or invalid.
        """
        values = self._reader.read(headers)
        for name, value in zip(self.header_names, values, strict=True):
            if not value or value.isspace():
                raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or empty header: {name}")
        message_id, timestamp_text, signature, address, algorithm = (value or "" for value in values)
        timestamp = UNITS["rfc3339"][0](timestamp_text)
        # None of these values may contain the | that separates them in the signed content.
        problem = (
            (not _ID.fullmatch(message_id) and "paypal-transmission-id is invalid")
            or (not timestamp and "the timestamp must be RFC 3339")
            or (not _CERTIFICATE.fullmatch(address) and "paypal-cert-url is not a URL of PayPal")
            or (algorithm != _ALGORITHM and f"paypal-auth-algo must be {_ALGORITHM}")
            or (len(signature) > _MAX_SIGNATURE_CHARS and "paypal-transmission-sig is too long")
        )
        if problem:
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, problem)
        before = f"{message_id}|{timestamp_text}|".encode()
        signatures = ((f"{timestamp} {address}", signature),)
        return message_id, timestamp, signatures, before, b"", self.event_type_in_body

    def verifying_key(self, secret: Secret) -> WebhookKey:
        """Return the key that verifies deliveries of a webhook.

        Args:
            secret: The id of the webhook.

        Returns:
            The verifying key.

        Raises:
            ImportError: If the extra `asymmetric` is not installed.
            InvalidSecret: If the secret is not the id of a webhook.
            ValueError: If `roots` is invalid.
        """
        value = secret.reveal()
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise InvalidSecret("secret must be the id of the webhook, such as 1JE4291016473214C")
        return WebhookKey(value, self._roots, self._cache, self._fetch or https_fetch())


class WebhookKey(BufferedKey):
    """Verifies the deliveries of one webhook with the certificates that they name.

    Args:
        webhook: The id of the webhook.
        roots: The root certificates, as PEM, or None for those of this machine.
        cache: The certificates by URL.
        fetch: Fetches a certificate.
    """

    __slots__ = ("_cache", "_fetch", "_roots", "_webhook")

    def __init__(self, webhook: str, roots: bytes | None, cache: KeyCache[Certificate], fetch: Fetch) -> None:
        from webhook_verify.asymmetric.x509 import Roots

        self._webhook, self._cache, self._fetch, self._roots = webhook, cache, fetch, Roots(roots)

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether one of the signatures is valid.

        Args:
            signatures: The candidate signatures, as parsed.
            before: The transmission id and time.
            body: The request body.
            after: Unused.

        Returns:
            Whether a signature is valid.

        Raises:
            KeyUnavailable: If the provider's key cannot be fetched now.
        """
        content = b"%b%b|%d" % (before, self._webhook.encode(), crc32(body))
        return any(self._signed(*each, content) for each in signatures)

    def _signed(self, made_by: str, encoded: str, content: bytes) -> bool:
        when, address = made_by.split(" ")
        signature = decode_canonical_base64(encoded)
        if signature is None:
            return False
        certificate = self._cache.get(address, lambda: self._load(address))
        if not certificate.signed(signature, content, int(when)):
            return False
        self._cache.mark_verified(address)
        return True

    def _load(self, address: str) -> Certificate:
        return self._roots.certificate_in(self._fetch(address, None), "paypal.com", time.time())


SCHEME = PayPal()
