"""Checks with forged or stale deliveries, which a receiver must refuse."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterator

from webhook_verify.cli.probe.check import REFUSED, CheckCase, Group, ProbeCheck, Severity
from webhook_verify.cli.probe.sender import NotApplicable, Sender
from webhook_verify.cli.probe.signatures import (
    LocatedSignature,
    locate_signatures,
    signature_headers,
    spliced,
    with_signature,
)
from webhook_verify.errors import RejectedDelivery
from webhook_verify.schemes import StandardWebhooks
from webhook_verify.testing.requests import SignedRequest

__all__ = ["CHECKS", "signed_headers"]

_DAY_SECONDS = 86_400
_KEYS_OF_NOTHING = {
    "an empty secret": b"",
    'the secret "None"': b"None",
    'the secret "null"': b"null",
    'the secret "undefined"': b"undefined",
    'the base64 of "None"': b64decode("None"),
    'the base64 of "null"': b64decode("null"),
}


def signed_headers(sender: Sender, request: SignedRequest) -> list[str]:
    """Return the headers that the scheme reads, sorted: removing one changes the parsed result."""
    genuine = _parse_headers(sender, request)
    names = {name for name, _ in request.headers}
    needed = {name for name in names if _parse_headers(sender, request.without(name)) != genuine}
    return sorted({*needed, *signature_headers(sender, request)})


def _parse_headers(sender: Sender, request: SignedRequest) -> tuple[object, ...] | None:
    try:
        parsed = sender.scheme.parse_headers(dict(request.headers), sender.url, "POST")
    except RejectedDelivery:
        return None
    return parsed[0 if sender.scheme.signs_id else 1 : 5]


def _unsigned(sender: Sender) -> Iterator[CheckCase]:
    yield CheckCase("no signature header", sender.delivery().unsigned())


def _missing_header(sender: Sender) -> Iterator[CheckCase]:
    for name in signed_headers(sender, sender.delivery()):
        yield CheckCase(f"{name} missing", sender.delivery().without(name))


def _empty_signature(sender: Sender) -> Iterator[CheckCase]:
    request = sender.delivery()
    for name in signature_headers(sender, request):
        yield CheckCase(f"{name} empty", request.replaced(name, ""))
    yield CheckCase("signature removed from the header value", with_signature(sender, request, lambda _: ""))


def _tampered(sender: Sender) -> Iterator[CheckCase]:
    if not sender.scheme.signs_body:
        raise NotApplicable("the scheme does not sign the body")
    yield CheckCase("one character of the body changed", sender.delivery().tampered())
    first = sender.delivery()
    if not sender.scheme.parses_body:  # such a scheme may sign the JSON without its whitespace
        yield CheckCase("a space appended to the body", first.with_body(first.body + b" "))
    yield CheckCase("body removed", sender.delivery().with_body(b""))
    if not sender.scheme.has_signature_in_body:
        other = sender.delivery(body=b'{"other":true}')
        yield CheckCase("headers of another delivery", other.with_body(first.body))


def _changed_id(sender: Sender) -> Iterator[CheckCase]:
    if not sender.scheme.signs_id or sender.scheme.has_id_in_body:
        raise NotApplicable("the scheme does not sign a message id in a header")
    signed = sender.delivery()
    yield CheckCase("a different id", spliced(sender, sender.delivery(body=signed.body), signed))


def _changed_timestamp(sender: Sender) -> Iterator[CheckCase]:
    _needs_timestamp(sender)
    signed = sender.delivery()
    for by in (1, -1):
        claims = sender.delivery(id=signed.id, body=signed.body, age=by)
        yield CheckCase("a different timestamp", spliced(sender, claims, signed))


def _needs_timestamp(sender: Sender) -> None:
    if not sender.scheme.signs_timestamp or sender.scheme.has_timestamp_in_body:
        raise NotApplicable("the scheme does not sign a timestamp in a header")


def _at(sender: Sender, age: int, label: str) -> CheckCase:
    request = sender.delivery(age=age)
    scheme = sender.scheme
    if not scheme.signs_timestamp:
        raise NotApplicable("the scheme does not sign a timestamp")
    genuine = sender.delivery()
    stamps = [scheme.timestamp_from_body(each.body) for each in (request, genuine)]
    # A token as the body hides the time that its payload contains.
    is_dated = stamps[0] != stamps[1] or (stamps == [0, 0] and scheme.has_signature_in_body)
    if scheme.has_timestamp_in_body and not is_dated:
        raise NotApplicable("the --body has no {{milliseconds}} or {{time}} where the scheme expects them")
    return CheckCase(label, request)


def _stale(sender: Sender) -> Iterator[CheckCase]:
    yield _at(sender, sender.max_age + 60, f"{sender.max_age + 60} s old")
    yield _at(sender, sender.max_age + _DAY_SECONDS, "more than a day old")


def _future(sender: Sender) -> Iterator[CheckCase]:
    if sender.scheme.accept_future_timestamps:
        raise NotApplicable("the provider's library accepts timestamps in the future")
    yield _at(sender, -sender.tolerance - 60, f"{sender.tolerance + 60} s ahead")
    yield _at(sender, -sender.tolerance - _DAY_SECONDS, "more than a day ahead")


def _wrong_secret(sender: Sender) -> Iterator[CheckCase]:
    yield CheckCase("another secret", sender.delivery([sender.unknown_key()]))


def _empty_secret(sender: Sender) -> Iterator[CheckCase]:
    for label, octets in _KEYS_OF_NOTHING.items():
        yield CheckCase(label, sender.delivery([sender.hmac_key(octets)]))


def _zero_signature(sender: Sender) -> Iterator[CheckCase]:
    def zeros(locate_signatures: LocatedSignature) -> str:
        return "".join(
            char if char == "=" else _ZERO[locate_signatures.encoding] for char in locate_signatures.token
        )

    yield CheckCase("all bits zero", with_signature(sender, sender.delivery(), zeros))


_ZERO = {"base64": "A", "hex": "0", "text": "0"}


def _cut_signature(sender: Sender) -> Iterator[CheckCase]:
    for label, change in _PARTS.items():
        yield CheckCase(label, with_signature(sender, sender.delivery(), _of_token(change)))


def _of_token(change: Callable[[str], str]) -> Callable[[LocatedSignature], str]:
    return lambda item: change(item.token)


def _half(token: str) -> str:
    return token[: len(token) // 2]


def _others(token: str) -> str:
    """Return the token with each letter and digit replaced by another; base64 and hex stay valid."""
    return token.translate(_OTHERS)


_PARTS: dict[str, Callable[[str], str]] = {
    "only the first character": lambda token: token[:1],
    "only the first 8 characters": lambda token: token[:8],
    "only the first 16 characters": lambda token: token[:16],
    "without the last 4 characters": lambda token: token[:-4],
    "all but the first 8 characters changed": lambda token: token[:8] + _others(token[8:]),
    "second half changed": lambda token: _half(token) + _others(token[len(_half(token)) :]),
    "first half changed": lambda token: _others(_half(token)) + token[len(_half(token)) :],
    "extra characters appended": lambda token: token + _half(token),
}
# Includes the letters after f, because half of a base64 signature may consist of them.
_OTHERS = str.maketrans(
    "0123456789abcdefABCDEFghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ",
    "1234567890bcdefaBCDEFAhijklmnopqrstuvwxyzgHIJKLMNOPQRSTUVWXYZG",
)


def _signature_case(sender: Sender) -> Iterator[CheckCase]:
    request = sender.delivery()
    if any(one.encoding == "hex" for one in locate_signatures(sender, request)):
        raise NotApplicable("a hex signature is case-insensitive")
    yield CheckCase(
        "upper and lower case swapped", with_signature(sender, request, lambda item: item.token.swapcase())
    )


def _header_twice(sender: Sender) -> Iterator[CheckCase]:
    for name in signed_headers(sender, sender.delivery()):
        request, other = sender.delivery(), sender.delivery(body=b"{}", age=1)
        values = dict(request.headers)[name], dict(other.headers)[name]
        if values[0] != values[1]:
            yield CheckCase(f"duplicate {name}", request.doubled(name, values[1]))


def _unknown_version(sender: Sender) -> Iterator[CheckCase]:
    if not isinstance(sender.scheme, StandardWebhooks):
        raise NotApplicable("the scheme has no version prefix")
    for version in ("v9,", ""):
        request = sender.delivery()
        for name in signature_headers(sender, request):
            value = dict(request.headers)[name]
            request = request.replaced(name, re.sub(r"\bv1a?,", version, value))
        yield CheckCase(f"signature of version {version[:-1] or 'none'}", request)


def _check(
    name: str, severity: Severity, sends: str, why: str, cases: Callable[[Sender], Iterator[CheckCase]]
) -> ProbeCheck:
    return ProbeCheck(name, Group.FORGED, severity, sends, REFUSED, why, cases)


_WORST, _BAD, _MINOR = Severity.CRITICAL, Severity.SERIOUS, Severity.MINOR

CHECKS = (
    _check("unsigned", _WORST, "no signature", "any attacker could send such a request", _unsigned),
    _check(
        "missing-header",
        _WORST,
        "one signed header missing, each in turn",
        "a receiver must not skip a check because the header for it is missing",
        _missing_header,
    ),
    _check(
        "empty-signature",
        _WORST,
        "an empty signature",
        "a prefix comparison accepts an empty string, and a loop over zero signatures never fails",
        _empty_signature,
    ),
    _check(
        "tampered-body",
        _WORST,
        "a body that differs from the signed one",
        "the signature must protect the body against changes in transit",
        _tampered,
    ),
    _check(
        "changed-id",
        _WORST,
        "a different id with the same signature",
        "an attacker who can choose the id can get a delivery handled repeatedly",
        _changed_id,
    ),
    _check(
        "changed-timestamp",
        _WORST,
        "a different timestamp with the same signature",
        "an attacker who can choose the timestamp can replay a delivery after years",
        _changed_timestamp,
    ),
    _check(
        "stale",
        _BAD,
        "correctly signed, but too long ago",
        "an attacker with one recorded delivery could replay it at any time",
        _stale,
    ),
    _check(
        "future",
        _BAD,
        "correctly signed, with a timestamp in the future",
        "it would stay fresh for longer than message ids are retained",
        _future,
    ),
    _check(
        "wrong-secret",
        _WORST,
        "signed with a different secret",
        "the sender does not have the configured secret",
        _wrong_secret,
    ),
    _check(
        "empty-secret",
        _WORST,
        "signed with an empty secret",
        "an unset environment variable results in a secret that every attacker can guess",
        _empty_secret,
    ),
    _check(
        "zero-signature",
        _WORST,
        "a signature of zeros",
        "an uninitialized buffer must not match as a signature",
        _zero_signature,
    ),
    _check(
        "cut-signature",
        _WORST,
        "a part of the valid signature",
        "a partial comparison lets an attacker guess a signature piece by piece",
        _cut_signature,
    ),
    _check(
        "signature-case",
        _BAD,
        "base64 in the wrong case",
        "base64 is case-sensitive: ignoring case makes a signature much easier to guess",
        _signature_case,
    ),
    _check(
        "header-twice",
        _MINOR,
        "each signed header duplicated with another value",
        "the verification may read one value and the handler the other",
        _header_twice,
    ),
    _check(
        "unknown-version",
        _MINOR,
        "the signature with an unknown version",
        "ignoring the version lets an attacker downgrade to a weaker signature algorithm",
        _unknown_version,
    ),
)
