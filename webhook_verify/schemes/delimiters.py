"""Checks that the fields of the signed content cannot be confused with each other.

The signature covers the concatenation, not the boundaries. If id and body are adjacent, an attacker who has
one valid delivery could move bytes from the body into the id (a replay with a new id), or from the body into
the timestamp (a delivery that never expires).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from string import ascii_letters, digits

from webhook_verify.schemes.base import CLOSED_ID_CHARS

__all__ = ["compile_id_check", "is_timestamp_ambiguous"]

# A JSON object, array or string begins with none of these characters.
_ID_CHARS = frozenset(ascii_letters + digits + "-_.~:+/=")
_UNDELIMITED_ID = re.compile(r"\{id\}(\{|$)")
_DELIMITER = re.compile(r"\{id\}([^{}]+)(?=\{(?:body|url)\})|\{(?:body|url)\}([^{}]+)(?=\{id\})")
_BEFORE_TIMESTAMP = re.compile(r"\{id\}([^{}]+)\{timestamp\}[^{}]*\{(?:body|url)\}")
_UNDELIMITED_TIMESTAMP = re.compile(r"[}0-9]\{timestamp\}|\{timestamp\}[{0-9]")


def compile_id_check(content: str) -> Callable[[str], bool]:
    """Compile a check that an id cannot be confused with other parts of the signed content.

    - If no separator follows the id, the id may contain only `_ID_CHARS`, with which no JSON object begins.
    - The id must not contain the separator to the body or the URL, such as the dot of `{id}.{body}`.
    - The id may contain the separator to a timestamp before the body, such as the dots of
      `{id}.{timestamp}.{body}`, only together with `CLOSED_ID_CHARS`. With other characters, a captured body
      that contains `.<later timestamp>.` would verify again, with its beginning as part of the id.

    Args:
        content: The template of the signed content.

    Returns:
        A function that returns whether an id is valid in this content.
    """
    is_undelimited = _UNDELIMITED_ID.search(content) is not None
    delimiters = [before or after for before, after in _DELIMITER.findall(content)]
    before_timestamp = _BEFORE_TIMESTAMP.findall(content)

    def is_plain(message_id: str) -> bool:
        if is_undelimited and not _ID_CHARS.issuperset(message_id):
            return False
        if any(map(message_id.__contains__, before_timestamp)) and not CLOSED_ID_CHARS.issuperset(message_id):
            return False
        return not any(delimiter in message_id for delimiter in delimiters)

    return is_plain


def is_timestamp_ambiguous(content: str) -> bool:
    """Return whether an adjacent digit could be read as part of the timestamp.

    Args:
        content: The template of the signed content.

    Returns:
        True if another part or a digit is directly next to `{timestamp}`.
    """
    return _UNDELIMITED_TIMESTAMP.search(content) is not None
