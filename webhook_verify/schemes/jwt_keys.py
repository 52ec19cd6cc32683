"""Keys of tokens: which key verifies a token, and whether its claims are those of the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from webhook_verify.buffered_keys import BufferedKey
from webhook_verify.errors import MalformedDelivery
from webhook_verify.keys import HmacKey, Signatures
from webhook_verify.schemes.differences import Difference, with_cached_keys
from webhook_verify.schemes.jwt_claims import ExpectedClaims, SignedRequest
from webhook_verify.schemes.jwt_token import UnverifiedToken, parse_token

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Protocol

    from webhook_verify.keys import SigningKey, VerifyingKey
    from webhook_verify.schemes.key_cache import KeyCache

    class KeySource(Protocol):
        """The keys of one secret."""

        def find(self, token: UnverifiedToken) -> VerifyingKey | None:
            """Return the key that a token names, or None. May raise `KeyUnavailable`."""
            ...

        def mark_verified(self, token: UnverifiedToken) -> None:
            """Record that the key of the token has verified it."""
            ...


__all__ = ["FetchedKeys", "FixedKeys", "JwtKey", "JwtSigningKey"]

_MIN_REFETCH_SECONDS = 60.0  # after which an unknown key id causes another fetch of a set


class FixedKeys:
    """Keys that are part of the configured secret.

    Args:
        by_algorithm: The keys by `alg`, for tokens that name no key, or any.
        by_id: The keys by id. If there are any, a token must name one of them.
    """

    __slots__ = ("_by_algorithm", "_by_id")

    def __init__(
        self,
        by_algorithm: Mapping[str, VerifyingKey] | None = None,
        by_id: Mapping[str, VerifyingKey] | None = None,
    ) -> None:
        self._by_algorithm = by_algorithm or {}
        self._by_id = by_id or {}

    def find(self, token: UnverifiedToken) -> VerifyingKey | None:
        """Return the key that a token names.

        Args:
            token: The token.

        Returns:
            The key, or None.
        """
        return self._by_id.get(token.key_id) if self._by_id else self._by_algorithm.get(token.algorithm)

    def mark_verified(self, token: UnverifiedToken) -> None:
        """Do nothing, because these keys are not fetched.

        Args:
            token: Unused.
        """

    def with_key(self, key: bytes) -> FixedKeys:
        """Return HMAC keys of other bytes for the same algorithms.

        Args:
            key: The bytes of the key.

        Returns:
            The keys. None of them is a public key.
        """
        hmac_keys = {name: each for name, each in self._by_algorithm.items() if isinstance(each, HmacKey)}
        return FixedKeys({name: each.with_key(key) for name, each in hmac_keys.items()})


class FetchedKeys:
    """The keys of a JSON Web Key Set, which is fetched.

    Args:
        url: The URL of the set.
        cache: Fetched sets, by URL.
        load: Fetches the set and returns its keys by id.
    """

    __slots__ = ("_cache", "_load", "_url")

    def __init__(
        self,
        url: str,
        cache: KeyCache[Mapping[str, VerifyingKey]],
        load: Callable[[], Mapping[str, VerifyingKey]],
    ) -> None:
        self._url, self._cache, self._load = url, cache, load

    def find(self, token: UnverifiedToken) -> VerifyingKey | None:
        """Return the key that a token names.

        Args:
            token: The token.

        Returns:
            The key, or None if the set does not contain it.

        Raises:
            KeyUnavailable: If the set cannot be fetched now.
        """
        key = self._cache.get(self._url, self._load).get(token.key_id)
        if key is None:  # the key may be newer than the cached ones
            key = self._cache.get(self._url, self._load, max_age=_MIN_REFETCH_SECONDS).get(token.key_id)
        return key

    def mark_verified(self, token: UnverifiedToken) -> None:
        """Record that the set has verified a token.

        Args:
            token: Unused.
        """
        self._cache.mark_verified(self._url)


class JwtKey(BufferedKey):
    """Verifies tokens of one secret: their claims, then their signature.

    Args:
        source: The keys.
        expected: The expected claims.
        algorithms: The accepted values of `alg`.
        account: The account of the secret, or "".
        has_timestamp: Whether the signed content begins with the timestamp and a dot.
    """

    __slots__ = ("_account", "_algorithms", "_expected", "_has_timestamp", "_source")

    def __init__(
        self,
        source: KeySource,
        expected: ExpectedClaims,
        algorithms: tuple[str, ...],
        *,
        account: str = "",
        has_timestamp: bool = True,
    ) -> None:
        self._source, self._expected, self._algorithms = source, expected, algorithms
        self._account, self._has_timestamp = account, has_timestamp

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether the token is valid for the request.

        Args:
            signatures: The token.
            before: The timestamp and the URL of the request, as parsed.
            body: The request body.
            after: Unused.

        Returns:
            Whether the claims and the signature are valid.

        Raises:
            KeyUnavailable: If the key cannot be fetched now.
        """
        request = self._request(before, body)
        for _, text in signatures:
            token = self._parse(text)
            if token is None:
                continue
            # The claims are compared first, so that no key is fetched for the token of another receiver.
            if self._expected.match(token.claims, request) and self._has_valid_signature(token):
                self._source.mark_verified(token)
                return True
        return False

    def differences(
        self, signatures: Signatures, before: bytes, body: bytes
    ) -> tuple[list[Difference], bool]:
        """Return the differences of the token's claims, and whether a known key verifies its signature.

        Args:
            signatures: The token.
            before: The timestamp and the URL of the request, as parsed.
            body: The request body.

        Returns:
            The differences, and whether the signature is known to be valid.
        """
        token = self._parse(signatures[0][1]) if signatures else None
        if token is None:
            return [], False
        found = list(self._expected.differences(token.claims, self._request(before, body)))
        return found, bool(found) and with_cached_keys(lambda: self._has_valid_signature(token))

    def with_key(self, key: bytes) -> JwtKey | None:
        """Return a key of other bytes for the same tokens, for the diagnosis.

        Args:
            key: The bytes of an HMAC key.

        Returns:
            The key, or None if the keys are fetched.
        """
        if not isinstance(self._source, FixedKeys):
            return None
        return JwtKey(
            self._source.with_key(key),
            self._expected,
            self._algorithms,
            account=self._account,
            has_timestamp=self._has_timestamp,
        )

    def _has_valid_signature(self, token: UnverifiedToken) -> bool:
        key = self._source.find(token)
        return key is not None and key.verify((("v1", token.signature),), token.signed_part, b"", b"")

    def _request(self, before: bytes, body: bytes) -> SignedRequest:
        if not self._expected.needs_url:
            return self._account, "", "", body
        text = before.decode("utf-8", "surrogatepass")
        url = text.partition(".")[2] if self._has_timestamp else text
        method = ""
        if self._expected.needs_method:
            method, _, url = url.partition(" ")
        return self._account, method, url, body

    def _parse(self, text: str) -> UnverifiedToken | None:
        """Return the token of a text, which is a variant of the diagnosis, or None."""
        if isinstance(text, UnverifiedToken):
            return text
        try:
            return parse_token(text, self._algorithms, needs_key_id=False)
        except MalformedDelivery:
            return None


class JwtSigningKey:
    """Signs tokens for one secret.

    Args:
        key: Signs the header and the claims.
        account: The account of the secret, or "".
    """

    __slots__ = ("_key", "account", "version")

    def __init__(self, key: SigningKey, account: str = "") -> None:
        self._key = key
        self.account: str = account
        self.version: str = key.version

    def sign(self, content: bytes) -> str:
        """Sign the header and the claims.

        Args:
            content: The content, in base64url.

        Returns:
            The signature in base64.
        """
        return self._key.sign(content)
