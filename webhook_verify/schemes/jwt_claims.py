"""The claims that a token must have: constants, and values of the request, such as the hash of its body."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode, urlsafe_b64encode
from binascii import a2b_base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from hmac import compare_digest

from webhook_verify.schemes.differences import Difference
from webhook_verify.schemes.query_string_hash import query_string_hash

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Any

__all__ = ["ClaimValue", "ExpectedClaims", "SignedRequest"]

ClaimValue = str | bool | int | Sequence[str]
"""The value of a claim, one of several accepted values, or a placeholder."""

SignedRequest = tuple[str, str, str, bytes]
"""`(account, method, url, body)`: the values of a request and of the configuration that a claim can have."""

_PLACEHOLDER = re.compile(
    r"\{(?:(account|url)|(qsh)(?::(/[^{}]*))?|(sha\d+):(url|body)(?::(\w+))?)\}", re.ASCII
)
_HASHES = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
_ENCODINGS: dict[str, Callable[[bytes], str]] = {
    "hex": bytes.hex,
    "base64": lambda digest: b64encode(digest).decode(),
    "base64url": lambda digest: urlsafe_b64encode(digest).decode().rstrip("="),
}
_ACCEPTED = "{account}, {url}, {sha256:url}, {sha256:body}, {sha256:body:base64} or {qsh}"


class ExpectedClaims:
    """The claims that a token must have.

    Args:
        claims: The values by name. See `JwtScheme` for the placeholders.
        may_omit_empty_body_hash: Whether the hash of an empty body may be missing.

    Raises:
        TypeError: If a value has another type.
        ValueError: If a placeholder is unknown, or a list of values is empty.
    """

    __slots__ = (
        "_computed",
        "_fixed",
        "_may_omit_empty_body_hash",
        "needs_account",
        "needs_method",
        "needs_url",
        "signs_body",
    )

    def __init__(self, claims: Mapping[str, ClaimValue], *, may_omit_empty_body_hash: bool = False) -> None:
        self._fixed: list[tuple[str, tuple[object, ...]]] = []
        self._computed: list[tuple[str, str, Callable[[SignedRequest], str]]] = []
        self._may_omit_empty_body_hash = may_omit_empty_body_hash
        for name, value in claims.items():
            placeholder = _PLACEHOLDER.fullmatch(value) if isinstance(value, str) else None
            if placeholder is None:
                self._fixed.append((name, _checked_values(name, value)))
            else:
                self._computed.append((name, *_compiled(name, placeholder)))
        sources = {source for _, source, _ in self._computed}
        self.signs_body: bool = "body" in sources
        self.needs_method: bool = "qsh" in sources
        self.needs_url: bool = self.needs_method or "url" in sources
        self.needs_account: bool = "account" in sources

    def match_constants(self, claims: Mapping[str, object]) -> bool:
        """Return whether a token has the claims with constant values.

        Args:
            claims: The claims of the token.

        Returns:
            True if all of them have an expected value.
        """
        return all(_is_one_of(claims.get(name), accepted) for name, accepted in self._fixed)

    def match(self, claims: Mapping[str, object], request: SignedRequest) -> bool:
        """Return whether a token has these claims.

        Args:
            claims: The claims of the token.
            request: The request and the configured account.

        Returns:
            True if all claims have an expected value.
        """
        for name, accepted in self._fixed:
            if not _is_one_of(claims.get(name), accepted):
                return False
        for name, source, compute in self._computed:
            if not self._is_computed(claims.get(name), source, compute, request):
                return False
        return True

    def _is_computed(
        self, value: object, source: str, compute: Callable[[SignedRequest], str], request: SignedRequest
    ) -> bool:
        if value is None:
            return source == "body" and self._may_omit_empty_body_hash and not request[3]
        expected = compute(request)
        if value.__class__ is not str or not expected:
            return False
        text: Any = value
        if text.isascii() and expected.isascii():  # the usual case, which compare_digest accepts as text
            return compare_digest(text, expected)
        return compare_digest(_bytes(text), _bytes(expected))

    def differences(self, claims: Mapping[str, object], request: SignedRequest) -> Iterator[Difference]:
        """Yield the claims that differ, for the diagnosis.

        Args:
            claims: The claims of the token.
            request: The request and the configured account.

        Yields:
            The differences. The hash of a body is in hex.
        """
        for name, accepted in self._fixed:
            if not _is_one_of(value := claims.get(name), accepted):
                yield Difference(name, accepted[0], value)
        for name, source, compute in self._computed:
            value = claims.get(name)
            if self._is_computed(value, source, compute, request):
                continue
            expected = compute(request)
            digest = _digest_in_hex(value, expected) if source == "body" else ""
            if digest:
                yield Difference(name, hashlib.sha256(request[3]).hexdigest(), digest, is_body_hash=True)
            else:
                yield Difference(name, expected, value)

    def values(self, request: SignedRequest) -> dict[str, object]:
        """Return the claims of a new token.

        Args:
            request: The request to sign.

        Returns:
            The claims, by name.
        """
        computed = {name: compute(request) for name, _, compute in self._computed}
        return {**{name: accepted[0] for name, accepted in self._fixed}, **computed}


def _compiled(name: str, placeholder: re.Match[str]) -> tuple[str, Callable[[SignedRequest], str]]:
    """Return the source of a claim's value, and a function of the request that returns the value."""
    plain, qsh, base_path, algorithm, hashed, encoding = placeholder.groups()
    if plain == "account":
        return "account", lambda request: request[0]
    if plain:
        return "url", lambda request: request[2]
    if qsh:
        return "qsh", lambda request: query_string_hash(request[1], request[2], base_path or "")
    if algorithm not in _HASHES or (encoding or "hex") not in _ENCODINGS:
        raise ValueError(f"claims: {name} must be a text without braces, or {_ACCEPTED}")
    make, encode = _HASHES[algorithm], _ENCODINGS[encoding or "hex"]
    return hashed, partial(_hash_of_url if hashed == "url" else _hash_of_body, make, encode)


def _hash_of_body(make: Any, encode: Callable[[bytes], str], request: SignedRequest) -> str:
    return encode(make(request[3]).digest())


def _hash_of_url(make: Any, encode: Callable[[bytes], str], request: SignedRequest) -> str:
    return encode(make(_bytes(request[2])).digest())


def _checked_values(name: str, value: Any) -> tuple[object, ...]:
    values: tuple[Any, ...] = (value,)
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        values = tuple(value)
    if not values or not all(isinstance(each, str | bool | int) for each in values):
        raise TypeError(f"claims: {name} must be a str, bool or int, or a list of texts, not empty")
    if any("{" in each or "}" in each for each in values if isinstance(each, str)):
        raise ValueError(f"claims: {name} must be a text without braces, or {_ACCEPTED}")
    return values


def _is_one_of(value: object, accepted: tuple[object, ...]) -> bool:
    # The class is compared, because True == 1. The first comparison is the usual case, and faster than any().
    return (value == accepted[0] and value.__class__ is accepted[0].__class__) or any(
        value == each and value.__class__ is each.__class__ for each in accepted[1:]
    )


def _bytes(text: object) -> bytes:
    return str(text).encode("utf-8", "surrogatepass")


def _digest_in_hex(value: object, expected: str) -> str:
    """Return a claimed SHA-256 in hex, or "" if the claim is not such a hash."""
    text = value if isinstance(value, str) else ""
    if len(expected) == 64 or not text.isascii():
        return text
    try:
        digest = a2b_base64(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))
    except ValueError:
        return text
    return digest.hex() if len(digest) == hashlib.sha256().digest_size else text
