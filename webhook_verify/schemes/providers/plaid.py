"""Plaid: a token signs the hash of the body. Its key is fetched with the account's credentials."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from webhook_verify.errors import InvalidSecret, MalformedDelivery, Reason
from webhook_verify.headers import Headers
from webhook_verify.key_stores.base import KeyStore, checked_key_store
from webhook_verify.keys import PublicKey
from webhook_verify.schemes.base import ParsedHeaders, SchemeDocs
from webhook_verify.schemes.jwt_scheme import JwtScheme
from webhook_verify.schemes.key_cache import Fetch, KeyCache, https_fetch
from webhook_verify.secret import Secret

if TYPE_CHECKING:
    from webhook_verify.keys import VerifyingKey
    from webhook_verify.schemes.jwt_token import UnverifiedToken

__all__ = ["SCHEME", "Plaid"]

_ALGORITHM = "ES256"
_HOSTS = {"production": "https://production.plaid.com", "sandbox": "https://sandbox.plaid.com"}
_PATH = "/webhook_verification_key/get"
_DOCS = SchemeDocs(
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


class Plaid(JwtScheme):
    """Plaid. The secret is `client_id:secret`, the credentials for fetching the key that a token names.

    Args:
        environment: `production` or `sandbox`.
        fetch: Fetches the key from Plaid, by default `https_fetch`.
        key_store: Where the ids of verified keys survive a restart, see `webhook_verify.key_stores`.

    Raises:
        ValueError: If `environment` is unknown.
        TypeError: If `key_store` is not a `KeyStore`.
    """

    decoy_secret = "unknown-sender:unknown"

    def __init__(
        self,
        *,
        environment: str = "production",
        fetch: Fetch | None = None,
        key_store: KeyStore | None = None,
    ) -> None:
        if environment not in _HOSTS:
            raise ValueError(f"environment must be one of {', '.join(_HOSTS)}; not {environment!r}")
        super().__init__(
            "plaid",
            header="plaid-verification",
            algorithm=_ALGORITHM,
            keys=self._keys_for,
            claims={"request_body_sha256": "{sha256:body}"},
            event_type_in_body="webhook_type",
            leeway=60,
            retry_seconds=86_400.0,
            docs=_DOCS,
        )
        self._address = _HOSTS[environment] + _PATH
        self._fetch = fetch
        self._key_store = checked_key_store(key_store)

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
        parsed = super().parse_headers(headers, url, method)
        key_id: str = getattr(parsed[2][0][1], "key_id", "")
        if not (key_id.isascii() and key_id.replace("-", "").isalnum()):
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, "the token is invalid: its key id is not valid")
        return parsed

    def _keys_for(self, secret: Secret) -> _CredentialsKeys:
        value = secret.reveal()
        client, _, password = (value if isinstance(value, str) else "").partition(":")
        if not client.strip() or not password.strip():
            raise InvalidSecret("secret must be client_id:secret, the two values from Plaid's dashboard")
        fetch = _fetch_nothing if value == self.decoy_secret else self._fetch or https_fetch()
        credentials = {"client_id": client, "secret": password}
        return _CredentialsKeys(credentials, self._address, fetch, self._key_store)


def _fetch_nothing(url: str, content: bytes | None) -> bytes:
    """Reject a fetch with the decoy secret, because Plaid must not receive invalid credentials."""
    raise PermissionError


class _CredentialsKeys:
    """The keys that Plaid returns for an account's credentials."""

    __slots__ = ("_address", "_cache", "_credentials", "_fetch", "_jws_keys")

    def __init__(
        self, credentials: dict[str, str], address: str, fetch: Fetch, key_store: KeyStore | None
    ) -> None:
        from webhook_verify.asymmetric import jws_keys

        self._credentials, self._address, self._fetch, self._jws_keys = credentials, address, fetch, jws_keys
        # Not shared between accounts, because the credentials of another account may be invalid.
        self._cache: KeyCache[VerifyingKey] = KeyCache("plaid", store=key_store)

    def find(self, token: UnverifiedToken) -> VerifyingKey:
        """Return the key that a token names."""
        return self._cache.get(token.key_id, lambda: self._load(token.key_id))

    def mark_verified(self, token: UnverifiedToken) -> None:
        """Record that the key has verified a token."""
        self._cache.mark_verified(token.key_id)

    def _load(self, key_id: str) -> VerifyingKey:
        """Fetch a key. Raise ValueError, among others, if it has expired."""
        asked = json.dumps({**self._credentials, "key_id": key_id}).encode()
        jwk: Any = json.loads(self._fetch(self._address, asked))["key"]
        if jwk.get("expired_at") is not None:
            raise ValueError("the key has expired")
        public = self._jws_keys.public_key_of_jwk(jwk, _ALGORITHM)
        return PublicKey("v1", self._jws_keys.verifier(public, _ALGORITHM))


SCHEME = Plaid()
