"""Parsing of JSON Web Tokens before they are verified."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from typing import Any, NamedTuple

from webhook_verify.errors import MalformedDelivery, Reason

__all__ = ["UnverifiedToken", "parse_token"]

_MAX_TOKEN_CHARS = 8_192  # Google's tokens have about 900
_MAX_KEY_ID_CHARS = 128
_MAX_TIMESTAMP = 10**12
# base64url without padding (RFC 7515, section 2). urlsafe_b64decode discards other characters or warns.
_COMPACT = re.compile(r"[\w-]*\.[\w-]*\.[\w-]*", re.ASCII)


class UnverifiedToken(NamedTuple):
    """A token's text, the id of the key that it names, and its unverified claims."""

    text: str
    key_id: str
    claims: dict[str, Any]

    def numeric_date(self, name: str) -> int:
        """Return a claim that is a time (RFC 7519, section 2).

        Args:
            name: The name of the claim.

        Returns:
            Unix seconds.

        Raises:
            MalformedDelivery: If the claim is missing or not a whole number of seconds.
        """
        value = self.claims.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _MAX_TIMESTAMP:
            raise MalformedDelivery(
                Reason.UNREADABLE_HEADER, f"the token is invalid: its claim {name} is not a time"
            )
        return value


def parse_token(text: str, algorithm: str) -> UnverifiedToken:
    """Parse a token without verifying it.

    Args:
        text: The token in compact form.
        algorithm: The expected `alg`.

    Returns:
        The token.

    Raises:
        MalformedDelivery: If the text is not a token, has another algorithm, or does not name a key.
    """
    if len(text) > _MAX_TOKEN_CHARS or not _COMPACT.fullmatch(text):
        raise MalformedDelivery(
            Reason.UNREADABLE_HEADER, "the token is invalid: it is not three base64url parts"
        )
    parts = text.split(".")
    header, claims = _parse_object(parts[0]), _parse_object(parts[1])
    if header.get("alg") != algorithm:
        raise MalformedDelivery(
            Reason.UNREADABLE_HEADER, f"the token is invalid: its algorithm is not {algorithm}"
        )
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not 0 < len(key_id) <= _MAX_KEY_ID_CHARS:
        raise MalformedDelivery(Reason.UNREADABLE_HEADER, "the token is invalid: it does not name a key")
    return UnverifiedToken(text, key_id, claims)


def _parse_object(part: str) -> dict[str, Any]:
    try:
        value: Any = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        value = None
    if value.__class__ is not dict:
        detail = "the token is invalid: a part is not a JSON object in base64url"
        raise MalformedDelivery(Reason.UNREADABLE_HEADER, detail)
    fields: dict[str, Any] = value
    return fields
