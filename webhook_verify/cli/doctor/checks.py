"""What ``doctor`` looks at: Python, packages, OpenSSL, secrets, and the clock of a server."""

from __future__ import annotations

import platform
import re
import ssl
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, requires, version

from webhook_verify import __version__, schemes
from webhook_verify.diagnosis import explain
from webhook_verify.errors import InvalidSecret, WebhookVerifyError
from webhook_verify.signer import Signer
from webhook_verify.verifier import Verifier, labelled_secrets

__all__ = ["Finding", "clock", "extras", "of_providers", "runtime", "secret"]

_MAX_SKEW_SECONDS = 30.0
"""How far two clocks may be apart, in seconds: a tenth of the usual tolerance."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``is_right`` is None where it is neither right nor wrong."""

    name: str
    is_right: bool | None
    detail: str


def runtime() -> Iterator[Finding]:
    """Which Python, which version of this package, and which OpenSSL."""
    yield Finding("webhook-verify", True, __version__)
    yield Finding("Python", True, f"{platform.python_implementation()} {platform.python_version()}")
    yield Finding("system", True, f"{platform.system()} {platform.machine()}")
    yield Finding("OpenSSL", True, ssl.OPENSSL_VERSION)


_REQUIREMENT = re.compile(r"([A-Za-z0-9_.-]+).*extra == ['\"]([a-z]+)['\"]")


def extras() -> Iterator[Finding]:
    """Which extras are installed. One that is not is not wrong: who needs it is told how to get it."""
    wanted: dict[str, list[str]] = {}
    for text in requires("webhook-verify") or ():
        if (found := _REQUIREMENT.match(text)) and found[2] != "all":
            wanted.setdefault(found[2], []).append(found[1])
    for extra, names in sorted(wanted.items()):
        versions = {name: _version(name) for name in names}
        if missing := [name for name in names if not versions[name]]:
            how = f"without {', '.join(missing)}: pip install 'webhook-verify[{extra}]'"
            yield Finding(f"extra {extra}", None, how)
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
    """Whether a secret is one of that scheme, what kind of key it holds, and its fingerprint."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            verifier = Verifier(value, scheme=scheme)
        except (ImportError, ValueError, WebhookVerifyError) as error:
            return _of_signing_key(name, value, scheme, error)
    ((_, _, key),) = labelled_secrets(verifier)
    kind = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", type(key).__name__.removesuffix("Key")).strip()
    ((_, fingerprint),) = explain(verifier, b"", {}, url="", method="POST").secret_fingerprints
    weak = "".join(f"; {one.message}" for one in caught)
    return Finding(name, not caught, f"{kind} key of {scheme}, fingerprint {fingerprint}{weak}")


def _of_signing_key(name: str, value: str, scheme: str, error: Exception) -> Finding:
    """A receiver cannot use it; perhaps a sender can."""
    try:
        Signer(value, scheme=scheme)
    except (ImportError, InvalidSecret, ValueError):
        return Finding(name, False, f"no secret of {scheme}: {error}")
    return Finding(name, None, f"a signing key of {scheme}: for a sender, not for a receiver")


def of_providers(environ: Mapping[str, str]) -> Iterator[Finding]:
    """The secrets in variables that are named as the providers' pages name them, such as ``GITHUB_SECRET``.

    One that does not fit is told, but not as wrong: it may be of another kind.
    """
    for scheme in schemes.names():
        name = re.sub(r"\W", "_", scheme).upper() + "_SECRET"
        if environ.get(name, "").strip():
            found = secret(f"secret {name}", environ[name], scheme)
            yield replace(found, is_right=found.is_right or None)


def clock(date: str | None, started: float, ended: float) -> Finding:
    """How far this machine's clock is from that of the server, whose ``Date`` header it is.

    ``started`` and ``ended``: the Unix time here when the request was sent and answered.
    """
    try:
        there = parsedate_to_datetime(date or "").timestamp()
    except (TypeError, ValueError, OverflowError):
        return Finding("clock", None, "the server tells no date")
    # The header has whole seconds, cut off.
    skew = (started + ended) / 2 - (there + 0.5)
    side = "ahead of" if skew > 0 else "behind"
    known = f"{abs(skew):.0f} s {side} the server's, as far as its Date header tells"
    return Finding("clock", abs(skew) <= _MAX_SKEW_SECONDS, known)
