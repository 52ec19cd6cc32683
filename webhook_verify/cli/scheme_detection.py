"""`--scheme auto`: the scheme of a delivery, from the names of its headers.

A scheme fits if the delivery has its signature header. If several fit, the one that reads more of the headers
is chosen: `x-hub-signature-256` is of GitHub or Meta, but together with `x-github-event` it is of GitHub.
The providers that use Standard Webhooks send the same headers, so the generic scheme is chosen for them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from webhook_verify import schemes
from webhook_verify.diagnosis.investigation import identifying_headers
from webhook_verify.errors import RejectedDelivery
from webhook_verify.keys import Signatures
from webhook_verify.schemes import Scheme
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.jwt_scheme import JwtScheme
from webhook_verify.schemes.standard import STANDARD, StandardWebhooks

__all__ = ["AUTO", "AmbiguousScheme", "detect_scheme"]

AUTO = "auto"
"""The value of `--scheme` that selects the scheme by the headers."""

# More headers of providers that the scheme itself does not read.
_OTHER_HEADERS = {
    "aws-sns": ("x-amz-sns-message-type", "x-amz-sns-topic-arn"),
    "gitlab": ("x-gitlab-event", "x-gitlab-instance", "x-gitlab-webhook-uuid"),
    "github": ("x-github-hook-id", "x-hub-signature"),  # in addition to x-hub-signature-256
    "meta": ("x-hub-signature",),
    "bitbucket": ("x-hook-uuid", "x-attempt-number"),
    "wise": ("x-test-notification",),
}
_BEARER_TOKEN = re.compile(r"(?i)bearer +eyJ")
"""Not only Google sends a token in `Authorization`, so it counts only if no other scheme fits."""

Pairs = Sequence[tuple[str, str]]


class AmbiguousScheme(ValueError):
    """The headers do not identify one scheme. The message contains the next step."""


def detect_scheme(headers: Pairs) -> str:
    """Return the name of the scheme that the headers identify.

    Args:
        headers: The headers of the delivery.

    Returns:
        The name of a provider's scheme, `svix` for headers with this prefix, or `standard-webhooks`.

    Raises:
        AmbiguousScheme: If no scheme fits, or several do. The message lists them.
    """
    names = {name.lower(): value for name, value in headers}
    found = _without_poorer({name: _own_headers(name, names) for name in schemes.names()})
    for fits in (_has_form, _has_signature):
        if len(found) > 1:
            found = [name for name in found if fits(schemes.get(name), names)] or found
    if not found:
        in_body = [name for name in schemes.names() if schemes.get(name).has_signature_in_body]
        raise AmbiguousScheme(
            "--scheme auto: no header of the delivery is the signature header of a known scheme. Pass "
            f"--scheme NAME; the signature is in the body for {', '.join(in_body)}"
        )
    if len(found) > 1:
        raise AmbiguousScheme(
            f"--scheme auto: the headers fit several schemes: {', '.join(found)}. Pass the right one with "
            "--scheme"
        )
    return found[0]


def _own_headers(name: str, headers: dict[str, str]) -> frozenset[str]:
    """Return the headers of the delivery that identify the scheme; none without a signature header."""
    scheme = schemes.get(name)
    if isinstance(scheme, StandardWebhooks):
        return _standard_headers(scheme, headers)
    present = {header for header in identifying_headers(scheme) if header in headers}
    if present == {"authorization"} and not _has_own_authorization(scheme, headers["authorization"]):
        return frozenset()
    if not present:
        return frozenset()
    known = {*scheme.header_names, *_OTHER_HEADERS.get(name, ())}
    return frozenset(known & headers.keys())


def _has_own_authorization(scheme: Scheme, value: str) -> bool:
    """Return whether an `Authorization` header has the form of the scheme, such as `Basic` or `Bearer`."""
    if isinstance(scheme, HeaderScheme):
        prefix = scheme.signature_prefix
        return prefix != "" and value[: len(prefix)].lower() == prefix.lower()
    if isinstance(scheme, JwtScheme):  # several schemes have a token there, but not the same claims in it
        headers = {"authorization": value}
        return scheme.has_constant_claims(headers) and _has_form(scheme, headers)
    return _BEARER_TOKEN.match(value) is not None


def _standard_headers(scheme: StandardWebhooks, headers: dict[str, str]) -> frozenset[str]:
    """Return the headers of the scheme's brand; none for a provider without other headers."""
    brand = "svix" if scheme.name == "svix" else "webhook"
    own = _OTHER_HEADERS.get(scheme.name, ())
    if f"{brand}-signature" not in headers or not (scheme is STANDARD or brand == "svix" or own):
        return frozenset()
    others = headers.keys() & own
    if own and not others:
        return frozenset()
    return frozenset({name for name in headers if name.startswith(f"{brand}-")} | others)


def _without_poorer(own_headers: dict[str, frozenset[str]]) -> list[str]:
    """Return the schemes, except those of which another scheme reads all headers and more."""
    own_headers = {name: own for name, own in own_headers.items() if own}
    if len(own_headers) > 1:
        own_headers = {
            name: own for name, own in own_headers.items() if own != frozenset({"authorization"})
        } or own_headers
    if STANDARD.name in own_headers:
        own_headers.pop("svix", None)  # of a delivery with both brands, the verifier reads this one
    return [
        name for name, own in own_headers.items() if not any(own < other for other in own_headers.values())
    ]


def _has_form(scheme: Scheme, headers: dict[str, str]) -> bool:
    """Return whether the headers have the form of the scheme, such as the prefix `sha256=`."""
    if isinstance(scheme, StandardWebhooks):
        return any(headers.get(f"{brand}-signature", "").startswith("v1") for brand in ("webhook", "svix"))
    if not isinstance(scheme, HeaderScheme):
        return _signatures(scheme, headers) is not None
    values = [headers[name] for name in scheme.signature_headers if name in headers]
    if "webhook-signature" in scheme.signature_headers and _has_form(STANDARD, headers):
        return False
    return any(value.startswith(scheme.signature_prefix) for value in values)


def _has_signature(scheme: Scheme, headers: dict[str, str]) -> bool:
    """Return whether the headers contain a signature in the encoding of the scheme."""
    return bool(_signatures(scheme, headers))


def _signatures(scheme: Scheme, headers: dict[str, str]) -> Signatures | None:
    """Return the signatures that the scheme reads, or None if it rejects the headers."""
    try:
        return scheme.parse_headers(headers, "https://example.com", "POST")[2]
    except (RejectedDelivery, TypeError):
        return None
