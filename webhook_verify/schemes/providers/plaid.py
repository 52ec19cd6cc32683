"""Plaid: a token signs the hash of the body. Its key is fetched with the account's credentials."""

from __future__ import annotations

import json
from hashlib import sha256
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from webhook_verify.errors import InvalidSecret, MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.key_stores.base import KeyStore, checked_key_store
from webhook_verify.keys import BufferedCheck, Signatures
from webhook_verify.schemes.base import ParsedHeaders, SchemeDocs
from webhook_verify.schemes.differences import Difference, with_cached_keys
from webhook_verify.schemes.jwt_token import UnverifiedToken, parse_token
from webhook_verify.schemes.key_cache import Fetch, KeyCache, https_fetch
from webhook_verify.schemes.verify_only import VerifyOnlyScheme
from webhook_verify.secret import Secret

if TYPE_CHECKING:
    from webhook_verify.keys import StreamingCheck

__all__ = ["SCHEME", "CredentialsKey", "Plaid"]

_ALGORITHM = "ES256"
_HOSTS = {"production": "https://production.plaid.com", "sandbox": "https://sandbox.plaid.com"}
_PATH = "/webhook_verification_key/get"


class Plaid(VerifyOnlyScheme):
    """Plaid. The secret is `client_id:secret`, the credentials for fetching the key that a token names.

    Args:
        environment: `production` or `sandbox`.
        fetch: Fetches the key from Plaid, by default `https_fetch`.
        key_store: Where the ids of verified keys survive a restart, see `webhook_verify.key_stores`.

    Raises:
        ValueError: If `environment` is unknown.
        TypeError: If `key_store` is not a `KeyStore`.
    """

    signs_id = False
    event_type_in_body: tuple[str, ...] = ("webhook_type",)

    signed_content = "a token (ES256) with the SHA-256 of the body"
    header_names: tuple[str, ...] = ("plaid-verification",)
    decoy_secret = "unknown-sender:unknown"
    retry_seconds: float = 86_400.0
    docs: SchemeDocs = SchemeDocs(
        title="Plaid",
        secret_from="Dashboard > Developers > Keys: client_id and secret, joined with a colon",
        url="https://plaid.com/docs/api/webhooks/webhook-verification/",
        notes=(
            "Keys are fetched from the production environment, or from the sandbox with "
            "`Plaid(environment='sandbox')`. The body has no id, so deliveries are identified by "
            "signing time and body."
        ),
        retries=(
            "for 24 hours, first after 30 seconds, then after 4 times as long each time "
            "([documentation](https://plaid.com/docs/api/webhooks/)); the timestamp of a retry is not "
            "documented, but Plaid asks you to reject a delivery that is older than 5 minutes"
        ),
    )

    def __init__(
        self,
        *,
        environment: str = "production",
        fetch: Fetch | None = None,
        key_store: KeyStore | None = None,
    ) -> None:
        if environment not in _HOSTS:
            raise ValueError(f"environment must be one of {', '.join(_HOSTS)}; not {environment!r}")
        self._address = _HOSTS[environment] + _PATH
        self._fetch = fetch
        self._key_store = checked_key_store(key_store)
        self._reader = HeaderReader(*self.header_names)

    @property
    def name(self) -> str:
        """The name in the registry."""
        return "plaid"

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the token in the header, without verifying it.

        Args:
            headers: The request headers.
            url: Unused.
            method: Unused.

        Returns:
            The unverified values of the headers.

        Raises:
            MalformedDelivery: If the token is missing or invalid.
        """
        text = self._reader.read(headers)[0] or ""
        if not text or text.isspace():
            raise MalformedDelivery(Reason.MISSING_HEADER, "missing or empty header: plaid-verification")
        token = parse_token(text, _ALGORITHM)
        if not (token.key_id.isascii() and token.key_id.replace("-", "").isalnum()):
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, "the token is invalid: its key id is not valid")
        timestamp = token.numeric_date("iat")
        return "", timestamp, ((_ALGORITHM, text),), b"%d." % timestamp, b"", self.event_type_in_body

    def verifying_key(self, secret: Secret) -> CredentialsKey:
        """Return the key that verifies tokens of an account.

        Args:
            secret: `client_id:secret`.

        Returns:
            The verifying key.

        Raises:
            ImportError: If the extra `asymmetric` is not installed.
            InvalidSecret: If the secret does not have this form.
        """
        value = secret.reveal()
        client, _, password = (value if isinstance(value, str) else "").partition(":")
        if not client.strip() or not password.strip():
            raise InvalidSecret("secret must be client_id:secret, the two values from Plaid's dashboard")
        fetch = _fetch_nothing if value == self.decoy_secret else self._fetch or https_fetch()
        return CredentialsKey(client, password, self._address, fetch, self._key_store)


def _fetch_nothing(url: str, content: bytes | None) -> bytes:
    """Reject a fetch with the decoy secret, because Plaid must not receive invalid credentials."""
    raise PermissionError


class CredentialsKey:
    """Verifies tokens with the keys that Plaid returns for an account's credentials.

    Args:
        client: The `client_id`.
        password: The `secret`.
        address: The URL of Plaid's endpoint for keys.
        fetch: Fetches a key.
        key_store: Where the ids of verified keys survive a restart.
    """

    __slots__ = ("_address", "_cache", "_credentials", "_fetch", "_tokens")

    def __init__(
        self, client: str, password: str, address: str, fetch: Fetch, key_store: KeyStore | None = None
    ) -> None:
        from webhook_verify.asymmetric import jwt_keys as tokens

        self._credentials = {"client_id": client, "secret": password}
        self._address, self._fetch, self._tokens = address, fetch, tokens
        # Not shared between accounts, because the credentials of another account may be invalid.
        self._cache: KeyCache[Any] = KeyCache("plaid", store=key_store)

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether one of the signatures is valid.

        Args:
            signatures: The token.
            before: Unused.
            body: The request body.
            after: Unused.

        Returns:
            Whether a signature is valid.

        Raises:
            KeyUnavailable: If the provider's key cannot be fetched now.
        """
        digest = sha256(body).hexdigest()
        return any(self._signed(parse_token(text, _ALGORITHM), digest) for _, text in signatures)

    def _signed(self, token: UnverifiedToken, digest: str) -> bool:
        if not _is_of(token.claims, digest):
            return False  # checked first, so that no key is fetched for it
        key = self._cache.get(token.key_id, lambda: self._load(token.key_id))
        claims = self._tokens.claims_in(token.text, key, _ALGORITHM)
        if claims is None or not _is_of(claims, digest):
            return False
        self._cache.mark_verified(token.key_id)
        return True

    def differences(
        self, signatures: Signatures, before: bytes, body: bytes
    ) -> tuple[list[Difference], bool]:
        """Return the differences of the token, and whether a cached key verifies the signature.

        Args:
            signatures: The token.
            before: Unused.
            body: The request body.

        Returns:
            The differences, and whether the signature is known to be valid.
        """
        [(_, text)] = signatures
        token, digest = parse_token(text, _ALGORITHM), sha256(body).hexdigest()
        if _is_of(token.claims, digest):
            return [], False
        claimed = token.claims.get("request_body_sha256")

        def is_valid() -> bool:
            key = self._cache.get(token.key_id, lambda: self._load(token.key_id))
            return self._tokens.claims_in(token.text, key, _ALGORITHM) is not None

        is_hash = isinstance(claimed, str)
        found = [Difference("request_body_sha256", digest, claimed, is_body_hash=is_hash)]
        return found, with_cached_keys(is_valid)

    def _load(self, key_id: str) -> Any:
        """Fetch a key. Raise ValueError, among others, if it has expired."""
        asked = json.dumps({**self._credentials, "key_id": key_id}).encode()
        jwk: Any = json.loads(self._fetch(self._address, asked))["key"]
        if jwk.get("expired_at") is not None:
            raise ValueError("the key has expired")
        return self._tokens.key_of(jwk, _ALGORITHM)

    def accepts(self, signatures: Signatures) -> bool:
        """Return whether there is a signature to check.

        Args:
            signatures: The candidate signatures.

        Returns:
            Whether there is at least one signature.
        """
        return bool(signatures)

    def start(self, signatures: Signatures) -> StreamingCheck:
        """Start a check for a body that arrives in chunks.

        Args:
            signatures: The candidate signatures.

        Returns:
            A check that buffers the body.
        """
        return BufferedCheck(self, signatures)


def _is_of(claims: dict[str, Any], digest: str) -> bool:
    claimed = claims.get("request_body_sha256")
    return isinstance(claimed, str) and compare_digest(
        claimed.encode("utf-8", "surrogatepass"), digest.encode()
    )


SCHEME = Plaid()
