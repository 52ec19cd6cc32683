"""What a signature that is right proves: one thing after another is undone, until it is.

Nobody can forge that, so the first cause that is found is certain, and it is the only one that is looked for.
What costs one hash is tried first, the many bodies last, for the work is bounded.
"""

from __future__ import annotations

import hashlib
from binascii import a2b_base64
from collections.abc import Callable, Iterator
from hmac import compare_digest
from typing import TYPE_CHECKING

from webhook_verify.diagnosis.investigation import Beside, Case
from webhook_verify.diagnosis.model import Cause, Confidence
from webhook_verify.diagnosis.variants import (
    body as bodies,
)
from webhook_verify.diagnosis.variants import (
    header as headers,
)
from webhook_verify.diagnosis.variants import (
    secret as secrets,
)
from webhook_verify.diagnosis.variants import (
    signature as signatures,
)
from webhook_verify.diagnosis.variants import (
    signed_content as contents,
)
from webhook_verify.diagnosis.variants import (
    timestamp as stamps,
)
from webhook_verify.diagnosis.variants import (
    url as urls,
)
from webhook_verify.errors import Reason, RejectedDelivery, TimestampOutsideTolerance
from webhook_verify.keys import HmacKey, TokenKey
from webhook_verify.schemes import ParsedHeaders

if TYPE_CHECKING:
    from webhook_verify.keys import Hash, VerifyingKey

__all__ = ["proved", "timing_of"]

_DIGESTS = {
    16: (hashlib.md5,),
    20: (hashlib.sha1,),
    28: (hashlib.sha224,),
    32: (hashlib.sha256, hashlib.sha3_256),
    48: (hashlib.sha384,),
    64: (hashlib.sha512, hashlib.sha3_512),
}
_MAX_SUBSTITUTED_BYTES = 4_194_304  # bytes of a body of which base64 and digests are made
_TEN_YEARS = 300_000_000  # seconds: no clock is wrong by that, but for its unit


def proved(case: Case, error: RejectedDelivery) -> Cause | None:
    """The cause that is proved, if one is. ``error`` is why the verifier rejected the delivery."""
    return next(_proofs(case, error), None)


def _certain(name: str, evidence: str) -> Cause:
    return Cause(name, Confidence.CERTAIN, evidence)


def _proofs(case: Case, error: RejectedDelivery) -> Iterator[Cause]:
    reading = case.reading()
    if reading is not None:
        yield from _timing(case, error, reading)
        yield from _windows(case, reading)
    yield from _repaired(case)
    yield from _restamped(case)
    if reading is not None:
        yield from _signatures(case, reading)
        yield from _keys(case, reading)
        yield from _urls(case, reading)
    yield from _other_schemes(case)
    if reading is not None:
        yield from _contents(case, reading)
        yield from _bodies(case, reading)


def _timing(case: Case, error: RejectedDelivery, reading: ParsedHeaders) -> Iterator[Cause]:
    if isinstance(error, TimestampOutsideTolerance) and case.is_signed(reading):
        name, evidence = timing_of(error)
        yield _certain(name, evidence)
    elif error.reason is Reason.UNREADABLE_BODY and case.is_signed(reading):
        yield _certain("body_unreadable", error.detail)


_QUARTERS = {23, 35, 51}  # of an hour: Nepal, Eucla, the Chatham Islands


def timing_of(error: TimestampOutsideTolerance) -> tuple[str, str]:
    """(cause, evidence) of a time that is not now, if the signature is right."""
    skew, side = error.skew, "behind" if error.skew > 0 else "ahead of"
    told = f"the sender's timestamp is {abs(skew)} s {side} this machine's clock"
    if abs(skew) > _TEN_YEARS:
        return "timestamp_form", f"{told}: it is in another unit than this scheme's"
    if skew > 14 * 3600:
        return "delivery_too_old", f"it was signed {skew} s ago"
    step = 900 if round(abs(skew) / 900) in _QUARTERS else 1800
    off = min(abs(skew) % step, step - abs(skew) % step)
    if 1500 <= abs(skew) <= 14 * 3600 + 60 and off <= 60:
        return "time_zone", told
    return "clock_skew", told


def _windows(case: Case, reading: ParsedHeaders) -> Iterator[Cause]:
    now = case.verifier.now()
    for label, secret, key in case.secrets:
        if not secret.valid_at(now) and case.is_signed(reading, [key]):
            name = "secret_expired" if secret.age_rank[0] <= now else "secret_not_yet_valid"
            yield _certain(name, f"the secret {label} signed it")


def _signatures(case: Case, reading: ParsedHeaders) -> Iterator[Cause]:
    if case.scheme.has_signature_in_body:
        return
    msg_id, timestamp, _, before, after, _ = reading
    for cause, evidence, signature, size in signatures.found(case.scheme, case.pairs):
        own = getattr(getattr(case.scheme, "algorithm", None), "version", "v1")
        several = tuple((version, signature) for version in dict.fromkeys(("v1", "v1a", own)))
        shown = msg_id, timestamp, several, before, after, None
        if case.is_signed(shown):
            yield _certain(cause, evidence)
        for digest in _DIGESTS.get(size, ()):
            if case.is_signed(shown, _of_digest(case, digest)):
                name = digest().name.upper()
                yield _certain("digest_differs", f"the signature is an HMAC with {name}")
        yield from _hashed(case, reading, signature)
    yield from _damaged(case, reading)


def _of_digest(case: Case, digest: Callable[[bytes], Hash]) -> list[VerifyingKey]:
    """The configured secrets as HMAC keys for that digest."""
    habit = secrets.habit_of(case.scheme)
    hmacs = [secret for _, secret, key in case.secrets if isinstance(key, HmacKey)]
    return [HmacKey(secrets.own_key(secret, habit), digest) for secret in hmacs]


def _hashed(case: Case, reading: ParsedHeaders, signature: str) -> Iterator[Cause]:
    """A plain SHA-256 of secret and content, as the older versions of HubSpot's have it."""
    shown = a2b_base64(signature)
    if len(shown) != 32 or not case.is_plain:
        return
    address = f"{case.method}{case.address}".encode("utf-8", "surrogatepass")
    contents_ = (b"".join((reading[3], case.body, reading[4])), case.body, address + case.body)
    for _, secret, key in case.secrets:
        octets = secrets.own_key(secret, secrets.habit_of(case.scheme)) if isinstance(key, HmacKey) else b""
        for content in contents_ if octets and case.is_affordable([key] * 6, len(case.body)) else ():
            for each in (octets + content, content + octets):
                if compare_digest(hashlib.sha256(each).digest(), shown):
                    yield _certain("digest_differs", "it is a plain SHA-256 of secret and content, no HMAC")


def _damaged(case: Case, reading: ParsedHeaders) -> Iterator[Cause]:
    """What a cut left of the right signature, or the loss of its capital letters."""
    pieces = signatures.pieces_of(case.scheme, case.pairs) if case.is_plain else []
    for key in case.keys if pieces else ():
        if isinstance(key, HmacKey) and case.is_affordable([key], len(case.body)):
            right = a2b_base64(key.sign(b"".join((reading[3], case.body, reading[4]))))
            if told := signatures.damage_of(pieces, right):
                yield _certain(*told)


def _keys(case: Case, reading: ParsedHeaders) -> Iterator[Cause]:
    habit = secrets.habit_of(case.scheme)
    for label, secret, key in case.secrets:
        for cause, evidence, octets in secrets.readings(secret, habit):
            other = _like(key, octets)
            if other is not None and case.is_signed(reading, [other]):
                yield _certain(cause, f"{label}: {evidence}")


def _like(key: VerifyingKey, octets: bytes) -> VerifyingKey | None:
    """A key of the same kind of other octets; None for a public key."""
    if isinstance(key, HmacKey):
        return key.of_same_digest(octets)
    return TokenKey(octets.decode("latin-1")) if isinstance(key, TokenKey) else None


def _urls(case: Case, own: ParsedHeaders) -> Iterator[Cause]:
    if not (case.scheme.signs_url and case.address):
        return
    # Of a scheme that takes the body apart: Twilio's, which signs a hash of it where the address has one.
    is_form = not case.is_plain and not case.scheme.fetches_keys and "bodySHA256=" not in case.address
    beside: Beside = case.beside_address(own) if is_form else set()
    for evidence, url in urls.others(case.address, case.pairs):
        reading = case.reading(url=url)
        if reading is None:
            continue
        if case.is_signed_at(reading, beside) if is_form else case.is_signed(reading):
            yield _certain("url_differs", evidence)


def _repaired(case: Case) -> Iterator[Cause]:
    for cause, evidence, pairs in headers.repaired(case.scheme, case.pairs):
        reading = case.reading(pairs)
        if reading is not None and case.is_signed(reading):
            if cause == "header_renamed":  # the name is nearly ours, and may be another scheme's very own
                yield from _other_schemes(case)
            yield _certain(cause, evidence)


def _restamped(case: Case) -> Iterator[Cause]:
    for cause, evidence, pairs, written, original in stamps.restamped(case.scheme, case.pairs):
        reading = case.reading(pairs)
        if reading is None:
            continue
        msg_id, timestamp, several, before, after, _ = reading
        as_sent = before.replace(written, original), after.replace(written, original)
        for start, end in (as_sent, (before, after)):
            if case.is_signed((msg_id, timestamp, several, start, end, None)):
                yield _certain(cause, evidence)


def _other_schemes(case: Case) -> Iterator[Cause]:
    right: list[str] = []
    for scheme in case.others():
        keys = case.keys_for(scheme)
        reading = case.reading(scheme=scheme)
        if reading is not None and keys and case.is_signed(reading, keys, scheme=scheme):
            right.append(f'scheme="{scheme.name}"')
    if right:
        yield _certain("other_scheme", f"it is signed as {' or '.join(right[:3])} signs")


def _contents(case: Case, reading: ParsedHeaders) -> Iterator[Cause]:
    if case.is_plain and case.scheme.signs_body:
        for evidence, other in contents.others(case, reading):
            if case.is_signed(other):
                yield _certain("content_differs", evidence)
        for evidence, each in (
            contents.stand_ins(case.body) if len(case.body) <= _MAX_SUBSTITUTED_BYTES else ()
        ):
            if case.is_signed(reading, body=each):
                yield _certain("content_differs", evidence)


def _bodies(case: Case, reading: ParsedHeaders) -> Iterator[Cause]:
    if not (case.scheme.signs_body or case.scheme.has_signature_in_body):
        return
    for cause, evidence, body in bodies.originals(
        case.body, is_plain=case.is_plain, stated=case.stated_length
    ):
        if case.is_spent:
            return
        if case.is_signed(reading, body=body):
            yield _certain(cause, f"the body was changed after it was signed: {evidence}")
