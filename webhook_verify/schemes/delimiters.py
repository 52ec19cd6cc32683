"""Where the parts of a signed content meet: whoever has one delivery must not be able to move the border.

A signature is right wherever the border is. So part of a body could become part of the id, which makes a
replay look new; or a digit of it part of the timestamp, which makes an old delivery one of the far future.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from string import ascii_letters, digits

from webhook_verify.schemes.base import CLOSED_ID_CHARS

__all__ = ["compile_id_check", "is_timestamp_ambiguous"]

# What a JSON text, or a field in one, begins with is not among these.
_ID_CHARS = frozenset(ascii_letters + digits + "-_.~:+/=")
_UNDELIMITED_ID = re.compile(r"\{id\}(\{|$)")
_DELIMITER = re.compile(r"\{id\}([^{}]+)(?=\{(?:body|url)\})|\{(?:body|url)\}([^{}]+)(?=\{id\})")
_BEFORE_TIMESTAMP = re.compile(r"\{id\}([^{}]+)\{timestamp\}[^{}]*\{(?:body|url)\}")
_UNDELIMITED_TIMESTAMP = re.compile(r"[}0-9]\{timestamp\}|\{timestamp\}[{0-9]")


def compile_id_check(content: str) -> Callable[[str], bool]:
    """A function of an id that says whether it is plain where that ends in this content.

    Where nothing parts it from what follows, it is made of the characters of ids, and none with which JSON
    begins. What parts it from the body or the address, such as the dot of ``{id}.{body}``, is not in it. What
    parts it from a timestamp in front of the body, such as the dots of ``{id}.{timestamp}.{body}``, is in it
    only beside :data:`CLOSED_ID_CHARS`: with others, a captured body that holds ``.<a later timestamp>.``
    would pass again then, its beginning as a part of the id.
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
    """Whether a digit of what stands beside the timestamp could be one of it."""
    return _UNDELIMITED_TIMESTAMP.search(content) is not None
