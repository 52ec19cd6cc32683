"""The result of a diagnosis: checks, likely causes, evidence and advice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from webhook_verify.tracebacks import safe_repr

__all__ = ["ADVICE", "Cause", "Check", "Confidence", "Diagnosis"]


class Confidence(IntEnum):
    """How certain a cause is."""

    POSSIBLE = 1
    """Consistent with the symptoms."""
    LIKELY = 2
    """Supported by evidence."""
    CERTAIN = 3
    """Proved: reverting this change makes the signature valid, or signed content contains the hash of another
    body. Both are impossible without the secret."""


ADVICE = {
    "genuine": "Nothing is wrong with this delivery. No action is needed.",
    "unsigned": "The request has no signature header. Sign it, and check for a proxy that strips headers.",
    "header_missing": "A header is missing. Check that the sender sends it, and that no proxy strips it.",
    "header_renamed": "Headers were renamed. Pass them to the verifier under their original names.",
    "header_brand": "The headers have another prefix, or mixed ones. Pass them under this scheme's names.",
    "header_duplicated": "The header appears more than once. Remove the one that a proxy or middleware adds.",
    "header_joined": "A proxy joined or split the header. Configure it to forward the header unchanged.",
    "header_unreadable": "The header does not match the scheme. Compare it with the provider's page.",
    "signature_coverage": "The signature omits required parts. Have the sender sign them, too.",
    "signature_encoded_otherwise": "The signature has another encoding. Configure the sender's scheme.",
    "signature_form": "The signature's format or prefix is wrong. Check whether a proxy rewrites the header.",
    "signature_truncated": "The signature was cut off. Check the header length limits of proxies.",
    "signature_altered": "A few characters were changed, as in a provider's test of 401. Keep rejecting it.",
    "digest_differs": "The sender used a different hash. Configure the algorithm from its documentation.",
    "content_differs": "The sender signs other content. Make it sign the content that the scheme documents.",
    "timestamp_in_milliseconds": "The sender's timestamp is in milliseconds. Use a scheme with that unit.",
    "timestamp_form": "The sender's timestamp has another format. Use a scheme with that format.",
    "clock_skew": "Timestamp and clock differ. Synchronize both clocks with NTP, or increase the tolerance.",
    "time_zone": "The timestamp is off by a UTC offset. Find the clock that uses local time instead of UTC.",
    "delivery_too_old": "The delivery is old. Check for a replay; verify queued ones with `verify_at()`.",
    "provider_retry": "A retry with the first timestamp. Use a replay guard, or a tolerance of that length.",
    "body_changed": "The body is not the one that the sender signed. Verify the raw request body.",
    "body_reserialized": "The body was parsed and re-serialized. Verify the raw request body.",
    "body_line_ends": "Line endings or trailing newlines changed. Verify the raw request body.",
    "body_byte_order_mark": "A byte order mark was added or removed. Verify the raw request body.",
    "body_escaped": "Characters were escaped or unescaped. Verify the raw request body.",
    "body_recoded": "The body's character encoding changed. Verify the raw request body.",
    "body_compressed": "Compression changed the body. Decompress it, or turn off decompression in proxies.",
    "body_in_base64": "The body is base64-encoded, as by an API gateway. Decode it before verification.",
    "body_decoded_form": "The form was decoded before verification. Verify the raw request body.",
    "body_as_text": "The body is a printed object. Verify the raw request body.",
    "body_incomplete": "Part of the body is missing. Check for an earlier read, or for a size limit.",
    "body_extended": "The body has extra bytes. Check for chunk sizes, a reused buffer or a repeated body.",
    "body_unreadable": "The body does not fit the scheme. Check that both are the right ones.",
    "secret_is_text": "The sender's key is the secret's text, not the decoded secret. Pass it as bytes.",
    "secret_is_encoded": "The sender derives another key from the secret. Pass the sender's key as bytes.",
    "secret_prefix": "The key differs by a prefix or other text. Configure the secret alone, and its scheme.",
    "secret_has_blanks": "Whitespace or quotes are part of the key on one side. Remove them there.",
    "secret_expired": "The secret has expired. Extend `expires_at`, or have the sender use the new one.",
    "secret_not_yet_valid": "The secret is not valid yet. Set `not_before` to an earlier time.",
    "secret_of_another_kind": "The secret is another credential. Configure the webhook's signing secret.",
    "published_secret": "The secret is published and proves nothing. Save the webhook; use its own secret.",
    "key_of_another_kind": "The sender uses another kind of key. Configure its public key or its secret.",
    "key_id_unknown": "No configured key has the signature's key id. Configure the sender's current keys.",
    "key_unavailable": "The key cannot be fetched. Check that this machine can reach the provider.",
    "other_scheme": "The delivery uses another provider's scheme. Configure that scheme.",
    "identity_differs": "Another sender, receiver or topic is named. Configure the one that you accept.",
    "url_differs": "The sender signed another URL. Set `public_url` to the URL configured at the provider.",
    "url_missing": "The scheme signs the URL. Pass `url=` to the verifier, or `public_url=` to the receiver.",
    "wrong_secret_or_forgery": "Compare the secret's fingerprint to the sender's. If equal, suspect forgery.",
}
"""The advice for each cause, by its stable name."""


@safe_repr
@dataclass(frozen=True)
class Cause:
    """A possible cause of a rejection.

    Attributes:
        name: Stable name for programs, a key of `ADVICE`.
        confidence: How certain the cause is.
        evidence: The observation that supports the cause, in words. Contains no secret.
    """

    name: str
    confidence: Confidence
    evidence: str

    @property
    def advice(self) -> str:
        """The recommended action, in at most 90 characters."""
        return ADVICE[self.name]


@safe_repr
@dataclass(frozen=True)
class Check:
    """The result of one of the verifier's checks.

    Attributes:
        name: One of `headers`, `timestamp`, `secret`, `body` and `signature`.
        passed: Whether it passed, or None if an earlier check failed.
        detail: The reason of a failure, in words. Contains no secret.
    """

    name: str
    passed: bool | None
    detail: str = ""


@safe_repr
@dataclass(frozen=True)
class Diagnosis:
    """The verdict on a delivery, with the causes of a rejection.

    Attributes:
        scheme: Name of the verifier's scheme.
        checks: The verifier's checks, in order.
        causes: Possible causes, most likely first. The only one of a valid delivery is `genuine`.
        secret_fingerprints: (label, fingerprint) of each configured secret. A fingerprint is the first eight
            hexadecimal digits of the SHA-256, as `printf %s "$SECRET" | sha256sum` prints it.
    """

    scheme: str
    checks: tuple[Check, ...]
    causes: tuple[Cause, ...]
    secret_fingerprints: tuple[tuple[str, str], ...]

    @property
    def verified(self) -> bool:
        """Whether the signature is valid and the timestamp is fresh."""
        return self.causes[0].name == "genuine"

    @property
    def cause(self) -> Cause:
        """The most likely cause."""
        return self.causes[0]

    @property
    def failed_check(self) -> Check | None:
        """The first check that failed, or None if all passed."""
        return next((check for check in self.checks if check.passed is False), None)

    def as_dict(self) -> dict[str, Any]:
        """Return the diagnosis as a dictionary that can be serialized as JSON.

        Returns:
            The keys `scheme`, `verified`, `checks`, `causes` and `fingerprints`. They are stable.
        """
        return {
            "scheme": self.scheme,
            "verified": self.verified,
            "checks": [
                {"check": check.name, "passed": check.passed, "detail": check.detail} for check in self.checks
            ],
            "causes": [
                {
                    "cause": cause.name,
                    "confidence": cause.confidence.name.lower(),
                    "evidence": cause.evidence,
                    "advice": cause.advice,
                }
                for cause in self.causes
            ],
            "fingerprints": dict(self.secret_fingerprints),
        }

    def __str__(self) -> str:
        if self.verified:
            return f"{self.scheme}: genuine and fresh"
        cause, confidence = self.cause, self.cause.confidence.name.lower()
        return f"{self.scheme}: {cause.name} ({confidence}): {cause.evidence}. {cause.advice}"
