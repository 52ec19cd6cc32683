"""X.509 certificates (RFC 5280) whose keys sign deliveries."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Iterable
from datetime import UTC, datetime

from webhook_verify.asymmetric.ecdsa_rsa import checked_rsa, rsa_signed

try:
    from cryptography import x509
    from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
except ImportError as missing:
    raise ImportError(
        "a certificate needs the package cryptography: pip install 'webhook-verify[asymmetric]'"
    ) from missing

__all__ = ["Certificate", "Roots", "certificate_in"]


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


class Roots:
    """Whose certificates are trusted: those in the PEM, or those that this machine trusts for TLS.

    Raises ValueError where there are none.
    """

    __slots__ = ("_store",)

    def __init__(self, pem: bytes | None = None) -> None:
        trusted = _of_this_machine() if pem is None else x509.load_pem_x509_certificates(pem)
        if not trusted:
            raise ValueError("this machine has no root certificates in one file: give them as roots=")
        self._store = Store(trusted)

    def certificate_in(self, pem: bytes, domain: str, when: float) -> Certificate:
        """The first certificate of a PEM, whose chain is the rest of it, and leads to these roots.

        It must be for a name below ``domain``, and all of the chain valid at that time (Unix seconds).
        Raises ValueError.
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
        raise ValueError(f"this is no certificate of {domain} that is trusted here")


def _names_of(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return names.value.get_values_for_type(x509.DNSName)


def _of_this_machine() -> list[x509.Certificate]:
    return list(_readable(ssl.create_default_context().get_ca_certs(binary_form=True)))


def _readable(encoded: Iterable[bytes]) -> Iterable[x509.Certificate]:
    """Those that can be read: among so many are some that bend the rules, which is no concern of ours."""
    for der in encoded:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                yield x509.load_der_x509_certificate(der)
            except ValueError:
                continue
