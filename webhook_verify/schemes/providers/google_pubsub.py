"""Google Pub/Sub push: an identity token of the subscription's service account comes with each request.

The token says who sends, to whom and until when. It does not sign the body, and the same one comes with many
requests within its hour, so what keeps the body genuine is TLS.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from webhook_verify.errors import InvalidSecret, MalformedDelivery, Reason, TimestampOutsideTolerance
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.keys import BufferedCheck, Signatures
from webhook_verify.schemes.base import ParsedHeaders, SchemeDocs
from webhook_verify.schemes.json_fields import strings_at
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
_HOUR = 3600
_MAX_CLOCK_SKEW = 300  # seconds, by which a token may come from the future
_SOONEST = 60.0  # seconds, after which the keys are fetched for an id that is not among them


class GooglePubSub(VerifyOnlyScheme):
    """Push subscriptions with authentication; the secret is the e-mail address of their service account.

    ``audience``: what the subscription was given as audience; without one it is the address that Google
    calls, so the receiver's own. ``fetch``: gets Google's keys, by default :func:`https_fetch`. Raises
    ValueError for an empty audience.
    """

    signs_id = False
    signs_body = False
    has_id_in_body = True
    decoy_secret = "unknown-sender@unknown.invalid"
    tolerance = float(_HOUR)  # how long a token is good

    signed_content = "an identity token (RS256); not the body"
    header_names = ("authorization",)
    retries = "new_timestamp"
    retry_seconds = 7 * 86_400.0
    docs = SchemeDocs(
        title="Google Pub/Sub push",
        secret_from="the e-mail address of the service account that the push subscription authenticates with",
        url="https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
        notes=(
            "The audience is the address of the endpoint, or GooglePubSub(audience=...). The token signs no "
            "body: whoever sees one can send any message for the rest of its hour. The id is the message's "
            "own, and as unsigned as the body that it is in."
        ),
        retries=(
            "with a token that is at most an hour old, for as long as the subscription keeps messages, 7 "
            "days by default "
            "([documentation](https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions))"
        ),
    )

    def __init__(self, *, audience: str | None = None, fetch: Fetch | None = None) -> None:
        if audience is not None and (type(audience) is not str or not audience.strip()):
            raise ValueError("audience is a text that is not blank, or None for the address of the endpoint")
        self._audience = audience
        self.signs_url = audience is None
        self._fetch = fetch
        self._cache: KeyCache[dict[str, Any]] = KeyCache("google-pubsub")
        self._reader = HeaderReader(*self.header_names)

    @property
    def name(self) -> str:
        """``google-pubsub``."""
        return "google-pubsub"

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """See :meth:`Scheme.read`."""
        text = self._reader.read(headers)[0] or ""
        kind, _, credentials = text.partition(" ")
        if not text or text.isspace() or kind.lower() != "bearer":
            raise MalformedDelivery(Reason.MISSING_HEADER, "there is no token: authorization: Bearer ...")
        token = parse_token(credentials, _ALGORITHM)
        audience = url if self._audience is None else self._audience
        if audience is None:
            raise TypeError(
                "google-pubsub checks the address that the sender called: give the receiver public_url=, "
                "call verify(body, headers, url=...), or use GooglePubSub(audience=...)"
            )
        token.numeric_date("exp")  # there is one
        signatures = ((_ALGORITHM, credentials),)
        return "", token.numeric_date("iat"), signatures, audience.encode("utf-8", "surrogatepass"), b"", None

    def check_lifetime(self, parsed: ParsedHeaders, now: float) -> None:
        """Check ``exp`` and ``nbf`` (RFC 7519, sections 4.1.4 and 4.1.5), and that ``iat`` is in the past.

        Args:
            parsed: What the headers say.
            now: Unix seconds.

        Raises:
            TimestampOutsideTolerance: If the token has expired or is not valid yet.
            MalformedDelivery: If ``nbf`` is not a time.
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
        """Return ``message.messageId``, which is the same when Google sends the message again."""
        return "".join(strings_at(body, "message.messageId"))

    def verifying_key(self, secret: Secret) -> AccountKey:
        """See :meth:`Scheme.verifying_key`. Raises ImportError without the extra ``asymmetric``."""
        value = secret.reveal()
        if not isinstance(value, str) or value.count("@") != 1 or not value.isprintable() or " " in value:
            raise InvalidSecret("the secret is the e-mail address of a service account")
        return AccountKey(value, self._cache, self._fetch or https_fetch())


class AccountKey:
    """What verifies the tokens of one service account: Google's keys, and the account's address."""

    __slots__ = ("_cache", "_email", "_fetch", "_tokens")

    def __init__(self, email: str, cache: KeyCache[dict[str, Any]], fetch: Fetch) -> None:
        from webhook_verify.asymmetric import jwt_keys as tokens

        self._email, self._cache, self._fetch, self._tokens = email, cache, fetch, tokens

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """See :meth:`VerifyingKey.verify`; ``before`` is the audience. Raises :class:`KeyUnavailable`."""
        audience = before.decode("utf-8", "surrogatepass")
        return any(self._signed(parse_token(text, _ALGORITHM), audience) for _, text in signatures)

    def _signed(self, token: UnverifiedToken, audience: str) -> bool:
        if not self._is_ours(token.claims, audience):
            return False  # before anything is fetched for it
        key = self._cache.get(_ISSUER, self._load).get(token.key_id)
        if key is None:  # one that is newer than what we have
            key = self._cache.get(_ISSUER, self._load, max_age=_SOONEST).get(token.key_id)
        claims = None if key is None else self._tokens.claims_in(token.text, key, _ALGORITHM)
        return claims is not None and self._is_ours(claims, audience)

    def _is_ours(self, claims: dict[str, Any], audience: str) -> bool:
        wanted = {"iss": _ISSUER, "aud": audience, "email": self._email}
        verified = claims.get("email_verified") is True
        return verified and all(claims.get(name) == value for name, value in wanted.items())

    def _load(self) -> dict[str, Any]:
        return self._tokens.keys_in(self._fetch(_KEYS, None), _ALGORITHM)

    def accepts(self, signatures: Signatures) -> bool:
        """See :meth:`VerifyingKey.accepts`."""
        return bool(signatures)

    def start(self, signatures: Signatures) -> StreamingCheck:
        """See :meth:`VerifyingKey.start`."""
        return BufferedCheck(self, signatures)


SCHEME = GooglePubSub()
