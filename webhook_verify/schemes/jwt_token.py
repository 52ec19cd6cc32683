"""What a JSON Web Token says, before anything of it is known to be true."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from typing import Any, NamedTuple

from webhook_verify.errors import MalformedDelivery, Reason

__all__ = ["UnverifiedToken", "parse_token"]

_MAX_TOKEN_CHARS = 8_192  # characters; Google's have about 900
_MAX_KEY_ID_CHARS = 128
_MAX_TIMESTAMP = 10**12
# base64url without padding (RFC 7515, section 2). urlsafe_b64decode discards other characters or warns.
_COMPACT = re.compile(r"[\w-]*\.[\w-]*\.[\w-]*", re.ASCII)


class UnverifiedToken(NamedTuple):
    """A token's text, the id of the key that it names, and its claims."""

    text: str
    key_id: str
    claims: dict[str, Any]

    def numeric_date(self, name: str) -> int:
        """The claim of that name in Unix seconds. Raises :class:`MalformedDelivery`."""
        value = self.claims.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _MAX_TIMESTAMP:
            raise _unreadable(f"its claim {name} is no time")
        return value


def parse_token(text: str, algorithm: str) -> UnverifiedToken:
    """What a token says that claims this algorithm. Raises :class:`MalformedDelivery`."""
    if len(text) > _MAX_TOKEN_CHARS or not _COMPACT.fullmatch(text):
        raise _unreadable("it is not three parts in base64url")
    parts = text.split(".")
    header, claims = _parse_object(parts[0]), _parse_object(parts[1])
    if header.get("alg") != algorithm:
        raise _unreadable(f"its algorithm is not {algorithm}")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= _MAX_KEY_ID_CHARS:
        raise _unreadable("it names no key")
    return UnverifiedToken(text, key_id, claims)


def _parse_object(part: str) -> dict[str, Any]:
    try:
        value: Any = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        value = None
    if value.__class__ is not dict:
        raise _unreadable("a part is no JSON object in base64url")
    fields: dict[str, Any] = value
    return fields


def _unreadable(problem: str) -> MalformedDelivery:
    return MalformedDelivery(Reason.UNREADABLE_HEADER, f"the token cannot be read: {problem}")
