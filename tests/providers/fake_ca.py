"""A certificate authority of the tests, as strict as public ones are: a root, one below it, and leaves."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.providers.key_pairs import rsa_key

__all__ = ["Issuer", "below", "leaf", "root"]

START, END = 1_600_000_000, 2_000_000_000


class Issuer(NamedTuple):
    """A certificate that issues others, and its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


@cache
def root(number: int = 0) -> Issuer:
    return _issuer(f"Root {number}", 10 + number, None)


@cache
def below(issuer: int = 0) -> Issuer:
    return _issuer(f"Below root {issuer}", 20 + issuer, root(issuer))


def leaf(name: str, key: rsa.RSAPrivateKey, issuer: Issuer, end: int = END) -> bytes:
    """The PEM of a server's certificate for this name, without its chain."""
    usage = x509.KeyUsage(True, False, True, False, False, False, False, False, False)
    made = (
        _builder(name, key, issuer.certificate.subject, issuer.key, end)
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(usage, critical=True)
    )
    return made.sign(issuer.key, SHA256()).public_bytes(Encoding.PEM)


def _issuer(name: str, number: int, issuer: Issuer | None) -> Issuer:
    key = rsa_key(number)
    subject = issuer.certificate.subject if issuer else _name(name)
    signer = issuer.key if issuer else key
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    made = (
        _builder(name, key, subject, signer, END)
        .add_extension(x509.BasicConstraints(True, None), critical=True)
        .add_extension(usage, critical=True)
    )
    return Issuer(made.sign(signer, SHA256()), key)


def _builder(
    name: str, key: rsa.RSAPrivateKey, issuer: x509.Name, issuers_key: rsa.RSAPrivateKey, end: int
) -> x509.CertificateBuilder:
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.fromtimestamp(START, UTC))
        .not_valid_after(datetime.fromtimestamp(end, UTC))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(authority, critical=False)
    )


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
