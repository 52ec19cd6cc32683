"""Google Pub/Sub push: each request carries an identity token of the subscription's service account.

The token identifies the sender, the receiver and the expiry. It does not sign the body, and many requests
within its hour carry the same token, so only TLS protects the body.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from webhook_verify.errors import InvalidSecret, MalformedDelivery, Reason, TimestampOutsideTolerance
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.json_fields import strings_at
from webhook_verify.keys import BufferedCheck, Signatures
from webhook_verify.schemes.base import ParsedHeaders, SchemeDocs
from webhook_verify.schemes.differences import Difference, with_cached_keys
from webhook_verify.schemes.jwt_token import UnverifiedToken, parse_token
from webhook_verify.schemes.key_cache import Fetch, KeyCache, https_fetch
from webhook_verify.schemes.verify_only import VerifyOnlyScheme
from webhook_verify.secret import Secret

if TYPE_CHECKING:
    from webhook_verify.keys import StreamingCheck

__all__ = ["SCHEME", "AccountKey", "GooglePubSub"]

_ALGORITHM = "RS256"
_KEYS = "https://www.googleapis.com/oauth2/v3/certs"
_ISSUER = "https://accounts.google.com"
_ISSUERS = (_ISSUER, "accounts.google.com")  # Google documents both, and google-auth accepts both.
_HOUR = 3600
_MAX_CLOCK_SKEW = 300  # seconds that the issue time of a token may be in the future
_SOONEST = 60.0  # seconds after which an unknown key id causes another fetch


class GooglePubSub(VerifyOnlyScheme):
    """Push subscriptions with authentication. The secret is the e-mail address of their service account.

    Args:
        audience: The audience of the subscription. None: the URL that Google calls, which is the default of
            Pub/Sub.
        fetch: Fetches Google's keys, by default `https_fetch`.

    Raises:
        ValueError: If `audience` is empty.
    """

    signs_id = False
    signs_body = False
    has_id_in_body = True
    decoy_secret = "unknown-sender@unknown.invalid"
    tolerance: float = float(_HOUR)  # the lifetime of a token

    signed_content = "an identity token (RS256); not the body"
    header_names: tuple[str, ...] = ("authorization",)
    retries = "new_timestamp"
    retry_seconds: float = 7 * 86_400.0
    docs: SchemeDocs = SchemeDocs(
        title="Google Pub/Sub push",
        secret_from=(
            "the e-mail address of the service account that the push subscription authenticates with"
        ),
        url="https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
        notes=(
            "The token's audience must be the URL of the endpoint, unless you pass "
            "`GooglePubSub(audience=...)`. The token does not sign the body: an attacker who has seen "
            "a token can send any message for the rest of the token's hour. The message id is in the "
            "body, and therefore not signed."
        ),
        retries=(
            "for as long as the subscription retains messages, 7 days by default, with a token that "
            "is at most an hour old "
            "([documentation](https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions))"
        ),
    )

    def __init__(self, *, audience: str | None = None, fetch: Fetch | None = None) -> None:
        if audience is not None and (type(audience) is not str or not audience.strip()):
            raise ValueError("audience must be a non-empty str, or None for the URL of the endpoint")
        self._audience = audience
        self.signs_url: bool = audience is None
        self._fetch = fetch
        self._cache: KeyCache[dict[str, Any]] = KeyCache("google-pubsub")
        self._reader = HeaderReader(*self.header_names)

    @property
    def name(self) -> str:
        """The name in the registry."""
        return "google-pubsub"

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the token in the authorization header, without verifying it.

        Args:
            headers: The request headers.
            url: The URL that Google called. Required without `audience`.
            method: Unused.

        Returns:
            The unverified values of the headers.

        Raises:
            MalformedDelivery: If the token is missing or invalid.
            TypeError: If `url` is `None`, and the scheme was made without `audience`.
        """
        text = self._reader.read(headers)[0] or ""
        kind, _, credentials = text.partition(" ")
        if not text or text.isspace() or kind.lower() != "bearer":
            raise MalformedDelivery(
                Reason.MISSING_HEADER, "missing token: expected authorization: Bearer ..."
            )
        token = parse_token(credentials, _ALGORITHM)
        audience = url if self._audience is None else self._audience
        if audience is None:
            raise TypeError(
                "google-pubsub checks the URL of the request: set public_url= on the receiver, "
                "call verify(body, headers, url=...), or use GooglePubSub(audience=...)"
            )
        token.numeric_date("exp")  # raises if the claim is missing
        signatures = ((_ALGORITHM, credentials),)
        return "", token.numeric_date("iat"), signatures, audience.encode("utf-8", "surrogatepass"), b"", None

    def check_lifetime(self, parsed: ParsedHeaders, now: float) -> None:
        """Check `exp` and `nbf` (RFC 7519, sections 4.1.4 and 4.1.5), and that `iat` is not in the future.

        Args:
            parsed: The values that `parse_headers` returned.
            now: Unix seconds.

        Raises:
            MalformedDelivery: If `nbf` is not a time.
            TimestampOutsideTolerance: If the token has expired or is not valid yet.
        """
        [(_, credentials)] = parsed[2]
        token, seconds = parse_token(credentials, _ALGORITHM), math.floor(now)
        expires = token.numeric_date("exp")
        if seconds > expires:
            raise TimestampOutsideTolerance(seconds - expires, 0)
        if token.claims.get("nbf") is not None and (not_before := token.numeric_date("nbf")) > seconds:
            raise TimestampOutsideTolerance(seconds - not_before, 0)
        if parsed[1] - seconds > _MAX_CLOCK_SKEW:
            raise TimestampOutsideTolerance(seconds - parsed[1], _MAX_CLOCK_SKEW)

    def message_id_from_body(self, body: bytes) -> str:
        """Return `message.messageId`, which is the same when Google sends the message again.

        Args:
            body: The signed body.

        Returns:
            The id, or "" if the body does not contain an id.
        """
        return "".join(strings_at(body, "message.messageId"))

    def verifying_key(self, secret: Secret) -> AccountKey:
        """Return the key that verifies tokens of a service account.

        Args:
            secret: The e-mail address of the account.

        Returns:
            The verifying key.

        Raises:
            ImportError: If the extra `asymmetric` is not installed.
            InvalidSecret: If the secret is not an e-mail address.
        """
        value = secret.reveal()
        if not isinstance(value, str) or value.count("@") != 1 or not value.isprintable() or " " in value:
            raise InvalidSecret("secret must be the e-mail address of a service account")
        return AccountKey(value, self._cache, self._fetch or https_fetch())


class AccountKey:
    """Verifies the tokens of one service account with Google's keys.

    Args:
        email: The e-mail address of the account.
        cache: Google's keys, by key id, under the issuer's URL.
        fetch: Fetches Google's keys.
    """

    __slots__ = ("_cache", "_email", "_fetch", "_tokens")

    def __init__(self, email: str, cache: KeyCache[dict[str, Any]], fetch: Fetch) -> None:
        from webhook_verify.asymmetric import jwt_keys as tokens

        self._email, self._cache, self._fetch, self._tokens = email, cache, fetch, tokens

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether one of the signatures is valid.

        Args:
            signatures: The token.
            before: The expected audience.
            body: Unused.
            after: Unused.

        Returns:
            Whether a signature is valid.

        Raises:
            KeyUnavailable: If the provider's key cannot be fetched now.
        """
        audience = before.decode("utf-8", "surrogatepass")
        return any(self._signed(parse_token(text, _ALGORITHM), audience) for _, text in signatures)

    def _signed(self, token: UnverifiedToken, audience: str) -> bool:
        if not self._is_ours(token.claims, audience):
            return False  # checked first, so that no key is fetched for it
        key = self._cache.get(_ISSUER, self._load).get(token.key_id)
        if key is None:  # the key may be newer than the cached ones
            key = self._cache.get(_ISSUER, self._load, max_age=_SOONEST).get(token.key_id)
        claims = None if key is None else self._tokens.claims_in(token.text, key, _ALGORITHM)
        return claims is not None and self._is_ours(claims, audience)

    def _is_ours(self, claims: dict[str, Any], audience: str) -> bool:
        wanted = {"aud": audience, "email": self._email}
        verified = claims.get("email_verified") is True and claims.get("iss") in _ISSUERS
        return verified and all(claims.get(name) == value for name, value in wanted.items())

    def differences(
        self, signatures: Signatures, before: bytes, body: bytes
    ) -> tuple[list[Difference], bool]:
        """Return the differences of the token's claims, and whether a cached key verifies the signature.

        Args:
            signatures: The token.
            before: The expected audience.
            body: Unused.

        Returns:
            The differences, and whether the signature is known to be valid.
        """
        [(_, text)] = signatures
        token = parse_token(text, _ALGORITHM)
        expected = {
            "iss": token.claims.get("iss") if token.claims.get("iss") in _ISSUERS else _ISSUER,
            "aud": before.decode("utf-8", "surrogatepass"),
            "email": self._email,
            "email_verified": True,
        }
        found = [
            Difference(name, value, token.claims.get(name))
            for name, value in expected.items()
            if token.claims.get(name) != value
        ]

        def is_valid() -> bool:
            key = self._cache.get(_ISSUER, self._load).get(token.key_id)
            return key is not None and self._tokens.claims_in(token.text, key, _ALGORITHM) is not None

        return found, bool(found) and with_cached_keys(is_valid)

    def _load(self) -> dict[str, Any]:
        return self._tokens.keys_in(self._fetch(_KEYS, None), _ALGORITHM)

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


SCHEME = GooglePubSub()
