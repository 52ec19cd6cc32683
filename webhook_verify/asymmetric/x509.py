"""X.509 certificates (RFC 5280) of keys that sign deliveries."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Iterable
from datetime import UTC, datetime

from webhook_verify.asymmetric.ecdsa_rsa import checked_rsa, rsa_signed

try:
    from cryptography import x509
    from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
except ImportError as _missing:
    raise ImportError(
        "a certificate needs the package cryptography: pip install 'webhook-verify[asymmetric]'"
    ) from _missing

__all__ = ["Certificate", "Roots", "certificate_in"]


class Certificate:
    """A certificate with an RSA key.

    Args:
        certificate: The parsed certificate.
    """

    __slots__ = ("_end", "_public", "_start")

    def __init__(self, certificate: x509.Certificate) -> None:
        self._public = checked_rsa(certificate.public_key())
        self._start = certificate.not_valid_before_utc.timestamp()
        self._end = certificate.not_valid_after_utc.timestamp()

    def signed(self, signature: bytes, message: bytes, when: float, *, sha1: bool = False) -> bool:
        """Return whether a PKCS #1 v1.5 signature is valid, and the certificate was valid at the time.

        Args:
            signature: The signature.
            message: The signed content.
            when: The time of the signature, in Unix seconds.
            sha1: Use SHA-1 instead of SHA-256.

        Returns:
            True if both are valid.
        """
        return self._start <= when <= self._end and rsa_signed(self._public, signature, message, sha1=sha1)


def certificate_in(pem: bytes) -> Certificate:
    """Return the first certificate of a PEM.

    Args:
        pem: The PEM.

    Returns:
        The certificate.

    Raises:
        ValueError: If `pem` is invalid, or the key is not an RSA key.
    """
    return Certificate(x509.load_pem_x509_certificate(pem))


class Roots:
    """The trusted root certificates.

    Args:
        pem: A PEM with the root certificates, or None for the certificates that this machine trusts for TLS.

    Raises:
        ValueError: If the PEM or this machine has no root certificate.
    """

    __slots__ = ("_store",)

    def __init__(self, pem: bytes | None = None) -> None:
        trusted = _of_this_machine() if pem is None else x509.load_pem_x509_certificates(pem)
        if not trusted:
            raise ValueError("this machine has no file of root certificates: pass them as roots=")
        self._store = Store(trusted)

    def certificate_in(self, pem: bytes, domain: str, when: float) -> Certificate:
        """Return the first certificate of a PEM after verification of its chain.

        Args:
            pem: The PEM of the certificate and of its intermediate certificates.
            domain: The domain. The certificate must be for a name below it.
            when: The time at which the chain must be valid, in Unix seconds.

        Returns:
            The certificate.

        Raises:
            ValueError: If the chain is not valid at the time, does not lead to these roots, or the
                certificate is not for `domain`.
        """
        leaf, *rest = x509.load_pem_x509_certificates(pem)
        builder = (
            PolicyBuilder().store(self._store).time(datetime.fromtimestamp(when, UTC).replace(tzinfo=None))
        )
        for name in _names_of(leaf):
            if name.endswith("." + domain):
                try:
                    builder.build_server_verifier(x509.DNSName(name)).verify(leaf, rest)
                except VerificationError:
                    break
                return Certificate(leaf)
        raise ValueError(f"not a trusted certificate of {domain}")


def _names_of(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return names.value.get_values_for_type(x509.DNSName)


def _of_this_machine() -> list[x509.Certificate]:
    return list(_readable(ssl.create_default_context().get_ca_certs(binary_form=True)))


def _readable(encoded: Iterable[bytes]) -> Iterable[x509.Certificate]:
    """Yield the readable certificates. Some root certificates are non-conforming and are skipped."""
    for der in encoded:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                yield x509.load_der_x509_certificate(der)
            except ValueError:
                continue
