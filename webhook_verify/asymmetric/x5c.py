"""Chains of three certificates in the header of a signature (`x5c`, RFC 7515, section 4.1.6)."""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64
from itertools import pairwise
from typing import Any, NamedTuple

from webhook_verify.asymmetric.ecdsa_rsa import Signed
from webhook_verify.asymmetric.jws_keys import verifier

try:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
except ImportError as _missing:
    raise ImportError(
        "a certificate needs the package cryptography: pip install 'webhook-verify[asymmetric]'"
    ) from _missing

__all__ = ["Chain", "chain_of", "fingerprints_of"]

_LENGTH = 3  # the certificate of the key, an intermediate one, and the root
_MAX_CERTIFICATE_CHARS = 8_192
_UNDERSTOOD = (x509.BasicConstraints.oid, x509.KeyUsage.oid)


class Chain(NamedTuple):
    """A verified chain: a function that verifies a signature by its key, and its validity in Unix seconds."""

    signed: Signed
    start: float
    end: float


def fingerprints_of(certificates: bytes) -> frozenset[str]:
    """Return the fingerprints of trusted root certificates.

    Args:
        certificates: One or several certificates in PEM, or one in DER.

    Returns:
        The SHA-256 of each certificate in hex.

    Raises:
        ValueError: If a certificate is invalid.
    """
    is_pem = certificates.lstrip().startswith(b"-----BEGIN")
    load_all = x509.load_pem_x509_certificates
    found = load_all(certificates) if is_pem else [x509.load_der_x509_certificate(certificates)]
    return frozenset(_fingerprint(certificate) for certificate in found)


def chain_of(encoded: Any, trusted: frozenset[str], marks: tuple[str, str], algorithm: str) -> Chain | None:
    """Return the chain if it is valid at some time and ends in a trusted root. Never raises.

    Args:
        encoded: The member `x5c`: three certificates in base64, that of the key first.
        trusted: The fingerprints of trusted root certificates, as of `fingerprints_of`.
        marks: The extensions, as object identifiers, that the first and the second certificate must have.
        algorithm: The `alg` of the key.

    Returns:
        The chain, or None.
    """
    try:
        octets = [_decode(text) for text in encoded]
        chain = [x509.load_der_x509_certificate(each) for each in octets]
        if len(chain) != _LENGTH or _fingerprint(chain[-1]) not in trusted:
            return None
        for issued, issuer in pairwise((*chain, chain[-1])):
            if not isinstance(issued.signature_hash_algorithm, SHA256 | SHA384 | SHA512):
                return None
            issued.verify_directly_issued_by(issuer)
        for certificate, mark in zip(chain, marks, strict=False):
            certificate.extensions.get_extension_for_oid(x509.ObjectIdentifier(mark))
        are_marked = all(_has_role(certificate, depth) for depth, certificate in enumerate(chain))
        signed = verifier(chain[0].public_key(), algorithm)
        start = max(certificate.not_valid_before_utc.timestamp() for certificate in chain)
        end = min(certificate.not_valid_after_utc.timestamp() for certificate in chain)
    except Exception:  # of the many errors of the parser, which an attacker can choose from
        return None
    return Chain(signed, start, end) if are_marked else None


def _decode(text: Any) -> bytes:
    if not isinstance(text, str) or len(text) > _MAX_CERTIFICATE_CHARS:
        raise ValueError
    octets = a2b_base64(text, strict_mode=True)
    if b2a_base64(octets, newline=False) != text.encode():
        raise ValueError
    return octets


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(_SHA256).hex()


_SHA256 = SHA256()


def _has_role(certificate: x509.Certificate, depth: int) -> bool:
    """Return whether a certificate may sign deliveries (depth 0) or certificates (RFC 5280, 4.2.1)."""
    known = {extension.oid for extension in certificate.extensions if not extension.critical}
    if not all(each.oid in (*_UNDERSTOOD, *known) for each in certificate.extensions):
        return False  # a critical extension that is not understood
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    if constraints.ca is not (depth > 0):
        return False
    if constraints.path_length is not None and constraints.path_length < depth - 1:
        return False
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.KeyUsage):
            usage = extension.value
            return usage.key_cert_sign if depth else usage.digital_signature
    return True
