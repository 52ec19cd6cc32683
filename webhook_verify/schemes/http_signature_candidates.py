"""The signatures of a request as candidates: parsed, and checked against a profile, but not verified."""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256, sha512
from hmac import compare_digest

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.schemes.encodings import ENCODINGS
from webhook_verify.schemes.http_signature_profile import Profile
from webhook_verify.schemes.message_components import (
    Component,
    Message,
    joined,
    parse_components,
    signature_base,
)
from webhook_verify.schemes.structured_fields import (
    Item,
    byte_sequence,
    parse_dictionary,
    parse_parameters,
    unquoted,
)
from webhook_verify.schemes.timestamps import UNITS

__all__ = ["DIGESTS", "NOT_COVERED", "CandidateParser", "MessageSignature", "field_value"]

DIGESTS = {"sha-256": sha256, "sha-512": sha512}
"""The hashes of `Content-Digest` that are checked (RFC 9530, section 5)."""


NOT_COVERED = "the signature does not cover"
"""The beginning of the detail of a rejection because of incomplete coverage. The diagnosis reads it."""

_INPUT, _SIGNATURE, _DIGEST = "signature-input", "signature", "content-digest"
_MAX_ID_CHARS = 256
_TIMES = frozenset(("created", "expires"))
_seconds = UNITS["s"][0]


class MessageSignature(tuple[str, str]):
    """A candidate signature: its algorithm, or "", and the signature in base64.

    Attributes:
        base: The signature base.
        created: Unix seconds, or 0.
        expires: Unix seconds, or 0.
        key_id: The key id, or "".
        message_id: The message id, or "".
        digests: The covered digests of the body, as (algorithm, digest in base64).
    """

    base: bytes
    created: int
    expires: int
    key_id: str
    message_id: str
    digests: tuple[tuple[str, str], ...]

    def matches(self, body: bytes) -> bool:
        """Return whether the covered digests are those of the body. Without digests, only an empty body is.

        Args:
            body: The request body.

        Returns:
            True if all digests match.
        """
        if not self.digests:
            return not body
        for name, expected in self.digests:
            digest = b2a_base64(DIGESTS[name](body).digest(), newline=False)
            if not compare_digest(digest, expected.encode()):
                return False
        return True


class CandidateParser:
    """Parses the signatures of requests to one scheme.

    Args:
        name: The name of the scheme, for errors.
        profile: The requirements on a signature.
    """

    __slots__ = ("_components", "_conditional", "_name", "_profile", "_required")

    def __init__(self, name: str, profile: Profile) -> None:
        self._name = name
        self._profile = profile
        self._required = [frozenset(each.split("|")) for each in profile.components]
        self._conditional = [
            (each.partition("|")[0].partition(";")[0], frozenset(each.split("|")))
            for each in profile.components_if_present
        ]
        # A sender uses few different lists of components.
        self._components = lru_cache(maxsize=64)(self._checked_components)

    def parse(self, item: Item, signature: Item, message: Message) -> MessageSignature:
        """Parse a signature that meets the profile.

        Args:
            item: The member of `Signature-Input`.
            signature: The member of `Signature`.
            message: The request.

        Returns:
            The candidate.

        Raises:
            MalformedDelivery: If the signature is invalid, does not meet the profile, or covers a part that
                the request lacks.
        """
        components_text, parameters_text = item
        parameters = parse_parameters(parameters_text, _INPUT)
        texts = self._checked_texts(parameters)
        components, covered = self._components(components_text)
        for name, names in self._conditional:
            is_present = message.target.query is not None if name == "@query" else name in message.lines
            if is_present and names.isdisjoint(covered):
                raise self._uncovered(names)
        encoded = self._decoded(byte_sequence(signature))
        if not encoded:
            raise MalformedDelivery(
                Reason.UNREADABLE_HEADER, f"{_SIGNATURE} must contain the signature in base64 between colons"
            )
        candidate = MessageSignature((texts["alg"], encoded))
        candidate.created = _seconds(parameters.get("created", ""))
        candidate.expires = _seconds(parameters.get("expires", ""))
        candidate.key_id = texts["keyid"]
        # First, because it raises if the request lacks a covered part.
        candidate.base = signature_base(components, message, components_text + parameters_text)
        candidate.digests = self._digests(message) if _DIGEST in covered else ()
        candidate.message_id = self._message_id(texts["nonce"], covered, message)
        if self._profile.max_lifetime:
            lifetime = candidate.expires - candidate.created
            if not 0 < lifetime <= self._profile.max_lifetime:
                raise MalformedDelivery(
                    Reason.UNREADABLE_HEADER,
                    f"expires must be after created, by at most {self._profile.max_lifetime:g} s",
                )
        return candidate

    def _checked_texts(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Check the parameters, and return those that are strings."""
        texts = {"alg": "", "keyid": "", "nonce": "", "tag": ""}
        for name, value in parameters.items():
            if name in texts:
                texts[name] = text = unquoted(value)
                if not (text and len(text) <= _MAX_ID_CHARS):
                    raise _unreadable(f"the parameter {name} of the signature must be a non-empty string")
            elif name in _TIMES and not _seconds(value):
                raise _unreadable(f"the parameter {name} of the signature must be in Unix seconds")
        for name in self._profile.parameters:
            if name not in parameters:
                raise _unreadable(f"the signature lacks the parameter {name}, which {self._name} requires")
        if self._profile.tag not in ("", texts["tag"]):
            raise _unreadable(f"the signature must have the tag {self._profile.tag}")
        if texts["alg"] and texts["alg"] not in self._profile.algorithms:
            raise _unreadable(
                f"the algorithm of the signature must be one of {', '.join(self._profile.algorithms)}"
            )
        return texts

    def _checked_components(self, text: str) -> tuple[tuple[Component, ...], frozenset[str]]:
        """Return the components, and the names of those that are covered as a whole."""
        components = parse_components(text)
        covered = frozenset(each.coverage for each in components)
        for names in self._required:
            if names.isdisjoint(covered):
                raise self._uncovered(names)
        return components, covered

    def _uncovered(self, names: frozenset[str]) -> MalformedDelivery:
        return _unreadable(f"{NOT_COVERED} {' or '.join(sorted(names))}, which {self._name} requires")

    def _decoded(self, text: str) -> str:
        """Return the base64 text, or "" if it is invalid. The key checks that it is canonical."""
        is_url_safe = self._profile.signature_encoding == "base64url" and (
            len(text) % 4 or "-" in text or "_" in text
        )
        return ENCODINGS["base64url" if is_url_safe else "base64"][0](text, 0)

    def _digests(self, message: Message) -> tuple[tuple[str, str], ...]:
        members = parse_dictionary(field_value(_DIGEST, message.lines), _DIGEST)
        digests: list[tuple[str, str]] = []
        for name, item in members.items():
            if name in DIGESTS:
                digests.append((name, self._decoded(byte_sequence(item))))
        if not digests or ("sha-256", "") in digests or ("sha-512", "") in digests:
            raise _unreadable(f"{_DIGEST} must contain the sha-256 or the sha-512 of the body in base64")
        return tuple(digests)

    def _message_id(self, nonce: str, covered: frozenset[str], message: Message) -> str:
        for source in self._profile.id_from:
            text = nonce
            if source != "nonce":
                text = joined(source, message.lines[source]) if source in covered else ""
            if text:
                if len(text) > _MAX_ID_CHARS or not (text.isascii() and text.isprintable()):
                    raise _unreadable(
                        f"{source} must be printable ASCII of at most {_MAX_ID_CHARS} characters"
                    )
                return text
        return ""


def field_value(name: str, lines: Mapping[str, Sequence[str]]) -> str:
    """Return the value of a header that must not be empty.

    Args:
        name: The lower-case name.
        lines: The header lines by name.

    Returns:
        The value.

    Raises:
        MalformedDelivery: If the header is missing or empty.
    """
    value = joined(name, lines[name]) if name in lines else ""
    if not value.strip(", \t"):
        raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or empty header: {name}")
    return value


def _unreadable(detail: str) -> MalformedDelivery:
    return MalformedDelivery(Reason.UNREADABLE_HEADER, detail)
