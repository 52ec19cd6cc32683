"""Detection of signatures in the headers, regardless of their encoding, prefix or list syntax."""

from __future__ import annotations

import re
from base64 import b32decode
from binascii import a2b_base64, a2b_hex, b2a_base64
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hmac import compare_digest
from urllib.parse import unquote

from webhook_verify.diagnosis.investigation import Pairs
from webhook_verify.schemes import HeaderScheme, Scheme
from webhook_verify.schemes.encodings import ENCODINGS, Encoding

__all__ = [
    "find_alteration",
    "find_damage",
    "find_signatures",
    "has_size_of_hmac",
    "is_truncated",
    "signature_pieces",
    "signature_texts",
]

_SIZES = (20, 32, 64)
_DIGEST_SIZES = (16, 20, 28, 32, 48, 64)
_MAX_PIECES = 64
_MAX_SIGNATURES = 24
_MAX_HEADER_CHARS = 4_096
_MAX_ALTERED_CHARS = 4  # A signature of 28 characters or more is not that similar by chance.
_MIN_SIGNATURE_CHARS = 27
_MIN_CUT_SIGNATURE_CHARS = 12  # A truncated signature of this length does not match by chance.

FoundSignature = tuple[str, str, str, int]
"""(cause, evidence, canonical base64 of a signature, its size in bytes)."""


def find_signatures(scheme: Scheme, pairs: Pairs) -> Iterator[FoundSignature]:
    """Yield the possible signatures in the signature headers.

    Args:
        scheme: The verifier's scheme.
        pairs: The received headers, with lower-case names.

    Yields:
        Each possible signature once, at most 24.
    """
    seen: set[str] = set()
    own = scheme.signature_encoding if isinstance(scheme, HeaderScheme) else ENCODINGS["base64"]
    for piece in signature_pieces(scheme, pairs):
        for encoding, signature in _decode(piece, _signature_sizes(scheme) and _DIGEST_SIZES):
            canonical = b2a_base64(signature, newline=False).decode()
            if canonical not in seen and len(seen) < _MAX_SIGNATURES:
                seen.add(canonical)
                yield (*_cause(encoding, own), canonical, len(signature))


_RSA_SIZES = (128, 256, 384, 512)  # as large as the modulus: of 1024, 2048, 3072 or 4096 bits


def _signature_sizes(scheme: Scheme) -> tuple[int, ...]:
    """Return the possible sizes of a signature in bytes, or () if any sufficient size is possible."""
    return () if isinstance(scheme, HeaderScheme) and not scheme.algorithm.size else _SIZES


def _cause(encoding: str, own: Encoding) -> tuple[str, str]:
    name = next((name for name, each in ENCODINGS.items() if each is own), own[2])
    if encoding == name or (name, encoding) in _COMPATIBLE_ENCODINGS:
        evidence = "the signature matches, but the header's format is not that of the scheme"
        return "signature_form", evidence
    evidence = f"the signature's encoding is {encoding}; the scheme expects {own[2]}"
    return "signature_encoded_otherwise", evidence


_COMPATIBLE_ENCODINGS = {
    ("text", "hex"),
    ("text", "base64"),
}


def is_truncated(scheme: Scheme, pairs: Pairs) -> bool:
    """Return whether the headers contain a truncated signature and no complete one.

    Args:
        scheme: The verifier's scheme.
        pairs: The received headers, with lower-case names.

    Returns:
        Whether the longest possible signature is too short for the scheme.
    """
    pieces = signature_pieces(scheme, pairs)
    sizes = _signature_sizes(scheme)
    if isinstance(scheme, HeaderScheme) and scheme.algorithm.name == "Ed25519":
        sizes = (64,)  # A signature cut in half has the size of an HMAC.
    elif isinstance(scheme, HeaderScheme) and scheme.algorithm.name.startswith("RSA"):
        sizes = _RSA_SIZES
    whole = any(
        not _is_truncated_der(signature) for piece in pieces for _, signature in _decode(piece, sizes)
    )
    codes = (piece for piece in pieces if _SIGNATURE_CHARS.fullmatch(piece) and any(map(str.isdigit, piece)))
    longest = max(map(len, codes), default=0)
    return not whole and longest >= _MIN_CUT_SIGNATURE_CHARS


def has_size_of_hmac(scheme: Scheme, pairs: Pairs) -> bool:
    """Return whether the signature of an Ed25519 scheme is a complete HMAC in base64.

    Its padding shows that it is complete. In hex, it could be one half of the signature.

    Args:
        scheme: The verifier's scheme.
        pairs: The received headers, with lower-case names.

    Returns:
        Whether the header has the size of an HMAC with SHA-1 or SHA-256.
    """
    if not isinstance(scheme, HeaderScheme) or scheme.algorithm.name != "Ed25519":
        return False
    sizes = {44: 32, 28: 20}
    texts = [value.strip() for value in signature_texts(scheme, pairs)]
    return any(
        len(text) in sizes and text.endswith("=") and any(True for _ in _decode(text, (sizes[len(text)],)))
        for text in texts
    )


def _is_truncated_der(signature: bytes) -> bool:
    """Return whether this is the beginning of an ECDSA signature in DER, a sequence of two integers."""
    begins = signature[:1] == b"\x30" and signature[2:3] == b"\x02"
    return begins and len(signature) - 2 < signature[1] <= 70


def find_damage(pieces: list[str], expected: bytes) -> tuple[str, str] | None:
    """Detect a truncated copy of the expected signature, or one with changed letter case.

    Args:
        pieces: The result of `signature_pieces`.
        expected: The expected signature.

    Returns:
        (cause name, evidence), or None if no piece resembles the expected signature.
    """
    for form in (expected.hex(), b2a_base64(expected, newline=False).decode()):
        for piece in pieces:
            start = form[: len(piece)]
            if len(piece) < len(form.rstrip("=")) and _is_same_text(piece, start):
                evidence = (
                    f"only the first {len(piece)} of the signature's {len(form)} characters are present"
                )
                return "signature_truncated", evidence
            if _is_same_text(piece.lower(), start.lower()) and not _is_same_text(piece, start):
                return "signature_form", "the signature matches except for letter case, which was changed"
    return None


def find_alteration(pieces: Iterable[str], expected: bytes) -> str:
    """Detect a copy of the expected signature in which a few characters are changed, added or missing.

    Args:
        pieces: The result of `signature_pieces`.
        expected: The expected signature.

    Returns:
        The evidence, or "" if no piece is almost equal to the expected signature.
    """
    forms = [expected.hex(), b2a_base64(expected, newline=False).decode().rstrip("=")]
    for form in forms if len(forms[1]) >= _MIN_SIGNATURE_CHARS else ():
        for piece in pieces:
            text = piece.rstrip("=")
            if len(text) == len(form):
                changes = sum(a != b for a, b in zip(text, form, strict=True))
                if 0 < changes <= _MAX_ALTERED_CHARS:
                    return f"{changes} of the signature's {len(form)} characters differ from the valid one"
            elif len(text) == len(form) + 1 and _is_one_char_longer(text, form):
                return "the signature has one character more than the valid one"
            elif len(text) + 1 == len(form) and _is_one_char_longer(form, text):
                return "the signature has one character less than the valid one"
    return ""


def _is_one_char_longer(longer: str, shorter: str) -> bool:
    octets = shorter.encode("utf-8", "replace")
    texts = (longer[:place] + longer[place + 1 :] for place in range(len(longer)))
    return any(compare_digest(text.encode("utf-8", "replace"), octets) for text in texts)


def _is_same_text(piece: str, form: str) -> bool:
    return len(piece) >= _MIN_CUT_SIGNATURE_CHARS and compare_digest(
        piece.encode("utf-8", "replace"), form.encode()
    )


_SIGNATURE_CHARS = re.compile("[A-Za-z0-9+/_=-]+")


def signature_texts(scheme: Scheme, pairs: Pairs) -> Iterator[str]:
    """Yield the values of the signature headers.

    Args:
        scheme: The verifier's scheme.
        pairs: The received headers, with lower-case names.

    Yields:
        The beginning of each value, at most 4,096 characters.
    """
    is_header_scheme = isinstance(scheme, HeaderScheme)
    names = set(scheme.signature_headers if isinstance(scheme, HeaderScheme) else scheme.header_names)
    for name, value in pairs:
        if name in names and (is_header_scheme or "signature" in name):
            yield value[:_MAX_HEADER_CHARS]


def signature_pieces(scheme: Scheme, pairs: Pairs) -> list[str]:
    """Split the signature headers into parts that can be a signature.

    Lists, prefixes, quotes and percent-encoding are removed.

    Args:
        scheme: The verifier's scheme.
        pairs: The received headers, with lower-case names.

    Returns:
        At most 256 parts, without duplicates.
    """
    pieces: dict[str, None] = {}
    for text in list(signature_texts(scheme, pairs))[:_MAX_PIECES]:
        for form in (text, unquote(text), text.strip().replace(" ", "+")):
            pieces[re.sub("[: -]", "", text.rpartition("=")[2])] = None
            for token in re.split(r"[\s,;]+", form)[:_MAX_PIECES]:
                bare = token.strip("\"'<>[]()").rstrip(".\u2026")
                value = bare.partition("=")[2]
                parts = (bare, value, value.partition("=")[2], bare.partition(":")[2], _after_plus(bare))
                for part in (*parts, bare.partition("0x")[2]):
                    if len(part) >= 6:
                        pieces[part] = None
        if len(pieces) > 4 * _MAX_PIECES:
            break
    return list(pieces)[: 4 * _MAX_PIECES]


def _after_plus(token: str) -> str:
    """Return the text after a version if the separator was decoded to a plus sign."""
    return token.partition("+")[2] if token.startswith("v") else ""


def _decode(piece: str, sizes: tuple[int, ...]) -> Iterator[tuple[str, bytes]]:
    min_size = min(sizes or _SIZES)
    if not sizes or len(piece) in {2 * size for size in sizes}:
        with suppress(ValueError):
            signature = a2b_hex(piece)
            if len(signature) >= min_size:
                yield "hex", signature
    with suppress(ValueError):
        signature = b32decode(piece.rstrip("=") + "=" * (-len(piece.rstrip("=")) % 8))
        if len(signature) in sizes:
            yield "base32", signature
    standard = piece.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        signature = a2b_base64(standard + "=" * (-len(standard) % 4), strict_mode=True)
    except ValueError:
        return
    if len(signature) in sizes or (not sizes and len(signature) >= min_size):
        yield "base64url" if {"-", "_"} & set(piece) else "base64", signature
    if signature.isascii():
        for inner_encoding, decode in (("hex", a2b_hex), ("base64", a2b_base64)):
            with suppress(ValueError):
                inner_signature = decode(signature)
                if len(inner_signature) in sizes or (not sizes and len(inner_signature) >= min_size):
                    yield f"base64-encoded {inner_encoding}", inner_signature
