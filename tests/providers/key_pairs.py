"""Key pairs of the tests, made anew in each run: (public, private), as each provider shows its own."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

__all__ = [
    "certificate",
    "der_of",
    "ed25519_base64",
    "ed25519_hex",
    "jwk_of",
    "p256",
    "pem_of",
    "private_pem",
    "rsa_key",
]

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | Ed25519PrivateKey


@cache
def p256(number: int) -> ec.EllipticCurvePrivateKey:
    """The pair of that number: another number, another pair."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rsa_key(number: int, bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@cache
def ed25519_hex(number: int) -> tuple[str, str]:
    """(public, private) in hex."""
    private = Ed25519PrivateKey.generate()
    return private.public_key().public_bytes_raw().hex(), private.private_bytes_raw().hex()


def ed25519_base64(number: int) -> tuple[str, str]:
    """(public, private) in base64: the pair of ``ed25519_hex``."""
    public, private = (b64encode(bytes.fromhex(key)).decode() for key in ed25519_hex(number))
    return public, private


def der_of(key: Key) -> tuple[str, str]:
    """(public, private) in base64 of their DER."""
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return b64encode(public).decode(), b64encode(private).decode()


def pem_of(key: Key) -> tuple[str, str]:
    """(public, private) as PEM."""
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return public.decode(), private_pem(key)


def private_pem(key: Key) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def jwk_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, key_id: str) -> dict[str, Any]:
    """The public key as a JSON Web Key."""
    if isinstance(key, rsa.RSAPrivateKey):
        jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        jwk = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**jwk, "kid": key_id, "use": "sig"}


def certificate(key: rsa.RSAPrivateKey, start: int = 1_600_000_000, end: int = 1_900_000_000) -> bytes:
    """A certificate of this key as PEM, valid between these Unix seconds, signed by the key itself."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sns.amazonaws.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.fromtimestamp(start, UTC))
        .not_valid_after(datetime.fromtimestamp(end, UTC))
        .sign(key, SHA256())
    )
    return made.public_bytes(Encoding.PEM)
