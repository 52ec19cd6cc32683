"""Braintree: HMAC-SHA1 of a form field, whose key is the SHA-1 of the private key.

`bt_payload` is XML in base64. `bt_signature` contains pairs of a public key and a signature, such as
`key1|a&key2|b`, of which one must be valid.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from hashlib import sha1
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from webhook_verify.keys import HmacKey
from webhook_verify.schemes.algorithms import ALGORITHMS, Algorithm
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, SchemeDocs
from webhook_verify.schemes.body_scheme import BodyScheme, parse_unverified_form, unreadable
from webhook_verify.schemes.encodings import ENCODINGS, Encoding
from webhook_verify.secret import Secret, hmac_key_from_text

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey

__all__ = ["SCHEME", "Braintree"]

_MAX_PAIRS = 32
_PAYLOAD = re.compile(r"[A-Za-z0-9+/=\n]+")
# A challenge, which `BraintreeChallenge` signs with the same key for any client.
_CHALLENGE = re.compile(r"[a-f0-9]{20,32}")


class Braintree(BodyScheme):
    """Notifications of a Braintree gateway. `Delivery.signed_body` is the XML of the notification.

    Args:
        public_key: The public key that a `Signer` writes next to its signature. A verifier does not need it.
    """

    signs_id = False
    signs_timestamp = False
    signs_body = True

    algorithm: Algorithm = ALGORITHMS["hmac-sha1"]
    signature_encoding: Encoding = ENCODINGS["hex"]
    signed_content = "{bt_payload}"
    retry_seconds: float = 86_400.0
    docs: SchemeDocs = SchemeDocs(
        title="Braintree",
        secret_from="Control Panel > API > Keys: the private key",
        url="https://developer.paypal.com/braintree/docs/guides/webhooks/parse",
        notes=(
            "The body is a form. `delivery.signed_body` is the XML of the notification, decoded from "
            "`bt_payload`: its `kind` is the event type, and its `timestamp` the time of the event. The "
            "public keys next to the signatures are not read. HMAC-SHA1 is the only algorithm that "
            "Braintree offers. Deliveries have no id, so they are identified by the digest of the payload. "
            "To let Braintree's own library parse a notification, pass it the fields of the form in "
            "`delivery.body`."
        ),
        retries=(
            "every hour for up to 24 hours, in the sandbox for up to 3 hours, unless the response is 2xx "
            "within 30 seconds "
            "([documentation](https://developer.paypal.com/braintree/docs/guides/webhooks/parse)); the "
            "timestamp in the XML is not checked, so a retry is never rejected as stale"
        ),
    )

    def __init__(self, *, public_key: str = "public_key") -> None:
        self._public_key = public_key

    @property
    def name(self) -> str:
        """The name in the registry."""
        return "braintree"

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the payload, without and with a line break at its end, as Braintree's libraries do.

        Args:
            reading: Unused.
            body: The request body.

        Returns:
            Two interpretations; one of them must verify.

        Raises:
            MalformedDelivery: If the body is not a form, or a field is missing or invalid.
        """
        pairs, payload, xml = _fields(body)
        texts = [pair.partition("|")[2] for pair in pairs.split("&", _MAX_PAIRS)[:_MAX_PAIRS]]
        signatures = [each for text in texts for each in self.signatures_of(text)]
        content = payload.encode()
        return [("", ((signatures, b"", content, end),), xml) for end in (b"", b"\n")]

    def sign_body(self, body: bytes, key: SigningKey, *, id: str = "", timestamp: int = 0) -> bytes:
        """Return a form with a notification and its signature.

        Args:
            body: The XML of the notification.
            key: The signing key.
            id: Unused.
            timestamp: Unused.

        Returns:
            The signed body.
        """
        payload = b2a_base64(body)
        signature = self.signature_encoding[1](key.sign(payload))
        return urlencode({"bt_signature": f"{self._public_key}|{signature}", "bt_payload": payload}).encode()

    def verifying_key(self, secret: Secret) -> HmacKey:
        """Return the key that a receiver verifies with: the SHA-1 of the private key.

        Args:
            secret: The private key.

        Returns:
            The verifying key.

        Raises:
            InvalidSecret: If the secret is a public key in PEM, or all zeros.
        """
        value = secret.reveal()
        text = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        return hmac_key_from_text(secret, sha1).with_key(sha1(text, usedforsecurity=False).digest())

    def signing_key(self, secret: Secret) -> HmacKey:
        """Return the key that a sender signs with.

        Args:
            secret: The private key.

        Returns:
            The signing key.

        Raises:
            InvalidSecret: If the secret is a public key in PEM, or all zeros.
        """
        return self.verifying_key(secret)


def _fields(body: bytes) -> tuple[str, str, bytes]:
    """Return the signatures, the payload, and its XML. Raise MalformedDelivery."""
    form = parse_unverified_form(body)
    if form is None:
        raise unreadable("the body must be a form (application/x-www-form-urlencoded)")
    pairs, payload = form.get("bt_signature"), form.get("bt_payload")
    if not isinstance(pairs, str):
        raise unreadable("the body must contain exactly one bt_signature")
    xml = _decoded(payload) if isinstance(payload, str) and _PAYLOAD.fullmatch(payload) else None
    if not isinstance(payload, str) or xml is None or _CHALLENGE.fullmatch(payload):
        raise unreadable("the body must contain exactly one bt_payload, in base64")
    return pairs, payload, xml


def _decoded(payload: str) -> bytes | None:
    try:
        return a2b_base64(payload.replace("\n", ""), strict_mode=True)
    except ValueError:
        return None


SCHEME = Braintree()
