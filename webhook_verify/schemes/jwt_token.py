"""Parsing of JSON Web Tokens before they are verified."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Collection
from json import JSONDecoder

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.schemes.encodings import ENCODINGS

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Any, NoReturn

__all__ = ["UnverifiedToken", "parse_token"]

_MAX_TOKEN_CHARS = 8_192  # Google's tokens have about 900
_MAX_KEY_ID_CHARS = 128
_MAX_TIMESTAMP = 10**12
# base64url without padding (RFC 7515, section 2). urlsafe_b64decode discards other characters or warns.
_COMPACT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)
_INVALID = "the token is invalid: "
_to_base64 = ENCODINGS["base64url"][0]


class UnverifiedToken(str):
    """The text of a token, with its unverified parts. A str, so that a scheme can return it as a signature.

    Attributes:
        algorithm: The `alg` of the token.
        key_id: The id of the key that it names, or "".
        claims: The unverified claims.
    """

    __slots__ = ("algorithm", "claims", "key_id")

    algorithm: str
    key_id: str
    claims: dict[str, Any]

    @property
    def signed_part(self) -> bytes:
        """The content of the signature: the header and the claims in base64url (RFC 7515, section 5.1)."""
        return self.rpartition(".")[0].encode()

    @property
    def signature(self) -> str:
        """The signature in base64, or "" if it has no readable signature."""
        return _to_base64(self.rpartition(".")[2], 0)

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


def parse_token(
    text: str, algorithms: str | Collection[str], *, needs_key_id: bool = True
) -> UnverifiedToken:
    """Parse a token without verifying it.

    Args:
        text: The token in compact form.
        algorithms: The accepted `alg`, or several.
        needs_key_id: Whether the token must name its key.

    Returns:
        The token.

    Raises:
        MalformedDelivery: If the text is not a token, has another algorithm or critical header parameters,
            contains a duplicate name, or does not name a key.
    """
    accepted = (algorithms,) if isinstance(algorithms, str) else algorithms
    if len(text) > _MAX_TOKEN_CHARS or not _COMPACT.fullmatch(text):
        raise MalformedDelivery(Reason.UNREADABLE_HEADER, _INVALID + "it is not three base64url parts")
    parts = text.split(".")
    header, claims = _parse_object(parts[0]), _parse_object(parts[1])
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in accepted:
        raise MalformedDelivery(
            Reason.UNREADABLE_HEADER, _INVALID + f"its algorithm is not {' or '.join(accepted)}"
        )
    if "crit" in header:  # RFC 7515, section 4.1.11: reject extensions that are not understood
        raise MalformedDelivery(
            Reason.UNREADABLE_HEADER, _INVALID + "it has critical header parameters, which are not supported"
        )
    if key_id is None and not needs_key_id:
        key_id = ""
    elif not isinstance(key_id, str) or not 0 < len(key_id) <= _MAX_KEY_ID_CHARS:
        raise MalformedDelivery(Reason.UNREADABLE_HEADER, _INVALID + "it does not name a key")
    token = UnverifiedToken(text)
    token.algorithm, token.key_id, token.claims = algorithm, key_id, claims
    return token


def _parse_object(part: str) -> dict[str, Any]:
    try:
        value = _decode(urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode())
    except (ValueError, RecursionError):
        value = None
    if value.__class__ is not dict:
        raise MalformedDelivery(
            Reason.UNREADABLE_HEADER, _INVALID + "a part is not a JSON object in base64url"
        )
    fields: dict[str, Any] = value
    return fields


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of a JSON object. Of a duplicate, another parser could read the other value."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a duplicate name")
    return fields


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decode = JSONDecoder(object_pairs_hook=_without_duplicates, parse_constant=_reject_constant).decode
