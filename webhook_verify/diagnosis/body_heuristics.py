"""Heuristics for a body that was changed irreversibly: the original is lost, so nothing can be proved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from math import factorial, ulp
from typing import Any

from webhook_verify.diagnosis.investigation import Investigation
from webhook_verify.diagnosis.model import Cause, Confidence
from webhook_verify.diagnosis.variants.body import is_utf8
from webhook_verify.diagnosis.variants.lost_chars import count_lost_chars
from webhook_verify.schemes.json_size import has_few_values

__all__ = ["body_causes"]

LIKELY, POSSIBLE = Confidence.LIKELY, Confidence.POSSIBLE

_MAX_PARSED_BYTES = 1_048_576
_MAX_SEARCHED_BYTES = 131_072  # Searching 1 MiB of whitespace with a pattern took 58 ms.
_MAX_OBJECTS = 10_000
_STRONG_ODDS = 200
_MIN_ODDS = 24  # A pattern counts as evidence if its probability by chance is at most 1 in 24.


def body_causes(investigation: Investigation) -> Iterator[Cause]:
    """Yield the causes that the body, its length and its content type suggest, most likely first.

    Args:
        investigation: The rejected delivery.

    Yields:
        Causes with confidence `LIKELY` or `POSSIBLE`. Names may repeat.
    """
    body = investigation.body
    found = list(_traces(investigation, body))
    yield from found
    if not found and body[:1] in (b"{", b"["):
        evidence = "the body is JSON, and a framework may have parsed and serialized it without a trace"
        yield Cause("body_reserialized", POSSIBLE, evidence)


def _traces(investigation: Investigation, body: bytes) -> Iterator[Cause]:
    if b"\xef\xbf\xbd" in body:
        evidence = "the body contains U+FFFD, which replaces characters that could not be decoded"
        yield Cause("body_recoded", LIKELY, evidence)
    if body in _PLACEHOLDER_BODIES or body.startswith(_REPR_PREFIXES) or _is_object_repr(body):
        yield Cause(
            "body_as_text", LIKELY, "the body is the string representation of an object or of a missing value"
        )
    elif body in _EMPTY_JSON:
        yield Cause(
            "body_as_text",
            POSSIBLE,
            "the body is empty JSON, which may mean that the request was already read",
        )
    yield from _compression_causes(investigation)
    yield from _content_type_causes(investigation)
    content_length = investigation.content_length
    if content_length not in (None, len(body)):
        yield from _length_causes(body, content_length)
    elif content_length is None and (evidence := _incomplete_reason(investigation)):
        is_usual = not body and investigation.method in ("GET", "HEAD")
        yield Cause("body_incomplete", POSSIBLE if is_usual else LIKELY, evidence)
    elif not investigation.scheme.has_signature_in_body:
        yield from _json_style_causes(investigation, is_whole=content_length is not None)
        yield from _rounded_number_causes(body)
    if content_length is None and body[:1] in (b"{", b"[") and not is_utf8(body):
        evidence = "the body is JSON but not UTF-8, which RFC 8259, section 8.1, requires"
        yield Cause("body_recoded", LIKELY, evidence)
    if content_length is None and body.isascii():
        yield from _lost_char_causes(body[:_MAX_SEARCHED_BYTES])


def _lost_char_causes(body: bytes) -> Iterator[Cause]:
    if _CONTROL_CHAR.search(body):
        evidence = "the body has control characters, as after a conversion of its characters to seven bits"
        yield Cause("body_recoded", LIKELY, evidence)
    if lost := count_lost_chars(body.decode("ascii")):
        evidence = "the body has a question mark inside a word or alone, which may replace a lost character"
        yield Cause("body_recoded", LIKELY if lost > 1 else POSSIBLE, evidence)


def _is_object_repr(body: bytes) -> bool:
    """Return whether the body is the default string representation of an object in a common language."""
    return _OBJECT_REPR.match(body) is not None or _CLASS_NAME_REPR.match(body) is not None


_COMPRESSED_PREFIXES = (b"BZh", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ", b"PK\x03\x04", b"\x04\x22\x4d\x18")
_REPR_PREFIXES = (
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
_CLASS_NAME_REPR = re.compile(
    rb"\[object \w+\]|\[[BC]@[0-9a-f]+|[\w.$]{1,200}@[0-9a-f]{4,8}\Z"
    rb"|Array\s+\(|map\[|(?:stdClass )?Object\b|System\.\w|#<"
    # A data class of Kotlin or Java, and maps of Scala, Elixir, Ruby, Java, PHP, Perl and JavaScript.
    rb"|[A-Z][\w.$]{0,80}[({]\w{1,80}=|Map\(|%\{|\{:?\"?\w{1,80}\"? ?=>|\{\w{1,80}=|array ?\(|HASH\(0x"
    rb"|\{ \w{1,80}: '"
)
_OBJECT_REPR = re.compile(
    rb"<(?:[\w. ]{1,80} at 0x[0-9a-fA-F]+|bound method .*|coroutine .*|built-in .*)>\Z", re.DOTALL
)
_PLACEHOLDER_BODIES = {b"[object Object]", b"undefined", b"None", b"Array", b"<Body>"}
_EMPTY_JSON = {b"null", b"{}"}  # A provider may have sent these, so they are weaker evidence.


def _compression_causes(investigation: Investigation) -> Iterator[Cause]:
    """Detect compression, or a Content-Encoding that was removed: compressing again gives other bytes."""
    if investigation.body.startswith(_COMPRESSED_PREFIXES):
        evidence = "the body begins like a compressed file of a format that is not tried"
        yield Cause("body_compressed", LIKELY, evidence)
    encoding = investigation.header_value("content-encoding").lower()
    is_packed = investigation.body[:2] == b"\x1f\x8b" or investigation.body[:1] == b"\x78"
    if encoding in ("gzip", "x-gzip", "deflate", "br", "zstd") and not is_packed:
        evidence = f"Content-Encoding is {encoding}, but the body was decompressed before verification"
        yield Cause("body_compressed", LIKELY if investigation.body else POSSIBLE, evidence)


def _content_type_causes(investigation: Investigation) -> Iterator[Cause]:
    content_type = investigation.header_value("content-type").lower()
    is_json = investigation.body[:1] in (b"{", b"[")
    if not content_type.startswith("application/x-www-form-urlencoded"):
        return
    if is_json:
        yield Cause("body_decoded_form", LIKELY, "Content-Type is a form, but the body is JSON")
    elif b"=" in investigation.body and (
        _UNENCODED_FORM_CHARS.search(investigation.body) or not investigation.body.isascii()
    ):
        evidence = "the body is a form with characters that a form must percent-encode"
        yield Cause("body_decoded_form", LIKELY, evidence)
    elif b"=" in investigation.body:
        evidence = "the body is a form, which may have been parsed and encoded again"
        yield Cause("body_decoded_form", POSSIBLE, evidence)


_UNENCODED_FORM_CHARS = re.compile(rb"[\s<>{}\"|^`\\]")


def _length_causes(body: bytes, content_length: int) -> Iterator[Cause]:
    evidence = f"Content-Length is {content_length} bytes, but the body has {len(body)} bytes"
    lines = body.count(b"\n")
    if not body:
        yield Cause("body_incomplete", LIKELY, evidence)
    elif (
        lines > 2
        and b"\r" not in body
        and lines / 2 <= content_length - len(body) <= lines
        and not _is_truncated(body)
    ):
        details = "one byte per line is missing, so line endings may have been CRLF"
        yield Cause("body_line_ends", LIKELY, f"{evidence}: {details}")
    elif 0 < len(body) - content_length <= body.count(b"\r\n") == lines:
        yield Cause("body_line_ends", LIKELY, f"{evidence}: line endings may have been LF")
    elif not body.isascii() and not is_utf8(body) and b"\0" not in body and _is_truncated(body) is False:
        yield Cause("body_recoded", LIKELY, f"{evidence}, and it is not UTF-8")
    elif 0 < content_length - len(body) <= 3 * body.count(b"?"):
        yield Cause("body_recoded", LIKELY, f"{evidence}: question marks may replace other characters")
    elif body in _EMPTY_JSON:
        yield Cause("body_incomplete", LIKELY, f"{evidence}, as after a parser that found nothing")
    elif _parse_json(body) is not None:
        yield Cause("body_reserialized", LIKELY, f"{evidence}, and it is complete JSON")
    elif len(body) < content_length:
        yield Cause("body_incomplete", LIKELY, evidence)
    else:
        confidence = POSSIBLE if body.isascii() else LIKELY
        yield Cause("body_recoded", confidence, f"{evidence}: characters may have been encoded differently")


def _is_truncated(body: bytes) -> bool:
    closing = {b"{": b"}", b"[": b"]"}.get(body[:1])
    if closing is None or _parse_json(body) is not None:
        return False
    return body.rstrip()[-1:] != closing or _ends_prematurely(body)


def _incomplete_reason(investigation: Investigation) -> str:
    scheme = investigation.scheme
    if not investigation.body:
        return "the body is empty" if scheme.signs_body or scheme.has_signature_in_body else ""
    if _lacks_start(investigation):
        return "the body ends as JSON but does not begin as JSON"
    is_truncated = _is_truncated(investigation.body)
    return "the body begins as JSON but does not end as JSON" if is_truncated else ""


def _lacks_start(investigation: Investigation) -> bool:
    """Return whether the body is the end of JSON, as after an earlier read of its beginning."""
    body = investigation.body
    is_json = "json" in investigation.header_value("content-type").lower()
    is_end = body.rstrip()[-1:] in (b"}", b"]") and body.lstrip()[:1] not in (b"{", b"[")
    return is_json and is_end and _MEMBER.search(body[:_MAX_SEARCHED_BYTES]) is not None


def _ends_prematurely(body: bytes) -> bool:
    """Return whether the body is the beginning of valid JSON."""
    try:
        json.loads(body if len(body) <= _MAX_PARSED_BYTES and has_few_values(body) else b"")
    except json.JSONDecodeError as error:
        return error.pos >= len(error.doc.rstrip()) > 0
    except (ValueError, RecursionError):
        pass  # It is not text, or is nested too deeply to parse.
    return False


_SENDERS_OF_SORTED_KEYS = {
    *("calendly", "clerk", "coinbase-commerce", "discord", "emporix", "knock", "mercado-pago", "sendgrid"),
    *("telnyx",),
}
"""Providers that send sorted keys themselves, as Elixir and some servers in Go and Python do."""


def _json_style_causes(investigation: Investigation, *, is_whole: bool) -> Iterator[Cause]:
    """Detect JSON in a style of libraries but few senders. `is_whole`: the length is the Content-Length."""
    body = investigation.body
    value = _parse_json(body)
    is_spaced = b'": ' in body or b'", "' in body
    is_own_order = investigation.scheme.name in _SENDERS_OF_SORTED_KEYS
    odds = 0 if value is None or is_own_order else _sorted_keys_odds(value)
    is_sorted = odds >= _MIN_ODDS
    if value is not None and not is_whole and _INTEGER_KEYS.search(body):
        evidence = "keys that are integers are in numeric order before the others, as in JavaScript"
        yield Cause("body_reserialized", LIKELY, evidence)
    if value is None or not (is_spaced or is_sorted):
        return
    oddities = ["has spaces after separators"] * is_spaced + ["has sorted keys"] * is_sorted
    # Go sorts the keys of a map and escapes these three characters.
    is_escaped = is_sorted and _ESCAPED_MARKUP.search(body) and not _MARKUP.search(body)
    oddities += ["escapes <, > and &"] * bool(is_escaped)
    is_odd = len(oddities) >= 2 or odds >= _STRONG_ODDS
    # Sorting keeps the length, so a Content-Length that fits does not contradict it.
    confidence = LIKELY if is_odd and (not is_whole or not is_spaced) else POSSIBLE
    evidence = f"the JSON {' and '.join(oddities)}, which is rare among senders"
    yield Cause("body_reserialized", confidence, evidence)


def _rounded_number_causes(body: bytes) -> Iterator[Cause]:
    """Detect large integers that all equal their rounding to a float, as by a JavaScript parser."""
    # An integer equals its rounding by chance with a probability of 1 in ulp(value).
    odds = 1.0
    for match in islice(_LARGE_INTEGER.finditer(body[:_MAX_SEARCHED_BYTES]), _MAX_INTEGERS):
        value = float(match[1])
        if Decimal(repr(value)) != int(match[1]):
            return
        odds *= ulp(value)
    if odds >= _MIN_ODDS:
        evidence = "all large integers are rounded as in JavaScript, so the JSON was parsed and re-serialized"
        yield Cause("body_reserialized", LIKELY, evidence)


# An object that begins with two integers as keys, of which the longer one follows: not the order of texts.
_INTEGER_KEYS = re.compile(rb'\{\s*"[2-9]"\s*:\s*(?:"[^"\\]{0,200}"|[\w.+-]{1,40})\s*,\s*"1[0-9]{1,8}"\s*:')
_ESCAPED_MARKUP, _MARKUP = re.compile(rb"\\u00(?:26|3c|3e)"), re.compile(b"[<>&]")
_LARGE_INTEGER = re.compile(rb"[:,\[] ?-?(\d{16,19})(?=[\s,\]}])")
_MAX_INTEGERS = 100
_CONTROL_CHAR = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")
_MEMBER = re.compile(rb'"\s{0,20}:\s{0,20}["{\[\d\-tfn]')


def _parse_json(body: bytes) -> Any:
    """Return the value of a complete JSON object or array, else None."""
    if body[:1] not in (b"{", b"[") or len(body) > _MAX_PARSED_BYTES or not has_few_values(body):
        return None
    try:
        return json.loads(body, parse_int=_keep_lexeme, parse_float=_keep_lexeme)
    except (ValueError, RecursionError):
        return None


def _keep_lexeme(lexeme: str) -> str:
    return lexeme


def _sorted_keys_odds(value: Any) -> float:
    """Return the number of possible key orders, of which one is sorted; 0 if the keys are not sorted."""
    odds, stack = 1.0, [value]
    for _ in range(_MAX_OBJECTS):
        if not stack:
            break
        node: Any = stack.pop()
        if node.__class__ is dict:
            names = list(node)
            if names != sorted(names):
                return 0
            odds = min(odds * factorial(min(len(names), 10)), 1e9)
            stack.extend(node.values())
        elif node.__class__ is list:
            stack.extend(node)
    return odds
