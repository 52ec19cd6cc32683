"""What a diagnosis says: the checks in their order, the likely causes, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from webhook_verify.tracebacks import safe_repr

__all__ = ["ADVICE", "Cause", "Check", "Confidence", "Diagnosis"]


class Confidence(IntEnum):
    """How sure it is that a cause is the one."""

    POSSIBLE = 1
    LIKELY = 2
    CERTAIN = 3
    """It is proved: with just this undone the signature is right, and nobody can forge that."""


ADVICE = {
    "genuine": "Nothing is wrong with this delivery.",
    "unsigned": "No header of a signature is there: send it signed, and let no proxy strip headers.",
    "header_missing": "See that the sender sends this header, and that no proxy strips it.",
    "header_renamed": "Pass the headers on under the names that they came with.",
    "header_brand": "The headers are of another brand, or of two: pass them on under this scheme's names.",
    "header_duplicated": "A proxy or middleware added a second header of this name: remove it.",
    "header_joined": "A proxy joined or split the header: pass it on as it came.",
    "header_unreadable": "The header is not what this scheme writes: compare it with the provider's page.",
    "signature_encoded_otherwise": "The sender's signature is in another encoding: configure its scheme.",
    "signature_form": "The signature has not the prefix it should: was the header rewritten on its way?",
    "signature_truncated": "The signature was cut: look for a limit on the length of headers.",
    "digest_differs": "The sender uses another hash for its HMAC: configure the algorithm that it names.",
    "content_differs": "The sender signs other parts: let it sign what the scheme's page says.",
    "timestamp_in_milliseconds": "The sender's timestamp is in milliseconds: use a scheme that says so.",
    "timestamp_form": "The sender writes its timestamp in another form: use a scheme that says so.",
    "clock_skew": "The signature is right, the time is not: set both clocks by NTP, or widen the tolerance.",
    "time_zone": "The signature is right, the time is off by whole hours: a clock is set to local time.",
    "delivery_too_old": "The signature is right, but old: is it a replay, or did it queue? See verify_at().",
    "body_reserialized": "The body was parsed and written anew: pass the raw bytes of the request.",
    "body_line_ends": "Line ends or the newline at the end were changed: pass the raw bytes of the request.",
    "body_byte_order_mark": "A byte order mark was added or removed: pass the raw bytes of the request.",
    "body_escaped": "Characters were escaped or unescaped: pass the raw bytes of the request.",
    "body_recoded": "The body was decoded and encoded again in another character set: pass the raw bytes.",
    "body_compressed": "The body is compressed, and what it holds was signed: decompress it first.",
    "body_in_base64": "The body is in base64, as API gateways hand it over: decode it first.",
    "body_decoded_form": "A form was decoded before it was verified: pass the raw bytes of the request.",
    "body_as_text": "The body is the printed form of a Python object: pass the raw bytes of the request.",
    "body_incomplete": "Part of the body is missing: it was read before, or cut by a limit.",
    "body_extended": "More than the body was passed: remains of another, chunk sizes, or the body twice.",
    "body_unreadable": "The body is not what this scheme signs: is it the raw body, and the right scheme?",
    "secret_is_text": "The sender's key is the text of the secret itself, not what its base64 holds.",
    "secret_is_encoded": "The sender decodes the secret, here its text is the key: pass the key as bytes.",
    "secret_prefix": "The prefix belongs to the key for one side alone: use the provider's scheme.",
    "secret_has_blanks": "Blanks, a newline or quotes were pasted along with the secret on one side.",
    "secret_expired": "The secret that signed it is configured here, but its time is over.",
    "secret_not_yet_valid": "The secret that signed it is configured here, but its time has not come.",
    "key_of_another_kind": "The sender signs with another kind of key: use its public key, or its secret.",
    "key_unavailable": "The key cannot be fetched, so nobody can tell: let this machine reach the provider.",
    "other_scheme": "It is signed as another provider signs: configure that scheme.",
    "url_differs": "The sender signed another address: set public_url to the one that is configured there.",
    "url_missing": "This scheme signs the address: pass url=..., or give the receiver public_url.",
    "wrong_secret_or_forgery": "Compare the secret's fingerprint with the sender's; else it is a forgery.",
}
"""Each cause by its stable name, and what to do about it."""


@safe_repr
@dataclass(frozen=True)
class Cause:
    """One thing that may be wrong. ``name`` is stable; ``evidence`` is for people, without any secret."""

    name: str
    confidence: Confidence
    evidence: str

    @property
    def advice(self) -> str:
        """What to do, in a sentence."""
        return ADVICE[self.name]


@safe_repr
@dataclass(frozen=True)
class Check:
    """One check of the verifier's law; ``passed`` is None where it was not reached."""

    name: str
    passed: bool | None
    detail: str = ""


@safe_repr
@dataclass(frozen=True)
class Diagnosis:
    """Why a delivery was rejected, or that it was not.

    ``checks`` are in the order of the law; ``causes`` begin with the likeliest; ``secret_fingerprints`` are
    the first eight hexadecimal digits of the SHA-256 of each configured secret, by its label: to be compared
    with ``printf %s "$SECRET" | sha256sum`` on the other side.
    """

    scheme: str
    checks: tuple[Check, ...]
    causes: tuple[Cause, ...]
    secret_fingerprints: tuple[tuple[str, str], ...]

    @property
    def verified(self) -> bool:
        """Whether the delivery is genuine and fresh."""
        return self.causes[0].name == "genuine"

    @property
    def cause(self) -> Cause:
        """The likeliest cause."""
        return self.causes[0]

    @property
    def failed_check(self) -> Check | None:
        """The first check that failed."""
        return next((check for check in self.checks if check.passed is False), None)

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON takes it."""
        return {
            "scheme": self.scheme,
            "verified": self.verified,
            "checks": [
                {"check": one.name, "passed": one.passed, "detail": one.detail} for one in self.checks
            ],
            "causes": [
                {
                    "cause": one.name,
                    "confidence": one.confidence.name.lower(),
                    "evidence": one.evidence,
                    "advice": one.advice,
                }
                for one in self.causes
            ],
            "fingerprints": dict(self.secret_fingerprints),
        }

    def __str__(self) -> str:
        if self.verified:
            return f"{self.scheme}: genuine and fresh"
        one = self.cause
        return f"{self.scheme}: {one.name} ({one.confidence.name.lower()}): {one.evidence}. {one.advice}"
