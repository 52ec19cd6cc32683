"""Keys and certificates of JSON Web Signatures, created in each run."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.providers.key_pairs import p256, private_pem

__all__ = ["MARKS", "Issued", "chain", "issued", "jwk", "jwks", "p521", "signing_pem"]

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
START, END = 1_600_000_000, 2_000_000_000
MARKS = ("1.2.840.113635.100.6.11.1", "1.2.840.113635.100.6.2.1", "")
"""The extensions by which Apple's library knows a certificate that signs deliveries, and its issuer."""


@cache
def p521(number: int) -> ec.EllipticCurvePrivateKey:
    """The pair of that number: another number, another pair."""
    return ec.generate_private_key(ec.SECP521R1())


def jwk(key: Key, key_id: str = "", *, is_private: bool = False) -> dict[str, Any]:
    """The key as a JSON Web Key."""
    if isinstance(key, rsa.RSAPrivateKey):
        fields: dict[str, Any] = RSAAlgorithm.to_jwk(key if is_private else key.public_key(), as_dict=True)
    else:
        fields = ECAlgorithm.to_jwk(key if is_private else key.public_key(), as_dict=True)
    fields.pop("key_ops", None)
    return {**fields, **({"kid": key_id} if key_id else {})}


def jwks(*keys: tuple[Key, str]) -> str:
    """The public keys as a set of JSON Web Keys."""
    return json.dumps({"keys": [{**jwk(key, key_id), "use": "sig"} for key, key_id in keys]})


class Issued(NamedTuple):
    """A certificate, and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def issued(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: Issued | None = None,
    *,
    mark: str = "",
    is_ca: bool = True,
    usage: bool | None = None,
    start: int = START,
    end: int = END,
    critical: str = "",
) -> Issued:
    """A certificate. ``usage``: whether it may sign certificates, and not deliveries; None: unsaid."""
    subject, issuers_key = _name(name), issuer.key if issuer else key
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers_key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.fromtimestamp(start, UTC))
        .not_valid_after(datetime.fromtimestamp(end, UTC))
        .add_extension(x509.BasicConstraints(is_ca, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(authority, critical=False)
    )
    if usage is not None:
        signs = x509.KeyUsage(not usage, False, False, False, False, usage, usage, False, False)
        builder = builder.add_extension(signs, critical=True)
    for oid, is_critical in ((mark, False), (critical, True)):
        if oid:
            extension = x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), b"\x05\x00")
            builder = builder.add_extension(extension, critical=is_critical)
    return Issued(builder.sign(issuers_key, SHA256()), key)


@cache
def chain(number: int = 0) -> tuple[Issued, Issued, Issued]:
    """The certificate of ``p256(number)``, the one above it, and the root of that number."""
    root = issued("Root", p256(100 + number), usage=True)
    middle = issued("Middle", p256(200 + number), root, mark=MARKS[1], usage=True)
    return issued("Leaf", p256(number), middle, mark=MARKS[0], is_ca=False, usage=False), middle, root


def signing_pem(*certificates: Issued) -> str:
    """The private key of the first certificate, and all certificates, as the signer takes them."""
    return private_pem(certificates[0].key) + "".join(each.pem.decode() for each in certificates)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
