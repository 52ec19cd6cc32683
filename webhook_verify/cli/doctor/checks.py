"""The checks of `doctor`: Python, packages, OpenSSL, secrets, and the clock."""

from __future__ import annotations

import hashlib
import platform
import re
import ssl
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, requires, version
from types import ModuleType

from webhook_verify import __version__, schemes
from webhook_verify.diagnosis import explain
from webhook_verify.errors import InvalidSecret, WebhookVerifyError
from webhook_verify.signer import Signer
from webhook_verify.verifier import Verifier, labelled_secrets

__all__ = ["Finding", "clock", "extras", "of_providers", "runtime", "secret", "sha256"]

_hashlib: ModuleType | None
try:
    import _hashlib
except ImportError:  # a Python that was built without OpenSSL
    _hashlib = None

_MAX_SKEW_SECONDS = 30.0
"""The maximum difference between two clocks, in seconds: a tenth of the usual tolerance."""


@dataclass(frozen=True)
class Finding:
    """The result of one check. `is_right` can be `None`: neither right nor wrong."""

    name: str
    is_right: bool | None
    detail: str


def runtime() -> Iterator[Finding]:
    """Yield the versions of this package, Python, the system and OpenSSL."""
    yield Finding("webhook-verify", True, __version__)
    yield Finding("Python", True, f"{platform.python_implementation()} {platform.python_version()}")
    yield Finding("system", True, f"{platform.system()} {platform.machine()}")
    yield Finding("OpenSSL", True, ssl.OPENSSL_VERSION)
    yield sha256()


def sha256() -> Finding:
    """Check that SHA-256 is that of OpenSSL. Python's own is not wrong, but several times slower."""
    implementation = hashlib.sha256
    if _hashlib is not None and implementation is _hashlib.openssl_sha256:
        return Finding("SHA-256", True, "of OpenSSL")
    detail = (
        f"not of OpenSSL, but of Python's module {implementation.__module__}, so verification is slower: "
        "hashlib.sha256 is not _hashlib.openssl_sha256. Use a Python that was built with OpenSSL"
    )
    return Finding("SHA-256", None, detail)


_REQUIREMENT = re.compile(r"([A-Za-z0-9_.-]+).*extra == ['\"]([a-z]+)['\"]")


def extras() -> Iterator[Finding]:
    """Yield the installed extras. A missing extra is not wrong; its finding shows how to install it."""
    wanted: dict[str, list[str]] = {}
    for text in requires("webhook-verify") or ():
        if (requirement := _REQUIREMENT.match(text)) and requirement[2] != "all":
            wanted.setdefault(requirement[2], []).append(requirement[1])
    for extra, names in sorted(wanted.items()):
        versions = {name: _version(name) for name in names}
        if missing := [name for name in names if not versions[name]]:
            hint = f"missing {', '.join(missing)}: pip install 'webhook-verify[{extra}]'"
            yield Finding(f"extra {extra}", None, hint)
        else:
            yield Finding(
                f"extra {extra}", True, ", ".join(f"{name} {number}" for name, number in versions.items())
            )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def secret(name: str, value: str, scheme: str) -> Finding:
    """Check whether a secret is valid for the scheme; the finding shows the key's kind and fingerprint."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            verifier = Verifier(value, scheme=scheme)
        except (ImportError, ValueError, WebhookVerifyError) as error:
            return _of_signing_key(name, value, scheme, error)
    ((_, _, key),) = labelled_secrets(verifier)
    kind = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", type(key).__name__.removesuffix("Key")).strip()
    ((_, fingerprint),) = explain(verifier, b"", {}, url="", method="POST").secret_fingerprints
    weak = "".join(f"; {warning.message}" for warning in caught)
    return Finding(name, not caught, f"{kind} key for {scheme}, fingerprint {fingerprint}{weak}")


def _of_signing_key(name: str, value: str, scheme: str, error: Exception) -> Finding:
    """Return the finding for a value that cannot verify: it is a signing key, or invalid."""
    try:
        Signer(value, scheme=scheme)
    except (ImportError, InvalidSecret, ValueError):
        return Finding(name, False, f"not a valid secret for {scheme}: {error}")
    return Finding(name, None, f"a signing key for {scheme}: use it in a sender, not in a receiver")


def of_providers(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Check the secrets in variables with the names from the provider pages, such as `GITHUB_SECRET`.

    Yields:
        A finding for each variable. An invalid secret does not count as wrong, because the variable may have
        another purpose.
    """
    for scheme in schemes.names():
        name = re.sub(r"\W", "_", scheme).upper() + "_SECRET"
        if environ.get(name, "").strip():
            finding = secret(f"secret {name}", environ[name], scheme)
            yield replace(finding, is_right=finding.is_right or None)


def clock(date: str | None, started: float, ended: float) -> Finding:
    """Compare this machine's clock with a server's `Date` header.

    Args:
        date: The value of the header; None without it.
        started: The local Unix time when the request was sent, in seconds.
        ended: The local Unix time when the response arrived, in seconds.

    Returns:
        The difference, or that the header is missing or invalid.
    """
    try:
        there = parsedate_to_datetime(date or "").timestamp()
    except (TypeError, ValueError, OverflowError):
        return Finding("clock", None, "the response has no valid Date header")
    # The header has whole seconds, rounded down.
    skew = (started + ended) / 2 - (there + 0.5)
    side = "ahead of" if skew > 0 else "behind"
    return Finding(
        "clock", abs(skew) <= _MAX_SKEW_SECONDS, f"{abs(skew):.0f} s {side} the server's Date header"
    )
