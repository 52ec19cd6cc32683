"""HTTP message signatures (RFC 9421) of requests, with the digest of the body (RFC 9530).

    register(HttpSignature("acme", Profile(tag="acme-webhooks", parameters=("created", "keyid"))))

The signature covers a list of components that the sender chooses, and a `Profile` requires those that must be
among them. The body is bound by `content-digest`, which is required for every request with a body.
"""

from __future__ import annotations

import math
from base64 import urlsafe_b64encode
from binascii import b2a_base64
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from webhook_verify.errors import MalformedDelivery, Reason, TimestampOutsideTolerance
from webhook_verify.headers import Headers, check_message_id, header_lines
from webhook_verify.json_fields import strings_at
from webhook_verify.schemes import http_signature_keys as keyring
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, Scheme, SchemeDocs, SignatureCheck
from webhook_verify.schemes.body_paths import body_paths
from webhook_verify.schemes.encodings import ENCODINGS
from webhook_verify.schemes.http_signature_candidates import CandidateParser, MessageSignature, field_value
from webhook_verify.schemes.http_signature_keys import MessageSigningKey
from webhook_verify.schemes.http_signature_profile import Profile
from webhook_verify.schemes.key_cache import Fetch, KeyCache
from webhook_verify.schemes.message_components import (
    Message,
    component_list,
    parse_components,
    signature_base,
    target_of,
)
from webhook_verify.schemes.sender_rules import DEFAULT_RULES, ResponseRules, check_retries
from webhook_verify.schemes.signed_content import check_request
from webhook_verify.schemes.structured_fields import parse_dictionary, quoted
from webhook_verify.secret import Secret
from webhook_verify.tracebacks import safe_repr

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey, VerifyingKey

__all__ = ["HttpSignature", "Profile"]

_INPUT, _SIGNATURE, _DIGEST = "signature-input", "signature", "content-digest"
_MAX_SIGNATURES = 4  # bounds the work per delivery: each costs a public-key operation per key


@safe_repr
class HttpSignature(Scheme):
    """A sender that signs its requests as RFC 9421 describes.

    Args:
        name: The name for the registry and every `scheme=` parameter.
        profile: The requirements on a signature.
        tolerance: The maximum difference between `created` and now, in seconds.
        event_type_in_body: The path of the event type in the JSON body, or several, of which the first that
            exists is used.
        retries: The timestamp of a retry: `new_timestamp`, `keep_timestamp`, `none` or `unknown`.
        retry_seconds: The length of the retry schedule in seconds.
        responses: How the sender interprets responses.
        docs: The texts of the provider's page.
        fetch: Fetches key sets, by default `https_fetch`.

    Raises:
        TypeError: If an option has the wrong type.
        ValueError: If an option is invalid.
    """

    signs_url = True
    parses_body = True  # a request may have several signatures, of which one must match

    def __init__(
        self,
        name: str,
        profile: Profile | None = None,
        *,
        tolerance: float = 300.0,
        event_type_in_body: str | Sequence[str] = (),
        retries: str = "unknown",
        retry_seconds: float = 0.0,
        responses: ResponseRules = DEFAULT_RULES,
        docs: SchemeDocs | None = None,
        fetch: Fetch | None = None,
    ) -> None:
        profile = Profile() if profile is None else profile
        if not name:
            raise ValueError("name must be a non-empty str")
        if profile.__class__ is not Profile:
            raise TypeError(f"profile must be a Profile, not {type(profile).__name__!r}")
        check_retries(retries, retry_seconds)
        self._name = name
        self.profile = profile
        self.tolerance: float = tolerance
        self.has_lifetime: bool = True
        self.event_type_in_body: tuple[str, ...] = body_paths(event_type_in_body, "event_type_in_body")
        self.retries: str = retries
        self.retry_seconds: float = retry_seconds
        self.responses = responses
        self.docs: SchemeDocs = SchemeDocs.titled(docs, name)
        self.signs_timestamp: bool = "created" in profile.parameters
        self.signs_id: bool = bool(profile.id_from)
        self.has_id_in_body: bool = bool(profile.id_in_body)
        self.fetches_keys: bool = profile.fetches_keys
        self.has_key_cache: bool = profile.fetches_keys
        self.header_names: tuple[str, ...] = (_INPUT, _SIGNATURE, _DIGEST, *profile.header_names)
        self.signed_content: str = _described(profile)
        self._fetch = fetch
        self._cache: KeyCache[keyring.KeyRing] = KeyCache(name)
        self._parser = CandidateParser(name, profile)

    @property
    def name(self) -> str:
        """The name in the registry."""
        return self._name

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the signatures that meet the profile, without verifying them.

        Args:
            headers: The request headers.
            url: The URL that the sender called.
            method: The request method.

        Returns:
            The unverified values. The id, the signed content and the timestamp are those of the newest
            signature.

        Raises:
            MalformedDelivery: If a header is missing or invalid, or no signature meets the profile.
            TypeError: If `url` or `method` is `None`.
        """
        check_request(self._name, (True, True), url, method)
        lines = header_lines(headers)
        inputs = parse_dictionary(field_value(_INPUT, lines), _INPUT)
        signatures = parse_dictionary(field_value(_SIGNATURE, lines), _SIGNATURE)
        message = Message(
            method or "", target_of(url or "", is_normalized=self.profile.normalizes_url), lines
        )
        candidates: list[MessageSignature] = []
        problem: MalformedDelivery | None = None
        for label, item in inputs.items():
            if label not in signatures or self.profile.label not in ("", label):
                continue
            try:
                candidates.append(self._parser.parse(item, signatures[label], message))
            except MalformedDelivery as error:
                problem = problem or error
        if not candidates:
            expected = f" with the label {self.profile.label}" if self.profile.label else ""
            raise problem or _unreadable(f"{_INPUT} and {_SIGNATURE} have no common signature{expected}")
        if len(candidates) > 1:
            candidates.sort(key=_created, reverse=True)
        newest = candidates[0]
        timestamp = newest.created if self.signs_timestamp else 0
        found = candidates[:_MAX_SIGNATURES]
        return newest.message_id, timestamp, found, newest.base, b"", self.event_type_in_body

    def check_lifetime(self, parsed: ParsedHeaders, now: float) -> None:
        """Check `expires`, and remove the signatures that have expired.

        Args:
            parsed: The values that `parse_headers` returned.
            now: Unix seconds.

        Raises:
            TimestampOutsideTolerance: If no signature is valid now.
        """
        found, seconds, skew = parsed[2], math.floor(now), self.profile.clock_skew
        candidates = [each for each in found if isinstance(each, MessageSignature)]
        ahead = skew if self.profile.max_lifetime else math.inf
        valid = [
            each
            for each in candidates
            if each.created - seconds <= ahead and not (each.expires and seconds - each.expires > skew)
        ]
        if not valid and candidates:
            newest = candidates[0]
            is_ahead = newest.created - seconds > ahead
            raise TimestampOutsideTolerance(seconds - (newest.created if is_ahead else newest.expires), skew)
        if isinstance(found, list):
            found[:] = valid

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return one interpretation for each signature.

        Args:
            reading: The values that `parse_headers` returned.
            body: The request body.

        Returns:
            The interpretations. The key compares the digest of the body.
        """
        return [
            (each.message_id, (((each,), each.base, body, b""),), body)
            for each in reading[2]
            if isinstance(each, MessageSignature)
        ]

    def signing_time(self, checks: Sequence[SignatureCheck], timestamp: int) -> int:
        """Return `created` of the signature that matched.

        Args:
            checks: The checks that have matched.
            timestamp: The time that `parse_headers` returned.

        Returns:
            Unix seconds.
        """
        [(signatures, _, _, _)] = checks
        [matched] = signatures
        if self.signs_timestamp and isinstance(matched, MessageSignature):
            return matched.created
        return timestamp

    def message_id_from_body(self, body: bytes) -> str:
        """Return the message id in the signed body.

        Args:
            body: The signed body.

        Returns:
            The id, or "" if the body does not contain an id.
        """
        return ",".join(strings_at(body, self.profile.id_in_body))

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
        """Sign a request, with one signature per key, or only the first if the profile has a label.

        Args:
            body: The request body.
            keys: The signing keys, newest first.
            id: The message id.
            timestamp: Unix seconds.
            url: The URL of the request.
            method: The request method.

        Returns:
            The headers to send, by name.

        Raises:
            TypeError: If `url` or `method` is `None`, or a key is not for this scheme.
            ValueError: If the id, the URL or a key id is not valid.
        """
        check_message_id(id)
        check_request(self._name, (True, True), url, method)
        profile = self.profile
        headers = {**profile.sent_headers}
        if profile.id_from and profile.id_from[0] != "nonce":
            headers[profile.id_from[0]] = id
        headers[_DIGEST] = f"sha-256=:{_base64(sha256(body).digest())}:"
        names = [each.partition("|")[0] for each in (*profile.components, *profile.components_if_present)]
        covered = dict.fromkeys([name for name in names if name[0] == "@" or name in headers] + [*headers])
        target = target_of(url or "", is_normalized=profile.normalizes_url)
        if target.query is None:
            covered.pop("@query", None)
        message = Message(method or "", target, {name: [value] for name, value in headers.items()})
        inputs: list[str] = []
        signatures: list[str] = []
        for number, key in enumerate(keys, 1):
            if not isinstance(key, MessageSigningKey):
                raise TypeError(f"a key of {self._name} must be made by its signing_key()")
            text = component_list(list(covered))
            parameters = text + self._parameters(key, id, timestamp)
            base = signature_base(parse_components(text), message, parameters)
            label = profile.label or f"sig{number}"
            inputs.append(f"{label}={parameters}")
            signatures.append(f"{label}=:{ENCODINGS[profile.signature_encoding][1](key.sign(base))}:")
            if profile.label:
                break
        return {**headers, _INPUT: ", ".join(inputs), _SIGNATURE: ", ".join(signatures)}

    def _parameters(self, key: MessageSigningKey, id: str, timestamp: int) -> str:
        profile = self.profile
        values: dict[str, str] = {}
        if self.signs_timestamp:
            values["created"] = str(timestamp)
        if "expires" in profile.parameters:
            values["expires"] = str(timestamp + int(profile.max_lifetime or self.tolerance))
        if "nonce" in profile.id_from[:1] and not profile.id_in_body:
            values["nonce"] = quoted(id)
        elif "nonce" in profile.parameters:  # differs with each attempt
            unique = sha256(f"{id}.{timestamp}".encode()).digest()[:16]
            values["nonce"] = quoted(urlsafe_b64encode(unique).decode().rstrip("="))
        if key.key_id:
            values["keyid"] = quoted(key.key_id)
        if "alg" in profile.parameters:
            values["alg"] = quoted(key.version)
        if profile.tag:
            values["tag"] = quoted(profile.tag)
        return "".join(f";{name}={value}" for name, value in values.items())

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """Return the key that a receiver verifies with.

        Args:
            secret: An HMAC secret, a public key as PEM, a JSON Web Key Set, or its URL if the profile allows.

        Returns:
            The verifying key.

        Raises:
            ImportError: If the key needs the extra `asymmetric`, which is not installed.
            InvalidSecret: If the secret is not valid for this profile.
        """
        return keyring.verifying_key(secret, self.profile, self._cache, self._fetch)

    def signing_key(self, secret: Secret) -> SigningKey:
        """Return the key that a sender signs with.

        Args:
            secret: An HMAC secret, a private key as PEM, or a private JSON Web Key.

        Returns:
            The signing key.

        Raises:
            ImportError: If the key needs the extra `asymmetric`, which is not installed.
            InvalidSecret: If the secret is not valid for this profile.
        """
        return keyring.signing_key(secret, self.profile)


def _created(candidate: MessageSignature) -> int:
    return candidate.created


def _base64(octets: bytes) -> str:
    return b2a_base64(octets, newline=False).decode()


def _unreadable(detail: str) -> MalformedDelivery:
    return MalformedDelivery(Reason.UNREADABLE_HEADER, detail)


def _described(profile: Profile) -> str:
    """Return the signed content for the provider's page."""
    names = [each.partition("|")[0] for each in profile.components]
    shown = ", ".join(f"`{name}`" for name in dict.fromkeys([*names, _DIGEST]))
    return f"the signature base of RFC 9421 with at least {shown}"
