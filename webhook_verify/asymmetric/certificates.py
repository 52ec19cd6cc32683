"""X.509 certificates whose key signs deliveries."""

from __future__ import annotations

from webhook_verify.asymmetric.serialized import checked_rsa, rsa_signed

try:
    from cryptography import x509
except ImportError as missing:
    raise ImportError(
        "a certificate needs the package cryptography: pip install 'webhook-verify[asymmetric]'"
    ) from missing

__all__ = ["Certificate", "certificate_in"]


class Certificate:
    """A certificate with an RSA key."""

    __slots__ = ("_end", "_public", "_start")

    def __init__(self, certificate: x509.Certificate) -> None:
        self._public = checked_rsa(certificate.public_key())
        self._start = certificate.not_valid_before_utc.timestamp()
        self._end = certificate.not_valid_after_utc.timestamp()

    def signed(self, signature: bytes, message: bytes, when: float, *, sha1: bool = False) -> bool:
        """Whether it made this signature (PKCS #1 v1.5), and was valid at that time (Unix seconds)."""
        return self._start <= when <= self._end and rsa_signed(self._public, signature, message, sha1=sha1)


def certificate_in(pem: bytes) -> Certificate:
    """The first certificate of a PEM. Raises ValueError."""
    return Certificate(x509.load_pem_x509_certificate(pem))
