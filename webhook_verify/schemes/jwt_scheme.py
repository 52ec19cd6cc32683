"""A provider described by data that sends a JSON Web Token (RFC 7519) in a header.

    register(JwtScheme("acme", header="acme-token", claims={"iss": "acme", "digest": "{sha256:body}"}))

Then `Verifier(secret, scheme="acme")`, `Signer`, the adapters, replay protection and the command support it.
"""

from __future__ import annotations

import json
import math
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence

from webhook_verify.errors import InvalidSecret, MalformedDelivery, Reason, TimestampOutsideTolerance
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.json_fields import strings_at
from webhook_verify.schemes import header_options as options
from webhook_verify.schemes import jwt_options
from webhook_verify.schemes.base import ParsedHeaders, Scheme, SchemeDocs, check_message_id
from webhook_verify.schemes.body_paths import body_paths
from webhook_verify.schemes.jwt_claims import ClaimValue, ExpectedClaims
from webhook_verify.schemes.jwt_keys import JwtKey, JwtSigningKey
from webhook_verify.schemes.jwt_token import UnverifiedToken, parse_token
from webhook_verify.schemes.sender_rules import DEFAULT_RULES, ResponseRules, check_identity, check_retries
from webhook_verify.schemes.signed_content import check_request
from webhook_verify.secret import Secret
from webhook_verify.tracebacks import safe_repr

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Any

    from webhook_verify.handshakes import Handshake
    from webhook_verify.keys import SigningKey, VerifyingKey
    from webhook_verify.schemes.jwt_keys import KeySource
    from webhook_verify.schemes.key_fetch import Fetch

__all__ = ["JwtScheme"]

_MAX_CLOCK_SKEW_SECONDS = 300  # how far the issue time of a token may be in the future


@safe_repr
class JwtScheme(Scheme):
    """A provider that sends a token in a header. Its options are checked for consistency.

    A value of `claims` is a constant, a list of accepted texts, or a placeholder: `{url}` is the URL of the
    request, `{sha256:url}` and `{sha256:body}` are hashes in hex, `{sha256:body:base64}` is one in base64,
    `{qsh}` is Atlassian's hash of method, path and query, and `{account}` is a part of the secret.

    Args:
        name: The name for the registry and every `scheme=` parameter.
        header: The header with the token.
        prefix: The text before the token, such as `Bearer `, in either case.
        algorithm: The `alg` that tokens must have, or several of HMAC: `HS256`, `HS384`, `HS512`; or one of
            `RS256` and `ES256`, whose secret is a public key as PEM, or a JSON Web Key Set.
        secret_encoding: How the secret of an HMAC encodes the key: `text`, `base64` or `hex`.
        keys_url: The https URL of a JSON Web Key Set to fetch, with or without `{account}`.
        fetch: Fetches the key set, by default `https_fetch`.
        keys: Returns the source of the keys for a configured secret, for a provider without a key set.
        claims: The claims that a token must have. `{account}` is the secret if keys are fetched, else its
            part before the first colon, and then the key is the rest.
        may_omit_empty_body_hash: Whether the claim with the hash of the body may be missing if it is empty.
        required_claims: The names of other claims that must exist.
        timestamp_claim: The claim with the time of the signature, `iat` or `nbf`, or "".
        id_claim: The claim with the message id, or "". A token without it has no id.
        leeway: How long a token is accepted before `nbf` and after `exp`, in seconds.
        tolerance: The maximum difference between the timestamp and now, in seconds.
        id_in_body: The path of the message id in the JSON body.
        id_on_retry: The message id of a retry: `kept`, `new` or `unknown`.
        body_is_unique: Whether two events never have the same body.
        answer_is_data: Whether the provider uses the response as data.
        event_type_in_body: The path of the event type in the JSON body, or several.
        handshake: The verification challenge, see `webhook_verify.handshakes`.
        retries: The timestamp of a retry: `new_timestamp`, `keep_timestamp`, `none` or `unknown`.
        retry_seconds: The length of the retry schedule in seconds.
        responses: How the provider interprets responses.
        docs: The texts of the provider's page.

    Raises:
        ImportError: If `keys_url` requires the extra `asymmetric`, which is not installed.
        TypeError: If an option has the wrong type.
        ValueError: If an option is invalid, or contradicts another.
    """

    def __init__(
        self,
        name: str,
        *,
        header: str,
        prefix: str = "",
        algorithm: str | Sequence[str] = "HS256",
        secret_encoding: str = "text",
        keys_url: str = "",
        fetch: Fetch | None = None,
        keys: Callable[[Secret], KeySource] | None = None,
        claims: Mapping[str, ClaimValue],
        may_omit_empty_body_hash: bool = False,
        required_claims: Sequence[str] = (),
        timestamp_claim: str = "iat",
        id_claim: str = "",
        leeway: float = 0.0,
        tolerance: float = 300.0,
        id_in_body: str = "",
        id_on_retry: str = "unknown",
        body_is_unique: bool = False,
        answer_is_data: bool = False,
        event_type_in_body: str | Sequence[str] = (),
        handshake: Handshake | None = None,
        retries: str = "unknown",
        retry_seconds: float = 0.0,
        responses: ResponseRules = DEFAULT_RULES,
        docs: SchemeDocs | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__", "name")}
        jwt_options.check_forms(name, given)
        check_retries(retries, retry_seconds)
        check_identity(id_on_retry, body_is_unique, answer_is_data)
        self._name, self._options = name, given
        self.header_names: tuple[str, ...] = options.header_names(header, "header")
        self._prefix = prefix
        self.algorithms: tuple[str, ...] = jwt_options.algorithm_names(algorithm)
        self.secret_encoding = secret_encoding
        self._keys_url, self._fetch, self._keys = keys_url, fetch, keys
        self._expected = ExpectedClaims(claims, may_omit_empty_body_hash=may_omit_empty_body_hash)
        self._required = tuple(required_claims)
        self._timestamp_claim, self._id_claim = timestamp_claim, id_claim
        self._leeway = leeway
        self.tolerance = tolerance
        self.id_in_body = id_in_body
        self.id_on_retry = id_on_retry
        self.body_is_unique, self.answer_is_data = body_is_unique, answer_is_data
        self.event_type_in_body: tuple[str, ...] = body_paths(event_type_in_body, "event_type_in_body")
        self.handshake = handshake
        self.retries = retries
        self.retry_seconds = retry_seconds
        self.responses = responses
        self.docs: SchemeDocs = SchemeDocs.titled(docs, name)
        self._reader = reader = HeaderReader(*self.header_names, brands=(self.header_names,))
        self._header_plan = self.header_names[0], reader.safe_dict_keys[0].issuperset
        self._set_signed_parts()

    def _set_signed_parts(self) -> None:
        expected = self._expected
        self.has_lifetime: bool = True
        self.fetches_keys: bool = bool(self._keys_url) or self._keys is not None
        self.has_key_cache: bool = self.fetches_keys
        self.signs_body: bool = expected.signs_body
        self.signs_url: bool = expected.needs_url
        self.signs_id: bool = bool(self._id_claim)
        self.signs_timestamp: bool = bool(self._timestamp_claim)
        self.has_id_in_body: bool = bool(self.id_in_body)
        # Tokens that do not sign the body are often reused, so that a retry can have another timestamp. If
        # the body has an id, it is therefore left out of the content that identifies a delivery.
        unsigned_id = self.has_id_in_body and not self.signs_body
        self._has_timestamp = self.signs_timestamp and not unsigned_id
        self.signed_content: str = jwt_options.description(self.algorithms, self._options["claims"])
        self._cache = jwt_options.key_cache(self._name) if self._keys_url else None

    @property
    def name(self) -> str:
        """The name in the registry."""
        return self._name

    def with_options(self, **changes: Any) -> JwtScheme:
        """Return a scheme of the same name with other options, such as those that differ between accounts.

        Args:
            changes: Options of `JwtScheme`. Those in `claims` are added, or replace claims of the same name.

        Returns:
            The scheme.

        Raises:
            TypeError: If an option does not exist or has the wrong type.
            ValueError: If an option is invalid, or contradicts another.
        """
        if "claims" in changes:
            changes["claims"] = {**self._options["claims"], **changes["claims"]}
        return JwtScheme(self._name, **{**self._options, **changes})

    def unverified_claims(self, headers: Headers) -> dict[str, Any]:
        """Return the claims of a token without verifying it, only to choose a secret.

        Args:
            headers: The request headers.

        Returns:
            The claims, by name.

        Raises:
            MalformedDelivery: If the token is missing or invalid.
        """
        return dict(self._token_in(headers).claims)

    def has_constant_claims(self, headers: Headers) -> bool:
        """Return whether a token has the constant claims, such as the issuer, to recognise its provider.

        Args:
            headers: The request headers.

        Returns:
            True if the token, which is not verified, has them. False if it is missing or invalid.
        """
        try:
            return self._expected.match_constants(self._token_in(headers).claims)
        except MalformedDelivery:
            return False

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the token in the header, without verifying it.

        Args:
            headers: The request headers.
            url: The URL that the sender called. Required if it is signed.
            method: The request method. Required if it is signed.

        Returns:
            The unverified values of the headers.

        Raises:
            MalformedDelivery: If the token is missing or invalid.
            TypeError: If `url` or `method` is signed and `None`.
        """
        token = self._token_in(headers)
        claims = token.claims
        for name in self._required:
            if name not in claims:
                raise MalformedDelivery(
                    Reason.UNREADABLE_HEADER, f"the token is invalid: its claim {name} is missing"
                )
        timestamp = token.numeric_date(self._timestamp_claim) if self._timestamp_claim else 0
        for name in ("exp", "nbf", "iat"):
            if name != self._timestamp_claim and claims.get(name) is not None:
                token.numeric_date(name)  # raises if the claim is not a time
        before = b"%d." % timestamp if self._has_timestamp else b""
        if self.signs_url:
            signs_method = self._expected.needs_method
            check_request(self._name, (True, signs_method), url, method)
            text = f"{method} {url}" if signs_method else str(url)
            before += text.encode("utf-8", "surrogatepass")
        signatures = ((token.algorithm, token),)
        return self._id_of(claims), timestamp, signatures, before, b"", self.event_type_in_body

    def _token_in(self, headers: Headers) -> UnverifiedToken:
        name, is_plain = self._header_plan
        known: Any = headers
        text = known.get(name) if known.__class__ is dict and is_plain(known) else None
        if text.__class__ is not str:
            text = self._reader.read(headers)[0] or ""
        prefix = self._prefix
        if not text or text.isspace() or (prefix and text[: len(prefix)].lower() != prefix.lower()):
            wanted = f"{self.header_names[0]}: {prefix}..." if prefix else self.header_names[0]
            raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or empty header: {wanted}")
        return parse_token(text[len(prefix) :], self.algorithms, needs_key_id=self.fetches_keys)

    def _id_of(self, claims: Mapping[str, Any]) -> str:
        message_id = claims.get(self._id_claim) if self._id_claim else ""
        if message_id is None:
            return ""
        if not isinstance(message_id, str) or not (message_id.isascii() and message_id.isprintable()):
            detail = f"the token is invalid: its claim {self._id_claim} is not printable ASCII"
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, detail)
        return message_id

    def check_lifetime(self, parsed: ParsedHeaders, now: float) -> None:
        """Check the times of the token: `exp`, `nbf` and `iat` (RFC 7519, section 4.1).

        Args:
            parsed: The values that `parse_headers` returned.
            now: Unix seconds.

        Raises:
            TimestampOutsideTolerance: If the token has expired or is not valid yet.
        """
        [(_, token)] = parsed[2]
        claims: dict[str, int] = getattr(token, "claims", {})
        seconds, leeway = math.floor(now), math.floor(self._leeway)
        expires, not_before, issued = claims.get("exp"), claims.get("nbf"), claims.get("iat")
        if expires is not None and seconds > expires + leeway:
            raise TimestampOutsideTolerance(seconds - expires, leeway)
        if not_before is not None and not_before > seconds + leeway:
            raise TimestampOutsideTolerance(seconds - not_before, leeway)
        if issued is not None and issued - seconds > _MAX_CLOCK_SKEW_SECONDS:
            raise TimestampOutsideTolerance(seconds - issued, _MAX_CLOCK_SKEW_SECONDS)
        if issued is not None and not self._timestamp_claim and seconds - issued > self.tolerance:
            raise TimestampOutsideTolerance(seconds - issued, self.tolerance)

    def message_id_from_body(self, body: bytes) -> str:
        """Return the message id in the body.

        Args:
            body: The body.

        Returns:
            The id, or "" if the body does not contain an id. Several ids are joined with commas.
        """
        return ",".join(strings_at(body, self.id_in_body))

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """Return the key that a receiver verifies with.

        Args:
            secret: The configured secret.

        Returns:
            The verifying key.

        Raises:
            ImportError: If the algorithm needs the extra `asymmetric`, which is not installed.
            InvalidSecret: If the secret is not a valid key for the algorithm.
        """
        account, key = jwt_options.split_account(secret, self._needs_account, self.fetches_keys)
        if self._keys is not None:
            source = self._keys(secret)
        elif self._cache is not None:
            url = self._keys_url.replace("{account}", account)
            source = jwt_options.fetched_keys(url, self.algorithms, self._cache, self._fetch)
        else:
            source = jwt_options.fixed_keys(key, self.algorithms, self.secret_encoding)
        return JwtKey(
            source, self._expected, self.algorithms, account=account, has_timestamp=self._has_timestamp
        )

    @property
    def _needs_account(self) -> bool:
        return self._expected.needs_account or "{account}" in self._keys_url

    def sign(
        self,
        body: bytes,
        keys: Iterable[SigningKey],
        *,
        id: str,
        timestamp: int,
        url: str | None = None,
        method: str | None = None,
    ) -> dict[str, str]:
        """Sign a body with the newest key, because a header contains one token.

        Args:
            body: The request body.
            keys: The signing keys, newest first.
            id: The message id.
            timestamp: Unix seconds.
            url: The URL of the request. Required if it is signed.
            method: The request method. Required if it is signed.

        Returns:
            The headers to send, by name.

        Raises:
            TypeError: If `url` or `method` is signed and `None`.
            ValueError: If only the provider can sign, the id is not valid, or a required claim is unknown.
        """
        if self.fetches_keys:
            raise ValueError(self._refusal)
        check_request(self._name, (self.signs_url, self._expected.needs_method), url, method)
        key = next(iter(keys))
        account = key.account if isinstance(key, JwtSigningKey) else ""
        claims = self._expected.values((account, method or "", url or "", body))
        if self._timestamp_claim:
            claims[self._timestamp_claim] = timestamp
        if "exp" in self._required:
            claims["exp"] = timestamp + math.floor(self.tolerance)
        if self._id_claim:
            check_message_id(id)
            claims[self._id_claim] = id
        if missing := [name for name in self._required if name not in claims]:
            raise ValueError(f"{self._name} cannot sign: the value of the claim {missing[0]} is unknown")
        parts = ({"alg": self.algorithms[0], "typ": "JWT"}, claims)
        content = ".".join(_base64url(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
        signature = key.sign(content.encode()).replace("+", "-").replace("/", "_").rstrip("=")
        return {self.header_names[0]: f"{self._prefix}{content}.{signature}"}

    def signing_key(self, secret: Secret) -> SigningKey:
        """Return the key that a sender signs with.

        Args:
            secret: The configured secret: that of an HMAC, or a private key as PEM.

        Returns:
            The signing key.

        Raises:
            ImportError: If the algorithm needs the extra `asymmetric`, which is not installed.
            InvalidSecret: If the secret is not a valid key for the algorithm, or only the provider can sign.
        """
        if self.fetches_keys:
            raise InvalidSecret(self._refusal)
        account, key = jwt_options.split_account(secret, self._needs_account, fetches_keys=False)
        return JwtSigningKey(jwt_options.signing_key(key, self.algorithms[0], self.secret_encoding), account)

    @property
    def _refusal(self) -> str:
        return f"only {self.docs.title} can sign its deliveries, because its private key is secret"


def _base64url(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")
