"""PayPal: the key of a certificate that the request names signs a line with the CRC-32 of the body.

A CRC is no proof: whoever has seen one delivery can make another body with the same CRC. The signature
proves who sent the delivery, when and for which webhook.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING
from zlib import crc32

from webhook_verify.errors import InvalidSecret, MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.key_stores.base import KeyStore
from webhook_verify.keys import BufferedCheck, Signatures, decode_canonical_base64
from webhook_verify.schemes.base import ParsedHeaders, SchemeDocs
from webhook_verify.schemes.key_cache import Fetch, KeyCache, https_fetch
from webhook_verify.schemes.timestamps import UNITS
from webhook_verify.schemes.verify_only import VerifyOnlyScheme
from webhook_verify.secret import Secret

if TYPE_CHECKING:
    from webhook_verify.asymmetric.x509 import Certificate
    from webhook_verify.keys import StreamingCheck

__all__ = ["SCHEME", "PayPal", "WebhookKey"]

_CERTIFICATE = re.compile(
    r"https://api(?:\.sandbox)?\.paypal\.com/v1/notifications/certs/[A-Za-z0-9_-]{1,128}", re.ASCII
)
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_ALGORITHM = "SHA256withRSA"
_MAX_SIGNATURE_CHARS = 2_000


class PayPal(VerifyOnlyScheme):
    """PayPal; the secret is the id of the webhook, which tells yours from everybody's.

    Args:
        roots: PEM of the root certificates that PayPal's must lead to, by default those that this machine
            trusts for TLS.
        fetch: Gets certificates, by default :func:`https_fetch`.
        key_store: Where the URLs of verified certificates survive a restart, see
            :mod:`webhook_verify.key_stores`.

    Raises:
        TypeError: If `key_store` is not a `KeyStore`.
    """

    signs_body = False

    signed_content = "{id}|{timestamp}|{webhook id}|{CRC-32 of the body}"
    header_names = (
        "paypal-transmission-id",
        "paypal-transmission-time",
        "paypal-transmission-sig",
        "paypal-cert-url",
        "paypal-auth-algo",
    )
    retry_seconds = 3 * 86_400.0
    docs = SchemeDocs(
        title="PayPal",
        secret_from="Developer Dashboard, Apps & Credentials, the app, its webhook's Webhook ID",
        url="https://developer.paypal.com/api/rest/webhooks/rest/",
        notes=(
            "A CRC-32 is no proof of the body: fetch what you act on from PayPal's API, by the id in the "
            "body. PayPal's certificate must come with its chain."
        ),
        retries=(
            "25 times within 3 days ([documentation](https://developer.paypal.com/api/rest/webhooks/), not "
            "confirmed); with which timestamp is not documented"
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
        # Shared, because the certificates are the same for all webhooks.
        self._cache: KeyCache[Certificate] = KeyCache("paypal", store=key_store)
        self._reader = HeaderReader(*self.header_names)

    @property
    def name(self) -> str:
        """``paypal``."""
        return "paypal"

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """See :meth:`Scheme.read`."""
        values = self._reader.read(headers)
        for name, value in zip(self.header_names, values, strict=True):
            if not value or value.isspace():
                raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or blank: {name}")
        message_id, timestamp_text, signature, address, algorithm = (value or "" for value in values)
        timestamp = UNITS["rfc3339"][0](timestamp_text)
        # None of them holds the bar that stands between them in what is signed.
        problem = (
            (not _ID.fullmatch(message_id) and "paypal-transmission-id is none")
            or (not timestamp and "the timestamp is unreadable: it must be RFC 3339")
            or (not _CERTIFICATE.fullmatch(address) and "paypal-cert-url is none of PayPal")
            or (algorithm != _ALGORITHM and f"paypal-auth-algo is not {_ALGORITHM}")
            or (len(signature) > _MAX_SIGNATURE_CHARS and "paypal-transmission-sig is too long")
        )
        if problem:
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, problem)
        before = f"{message_id}|{timestamp_text}|".encode()
        return message_id, timestamp, ((f"{timestamp} {address}", signature),), before, b"", None

    def verifying_key(self, secret: Secret) -> WebhookKey:
        """See :meth:`Scheme.verifying_key`. Raises ImportError without the extra ``asymmetric``.

        Raises ValueError for roots that are none.
        """
        value = secret.reveal()
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise InvalidSecret("the secret is the id of the webhook, such as 1JE4291016473214C")
        return WebhookKey(value, self._roots, self._cache, self._fetch or https_fetch())


class WebhookKey:
    """What verifies the deliveries of one webhook: the certificates that they name."""

    __slots__ = ("_cache", "_fetch", "_roots", "_webhook")

    def __init__(self, webhook: str, roots: bytes | None, cache: KeyCache[Certificate], fetch: Fetch) -> None:
        from webhook_verify.asymmetric.x509 import Roots

        self._webhook, self._cache, self._fetch, self._roots = webhook, cache, fetch, Roots(roots)

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """See :meth:`VerifyingKey.verify`; ``before`` is id and time. Raises :class:`KeyUnavailable`."""
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

    def accepts(self, signatures: Signatures) -> bool:
        """See :meth:`VerifyingKey.accepts`."""
        return bool(signatures)

    def start(self, signatures: Signatures) -> StreamingCheck:
        """See :meth:`VerifyingKey.start`."""
        return BufferedCheck(self, signatures)


SCHEME = PayPal()
