"""How a body looks that was changed beyond repair: the original is lost, so nothing can be proved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from math import factorial, ulp
from typing import Any

from webhook_verify.diagnosis.investigation import Case
from webhook_verify.diagnosis.model import Cause, Confidence
from webhook_verify.diagnosis.variants.body import is_utf_8

__all__ = ["body_signs"]

LIKELY, POSSIBLE = Confidence.LIKELY, Confidence.POSSIBLE

_MAX_PARSED_BYTES = 1_048_576  # bytes that are parsed
_MAX_OBJECTS = 10_000
_BY_CHANCE = 24  # that so many keys are sorted by chance is rarer than one in that many


def body_signs(case: Case) -> Iterator[Cause]:
    """The causes that the body, its length and its type speak for, the likeliest first."""
    body = case.body
    if b"\xef\xbf\xbd" in body:
        told = "characters of it were lost when it was decoded: it holds U+FFFD in their place"
        yield Cause("body_recoded", LIKELY, told)
    if body in _NO_BODIES or body.startswith(_PRINTED) or _is_printed(body):
        yield Cause("body_as_text", LIKELY, "it is what printing an object or nothing gives")
    elif body in _EMPTY_JSON:
        yield Cause("body_as_text", POSSIBLE, "it is JSON of nothing, as of a request that was read before")
    yield from _compressed(case)
    yield from _of_another_kind(case)
    stated = case.stated_length
    if stated not in (None, len(body)):
        yield from _of_another_length(body, stated)
    elif stated is None and not body:
        yield Cause("body_incomplete", LIKELY, "the body is empty")
    elif stated is None and _is_cut(body):
        yield Cause("body_incomplete", LIKELY, "it begins as JSON and does not end so")
    elif not case.scheme.has_signature_in_body:
        yield from _styled(body, is_whole=stated is not None)
        yield from _rounded(body)
    if stated is None and body[:1] in (b"{", b"[") and not is_utf_8(body):
        yield Cause(
            "body_recoded", LIKELY, "it is JSON, which is UTF-8 by RFC 8259, section 8.1, and this is not"
        )
    if stated is None and body.isascii() and _LOST.search(body[:_MAX_PARSED_BYTES]):
        told = "a question mark stands where no sentence has one: characters may have been lost"
        yield Cause("body_recoded", POSSIBLE, told)


def _is_printed(body: bytes) -> bool:
    """Whether it is what languages print for an object that has no text of its own."""
    return _AN_OBJECT.match(body) is not None or _NAMED.match(body) is not None


_PACKED = (b"BZh", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"PK\x03\x04", b"\x04\x22\x4d\x18")
_PRINTED = (
    b"{'",
    b"[{'",
    b"b'",
    b"bytearray(b",
    b"<QueryDict",
    b"ImmutableMultiDict(",
    b"FormData(",
    b"OrderedDict(",
    b"<Request",
)
_NAMED = re.compile(
    rb"\[object \w+\]|\[[BC]@[0-9a-f]+|[\w.$]{1,200}@[0-9a-f]{4,8}\Z"
    rb"|Array\s+\(|map\[|(?:stdClass )?Object\b|System\.\w|#<"
)
_AN_OBJECT = re.compile(
    rb"<(?:[\w. ]{1,80} at 0x[0-9a-fA-F]+|bound method .*|coroutine .*|built-in .*)>\Z", re.DOTALL
)
_NO_BODIES = {b"[object Object]", b"undefined", b"None", b"Array", b"<Body>"}
_EMPTY_JSON = {b"null", b"{}"}  # which a provider may have sent


def _compressed(case: Case) -> Iterator[Cause]:
    """A content-encoding that the body has not: somebody undid it, and no two compressors agree."""
    if case.body.startswith(_PACKED):
        yield Cause(
            "body_compressed", LIKELY, "it begins as a compressed file does, of a kind that is not undone"
        )
    encoding = case.value("content-encoding").lower()
    is_packed = case.body[:2] == b"\x1f\x8b" or case.body[:1] == b"\x78"
    if encoding in ("gzip", "x-gzip", "deflate", "br", "zstd") and not is_packed:
        told = "the sender compressed it, as content-encoding says, and it was decompressed on its way"
        yield Cause("body_compressed", LIKELY if case.body else POSSIBLE, told)


def _of_another_kind(case: Case) -> Iterator[Cause]:
    kind = case.value("content-type").lower()
    is_json = case.body[:1] in (b"{", b"[")
    if not kind.startswith("application/x-www-form-urlencoded"):
        return
    if is_json:
        yield Cause("body_decoded_form", LIKELY, "content-type says that it is a form, and it is JSON")
    elif b"=" in case.body and (_NO_FORM.search(case.body) or not case.body.isascii()):
        yield Cause("body_decoded_form", LIKELY, "it is a form, and holds what a form has percent-encoded")
    elif b"=" in case.body:
        yield Cause(
            "body_decoded_form", POSSIBLE, "it is a form, which may have been parsed and written anew"
        )


_NO_FORM = re.compile(rb"[\s<>{}\"|^`\\]")


def _of_another_length(body: bytes, stated: int) -> Iterator[Cause]:
    told = f"Content-Length says {stated} bytes, the body has {len(body)}"
    lines = body.count(b"\n")
    if not body:
        yield Cause("body_incomplete", LIKELY, told)
    elif lines > 2 and b"\r" not in body and lines / 2 <= stated - len(body) <= lines and not _is_cut(body):
        yield Cause("body_line_ends", LIKELY, f"{told}: one less for each line, whose end may have been CRLF")
    elif 0 < len(body) - stated <= body.count(b"\r\n") == lines:
        yield Cause("body_line_ends", LIKELY, f"{told}: CRLF may stand for LF")
    elif not body.isascii() and not is_utf_8(body) and b"\0" not in body and _is_cut(body) is False:
        yield Cause("body_recoded", LIKELY, f"{told}, and it is no UTF-8")
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
    if closing is None or _parsed(body) is not None:
        return False
    return body.rstrip()[-1:] != closing or _ends_early(body)


def _ends_early(body: bytes) -> bool:
    """Whether all of it is right JSON, and more would have to follow."""
    try:
        json.loads(body if len(body) <= _MAX_PARSED_BYTES else b"")
    except json.JSONDecodeError as error:
        return error.pos >= len(error.doc.rstrip()) > 0
    except (ValueError, RecursionError):
        pass  # no text, or too deep to tell
    return False


def _styled(body: bytes, *, is_whole: bool) -> Iterator[Cause]:
    """JSON as libraries write it and few senders do. ``is_whole``: its length is as stated."""
    value = _parsed(body)
    is_spaced = b'": ' in body or b'", "' in body
    is_sorted = value is not None and _chance_of_order(value) >= _BY_CHANCE
    if value is None or not (is_spaced or is_sorted):
        return
    signs = ["with blanks"] * is_spaced + ["with all keys sorted"] * is_sorted
    # Go sorts the keys of a map, and escapes these three.
    is_escaped = is_sorted and _OF_GO.search(body) and not _MARKUP.search(body)
    signs += ["with <, > and & escaped"] * bool(is_escaped)
    confidence = LIKELY if len(signs) >= 2 and not is_whole else POSSIBLE
    told = f"it is JSON {' and '.join(signs)}, as few senders write it"
    yield Cause("body_reserialized", confidence, told)


def _rounded(body: bytes) -> Iterator[Cause]:
    """Integers that JavaScript cannot hold, and that are all as it would print them: it has rounded them.

    Of integers that it has not, one is so by chance as rarely as floats of its size lie apart.
    """
    chance = 1.0
    for match in islice(_LARGE_INTEGER.finditer(body[:_MAX_PARSED_BYTES]), _MAX_INTEGERS):
        value = float(match[1])
        if Decimal(repr(value)) != int(match[1]):
            return
        chance *= ulp(value)
    if chance >= _BY_CHANCE:
        told = "its large integers are rounded as JavaScript does, so it was parsed and written anew"
        yield Cause("body_reserialized", LIKELY, told)


_OF_GO, _MARKUP = re.compile(rb"\\u00(?:26|3c|3e)"), re.compile(b"[<>&]")
_LARGE_INTEGER = re.compile(rb"[:,\[] ?-?(\d{16,19})(?=[\s,\]}])")
_MAX_INTEGERS = 100
# A word that begins with one or has one in it, and is no query of an address.
_LOST = re.compile(rb"[ \"][A-Za-z]{0,30}\?{1,3}[a-z]{1,30}(?![a-z=\[])")


def _parsed(body: bytes) -> Any:
    """The value of a whole JSON object or list; None of anything else."""
    if body[:1] not in (b"{", b"[") or len(body) > _MAX_PARSED_BYTES:
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
    for _ in range(_MAX_OBJECTS):
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
