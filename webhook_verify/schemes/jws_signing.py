"""Signing keys of JSON Web Signatures: a private key as PEM, with its certificates, or as JSON Web Key."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from webhook_verify.errors import InvalidSecret
from webhook_verify.schemes.jws_compact import encode_base64url, encode_header, key_id_of
from webhook_verify.secret import Secret

if TYPE_CHECKING:
    from webhook_verify.asymmetric.ecdsa_rsa import Sign
    from webhook_verify.keys import SigningKey

__all__ = ["JwsSigningKey", "parse_jwk", "sign_compact", "signing_key_of"]

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


class JwsSigningKey:
    """A private key of JSON Web Signatures.

    Args:
        sign: A function of the message that returns the signature.
        key_id: The `kid` for the header, or "".
        chain: The `x5c` for the header: certificates in base64, that of the key first.
    """

    __slots__ = ("_sign", "chain", "key_id")

    version = "jws"

    def __init__(self, sign: Sign, key_id: str = "", chain: tuple[str, ...] = ()) -> None:
        self._sign = sign
        self.key_id: str = key_id
        self.chain: tuple[str, ...] = chain

    def sign(self, content: bytes) -> str:
        """Sign the content.

        Args:
            content: The encoded header, a dot, and the payload.

        Returns:
            The signature in base64url.
        """
        return encode_base64url(self._sign(content)).decode()


def signing_key_of(secret: Secret, algorithm: str) -> JwsSigningKey:
    """Return the signing key of a secret.

    Args:
        secret: A private key as PEM, which certificates may follow, or a private JSON Web Key.
        algorithm: The `alg`.

    Returns:
        The key.

    Raises:
        ImportError: If the extra `asymmetric` is not installed.
        InvalidSecret: If the secret is not a private key for the algorithm.
    """
    from webhook_verify.asymmetric import jws_keys

    value = secret.reveal()
    text = value if isinstance(value, str) else value.decode("latin-1")
    if text.startswith("{"):
        jwk = parse_jwk(text)
        return JwsSigningKey(
            jws_keys.signer(jws_keys.private_key_of_jwk(jwk, algorithm), algorithm), key_id_of(jwk)
        )
    pem, _, _ = text.partition("-----BEGIN CERTIFICATE-----")
    chain = tuple("".join(encoded.split()) for encoded in _CERTIFICATE.findall(text))
    return JwsSigningKey(jws_keys.signer(pem.strip().encode(), algorithm), chain=chain)


def parse_jwk(document: str | bytes) -> dict[str, Any]:
    """Parse a JSON Web Key or a set of them.

    Args:
        document: The JSON text.

    Returns:
        The members.

    Raises:
        InvalidSecret: If the text is not a JSON object.
    """
    value: Any = None
    with suppress(ValueError, RecursionError):  # raised below, because the error contains the document
        value = json.loads(document)
    if value.__class__ is not dict:
        raise InvalidSecret("the key is not a JSON Web Key or a JSON Web Key Set")
    fields: dict[str, Any] = value
    return fields


def sign_compact(payload: bytes, key: SigningKey, header: dict[str, Any], *, is_detached: bool) -> str:
    """Sign a payload.

    Args:
        payload: The payload.
        key: The signing key.
        header: The members of the header, to which the key adds its id and its certificates. With `b64` that
            is False, the payload is signed as it is.
        is_detached: Whether the result omits the payload.

    Returns:
        The signature in compact form.
    """
    if isinstance(key, JwsSigningKey):
        header = header | ({"kid": key.key_id} if key.key_id else {})
        header |= {"x5c": list(key.chain)} if key.chain else {}
    encoded_header, encoded = encode_header(header), encode_base64url(payload)
    signed = payload if header.get("b64") is False else encoded
    signature = key.sign(encoded_header.encode() + b"." + signed)
    return f"{encoded_header}.{'' if is_detached else encoded.decode()}.{signature}"
