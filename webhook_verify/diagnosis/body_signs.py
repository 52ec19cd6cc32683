"""How a body looks that was changed beyond repair: the original is lost, so nothing can be proved."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import factorial
from typing import Any

from webhook_verify.diagnosis.case import Case
from webhook_verify.diagnosis.report import Cause, Confidence

__all__ = ["body_signs"]

LIKELY, POSSIBLE = Confidence.LIKELY, Confidence.POSSIBLE

_LONGEST = 1_048_576  # bytes that are parsed
_MOST_OBJECTS = 10_000
_BY_CHANCE = 24  # that so many keys are sorted by chance is rarer than one in that many


def body_signs(case: Case) -> Iterator[Cause]:
    """The causes that the body, its length and its type speak for, the likeliest first."""
    body = case.body
    if b"\xef\xbf\xbd" in body:
        told = "characters of it were lost when it was decoded: it holds U+FFFD in their place"
        yield Cause("body_recoded", LIKELY, told)
    if body in _NO_BODIES or body.startswith(_PRINTED):
        yield Cause("body_as_text", LIKELY, "it is what printing an object or nothing gives")
    yield from _compressed(case)
    yield from _of_another_kind(case)
    stated = _stated_length(case)
    if stated not in (None, len(body)):
        yield from _of_another_length(body, stated)
    elif stated is None and not body:
        yield Cause("body_incomplete", LIKELY, "the body is empty")
    elif stated is None and _is_cut(body):
        yield Cause("body_incomplete", LIKELY, "it begins as JSON and does not end so")
    elif not case.scheme.has_signature_in_body:
        yield from _styled(body, is_whole=stated is not None)


_PRINTED = (
    b"{'",
    b"[{'",
    b"b'",
    b"<QueryDict",
    b"ImmutableMultiDict(",
    b"FormData(",
    b"OrderedDict(",
    b"<Request",
)
_NO_BODIES = {b"[object Object]", b"undefined", b"null", b"None", b"Array", b"{}", b"<Body>"}


def _stated_length(case: Case) -> int | None:
    text = case.value("content-length")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _compressed(case: Case) -> Iterator[Cause]:
    """A content-encoding that the body has not: somebody undid it, and no two compressors agree."""
    encoding = case.value("content-encoding").lower()
    is_packed = case.body[:2] == b"\x1f\x8b" or case.body[:1] == b"\x78"
    if encoding in ("gzip", "x-gzip", "deflate", "br", "zstd") and not is_packed:
        told = "the sender compressed it, as content-encoding says, and it was decompressed on its way"
        yield Cause("body_compressed", LIKELY if case.body else POSSIBLE, told)


def _of_another_kind(case: Case) -> Iterator[Cause]:
    kind = case.value("content-type").lower()
    is_json = case.body[:1] in (b"{", b"[")
    if kind.startswith("application/x-www-form-urlencoded") and is_json:
        yield Cause("body_decoded_form", LIKELY, "content-type says that it is a form, and it is JSON")


def _of_another_length(body: bytes, stated: int) -> Iterator[Cause]:
    told = f"Content-Length says {stated} bytes, the body has {len(body)}"
    if not body:
        yield Cause("body_incomplete", LIKELY, told)
    elif 0 < stated - len(body) <= 3 * body.count(b"?"):
        yield Cause("body_recoded", LIKELY, f"{told}: question marks may stand for other characters")
    elif _parsed(body) is not None:
        yield Cause("body_reserialized", LIKELY, f"{told}, and it is whole JSON")
    elif len(body) < stated:
        yield Cause("body_incomplete", LIKELY, told)
    else:
        confidence = POSSIBLE if body.isascii() else LIKELY
        yield Cause("body_recoded", confidence, f"{told}: characters were encoded otherwise")


def _is_cut(body: bytes) -> bool:
    closing = {b"{": b"}", b"[": b"]"}.get(body[:1])
    return closing is not None and body.rstrip()[-1:] != closing and _parsed(body) is None


def _styled(body: bytes, *, is_whole: bool) -> Iterator[Cause]:
    """JSON as libraries write it and few senders do. ``is_whole``: its length is as stated."""
    value = _parsed(body)
    is_spaced = b'": ' in body or b'", "' in body
    is_sorted = value is not None and _chance_of_order(value) >= _BY_CHANCE
    if value is None or not (is_spaced or is_sorted):
        return
    signs = ["with blanks"] * is_spaced + ["with all keys sorted"] * is_sorted
    confidence = LIKELY if len(signs) == 2 and not is_whole else POSSIBLE
    told = f"it is JSON {' and '.join(signs)}, as few senders write it"
    yield Cause("body_reserialized", confidence, told)


def _parsed(body: bytes) -> Any:
    """The value of a whole JSON object or list; None of anything else."""
    if body[:1] not in (b"{", b"[") or len(body) > _LONGEST:
        return None
    try:
        return json.loads(body, parse_int=_as_it_is, parse_float=_as_it_is)
    except (ValueError, RecursionError):
        return None


def _as_it_is(lexeme: str) -> str:
    return lexeme


def _chance_of_order(value: Any) -> float:
    """How many orders there are in which the keys are not sorted; 0 if they are not."""
    chance, left = 1.0, [value]
    for _ in range(_MOST_OBJECTS):
        if not left:
            break
        each: Any = left.pop()
        if each.__class__ is dict:
            names = list(each)
            if names != sorted(names):
                return 0
            chance = min(chance * factorial(min(len(names), 10)), 1e9)
            left.extend(each.values())
        elif each.__class__ is list:
            left.extend(each)
    return chance
