"""The headers of a report: names, timestamps and formats are kept, other values are reduced or removed."""

from __future__ import annotations

import re
from typing import Any

from webhook_verify.cli.report.value_shape import alphabet_of, filler, same_shape
from webhook_verify.schemes import HeaderScheme, JwtScheme, Scheme

__all__ = ["REMOVED", "HeaderReport", "is_secret_header", "reduce_headers"]

REMOVED = "[removed]"
"""The value of a header that is left out."""

_SECRET_NAME = re.compile(r"auth|cookie|token|key|secret|passw|session|credential|jwt", re.IGNORECASE)
_SIGNATURE_NAME = re.compile(r"sign|hmac|hash|digest|[-_]sig\b", re.IGNORECASE)
_TIME_NAME = re.compile(r"timestamp|[-_]time$|(?:^|[-_])date$")
_TIME = re.compile(r"\s*(?:[0-9]{9,13}(?:\.[0-9]{1,6})?|[0-9T:.Z+ -]{10,35})\s*")
_NAME = re.compile(r"[A-Za-z]{0,20}[0-9]{0,4}(?:[-_][A-Za-z]{0,20}[0-9]{0,4}){0,8}")
# The values of these headers matter, and have a form in which a secret does not fit.
_FORMATS = {
    "content-type": re.compile(r"(?i)[a-z]{1,12}/[a-z.+-]{1,30}(?:; ?charset=[a-z0-9-]{1,12})?"),
    "content-length": re.compile(r"[0-9]{1,10}"),
    "content-encoding": re.compile(r"[a-z]{1,10}(?:, ?[a-z]{1,10})?"),
    "transfer-encoding": re.compile(r"[a-z]{1,10}(?:, ?[a-z]{1,10})?"),
    "user-agent": re.compile(r"[A-Za-z-]{1,24}(?:/[0-9.]{1,10})?"),
}
_VERSION = re.compile(r"v[0-9][a-z]?|sha[0-9]{1,3}|t|ts|h1|keyid", re.IGNORECASE)
_SEPARATORS = re.compile(r"([\s,;]+)")
_EPOCH = re.compile(r"[0-9]{9,13}")

Pairs = list[tuple[str, str]]


class HeaderReport:
    """The reduced headers, and a description of the changes.

    `pairs` are the headers, `removed` the names without a value, `reduced` those with another value,
    `signatures` the shapes of the signatures, and `values` the original values that must not be in a report.
    """

    def __init__(self) -> None:
        self.pairs: Pairs = []
        self.removed: list[str] = []
        self.reduced: list[str] = []
        self.signatures: list[dict[str, Any]] = []
        self.values: set[str] = set()


def is_secret_header(name: str, scheme: Scheme | None) -> bool:
    """Return whether the value of a header may be a secret, a token or a signature.

    Args:
        name: The name of the header.
        scheme: The scheme of the delivery, None if it is unknown.

    Returns:
        True for the header of the scheme's signature or token, and for a name that suggests one.
    """
    plain = name.lower()
    if scheme is not None and plain in (*_signature_headers(scheme), *scheme.header_names[:1]):
        return plain in _signature_headers(scheme) or _is_token(scheme)
    is_signature = _SIGNATURE_NAME.search(plain) and not _TIME_NAME.search(plain)
    return bool(is_signature or (_SECRET_NAME.search(plain) and plain != "idempotency-key"))


def reduce_headers(pairs: Pairs, scheme: Scheme, keep_signatures: bool) -> HeaderReport:
    """Return the headers without secrets, tokens and, by default, signatures.

    Args:
        pairs: The headers as received.
        scheme: The scheme of the verifier.
        keep_signatures: Whether signatures are kept. A token is never kept.

    Returns:
        The reduced headers.
    """
    report = HeaderReport()
    for name, value in pairs:
        shown = name if _NAME.fullmatch(name) else same_shape(name)
        reduced = _reduce(name.lower(), value, scheme, keep_signatures, report)
        report.pairs.append((shown, reduced))
        if reduced == REMOVED:
            report.removed.append(shown)
        elif reduced != value:
            report.reduced.append(shown)
        if reduced == REMOVED or (reduced != value and reduced != same_shape(value)):
            report.values.update(_changed_words(value, reduced))
    return report


def _changed_words(value: str, reduced: str) -> set[str]:
    """Return the words of a value that are not in the reduced one, also without a name before `=`."""
    words = {*_SEPARATORS.split(value)} - {*_SEPARATORS.split(reduced)}
    return words | {word.partition("=")[2] for word in words if _has_name(word)}


def _reduce(name: str, value: str, scheme: Scheme, keep_signatures: bool, report: HeaderReport) -> str:
    plain_name = name.removeprefix("http_").replace("_", "-")
    if plain_name in _signature_headers(scheme) and not _is_token(scheme):
        return value if keep_signatures else _reduce_signature(name, value, report)
    if _is_token(scheme) and plain_name in scheme.header_names[:1]:
        return filler(value)
    if _SECRET_NAME.search(plain_name) and plain_name != "idempotency-key":
        return REMOVED
    if _SIGNATURE_NAME.search(plain_name) and not _TIME_NAME.search(plain_name):
        return value if keep_signatures else _reduce_signature(name, value, report)
    if _TIME_NAME.search(plain_name) and _TIME.fullmatch(value):
        return value
    pattern = _FORMATS.get(plain_name)
    return value if pattern and pattern.fullmatch(value) else same_shape(value)


def _is_token(scheme: Scheme) -> bool:
    is_token = isinstance(scheme, HeaderScheme) and not scheme.algorithm.signs
    return scheme.fetches_keys or isinstance(scheme, JwtScheme) or is_token


def _signature_headers(scheme: Scheme) -> tuple[str, ...]:
    return scheme.signature_headers if isinstance(scheme, HeaderScheme) else ()


def _reduce_signature(name: str, value: str, report: HeaderReport) -> str:
    """Return a header with the same fields, prefixes and lengths, and constant signatures."""
    pieces = _SEPARATORS.split(value)
    reduced = "".join(piece if number % 2 else _reduce_piece(piece) for number, piece in enumerate(pieces))
    longest = max((piece.partition("=")[2] if _has_name(piece) else piece for piece in pieces), key=len)
    report.signatures.append(
        {"header": name, "characters": len(longest), "alphabet": alphabet_of(longest), "form": reduced}
    )
    return reduced


def _has_name(piece: str) -> bool:
    name, equals, value = piece.partition("=")
    return bool(equals and value.strip("=") and _VERSION.fullmatch(name))


def _reduce_piece(piece: str) -> str:
    if _has_name(piece):
        name, _, value = piece.partition("=")
        return f"{name}={value if _EPOCH.fullmatch(value) else filler(value)}"
    if re.fullmatch(r"v[0-9]=.+", piece):
        return f"{piece[:3]}{filler(piece[3:])}"
    return piece if _VERSION.fullmatch(piece) else filler(piece)
