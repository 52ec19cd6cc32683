"""Structured fields (RFC 9651), as far as HTTP message signatures need them: dictionaries and inner lists.

All quantifiers that could backtrack are possessive and all counts are limited, so the work is linear in the
length of a field, which is limited too. A repeated key or parameter is rejected, because RFC 9651 lets the
last one win and other parsers do not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from webhook_verify.errors import MalformedDelivery, Reason

if TYPE_CHECKING:
    from typing import NoReturn

__all__ = [
    "KEY",
    "Item",
    "byte_sequence",
    "parse_dictionary",
    "parse_inner_list",
    "parse_parameters",
    "quoted",
    "serialize_dictionary",
    "unquoted",
]

MAX_FIELD_CHARS = 16_384
"""The maximum length of a field, in characters. An RSA-4096 signature has 684."""

_MAX_MEMBERS = 16
_MAX_ITEMS = 32
_MAX_PARAMETERS = 16

KEY = r"[a-z*][a-z0-9_.*-]*+"
"""The pattern of a key (RFC 9651, section 3.1.2)."""

_STRING = r'"(?:[ !#-\[\]-~]|\\["\\])*+"'
_BARE = (
    rf"(?:{_STRING}"
    r"|:[A-Za-z0-9+/_=-]*+:"
    r"|-?[0-9]{1,15}+(?:\.[0-9]{1,3}+)?+"
    r"|@-?[0-9]{1,15}+"
    r"|\?[01]"
    r"|[A-Za-z*][A-Za-z0-9:/!#$%&'*+.^_`|~-]*+)"
)
_PARAMETERS = rf"(?:; *+{KEY}(?:={_BARE})?+)*+"
_ITEM = rf"{_BARE}{_PARAMETERS}"
_INNER_LIST = rf"\( *+(?:{_ITEM}(?: ++{_ITEM})*+)?+ *+\)"

_MEMBER = re.compile(rf"({KEY})(?:=({_INNER_LIST}|{_BARE}))?+({_PARAMETERS})")
_BYTE_MEMBER = re.compile(rf"({KEY})=(:[A-Za-z0-9+/_=-]*+:)")
_SEPARATOR = re.compile(r"[ \t]*+,[ \t]*+")
_PARAMETER = re.compile(rf"; *+({KEY})(?:=({_BARE}))?+")
_LIST_ITEM = re.compile(rf"({_BARE})({_PARAMETERS})")
# Strings are matched first, so that the spaces in them are not changed.
_SPACES = re.compile(rf"({_STRING})|((?<=[(;]) ++| ++(?=\)))| ++")

Item = tuple[str, str]
"""The text of a bare item or an inner list, and the text of its parameters, in canonical form."""


def parse_dictionary(text: str, name: str) -> dict[str, Item]:
    """Parse a dictionary into the canonical texts of its members.

    Args:
        text: The value of the field.
        name: The name of the field, for errors.

    Returns:
        The members by key. A member without a value is the boolean `?1`.

    Raises:
        MalformedDelivery: If the text is not a dictionary, repeats a key, or is too long.
    """
    members: dict[str, Item] = {}
    if len(text) > MAX_FIELD_CHARS:
        _reject(name, f"must have at most {MAX_FIELD_CHARS} characters")
    text = text.strip(" \t")
    if single := _BYTE_MEMBER.fullmatch(text):  # the usual form of Signature and Content-Digest
        return {single[1]: (single[2], "")}
    position = 0
    while True:
        member = _MEMBER.match(text, position)
        if member is None:
            _reject(name, "must be a dictionary of structured fields (RFC 9651)")
        key, value, parameters = member.groups()
        if key in members:
            _reject(name, "contains a key more than once")
        members[key] = ("?1" if value is None else _tidied(value)), _tidied(parameters)
        position = member.end()
        if position == len(text):
            return members
        separator = _SEPARATOR.match(text, position)
        if separator is None or len(members) >= _MAX_MEMBERS:
            _reject(name, f"must be a dictionary of at most {_MAX_MEMBERS} members (RFC 9651)")
        position = separator.end()


def _tidied(text: str) -> str:
    """Return the text with the spaces of the canonical serialization."""
    if not ("  " in text or "; " in text or "( " in text or " )" in text):
        return text  # the usual form
    return _SPACES.sub(lambda match: match[1] or ("" if match[2] else " "), text)


def parse_inner_list(text: str) -> list[Item] | None:
    """Return the items of an inner list.

    Args:
        text: The canonical text of a member.

    Returns:
        The items in canonical form. None for another value, or more than 32 items.
    """
    if not text.startswith("("):
        return None
    found = _LIST_ITEM.findall(text)
    items: list[Item] = [(bare, parameters) for bare, parameters in found[: _MAX_ITEMS + 1]]
    return items if len(items) <= _MAX_ITEMS else None


def parse_parameters(text: str, name: str) -> dict[str, str]:
    """Return the parameters of a member by key, each as the text of a bare item.

    Args:
        text: The canonical text of the parameters.
        name: The name of the field, for errors.

    Returns:
        The texts. A parameter without a value is the boolean `?1`.

    Raises:
        MalformedDelivery: If there are too many, or a key is repeated.
    """
    found = _PARAMETER.findall(text)
    parameters = {key: value or "?1" for key, value in found}
    if len(parameters) < len(found) or len(found) > _MAX_PARAMETERS:
        _reject(name, f"has a repeated parameter or more than {_MAX_PARAMETERS}")
    return parameters


def serialize_dictionary(members: dict[str, Item]) -> str:
    """Return the canonical text of a dictionary (RFC 9651, section 4.1.2).

    Args:
        members: The members, as `parse_dictionary` returns them.

    Returns:
        The text.
    """
    return ", ".join(
        f"{key}{'' if value == '?1' else '=' + value}{parameters}"
        for key, (value, parameters) in members.items()
    )


def unquoted(text: str) -> str:
    """Return the value of a string.

    Args:
        text: The text of a bare item.

    Returns:
        The value, or "" if the item is not a string.
    """
    if not text.startswith('"'):
        return ""
    value = text[1:-1]
    return _ESCAPE.sub(r"\1", value) if "\\" in value else value


_ESCAPE = re.compile(r"\\(.)")


def quoted(value: str) -> str:
    """Return the text of a string.

    Args:
        value: The value.

    Returns:
        The text in quotation marks.

    Raises:
        ValueError: If the value is not printable ASCII.
    """
    if not (value.isascii() and (value.isprintable() or not value)):
        raise ValueError("a string of a structured field must be printable ASCII")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def byte_sequence(item: Item) -> str:
    """Return the base64 text of a byte sequence.

    Args:
        item: The item.

    Returns:
        The text between the colons, or "" if the item is not a byte sequence.
    """
    text = item[0]
    return text[1:-1] if len(text) > 1 and text[0] == ":" else ""


def _reject(name: str, problem: str) -> NoReturn:
    raise MalformedDelivery(Reason.UNREADABLE_HEADER, f"{name} {problem}")
