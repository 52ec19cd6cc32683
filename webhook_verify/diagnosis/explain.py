"""The diagnosis itself: undo one thing after another, until the signature is right.

What is undone and makes it right is certain, for nobody can forge that. Where nothing does, what is odd about
the delivery is told as likely or possible, beside the plain answer: another secret, or a forgery. The work is
bounded: every list of candidates is.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from webhook_verify import schemes
from webhook_verify.body import BytesLike, as_bytes
from webhook_verify.diagnosis import bodies, secrets, signatures, urls
from webhook_verify.diagnosis import headers as _headers
from webhook_verify.diagnosis.report import Cause, Check, Confidence, Diagnosis
from webhook_verify.errors import (
    InvalidSecret,
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    TimestampOutsideTolerance,
)
from webhook_verify.headers import Headers, pairs_of
from webhook_verify.key_kinds import HmacKey
from webhook_verify.keys import Secret
from webhook_verify.schemes import BodyReading, Reading, Scheme
from webhook_verify.verifier import Verifier

if TYPE_CHECKING:
    from webhook_verify.key_kinds import VerifyingKey

__all__ = ["explain"]

CERTAIN, LIKELY, POSSIBLE = Confidence.CERTAIN, Confidence.LIKELY, Confidence.POSSIBLE
_DAY = 86_400


def explain(
    verifier: Verifier,
    body: BytesLike | str,
    headers: Headers,
    *,
    url: str | None = None,
    method: str | None = None,
) -> Diagnosis:
    """Why ``verifier`` rejects this delivery, or that it does not. For the developer, never for the sender.

    The arguments are those of :meth:`Verifier.verify`; a ``str`` is taken for a body that was decoded, and
    encoded again. Raises nothing on hostile input; TypeError for a body that is neither text nor bytes-like.
    Takes milliseconds: it tries the usual mistakes, one at a time.
    """
    octets = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else as_bytes(body)
    return _Case(verifier, octets, headers, url, method).diagnosis()


class _Case:
    """One delivery, and all that is known of it."""

    def __init__(
        self, verifier: Verifier, body: bytes, headers: Headers, url: str | None, method: str | None
    ) -> None:
        self.verifier, self.body, self.given = verifier, body, headers
        self.url, self.method = url, method
        self.scheme = verifier.scheme
        self.secrets = verifier.secrets
        self.pairs = pairs_of(headers)

    def diagnosis(self) -> Diagnosis:
        prints = tuple((label, secrets.fingerprint(secret)) for label, secret, _ in self.secrets)
        try:
            self.verifier.verify(self.body, self.given, url=self.url, method=self.method)
        except RejectedDelivery as error:
            causes = _ranked(self._causes(error))
            return Diagnosis(self.scheme.name, _checks(error), causes, prints)
        genuine = Cause("genuine", CERTAIN, "the signature is right and the timestamp is fresh")
        return Diagnosis(self.scheme.name, _checks(None), (genuine,), prints)

    def _causes(self, error: RejectedDelivery) -> Iterator[Cause]:
        proved = next(self._proved(error), None)
        if proved is not None:
            yield proved
        yield from self._odd(error, known=proved is not None)

    # What is proved by a signature that is right

    def _proved(self, error: RejectedDelivery) -> Iterator[Cause]:
        reading = self._reading(self.pairs)
        if reading is not None:
            yield from self._timing(error, reading)
            yield from self._windows(error, reading)
            yield from self._signatures(reading)
            yield from self._bodies(reading)
            yield from self._keys(reading)
            yield from self._urls()
        yield from self._repaired()
        yield from self._other_schemes()

    def _timing(self, error: RejectedDelivery, reading: Reading) -> Iterator[Cause]:
        if isinstance(error, TimestampOutsideTolerance) and self._is_signed(self.scheme, reading):
            yield _timed(error)

    def _windows(self, error: RejectedDelivery, reading: Reading) -> Iterator[Cause]:
        now = self.verifier.now()
        for label, secret, key in self.secrets:
            if not secret.valid_at(now) and self._is_signed(self.scheme, reading, [key]):
                name = "secret_expired" if secret.age_rank[0] <= now else "secret_not_yet_valid"
                yield Cause(name, CERTAIN, f"the secret {label} signed it")

    def _signatures(self, reading: Reading) -> Iterator[Cause]:
        if self.scheme.has_signature_in_body:
            return
        msg_id, timestamp, _, before, after, _ = reading
        for cause, evidence, signature in signatures.found(self.scheme, self.pairs):
            several = (("v1", signature), ("v1a", signature))
            if self._is_signed(self.scheme, (msg_id, timestamp, several, before, after, None)):
                yield Cause(cause, CERTAIN, evidence)

    def _bodies(self, reading: Reading) -> Iterator[Cause]:
        for cause, evidence, body in bodies.originals(self.body):
            if self._is_signed(self.scheme, reading, body=body):
                yield Cause(cause, CERTAIN, f"the body was changed after it was signed: {evidence}")

    def _keys(self, reading: Reading) -> Iterator[Cause]:
        for label, secret, key in self.secrets:
            if isinstance(key, HmacKey):
                for cause, evidence, octets in secrets.readings(secret):
                    if self._is_signed(self.scheme, reading, [key.of_same_digest(octets)]):
                        yield Cause(cause, CERTAIN, f"{label}: {evidence}")

    def _urls(self) -> Iterator[Cause]:
        if not self.scheme.signs_url or self.url is None:
            return
        for evidence, url in urls.others(self.url, self.pairs):
            reading = self._reading(self.pairs, url=url)
            if reading is not None and self._is_signed(self.scheme, reading):
                yield Cause("url_differs", CERTAIN, evidence)

    def _repaired(self) -> Iterator[Cause]:
        for cause, evidence, pairs in _headers.repaired(self.scheme, self.pairs):
            reading = self._reading(pairs)
            if reading is not None and self._is_signed(self.scheme, reading):
                yield Cause(cause, CERTAIN, evidence)
        for cause, evidence, pairs, written, original in _headers.restamped(self.scheme, self.pairs):
            reading = self._reading(pairs)
            if reading is None:
                continue
            msg_id, timestamp, several, before, after, _ = reading
            as_sent = before.replace(written, original), after.replace(written, original)
            for start, end in (as_sent, (before, after)):
                if self._is_signed(self.scheme, (msg_id, timestamp, several, start, end, None)):
                    yield Cause(cause, CERTAIN, evidence)

    def _other_schemes(self) -> Iterator[Cause]:
        for scheme in self._present():
            keys = _keys_of(scheme, self.secrets)
            reading = self._reading(self.pairs, scheme=scheme)
            if reading is not None and keys and self._is_signed(scheme, reading, keys):
                yield Cause("other_scheme", CERTAIN, f'it is signed as scheme="{scheme.name}" signs')

    def _present(self) -> list[Scheme]:
        """The other schemes whose headers are there."""
        there = {name for name, _ in self.pairs}
        others = [schemes.get(name) for name in schemes.names() if name != self.scheme.name]
        return [one for one in others if not one.fetches and _required(one) & there]

    # What is odd, and proves nothing

    def _odd(self, error: RejectedDelivery, *, known: bool) -> Iterator[Cause]:
        yield from self._odd_headers(error, known=known)
        length = next((value for name, value in self.pairs if name == "content-length"), "")
        if length.isdecimal() and len(length) < 10 and int(length) != len(self.body):
            told = f"Content-Length says {length} bytes, the body has {len(self.body)}"
            yield Cause("body_incomplete", LIKELY, told)
        elif not self.body:
            yield Cause("body_incomplete", POSSIBLE, "the body is empty")
        if not known and error.reason not in _OF_HEADERS:
            told = "no secret that is configured here signed this body"
            yield Cause("wrong_secret_or_forgery", LIKELY, told)
        if isinstance(error, TimestampOutsideTolerance) and not known:
            yield Cause("clock_skew", POSSIBLE, error.detail)
        if b'", "' in self.body or b'": ' in self.body:
            yield Cause(
                "body_reserialized", POSSIBLE, "the body is JSON with blanks, as few senders write it"
            )

    def _odd_headers(self, error: RejectedDelivery, *, known: bool) -> Iterator[Cause]:
        there = {name for name, _ in self.pairs}
        own = set(self.scheme.header_names) & there
        for cause, evidence, _ in _headers.repaired(self.scheme, self.pairs):
            if cause in {"header_renamed", "header_duplicated"} and error.reason in _OF_HEADERS:
                yield Cause(cause, LIKELY, evidence)
                break
        for cause, evidence, *_ in _headers.restamped(self.scheme, self.pairs):
            yield Cause(cause, LIKELY, evidence)
        if error.reason is Reason.MISSING_HEADER:
            name = "header_missing" if own else "unsigned"
            others = "" if own else ", ".join(one.name for one in self._present()[:3])
            if others and not known:
                yield Cause("other_scheme", LIKELY, f"its headers are those of {others}")
            yield Cause(name, LIKELY if others else CERTAIN, error.detail)
        elif error.reason in _OF_HEADERS:
            name = "header_duplicated" if error.reason is Reason.DUPLICATE_HEADER else "header_unreadable"
            yield Cause(name, LIKELY, error.detail)
        elif not self.scheme.has_signature_in_body:
            yield from self._odd_signatures()

    def _odd_signatures(self) -> Iterator[Cause]:
        reading = self._reading(self.pairs)
        if (
            reading is not None
            and reading[2]
            and not any(key.wants(reading[2]) for _, _, key in self.secrets)
        ):
            yield Cause("key_of_another_kind", LIKELY, "no signature is of the kind that the secrets are for")
        elif signatures.is_cut(self.scheme, self.pairs):
            yield Cause("signature_truncated", LIKELY, "the signature is shorter than any that can be right")

    # The tools

    def _reading(
        self, pairs: _headers.Pairs, *, scheme: Scheme | None = None, url: str | None = None
    ) -> Reading | None:
        try:
            return (scheme or self.scheme).read(pairs, url or self.url or "", self.method or "POST")
        except MalformedDelivery:
            return None

    def _is_signed(
        self,
        scheme: Scheme,
        reading: Reading,
        keys: Sequence[VerifyingKey] | None = None,
        body: bytes | None = None,
    ) -> bool:
        """Whether one of the keys, by default all that are configured, is right; whatever the time."""
        if scheme.fetches:
            return False
        body = self.body if body is None else body
        try:
            ways = scheme.read_body(reading, body) if scheme.reads_body else (_whole(reading, body),)
        except MalformedDelivery:
            return False
        keys = [key for _, _, key in self.secrets] if keys is None else keys
        return any(
            proofs and all(key.verify(*proof) for proof in proofs) for key in keys for _, proofs, _ in ways
        )


def _whole(reading: Reading, body: bytes) -> BodyReading:
    msg_id, _, several, before, after, _ = reading
    return msg_id, ((several, before, body, after),), body


def _required(scheme: Scheme) -> set[str]:
    """The headers by which a scheme is known: those of its signature."""
    names = getattr(scheme, "signature_headers", None) or scheme.header_names
    return {name for name in names if "timestamp" not in name and not name.endswith("-id")}


def _keys_of(scheme: Scheme, configured: Iterable[tuple[str, Secret, VerifyingKey]]) -> list[VerifyingKey]:
    """The same secrets as keys of another scheme, as far as it takes them."""
    keys: list[VerifyingKey] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _, secret, _ in configured:
            try:
                keys.append(scheme.verifying_key(secret))
            except (InvalidSecret, ImportError):
                continue
    return keys


def _timed(error: TimestampOutsideTolerance) -> Cause:
    skew, side = error.skew, "behind" if error.skew > 0 else "ahead"
    off = skew % 1800 if skew > 0 else -skew % 1800
    if abs(skew) > 14 * 3600:
        if skew > 0:
            return Cause("delivery_too_old", CERTAIN, f"it was signed {skew} s ago")
    elif abs(skew) >= 1500 and min(off, 1800 - off) <= 60:
        return Cause("time_zone", CERTAIN, f"the sender's timestamp is {abs(skew)} s {side}")
    return Cause(
        "clock_skew", CERTAIN, f"the sender's timestamp is {abs(skew)} s {side} of this machine's clock"
    )


_OF_HEADERS = {Reason.MISSING_HEADER, Reason.DUPLICATE_HEADER, Reason.UNREADABLE_HEADER}
_STAGE = {
    **dict.fromkeys(_OF_HEADERS, "headers"),
    Reason.TOO_OLD: "timestamp",
    Reason.TOO_NEW: "timestamp",
    Reason.NO_SECRET: "secret",
    Reason.UNREADABLE_BODY: "body",
    Reason.BODY_TOO_LARGE: "body",
}
_STAGES = ("headers", "timestamp", "secret", "body", "signature")


def _checks(error: RejectedDelivery | None) -> tuple[Check, ...]:
    """The checks in the order of the law: passed up to the one that failed, and not reached after it."""
    if error is None:
        return tuple(Check(name, passed=True) for name in _STAGES)
    failed = _STAGES.index(_STAGE.get(error.reason, "signature"))
    passed = [Check(name, passed=True) for name in _STAGES[:failed]]
    not_reached = [Check(name, passed=None) for name in _STAGES[failed + 1 :]]
    return (*passed, Check(_STAGES[failed], passed=False, detail=error.detail), *not_reached)


def _ranked(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """The surest first, each name once; of equally sure ones the order stays."""
    once: dict[str, Cause] = {}
    for cause in sorted(causes, key=lambda each: -each.confidence):
        once.setdefault(cause.name, cause)
    return tuple(once.values())
