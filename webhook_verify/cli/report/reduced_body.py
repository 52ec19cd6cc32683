"""A body reduced to its shape: keys, structure, whitespace and escapes are kept, values are replaced."""

from __future__ import annotations

import re

from webhook_verify.cli.report.value_shape import same_shape
from webhook_verify.form import is_form

__all__ = ["is_name", "reduce_body"]

_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"

# Everything in a JSON text except structure and whitespace. A string may be cut off at the end of the text.
_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*+(?:"|\\?\Z))(?P<colon>[ \t\r\n]*:)?'
    r"|(?P<number>-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![^\s,\]}])"
    r"|(?P<word>[^\s{}\[\]:,\"]+)",
    re.DOTALL,
)
_WORDS = {"true", "false", "null"}
_KEY = re.compile(r"[A-Za-z_$@][A-Za-z0-9_.$@-]{0,39}")
_MAX_KEY_WITH_DIGITS = 15  # A longer key with digits may be a token.

_ESCAPES = re.compile(r"\\u[0-9A-Fa-f]{4}|\\.|.", re.DOTALL)
_KEPT_ESCAPES = frozenset("<>&'\"/\\+=\u2028\u2029")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


def reduce_body(body: bytes) -> bytes:
    """Return a body of the same shape and length.

    Keys of JSON and names of form fields are kept if they look like names. Strings are replaced by text with
    the same length and character classes, numbers by numbers of the same form.

    Args:
        body: The body as received.

    Returns:
        The reduced body.
    """
    if body.startswith(_BOM):
        return _BOM + reduce_body(body.removeprefix(_BOM))
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        magic = _GZIP if body.startswith(_GZIP) else b""
        return magic + bytes(map(_byte, body[len(magic) :]))
    if text.lstrip()[:1] in {"{", "[", '"'}:
        return _TOKEN.sub(_reduce_token, text).encode()
    return (_reduce_form(text) if is_form(body) and b"\r\n" not in body else same_shape(text)).encode()


def _byte(value: int) -> int:
    return ord(same_shape(chr(value))) if value < 128 else 0xE9


def _reduce_token(match: re.Match[str]) -> str:
    string, number, word = match["string"], match["number"], match["word"]
    if string is not None:
        colon = match["colon"] or ""
        inner = string[1:-1]
        return string + colon if colon and is_name(inner) else _reduce_string(string) + colon
    if number is not None:
        mantissa, mark, exponent = number.lower().partition("e")
        mark = number[len(mantissa) : len(mantissa) + 1] if mark else ""
        return re.sub("[1-9]", "9", mantissa) + mark + re.sub("[1-9]", "1", exponent)
    return word if word in _WORDS else same_shape(word)


def is_name(text: str) -> bool:
    """Return whether a key or a header looks like a name instead of a value."""
    has_digit = any(character.isdecimal() for character in text)
    return bool(_KEY.fullmatch(text)) and not (has_digit and len(text) > _MAX_KEY_WITH_DIGITS)


def _reduce_string(text: str) -> str:
    return _ESCAPES.sub(lambda match: _reduce_escape(match[0]), text)


def _reduce_escape(text: str) -> str:
    if not text.startswith("\\u") or len(text) < 6:
        return text if len(text) == 2 and text[1] in '"\\/bfnrt' else same_shape(text)
    character = chr(int(text[2:], 16))
    if character in _KEPT_ESCAPES:
        return text
    code = ord(same_shape(character))
    if "\ud800" <= character <= "\udfff":
        code = 0xD83D if character < "\udc00" else 0xDE00
    form = "04X" if any(letter.isupper() for letter in text[2:]) else "04x"
    return f"\\u{code:{form}}"


def _reduce_form(text: str) -> str:
    return "&".join(_reduce_field(field) for field in text.split("&"))


def _reduce_field(field: str) -> str:
    name, equals, value = field.partition("=")
    return (name if is_name(name) else _reduce_encoded(name)) + equals + _reduce_encoded(value)


def _reduce_encoded(text: str) -> str:
    start, pieces = 0, list[str]()
    for run in _PERCENT.finditer(text):
        pieces += [same_shape(text[start : run.start()]), _reduce_percent(run[0])]
        start = run.end()
    return "".join([*pieces, same_shape(text[start:])])


def _reduce_percent(run: str) -> str:
    octets = bytes.fromhex(run.replace("%", ""))
    try:
        reduced = same_shape(octets.decode("utf-8")).encode()
    except UnicodeDecodeError:
        reduced = bytes(map(_byte, octets))
    escapes = [run[start : start + 3] for start in range(0, len(run), 3)]
    has_lower = any(letter in "abcdef" for letter in run)
    forms = ("%%%02x" if has_lower and escape == escape.lower() else "%%%02X" for escape in escapes)
    return "".join(form % octet for form, octet in zip(forms, reduced, strict=True))
