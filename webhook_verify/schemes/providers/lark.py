"""Lark and Feishu: SHA-256 of timestamp, nonce, key and body, which is not an HMAC; the body is encrypted."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING

from webhook_verify.buffered_keys import BufferedKey
from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.keys import Signatures
from webhook_verify.schemes.base import (
    BodyInterpretation,
    ParsedHeaders,
    Scheme,
    SchemeDocs,
    check_message_id,
)
from webhook_verify.schemes.body_scheme import get_field, parse_unverified_json
from webhook_verify.schemes.encodings import ENCODINGS
from webhook_verify.schemes.timestamps import UNITS
from webhook_verify.secret import Secret, hmac_key_from_text
from webhook_verify.tracebacks import hide_arguments

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey

__all__ = ["SCHEME", "Lark", "LarkKey"]

_SIZE = 32  # bytes of SHA-256
_VERSION = "lark"


class LarkKey(BufferedKey):
    """An Encrypt Key. It is hashed between the beginning of the signed content and the body.

    Args:
        key: The bytes of the key.
        before: The signed content before the key.
    """

    __slots__ = ("_before", "_key")

    version = _VERSION

    @hide_arguments
    def __init__(self, key: bytes, before: bytes = b"") -> None:
        self._key, self._before = key, before

    def after(self, before: bytes) -> LarkKey:
        """Return the same key after another beginning of the signed content.

        Args:
            before: The signed content before the key.

        Returns:
            The key.
        """
        return LarkKey(self._key, before)

    def sign(self, content: bytes) -> str:
        """Sign the content after the key.

        Args:
            content: The body.

        Returns:
            The hash in base64.
        """
        return b64encode(sha256(b"".join((self._before, self._key, content))).digest()).decode()

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether one of the signatures is valid.

        Args:
            signatures: The (version, encoded signature) pairs of the delivery.
            before: The signed content before the key.
            body: The body.
            after: Unused.

        Returns:
            Whether a signature matches.
        """
        expected = self.after(before).sign(body).encode()
        return any(compare_digest(expected, signature.encode()) for _, signature in signatures)


class Lark(Scheme):
    """Events and card callbacks of an app with an Encrypt Key.

    A hash with the key inside, unlike an HMAC, lets an attacker append bytes to the body of a captured
    delivery (length extension). The first of them is 0x80, with which no text in UTF-8 continues, so only
    JSON in UTF-8 is accepted.
    """

    signs_id = False
    parses_body = True

    header_names: tuple[str, ...] = (
        "x-lark-signature",
        "x-lark-request-timestamp",
        "x-lark-request-nonce",
    )
    signed_content = "{timestamp}{nonce}{Encrypt Key}{body}, hashed with SHA-256"
    docs: SchemeDocs = SchemeDocs(
        title="Lark and Feishu",
        secret_from="Developer Console > the app's Events & Callbacks > Encryption Strategy: the Encrypt Key",
        url=(
            "https://open.larksuite.com/document/server-docs/event-subscription/"
            "event-subscription-configure-/encrypt-key-encryption-configuration-case"
        ),
        notes=(
            "**The signature is weak:** a plain SHA-256 with the key inside instead of an HMAC. An "
            "attacker could append bytes to a captured body, so this scheme accepts only JSON in "
            "UTF-8, which cannot be continued in this way. Without an Encrypt Key, deliveries are not "
            'signed, and not supported. The body is `{"encrypt": ...}`: decrypt it in your handler '
            "with the Encrypt Key (AES-256-CBC, the key is the SHA-256 of the text, the first 16 "
            "bytes are the IV). The id and the type of the event are encrypted, so deliveries are "
            "identified by the digest of the signed content: deduplicate by `header.event_id` after "
            "the decryption."
        ),
    )

    def __init__(self) -> None:
        self._reader = HeaderReader(*self.header_names)

    @property
    def name(self) -> str:
        """The name in the registry."""
        return "lark"

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the three headers of a delivery.

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
        signature, timestamp_text, nonce = (value or "" for value in values)
        timestamp = UNITS["s"][0](timestamp_text)
        if not timestamp:
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, "the timestamp must be in Unix seconds")
        if not (nonce.isascii() and nonce.isprintable()):
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, "the nonce must be printable ASCII")
        decoded = ENCODINGS["hex"][0](signature, _SIZE)
        signatures = ((_VERSION, decoded),) if decoded else ()
        return "", timestamp, signatures, f"{timestamp_text}{nonce}".encode(), b"", None

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the body, if it is an encrypted event.

        Args:
            reading: The values that `parse_headers` returned.
            body: The request body.

        Returns:
            One interpretation.

        Raises:
            MalformedDelivery: If the body is not JSON with one text at `encrypt`.
        """
        if not isinstance(get_field(parse_unverified_json(body), "encrypt"), str):
            raise MalformedDelivery(Reason.UNREADABLE_BODY, "the body must contain exactly one encrypt")
        return super().parse_body(reading, body)

    def sign(
        self,
        body: bytes,
        keys: Iterable[SigningKey],
        *,
        id: str,
        timestamp: int,
        url: str | None = None,
        method: str | None = None,
    ) -> dict[str, str]:
        """Sign a body with the newest key.

        Args:
            body: The encrypted body.
            keys: The signing keys, newest first.
            id: The nonce.
            timestamp: Unix seconds.
            url: Unused.
            method: Unused.

        Returns:
            The headers to send, by name.

        Raises:
            TypeError: If a key is not a `LarkKey`, or `id` is not a str.
            ValueError: If `id` is not printable ASCII.
        """
        check_message_id(id)
        key = next(iter(keys))
        if not isinstance(key, LarkKey):
            raise TypeError(f"key must be a LarkKey, not {type(key).__name__!r}")
        signature = key.after(f"{timestamp}{id}".encode()).sign(body)
        values = ENCODINGS["hex"][1](signature), str(timestamp), id
        return dict(zip(self.header_names, values, strict=True))

    def verifying_key(self, secret: Secret) -> LarkKey:
        """Return the key that a receiver verifies with.

        Args:
            secret: The Encrypt Key.

        Returns:
            The verifying key.

        Raises:
            InvalidSecret: If the secret is a public key, or all zeros.
        """
        hmac_key_from_text(secret)  # the same checks and warnings as for an HMAC key
        value = secret.reveal()
        return LarkKey(value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass"))

    def signing_key(self, secret: Secret) -> LarkKey:
        """Return the key that a sender signs with.

        Args:
            secret: The Encrypt Key.

        Returns:
            The signing key.

        Raises:
            InvalidSecret: If the secret is a public key, or all zeros.
        """
        return self.verifying_key(secret)


SCHEME = Lark()
