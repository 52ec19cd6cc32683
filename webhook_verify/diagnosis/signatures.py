"""What the signature may have been, whatever encoding, prefix or list it stands in."""

from __future__ import annotations

import re
from binascii import a2b_base64, a2b_hex, b2a_base64
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote

from webhook_verify.diagnosis.headers import Pairs
from webhook_verify.schemes import Provider, Scheme

__all__ = ["found", "is_cut"]

_SIZES = (20, 32, 64)
_MOST_PIECES = 64
_LONGEST = 8_192

Found = tuple[str, str, str]
"""(cause, evidence, canonical base64 of a signature)."""


def found(scheme: Scheme, pairs: Pairs) -> Iterator[Found]:
    """All that can be a signature in the headers where the scheme has them, each once."""
    seen: set[str] = set()
    own = scheme.encoding[2] if isinstance(scheme, Provider) else "base64"
    for text in _texts(scheme, pairs):
        for piece in _pieces(text):
            for encoding, octets in _decoded(piece):
                canonical = b2a_base64(octets, newline=False).decode()
                if canonical not in seen:
                    seen.add(canonical)
                    yield (*_cause(encoding, own), canonical)


def _cause(encoding: str, own: str) -> tuple[str, str]:
    if encoding in own or own in encoding:
        return (
            "signature_form",
            "the signature is right, but what stands around it is not what the scheme writes",
        )
    return "signature_encoded_otherwise", f"the signature is in {encoding}, not in {own}"


def is_cut(scheme: Scheme, pairs: Pairs) -> bool:
    """Whether there is the beginning of a signature, and no whole one."""
    texts = list(_texts(scheme, pairs))
    pieces = [piece for text in texts for piece in _pieces(text)]
    whole = any(True for piece in pieces for _ in _decoded(piece))
    longest = max((len(piece) for piece in pieces if re.fullmatch(r"[A-Za-z0-9+/_=-]+", piece)), default=0)
    return not whole and longest >= 6


def _texts(scheme: Scheme, pairs: Pairs) -> Iterator[str]:
    names = scheme.signature_headers if isinstance(scheme, Provider) else scheme.header_names
    for name, value in pairs:
        if name in names and (isinstance(scheme, Provider) or "signature" in name):
            yield value[:_LONGEST]


def _pieces(text: str) -> list[str]:
    """The parts of a header that can be a signature: of a list, behind a prefix, quoted, percent-encoded."""
    pieces: dict[str, None] = {}
    for form in (text, unquote(text), text.replace(" ", "+")):
        for token in re.split(r"[\s,;]+", form)[:_MOST_PIECES]:
            bare = token.strip("\"'<>")
            for each in (bare, bare.partition("=")[2], bare.partition(":")[2]):
                if len(each) >= 6:
                    pieces[each] = None
    return list(pieces)[: 4 * _MOST_PIECES]


def _decoded(piece: str) -> Iterator[tuple[str, bytes]]:
    if len(piece) in {2 * size for size in _SIZES}:
        with suppress(ValueError):
            yield "hex", a2b_hex(piece)
    standard = piece.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        octets = a2b_base64(standard + "=" * (-len(standard) % 4), strict_mode=True)
    except ValueError:
        return
    if len(octets) in _SIZES:
        yield "base64 for URLs" if {"-", "_"} & set(piece) else "base64", octets
