"""The keys of HTTP message signatures: a shared secret, a PEM, a JSON Web Key Set, or the URL of one."""

from __future__ import annotations

import json
from binascii import b2a_base64
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from webhook_verify.buffered_keys import BufferedKey
from webhook_verify.credentials import is_public_key
from webhook_verify.errors import InvalidSecret
from webhook_verify.keys import HmacKey, PrivateKey, PublicKey, Signatures, decode_canonical_base64
from webhook_verify.schemes.algorithms import ALGORITHMS
from webhook_verify.schemes.differences import Difference, with_cached_keys
from webhook_verify.schemes.http_signature_candidates import DIGESTS, MessageSignature
from webhook_verify.schemes.http_signature_profile import Profile
from webhook_verify.schemes.key_cache import Fetch, KeyCache, https_fetch
from webhook_verify.secret import Secret

__all__ = [
    "DIGESTS",
    "KeyRing",
    "MessageKey",
    "MessageSignature",
    "MessageSigningKey",
    "signing_key",
    "verifying_key",
]

_HMAC = "hmac-sha256"
_PEM = "-----BEGIN "
_MAX_KEYS = 100
_MIN_REFRESH_SECONDS = 60.0  # how soon an unknown key id may cause another fetch

KeyRing = Mapping[str, Mapping[str, "HmacKey | PublicKey"]]
"""The keys by key id and algorithm. "" is the key of signatures with any or no key id."""


class MessageKey(BufferedKey):
    """Verifies signatures with the configured keys, or with fetched ones.

    Args:
        ring: Returns the keys. Its argument is whether they must be recent.
        algorithms: The accepted algorithms.
        on_match: Called after a signature has matched.
    """

    __slots__ = ("_algorithms", "_on_match", "_ring")

    def __init__(
        self,
        ring: Callable[[bool], KeyRing],
        algorithms: tuple[str, ...],
        on_match: Callable[[], None] | None = None,
    ) -> None:
        self._ring = ring
        self._algorithms = algorithms
        self._on_match = on_match

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether one of the signatures is valid.

        Args:
            signatures: The candidate signatures.
            before: The signature base.
            body: The request body, whose digest the signature base must contain.
            after: Unused.

        Returns:
            Whether a signature is valid.

        Raises:
            KeyUnavailable: If the keys cannot be fetched now.
        """
        return any(
            isinstance(signature, MessageSignature)
            and signature.matches(body)
            and self._is_signed(signature, before)
            for signature in signatures
        )

    def _is_signed(self, signature: MessageSignature, base: bytes) -> bool:
        key = self._key_of(signature)
        if key is None or not key.verify(((key.version, signature[1]),), base, b"", b""):
            return False
        if self._on_match is not None:
            self._on_match()
        return True

    def _key_of(self, signature: MessageSignature) -> HmacKey | PublicKey | None:
        keys = self._keys_with_id(signature.key_id)
        if signature[0]:
            return keys.get(signature[0])
        return next((keys[name] for name in self._algorithms if name in keys), None)

    def _keys_with_id(self, key_id: str) -> Mapping[str, HmacKey | PublicKey]:
        for is_recent in (False, True):  # the key may be newer than the cached ones
            ring = self._ring(is_recent)
            keys = ring.get(key_id) or ring.get("") or (not key_id and _only_key(ring))
            if keys:
                return keys
        return {}

    def differences(
        self, signatures: Signatures, before: bytes, body: bytes
    ) -> tuple[list[Difference], bool]:
        """Return the differences of the digest and the key id, and whether the signature is valid.

        Args:
            signatures: The candidate signatures.
            before: The signature base.
            body: The request body.

        Returns:
            The differences, and whether a key that need not be fetched verifies the signature base.
        """
        differences: list[Difference] = []
        is_signed = False
        for signature in signatures:
            if isinstance(signature, MessageSignature):
                differences += _digest_differences(signature, body)
                is_signed = is_signed or with_cached_keys(partial(self._is_signed, signature, before))
        return differences, is_signed

    def knows(self, key_id: str) -> bool:
        """Return whether there is a key with this id, without a fetch. True if that is not known.

        Args:
            key_id: The key id of a signature.

        Returns:
            False if the configured or cached keys have other ids.
        """
        rings: list[KeyRing] = []

        def look() -> bool:
            rings.append(self._ring(False))
            return True

        return not with_cached_keys(look) or key_id in rings[0] or "" in rings[0]


def _only_key(ring: KeyRing) -> Mapping[str, HmacKey | PublicKey]:
    """Return the only key, for a signature without a key id, or nothing."""
    return next(iter(ring.values())) if len(ring) == 1 else {}


def _digest_differences(signature: MessageSignature, body: bytes) -> list[Difference]:
    return [
        Difference("content-digest", DIGESTS[name](body).hexdigest(), _hex(expected), is_body_hash=True)
        for name, expected in signature.digests
        if b2a_base64(DIGESTS[name](body).digest(), newline=False) != expected.encode()
    ]


def _hex(text: str) -> str:
    return (decode_canonical_base64(text) or b"").hex()


class MessageSigningKey:
    """A key that signs with one algorithm.

    Args:
        algorithm: The algorithm of RFC 9421.
        key_id: The key id, or "".
        sign: Signs a signature base and returns the signature in base64.
    """

    __slots__ = ("_sign", "key_id", "version")

    def __init__(self, algorithm: str, key_id: str, sign: Callable[[bytes], str]) -> None:
        self.version: str = algorithm
        self.key_id: str = key_id
        self._sign = sign

    def sign(self, content: bytes) -> str:
        """Sign a signature base.

        Args:
            content: The signature base.

        Returns:
            The signature in base64.
        """
        return self._sign(content)


def verifying_key(
    secret: Secret, profile: Profile, caches: KeyCache[KeyRing], fetch: Fetch | None
) -> MessageKey:
    """Return the key of a configured secret.

    Args:
        secret: An HMAC secret, a PEM, a JSON Web Key, a set of them, or the URL of a set.
        profile: The profile.
        caches: The fetched sets by URL.
        fetch: Fetches a set, by default `https_fetch`.

    Returns:
        The key.

    Raises:
        ImportError: If the extra `asymmetric` is not installed.
        InvalidSecret: If the secret has another form, or the profile allows no algorithm of its keys.
    """
    text = _text_of(secret)
    if profile.fetches_keys and text.startswith("https://"):
        return _fetched(text, profile, caches, fetch or https_fetch())
    if text.startswith("{"):
        ring = _ring_of(text, profile)
    elif _PEM in text:
        from webhook_verify.asymmetric import message_keys

        found = message_keys.public_keys(text.encode("utf-8", "replace"))
        ring = {"": {name: PublicKey(name, each) for name, each in found.items()}}
    else:
        ring = {"": {_HMAC: _hmac(secret, profile)}}
    usable = {
        key_id: {name: key for name, key in keys.items() if name in profile.algorithms}
        for key_id, keys in ring.items()
    }
    if not any(usable.values()):
        raise InvalidSecret(
            f"the secret has no key for one of the algorithms {', '.join(profile.algorithms)}"
        )
    return MessageKey(lambda is_recent: usable, profile.algorithms)


def _fetched(url: str, profile: Profile, cache: KeyCache[KeyRing], fetch: Fetch) -> MessageKey:
    def load() -> KeyRing:
        return _ring_of(fetch(url, None).decode("utf-8"), profile)

    def ring(is_recent: bool) -> KeyRing:
        return cache.get(url, load, max_age=_MIN_REFRESH_SECONDS) if is_recent else cache.get(url, load)

    return MessageKey(ring, profile.algorithms, lambda: cache.mark_verified(url))


def _ring_of(text: str, profile: Profile) -> dict[str, Mapping[str, HmacKey | PublicKey]]:
    """Return the usable keys of a JSON Web Key, or of a document with a list `keys` or `signing_keys`."""
    from webhook_verify.asymmetric import message_keys

    ring: dict[str, Mapping[str, HmacKey | PublicKey]] = {}
    for jwk in _jwks_in(text):
        if all(jwk.get(name) in allowed for name, allowed in profile.key_members.items()):
            found = message_keys.public_keys_of_jwk(jwk)
            keys = {name: PublicKey(name, is_signed_by) for name, is_signed_by in found.items()}
            key_id = jwk.get("kid", "")
            if keys and isinstance(key_id, str):
                ring[key_id] = {**keys, **ring.get(key_id, {})}  # the first of several keys with one id
    if not ring:
        raise InvalidSecret("the JSON Web Key Set has no key that this profile can verify with")
    return ring


def _jwks_in(text: str) -> list[Mapping[str, Any]]:
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if document.__class__ is not dict:
        raise InvalidSecret("the secret starts like JSON, but is not a JSON Web Key or a set of them")
    if "kty" in document:
        return [document]
    lists: list[Any] = [document.get(name) for name in ("signing_keys", "keys")]
    jwks: list[Any] = [jwk for each in lists if each.__class__ is list for jwk in each[:_MAX_KEYS]]
    return [jwk for jwk in jwks if jwk.__class__ is dict]


def _text_of(secret: Secret) -> str:
    value = secret.reveal()
    return value.strip() if isinstance(value, str) else value.decode("latin-1").strip()


def _hmac(secret: Secret, profile: Profile) -> HmacKey:
    text = _text_of(secret)
    # An attacker knows a public key or a URL, so neither may become an HMAC key by mistake.
    is_public = text.startswith(("https://", "http://")) or is_public_key(text.encode("utf-8", "replace"))
    if _HMAC not in profile.algorithms or is_public:
        forms = "a PEM, a JSON Web Key Set" + (", or its https URL" if profile.fetches_keys else "")
        raise InvalidSecret(f"secret must be {forms}")
    key = ALGORITHMS[_HMAC].signing_key(secret, profile.secret_encoding)
    if not isinstance(key, HmacKey):
        raise InvalidSecret("the secret is not an HMAC key")
    return key


def signing_key(secret: Secret, profile: Profile) -> MessageSigningKey:
    """Return the key that signs.

    Args:
        secret: An HMAC secret, a private key as PEM, or a private JSON Web Key. The key id is the `kid` of
            a JSON Web Key, else the label of the secret.
        profile: The profile.

    Returns:
        The key.

    Raises:
        ImportError: If the extra `asymmetric` is not installed.
        InvalidSecret: If the secret has another form, or lacks the key id that the profile requires.
    """
    text, key_id = _text_of(secret), secret.label or ""
    sign: Callable[[bytes], str]
    if text.startswith("{") or _PEM in text:
        from webhook_verify.asymmetric import message_keys

        if text.startswith("{"):
            [jwk, *_] = _jwks_in(text) or [{}]
            found, key_id = message_keys.private_keys_of_jwk(jwk), str(jwk.get("kid", key_id))
        else:
            found = message_keys.private_keys(text.encode("utf-8", "replace"))
        algorithm = next((name for name in profile.algorithms if name in found), "")
        if not algorithm:
            raise InvalidSecret(f"the key is not for one of {', '.join(profile.algorithms)}")
        sign = PrivateKey(algorithm, found[algorithm]).sign
    else:
        algorithm, sign = _HMAC, _hmac(secret, profile).sign
    if "keyid" in profile.parameters and not key_id:
        raise InvalidSecret(
            "the signing key needs a key id: pass a JSON Web Key with kid, or a Secret(label=)"
        )
    return MessageSigningKey(algorithm, key_id, sign)
