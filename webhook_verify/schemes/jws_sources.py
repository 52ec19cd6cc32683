"""The public keys for JSON Web Signatures: a PEM, a JSON Web Key Set, or the URL of a set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from webhook_verify.errors import InvalidSecret
from webhook_verify.schemes.differences import Difference, with_cached_keys
from webhook_verify.schemes.jws_compact import key_id_of
from webhook_verify.schemes.jws_signing import parse_jwk
from webhook_verify.schemes.key_cache import Fetch, KeyCache

if TYPE_CHECKING:
    from webhook_verify.asymmetric.ecdsa_rsa import Signed

__all__ = [
    "NO_KEYS",
    "FetchedKeys",
    "FixedKeys",
    "KeySource",
    "Keys",
    "configured_keys",
    "keys_in",
    "url_of_keys",
]

Keys = tuple[tuple[str, "Signed"], ...]
"""(key id, verify): the key id is "" for a key without one."""

NO_KEYS = '{"keys": []}'
"""A secret that verifies nothing."""

_MAX_KEYS = 64  # of a set; the largest known one has 8
_MAX_TRIALS = 8  # of a signature that does not name its key
_SOONEST_SECONDS = 60.0  # after which an unknown key causes another fetch
_PUBLISHED = "enabled"
_URL = re.compile(r"https://[\w.-]+(?::[0-9]+)?(?:/[!-~]*)?", re.ASCII)
_MAX_URL_CHARS = 2_000


class KeySource(Protocol):
    """Where the keys for a signature are."""

    def candidates(self, header: dict[str, Any], content: bytes) -> Iterator[Signed]:
        """Yield functions that verify a signature by a key that may have made it. May raise KeyUnavailable.

        Args:
            header: The unverified header of the signature.
            content: The unverified payload.

        Returns:
            The functions, most likely first.
        """
        ...

    def differences(self, header: dict[str, Any], content: bytes) -> list[Difference]:
        """Return the differences that make `candidates` yield nothing. Must not raise, nor fetch a key.

        Args:
            header: The unverified header of the signature.
            content: The unverified payload.

        Returns:
            The differences.
        """
        ...


class FixedKeys:
    """Keys of the configuration.

    Args:
        keys: The keys.
        needs_key_id: Whether a signature must name its key if there are several.
    """

    __slots__ = ("_keys", "_needs_key_id")

    def __init__(self, keys: Keys, *, needs_key_id: bool) -> None:
        self._keys, self._needs_key_id = keys, needs_key_id

    def candidates(self, header: dict[str, Any], content: bytes) -> Iterator[Signed]:
        """Yield the keys that may have made a signature.

        Args:
            header: The unverified header of the signature.
            content: Unused.

        Yields:
            At most eight functions that verify a signature.
        """
        key_id = key_id_of(header)
        if key_id:
            named = [signed for each, signed in self._keys if each == key_id]
            # A PEM has no key id.
            yield from named or [signed for each, signed in self._keys if len(self._keys) == 1 and not each]
        elif len(self._keys) == 1 or not self._needs_key_id:
            yield from (signed for _, signed in self._keys[:_MAX_TRIALS])

    def differences(self, header: dict[str, Any], content: bytes) -> list[Difference]:
        """Return the difference of the key id, if no key has it.

        Args:
            header: The unverified header of the signature.
            content: Unused.

        Returns:
            The differences.
        """
        if next(self.candidates(header, content), None) is not None or not self._keys:
            return []
        known = ", ".join(key_id for key_id, _ in self._keys if key_id)
        return [Difference("kid", known, key_id_of(header) or None)]


class FetchedKeys:
    """Keys of a set that the provider publishes.

    Args:
        url: The URL of the set.
        algorithm: The `alg`.
        needs_key_id: Whether a signature must name its key if there are several.
        cache: The sets by URL.
        fetch: Fetches a set.
    """

    __slots__ = ("_algorithm", "_cache", "_fetch", "_needs_key_id", "_url")

    def __init__(
        self, url: str, algorithm: str, *, needs_key_id: bool, cache: KeyCache[Keys], fetch: Fetch
    ) -> None:
        self._url, self._algorithm, self._needs_key_id = url, algorithm, needs_key_id
        self._cache, self._fetch = cache, fetch

    def candidates(self, header: dict[str, Any], content: bytes) -> Iterator[Signed]:
        """Yield the keys that may have made a signature. A key may be newer than the cached ones.

        Args:
            header: The unverified header of the signature.
            content: Unused.

        Yields:
            Functions that verify a signature.

        Raises:
            KeyUnavailable: If the set cannot be fetched now.
        """
        if header.get("jku", self._url) != self._url:
            return  # so that nothing is fetched for it
        keys = self._cache.get(self._url, self._load)
        found = list(self._fixed(keys).candidates(header, content))
        yield from found
        if found and key_id_of(header):
            return
        newer = self._cache.get(self._url, self._load, max_age=_SOONEST_SECONDS)
        if newer is not keys:
            yield from self._fixed(newer).candidates(header, content)

    def differences(self, header: dict[str, Any], content: bytes) -> list[Difference]:
        """Return the difference of the URL of the keys, or of the key id if the set is cached.

        Args:
            header: The unverified header of the signature.
            content: Unused.

        Returns:
            The differences.
        """
        if (url := header.get("jku", self._url)) != self._url:
            return [Difference("jku", self._url, url)]
        found: list[Difference] = []

        def compare() -> bool:
            keys = self._cache.get(self._url, self._load)
            found.extend(self._fixed(keys).differences(header, content))
            return True

        with_cached_keys(compare)
        return found

    def _fixed(self, keys: Keys) -> FixedKeys:
        return FixedKeys(keys, needs_key_id=self._needs_key_id)

    def _load(self) -> Keys:
        return keys_in(self._fetch(self._url, None), self._algorithm)


def keys_in(document: str | bytes, algorithm: str) -> Keys:
    """Return the public keys of a JSON Web Key or a set of them (RFC 7517).

    Args:
        document: The JSON text.
        algorithm: The `alg`.

    Returns:
        The keys for the algorithm. Other keys of a set are ignored.

    Raises:
        InvalidSecret: If a key for the algorithm is missing, or the set has more than 64 keys.
    """
    from webhook_verify.asymmetric import jws_keys

    value = parse_jwk(document)
    listed: Any = value.get("keys") if "keys" in value else [value]
    if listed.__class__ is not list or len(listed) > _MAX_KEYS:
        raise InvalidSecret(f"the JSON Web Key Set must have a list of at most {_MAX_KEYS} keys")
    keys: list[tuple[str, Signed]] = []
    for jwk in listed:
        try:
            public = jws_keys.public_key_of_jwk(jwk if jwk.__class__ is dict else {}, algorithm)
            keys.append((key_id_of(jwk), jws_keys.verifier(public, algorithm)))
        except InvalidSecret:
            continue
    if not keys:
        raise InvalidSecret(f"the JSON Web Key Set has no public key for {algorithm}")
    return tuple(keys)


def configured_keys(text: str, algorithm: str) -> Keys | None:
    """Return the keys of a secret that contains them.

    Args:
        text: The secret.
        algorithm: The `alg`.

    Returns:
        The keys, or None if the secret is neither a PEM nor a JSON Web Key nor a set of these.

    Raises:
        ImportError: If the extra `asymmetric` is not installed.
        InvalidSecret: If the secret has no key for the algorithm.
    """
    from webhook_verify.asymmetric import jws_keys

    if text == NO_KEYS:
        return ()
    if text.startswith("-----BEGIN"):
        return (("", jws_keys.verifier(text.encode(), algorithm)),)
    return keys_in(text, algorithm) if text.startswith("{") else None


def url_of_keys(text: str, allowed: tuple[str, ...], path: str) -> str:
    """Return the URL of the keys that a secret names.

    Args:
        text: The secret.
        allowed: The only allowed URLs, or none for any.
        path: The path of the keys if the secret is the URL of a host, or "".

    Returns:
        The URL.

    Raises:
        InvalidSecret: If the secret is not a URL, or not an allowed one.
    """
    if text == _PUBLISHED and len(allowed) == 1:
        return allowed[0]
    if len(text) > _MAX_URL_CHARS or not _URL.fullmatch(text) or (allowed and text not in allowed):
        expected = " or ".join(allowed) or (
            "the https URL of your host" if path else "the https URL of a set"
        )
        raise InvalidSecret(f"secret must be a public key as PEM, a JSON Web Key Set, or {expected}")
    return text.rstrip("/") + path if path else text
