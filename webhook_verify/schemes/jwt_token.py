"""Parsing of JSON Web Tokens before they are verified."""

from __future__ import annotations

from binascii import a2b_base64
from functools import lru_cache
from json import JSONDecoder

from webhook_verify.errors import MalformedDelivery, Reason

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Any, NoReturn

__all__ = ["UnverifiedToken", "parse_token", "without_duplicates"]

_MAX_TOKEN_CHARS = 8_192  # Google's tokens have about 900
_MAX_KEY_ID_CHARS = 128
_MAX_CACHED_HEADER_CHARS = 512
_MAX_TIMESTAMP = 10**12
_INVALID = "the token is invalid: "


class UnverifiedToken(str):
    """The text of a token, with its unverified parts. A str, so that a scheme can return it as a signature.

    Attributes:
        algorithm: The `alg` of the token.
        key_id: The id of the key that it names, or "".
        claims: The unverified claims.
        signed_part: The content of the signature: header and claims in base64url (RFC 7515, section 5.1).
        signature: The signature in base64, or "" without one.
    """

    __slots__ = ("algorithm", "claims", "key_id", "signature", "signed_part")

    algorithm: str
    key_id: str
    claims: dict[str, Any]
    signed_part: bytes
    signature: str

    def numeric_date(self, name: str) -> int:
        """Return a claim that is a time (RFC 7519, section 2).

        Args:
            name: The name of the claim.

        Returns:
            Unix seconds.

        Raises:
            MalformedDelivery: If the claim is missing or not a whole number of seconds.
        """
        value: Any = self.claims.get(name)
        if value.__class__ is not int or not 0 < value < _MAX_TIMESTAMP:
            raise MalformedDelivery(
                Reason.UNREADABLE_HEADER, f"the token is invalid: its claim {name} is not a time"
            )
        seconds: int = value
        return seconds


def parse_token(text: str, algorithms: tuple[str, ...], *, needs_key_id: bool = True) -> UnverifiedToken:
    """Parse a token without verifying it.

    Args:
        text: The token in compact form.
        algorithms: The accepted values of `alg`.
        needs_key_id: Whether the token must name its key.

    Returns:
        The token.

    Raises:
        MalformedDelivery: If the text is not a token, has another algorithm or critical header parameters,
            contains a duplicate name, or does not name a key.
    """
    # base64url without padding (RFC 7515, section 2). Searching for characters is faster than a pattern.
    is_base64url = text.isascii() and "+" not in text and "/" not in text and "=" not in text
    parts = text.replace("-", "+").replace("_", "/").split(".", 3)
    if len(text) > _MAX_TOKEN_CHARS or len(parts) != 3 or not is_base64url:
        raise MalformedDelivery(Reason.UNREADABLE_HEADER, _INVALID + "it is not three base64url parts")
    header, claims, signature = parts
    parse_header = _cached_header if len(header) <= _MAX_CACHED_HEADER_CHARS else _parse_header
    token = UnverifiedToken(text)
    token.algorithm, token.key_id = parse_header(header, algorithms, needs_key_id)
    token.claims = _parse_object(claims)
    token.signed_part = text[: len(header) + 1 + len(claims)].encode()
    token.signature = signature + _PADDING[len(signature) % 4]
    return token


def _parse_header(part: str, algorithms: tuple[str, ...], needs_key_id: bool) -> tuple[str, str]:
    """Return the algorithm and the key id."""
    header = _parse_object(part)
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        detail = f"{_INVALID}its algorithm is not {' or '.join(algorithms)}"
        raise MalformedDelivery(Reason.UNREADABLE_HEADER, detail)
    if "crit" in header:  # RFC 7515, section 4.1.11: reject extensions that are not understood
        detail = _INVALID + "it has critical header parameters, which are not supported"
        raise MalformedDelivery(Reason.UNREADABLE_HEADER, detail)
    if key_id is None and not needs_key_id:
        return algorithm, ""
    if not isinstance(key_id, str) or not 0 < len(key_id) <= _MAX_KEY_ID_CHARS:
        raise MalformedDelivery(Reason.UNREADABLE_HEADER, _INVALID + "it does not name a key")
    return algorithm, key_id


# A sender has the same header in all tokens. Rejected headers are not cached.
_cached_header = lru_cache(maxsize=64)(_parse_header)


def _parse_object(part: str) -> dict[str, Any]:
    """Return the JSON object of a part in base64 without padding."""
    value: Any
    fields: dict[str, Any]
    try:
        text = a2b_base64(part + _PADDING[len(part) % 4], strict_mode=True).decode().strip(" \t\r\n")
        value, end = _decode(text)
        is_object = value.__class__ is dict and end == len(text)
    except (ValueError, RecursionError):
        value, is_object = None, False
    if not is_object:
        raise MalformedDelivery(
            Reason.UNREADABLE_HEADER, _INVALID + "a part is not a JSON object in base64url"
        )
    fields = value
    return fields


def without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of a JSON object. Of a duplicate, another parser could read the other value.

    Args:
        pairs: The members, as `json` passes them to an `object_pairs_hook`.

    Returns:
        The members by name.

    Raises:
        ValueError: If a name is a duplicate.
    """
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a duplicate name")
    return fields


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decode = JSONDecoder(object_pairs_hook=without_duplicates, parse_constant=_reject_constant).raw_decode
_PADDING = ("", "===", "==", "=")
