"""A provider that sends a JSON Web Signature (RFC 7515), described by data.

    register(JwsScheme("acme", algorithm="ES256", signature_header="x-acme-signature"))

The signature is in a header without its payload, which is the body, or the body is the signature and contains
its payload. The scheme decides the algorithm, the place of the keys and the critical extensions. A delivery
cannot choose them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, Headers, printable_ascii
from webhook_verify.json_fields import strings_at
from webhook_verify.schemes import header_options as options
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, SchemeDocs
from webhook_verify.schemes.body_paths import body_paths
from webhook_verify.schemes.body_scheme import (
    get_field,
    parse_unverified_json,
    unreadable,
)
from webhook_verify.schemes.jws_compact import (
    CompactJws,
    InvalidJws,
    decode_base64url,
    parse_compact,
)
from webhook_verify.schemes.jws_key import JwsKey
from webhook_verify.schemes.jws_request import header_text, signed_headers, signed_request
from webhook_verify.schemes.jws_sender import JwsSender
from webhook_verify.schemes.jws_sources import (
    NO_KEYS,
    FetchedKeys,
    FixedKeys,
    KeySource,
    Keys,
    configured_keys,
    url_of_keys,
)
from webhook_verify.schemes.key_cache import Fetch, KeyCache, https_fetch
from webhook_verify.schemes.sender_rules import DEFAULT_RULES, ResponseRules, check_identity, check_retries
from webhook_verify.schemes.timestamps import UNITS
from webhook_verify.secret import Secret
from webhook_verify.tracebacks import safe_repr

if TYPE_CHECKING:
    pass

__all__ = ["ALGORITHMS", "JwsScheme"]

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""The accepted values of `algorithm`."""

_MAX_TIMESTAMP = 10**12


@safe_repr
class JwsScheme(JwsSender):
    """A provider that sends a JSON Web Signature. Its options are checked for consistency.

    The secret is a public key as PEM, a JSON Web Key or a set of them as JSON, or the https URL of a set.

    Args:
        name: The name for the registry and every `scheme=` parameter.
        algorithm: The `alg`, such as `RS256`, `PS256`, `ES256`, `ES512` or `EdDSA`.
        signature_header: The header with the signature, whose payload is the body. "" if the body contains
            the signature with its payload.
        signature_in_body: The member of the JSON body that contains the signature. "" if the body is the
            signature. Only without `signature_header`.
        is_unencoded: Whether the payload is signed as it is (`"b64": false`, RFC 7797).
        header_members: Members that the header of the signature must have, with their values.
        signed_headers_member: The member that lists the names of signed request headers, with commas. If set,
            the payload is the method, the path, these headers, and the body.
        jwks_urls: The only URLs of keys that the secret and `jku` may name. By default, the secret may be any
            https URL, and `jku` must be the same.
        jwks_path: The path of the set at the provider's host: then the secret is a URL without this path.
        needs_key_id: Whether a signature must name its key if there are several. If False, eight are tried.
        timestamp_member: The member of the header with the time in Unix seconds.
        timestamp_header: The request header with the time in RFC 3339. It must be one of the signed headers.
        timestamp_in_body: The path of the time in the signed JSON, in RFC 3339 or Unix seconds, or several.
            The first that exists is used.
        tolerance: The maximum difference between the timestamp and now, in seconds.
        id_in_body: The path of the message id in the signed JSON.
        body_is_unique: Whether two events never have the same body.
        answer_is_data: Whether the provider uses the response as data.
        event_type_header: The header for `Delivery.event_type`. It is not signed.
        event_type_in_body: The path of the event type in the signed JSON, or several.
        retries: The timestamp of a retry: `new_timestamp`, `keep_timestamp`, `none` or `unknown`.
        retry_seconds: The length of the retry schedule in seconds.
        responses: How the provider interprets responses.
        docs: The texts of the provider's page.
        fetch: Fetches a set of keys, by default `https_fetch`.

    Raises:
        TypeError: If an option has the wrong type.
        ValueError: If an option is invalid, or contradicts another.
    """

    signs_id = False
    has_key_cache = True
    fetches_keys: bool = True
    decoy_secret = NO_KEYS

    def __init__(
        self,
        name: str,
        *,
        algorithm: str,
        signature_header: str = "",
        signature_in_body: str = "",
        is_unencoded: bool = False,
        header_members: Mapping[str, str] | None = None,
        signed_headers_member: str = "",
        jwks_urls: Sequence[str] = (),
        jwks_path: str = "",
        needs_key_id: bool = True,
        timestamp_member: str = "",
        timestamp_header: str = "",
        timestamp_in_body: str | Sequence[str] = (),
        tolerance: float = 300.0,
        id_in_body: str = "",
        body_is_unique: bool = False,
        answer_is_data: bool = False,
        event_type_header: str = "",
        event_type_in_body: str | Sequence[str] = (),
        retries: str = "unknown",
        retry_seconds: float = 0.0,
        responses: ResponseRules = DEFAULT_RULES,
        docs: SchemeDocs | None = None,
        fetch: Fetch | None = None,
    ) -> None:
        if not str(name).strip():
            raise ValueError("name must not be empty")
        if algorithm not in ALGORITHMS:
            raise ValueError(f"algorithm must be one of {', '.join(ALGORITHMS)}; not {algorithm!r}")
        check_retries(retries, retry_seconds)
        check_identity("unknown", body_is_unique, answer_is_data)
        self._name = name
        self.algorithm: str = algorithm
        self.signature_header: str = options.optional_header_name(signature_header, "signature_header")
        self.signature_in_body: str = signature_in_body
        self.is_unencoded: bool = is_unencoded
        self.header_members: dict[str, str] = dict(header_members or {})
        self.signed_headers_member: str = signed_headers_member
        self._jwks_urls, self._jwks_path = tuple(jwks_urls), jwks_path
        self._needs_key_id = needs_key_id
        self.timestamp_member: str = timestamp_member
        self.timestamp_header: str = options.optional_header_name(timestamp_header, "timestamp_header")
        self._timestamp_paths = body_paths(timestamp_in_body, "timestamp_in_body")
        self.tolerance: float = tolerance
        self.id_in_body: str = id_in_body
        self.body_is_unique: bool = body_is_unique
        self.answer_is_data: bool = answer_is_data
        self.event_type_header: str = options.optional_header_name(event_type_header, "event_type_header")
        self.event_type_in_body: tuple[str, ...] = body_paths(event_type_in_body, "event_type_in_body")
        self.retries: str = retries
        self.retry_seconds: float = retry_seconds
        self.responses: ResponseRules = responses
        self.docs: SchemeDocs = SchemeDocs.titled(docs, name)
        self._fetch = fetch
        self._cache: KeyCache[Keys] = KeyCache(name)
        self._set_signed_parts()

    def _set_signed_parts(self) -> None:
        is_detached = self.signature_header != ""
        self.signs_url: bool = self.signed_headers_member != ""
        times = (self.timestamp_member, self.timestamp_header, self._timestamp_paths)
        of_headers = self.is_unencoded, self.signed_headers_member, self.timestamp_member
        problem = (
            (is_detached and self.signature_in_body and "the signature cannot be in a header and in the body")
            or (any(of_headers) and not is_detached and "an option needs signature_header")
            or (self.timestamp_header and not self.signs_url and "timestamp_header must be a signed header")
            or (sum(map(bool, times)) > 1 and "the timestamp can only be in one place")
            or (self._jwks_urls and self._jwks_path and "the keys can only be in one place")
        )
        if problem:
            raise ValueError(f"the options contradict each other: {problem}")
        self.signs_timestamp: bool = any(times)
        self.has_timestamp_in_body: bool = bool(self._timestamp_paths)
        self.has_id_in_body: bool = self.id_in_body != ""
        self.has_signature_in_body: bool = not is_detached
        self.parses_body: bool = not is_detached or self.has_timestamp_in_body
        names = self.signature_header, self.timestamp_header, self.event_type_header
        self.header_names: tuple[str, ...] = tuple(filter(None, names))
        self._reader = HeaderReader(*self.header_names)
        self.signed_content: str = self._described_content()

    def _described_content(self) -> str:
        if not self.signature_header:
            return f"the payload of a JSON Web Signature ({self.algorithm}) in the body"
        payload = "{method} {path}\\n{signed headers}\\n{body}" if self.signs_url else "{body}"
        return "{header of the signature}." + (payload if self.is_unencoded else f"base64url({payload})")

    @property
    def form(self) -> str:
        """The place of the signature and of its payload, in words."""
        if self.signature_header:
            return "without its payload"
        return f"in the member `{self.signature_in_body}`" if self.signature_in_body else "as the body"

    @property
    def name(self) -> str:
        """The name in the registry."""
        return self._name

    def with_fetch(self, fetch: Fetch) -> JwsScheme:
        """Return the same scheme with another function that fetches keys, such as through a proxy.

        Args:
            fetch: Fetches a set of keys.

        Returns:
            The scheme.
        """
        other = copy(self)
        other._fetch, other._cache = fetch, KeyCache(self._name)
        return other

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the signature in the headers, if it is there.

        Args:
            headers: The request headers.
            url: The URL that the sender called. Required if the path is signed.
            method: The request method. Required if it is signed.

        Returns:
            The unverified values of the headers.

        Raises:
            MalformedDelivery: If the signature is missing or invalid.
            TypeError: If the method and the path are signed, and `url` or `method` is `None`.
        """
        values = dict(zip(self.header_names, self._reader.read(headers), strict=True))
        event_type = printable_ascii(values.get(self.event_type_header)) or self.event_type_in_body or None
        if not self.signature_header:
            return "", 0, (), b"", b"", event_type
        text = header_text(values, self.signature_header)
        try:
            jws = self._parse(text)
            prefix = b""
            if self.signs_url:
                listed = signed_headers(jws.header.get(self.signed_headers_member), self.timestamp_header)
                prefix = signed_request(headers, listed, url, method, self._name)
        except InvalidJws as error:
            problem = f"the signature in {self.signature_header} is invalid: {error}"
        else:
            before = jws.encoded_header.encode() + b"." + prefix
            timestamp = self._timestamp_of(jws, values)
            return "", timestamp, ((self.algorithm, jws.encoded_signature),), before, b"", event_type
        raise MalformedDelivery(Reason.UNREADABLE_HEADER, problem)

    def _parse(self, text: str) -> CompactJws:
        jws = parse_compact(text, self.algorithm, is_unencoded=self.is_unencoded)
        if self.signature_header and jws.encoded_payload:
            raise InvalidJws("it has a payload, which must be the body instead")
        if wrong := [name for name, value in self.header_members.items() if jws.header.get(name) != value]:
            raise InvalidJws(f"its member {wrong[0]} is not {self.header_members[wrong[0]]}")
        if self._jwks_urls and jws.header.get("jku", self._jwks_urls[0]) not in self._jwks_urls:
            raise InvalidJws(f"its jku is not allowed: expected {' or '.join(self._jwks_urls)}")
        return jws

    def _timestamp_of(self, jws: CompactJws, values: dict[str, str | None]) -> int:
        if self.timestamp_header:
            value = header_text(values, self.timestamp_header)
            timestamp, form = UNITS["rfc3339"][0](value), f"{self.timestamp_header} must be RFC 3339"
        elif self.timestamp_member:
            member = jws.header.get(self.timestamp_member)
            timestamp = member if type(member) is int and 0 < member < _MAX_TIMESTAMP else 0
            form = f"the member {self.timestamp_member} of the signature must be Unix seconds"
        else:
            return 0
        if not timestamp:
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, f"the timestamp is invalid: {form}")
        return timestamp

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the signature and its payload, which is the signed body.

        Args:
            reading: The values that `parse_headers` returned.
            body: The request body.

        Returns:
            The interpretation of the body.

        Raises:
            MalformedDelivery: If the body must contain the signature, and does not.
        """
        if self.signature_header:
            return super().parse_body(reading, body)
        jws, payload = self._attached(body)
        before = jws.encoded_header.encode() + b"."
        return (("", ((((self.algorithm, jws.encoded_signature),), before, payload, b""),), payload),)

    def _attached(self, body: bytes) -> tuple[CompactJws, bytes]:
        """Return the signature in a body, and its payload. Raise MalformedDelivery."""
        try:
            jws = self._parse(self._text_in(body))
            payload = decode_base64url(jws.encoded_payload)
            if payload is not None:
                return jws, payload
            problem = "its payload is not base64url"
        except InvalidJws as error:
            problem = str(error)
        raise unreadable(f"the signature in the body is invalid: {problem}")

    def _text_in(self, body: bytes) -> str:
        if self.signature_in_body:
            text = get_field(parse_unverified_json(body), self.signature_in_body)
            return text if isinstance(text, str) else ""
        return body.decode("ascii", "replace")

    def timestamp_from_body(self, body: bytes) -> int:
        """Return the timestamp in the signed JSON.

        Args:
            body: The signed body.

        Returns:
            Unix seconds, or 0 if it cannot be read.
        """
        for path in self._timestamp_paths:
            for text in strings_at(body, path):
                return UNITS["rfc3339"][0](text) or UNITS["s"][0](text)
        return 0

    def message_id_from_body(self, body: bytes) -> str:
        """Return the message id in the signed JSON.

        Args:
            body: The signed body.

        Returns:
            The id, or "" if the body does not contain an id.
        """
        return ",".join(strings_at(body, self.id_in_body)) if self.id_in_body else ""

    def verifying_key(self, secret: Secret) -> JwsKey:
        """Return the key that a receiver verifies with.

        Args:
            secret: A public key as PEM or JSON Web Key, a set of these, or the URL of a set.

        Returns:
            The verifying key.

        Raises:
            ImportError: If the extra `asymmetric` is not installed.
            InvalidSecret: If the secret is something else, or not for the algorithm.
        """
        return JwsKey(self._source(secret), is_unencoded=self.is_unencoded, ignores_slash=self.signs_url)

    def _source(self, secret: Secret) -> KeySource:
        value = secret.reveal()
        text = value if isinstance(value, str) else value.decode("latin-1")
        keys = configured_keys(text, self.algorithm)
        if keys is not None:
            return FixedKeys(keys, needs_key_id=self._needs_key_id)
        url = url_of_keys(text, self._jwks_urls, self._jwks_path)
        fetch = self._fetch or https_fetch()
        return FetchedKeys(
            url, self.algorithm, needs_key_id=self._needs_key_id, cache=self._cache, fetch=fetch
        )
