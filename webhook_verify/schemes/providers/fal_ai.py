"""fal.ai: Ed25519 of request id, user id, timestamp and the body's hash, in `x-fal-webhook-signature`.

fal.ai signs the webhooks of all its users with the same keys. The secret is therefore your user id: without
it, any user of fal.ai could send you a webhook with a valid signature.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from hmac import compare_digest
from typing import Any

from webhook_verify.buffered_keys import BufferedKey
from webhook_verify.errors import InvalidSecret
from webhook_verify.keys import Ed25519VerifyingKey, Signatures
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.differences import Difference, with_cached_keys
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.key_cache import Fetch, KeyCache, https_fetch
from webhook_verify.schemes.verify_only import VerifyOnlyScheme
from webhook_verify.secret import Secret

__all__ = ["SCHEME", "FalAi", "UserKey"]

_JWKS = "https://rest.alpha.fal.ai/.well-known/jwks.json"
_USER = "x-fal-webhook-user-id"
_MAX_KEYS = 8
_SOONEST_SECONDS = 300.0  # after which an invalid signature causes another fetch, because keys have no ids


class FalAi(VerifyOnlyScheme, HeaderScheme):
    """Webhooks of fal.ai. The secret is the user id of your account.

    Args:
        fetch: Fetches the keys of fal.ai, by default `https_fetch`.
    """

    def __init__(self, *, fetch: Fetch | None = None) -> None:
        super().__init__(
            "fal-ai",
            signature_header="x-fal-webhook-signature",
            algorithm="ed25519",
            signed_content=f"{{id}}\n{{header:{_USER}}}\n{{timestamp}}\n{{sha256:body}}",
            id_header="x-fal-webhook-request-id",
            timestamp_header="x-fal-webhook-timestamp",
            retry_seconds=7_200,
            docs=SchemeDocs(
                title="fal.ai",
                secret_from="your user id, the value of `x-fal-webhook-user-id` in your deliveries",
                url="https://docs.fal.ai/model-apis/model-endpoints/webhooks",
                notes=(
                    "fal.ai signs the webhooks of all users with the same keys, which are fetched from "
                    f"{_JWKS}. A delivery for another user id is rejected."
                ),
                retries=(
                    "10 times within 2 hours "
                    "([documentation](https://docs.fal.ai/model-apis/model-endpoints/webhooks)); "
                    "the timestamp of a retry is not documented"
                ),
            ),
        )
        self._fetch = fetch
        self._cache: KeyCache[list[Ed25519VerifyingKey]] = KeyCache("fal-ai")

    def verifying_key(self, secret: Secret) -> UserKey:
        """Return the key that verifies the deliveries of one user.

        Args:
            secret: The user id.

        Returns:
            The verifying key.

        Raises:
            ImportError: If the extra `asymmetric` is not installed.
            InvalidSecret: If the secret is not a user id.
        """
        value = secret.reveal()
        if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value:
            raise InvalidSecret("secret must be your user id at fal.ai, in printable ASCII without spaces")
        from webhook_verify import asymmetric as asymmetric  # fails here if the extra is missing

        return UserKey(value, self._cache, self._fetch or https_fetch())


class UserKey(BufferedKey):
    """Verifies the deliveries of one user with the keys of fal.ai.

    Args:
        user: The user id.
        cache: The keys of fal.ai.
        fetch: Fetches the keys.
    """

    __slots__ = ("_cache", "_fetch", "_user")

    def __init__(self, user: str, cache: KeyCache[list[Ed25519VerifyingKey]], fetch: Fetch) -> None:
        self._user, self._cache, self._fetch = user, cache, fetch

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether one of the signatures is valid.

        Args:
            signatures: The signature.
            before: The signed content.
            body: Empty, because the content has the hash of the body.
            after: Empty.

        Returns:
            Whether the delivery is for the user and its signature is valid.

        Raises:
            KeyUnavailable: If the keys cannot be fetched now.
        """
        if not signatures or not compare_digest(_user_in(before), self._user.encode()):
            return False  # checked first, so that no key is fetched for it
        keys = self._cache.get(_JWKS, self._load)
        if any(key.verify(signatures, before, body, after) for key in keys):
            return True
        newer = self._cache.get(_JWKS, self._load, max_age=_SOONEST_SECONDS)
        return newer is not keys and any(key.verify(signatures, before, body, after) for key in newer)

    def differences(
        self, signatures: Signatures, before: bytes, body: bytes
    ) -> tuple[list[Difference], bool]:
        """Return the difference of the user id, and whether a cached key verifies the signature.

        Args:
            signatures: The signature.
            before: The signed content.
            body: Empty.

        Returns:
            The differences, and whether the signature is known to be valid.
        """
        user = _user_in(before)
        if user == self._user.encode():
            return [], False

        def is_valid() -> bool:
            keys = self._cache.get(_JWKS, self._load)
            return any(key.verify(signatures, before, body, b"") for key in keys)

        return [Difference(_USER, self._user, user.decode("utf-8", "replace"))], with_cached_keys(is_valid)

    def _load(self) -> list[Ed25519VerifyingKey]:
        """Fetch the keys. Raise ValueError, among others, if the set has no key."""
        document: Any = json.loads(self._fetch(_JWKS, None))
        found = [jwk["x"] for jwk in document["keys"][:_MAX_KEYS] if jwk.get("crv") == "Ed25519"]
        if not found:
            raise ValueError("the set has no Ed25519 key")
        return [Ed25519VerifyingKey(urlsafe_b64decode(x + "=" * (-len(x) % 4))) for x in found]


def _user_in(content: bytes) -> bytes:
    """Return the user id, the second line of the signed content."""
    return b"".join(content.split(b"\n", 2)[1:2])


SCHEME = FalAi()
