"""A body on its way in: what was begun with the headers is decided when the body is there."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from webhook_verify.body import MAX_LOOSE_CHUNKS, BytesLike, as_bytes, join_small_chunks
from webhook_verify.delivery import LAST_SECOND, Delivery, allocate_delivery, make_delivery, set_parts
from webhook_verify.errors import (
    KeyUnavailable,
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    SignatureMismatch,
)
from webhook_verify.schemes import BodyInterpretation, ParsedHeaders, Scheme, SignatureCheck

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.keys import StreamingCheck, VerifyingKey

__all__ = [
    "MAX_LOOP_BYTES",
    "BodyVerification",
    "LabelledKey",
    "Verification",
    "VerificationWrapper",
    "body_too_large",
    "clamp_to_timestamp",
    "delivery_with_signed_parts",
    "signature_mismatch",
]

MAX_LOOP_BYTES = 65_536
"""The longest body, in bytes, that is parsed on an event loop before its signature has matched."""

LabelledKey = tuple[str, "VerifyingKey", Callable[[float], bool] | None]
"""(label, key, window); no window: always valid. A plain tuple, taken apart on the hot path."""


class Verification:
    """A verification whose body arrives in chunks. Made by :meth:`Verifier.begin`; used once.

    The MAC runs while the body arrives, and the body is not copied to be signed.
    """

    __slots__ = (
        "_chunk_limit",
        "_chunks",
        "_finished",
        "_keys",
        "_limit",
        "_parsed",
        "_partial_scheme",
        "_scheme",
        "_size",
        "_streaming_checks",
    )

    def __init__(
        self,
        parsed: ParsedHeaders,
        keys: list[LabelledKey],
        scheme: str,
        limit: float,
        partial_scheme: Scheme | None,
    ) -> None:
        self._parsed = parsed
        self._keys = keys
        self._scheme = scheme
        self._partial_scheme = partial_scheme
        self._limit = limit
        self._size = 0
        self._chunks: list[bytes] = []
        self._chunk_limit = MAX_LOOSE_CHUNKS
        # Started with the second chunk: a body that comes in one is verified in one.
        self._streaming_checks: list[StreamingCheck] = []
        self._finished = False

    def set_caller(self, address: str) -> None:
        """Set the network address of the caller, for which a key may have to be fetched."""

    @property
    def message_id(self) -> str:
        """The id that the headers claim: good for a log, unverified until :meth:`finish` has returned."""
        return self._parsed[0]

    @property
    def may_block(self) -> bool:
        """Whether :meth:`finish` may wait for the network, and so blocks an event loop."""
        return False

    @property
    def needs_thread(self) -> bool:
        """Whether :meth:`finish` may block an event loop even if every key is cached."""
        return False

    def update(self, chunk: BytesLike) -> None:
        """Take the next chunk of the body.

        Raises :class:`MalformedDelivery` (413) once the body is over the limit, and TypeError if the
        chunk is not bytes-like.
        """
        if self._finished:
            raise _already_finished()
        data = chunk if type(chunk) is bytes else as_bytes(chunk)
        if not data:
            return
        self._size += len(data)
        if self._size > self._limit:
            raise self._too_large()
        if self._chunks:
            if not self._streaming_checks:
                self._start()
            for streaming_check in self._streaming_checks:
                streaming_check.update(data)
            if len(self._chunks) > self._chunk_limit:
                self._chunk_limit = join_small_chunks(self._chunks, self._chunk_limit)
        self._chunks.append(data)

    def finish(self, last: BytesLike = b"") -> Delivery:
        """The verified delivery, whose body is all chunks and ``last``.

        Raises :class:`SignatureMismatch`, and what :meth:`update` raises.
        """
        if self._finished:
            raise _already_finished()
        if self._chunks:
            if last or type(last) is not bytes:
                self.update(last)
            if len(self._chunks) > 1:
                return self._finish_chunks()
            last = self._chunks.pop()
        self._finished = True
        body = last if type(last) is bytes else as_bytes(last)
        if len(body) > self._limit:
            raise self._too_large()
        message_id, timestamp, signatures, before, after, event_type = self._parsed
        for label, key, _ in self._keys:
            if key.verify(signatures, before, body, after):
                if self._partial_scheme is not None:
                    return delivery_with_signed_parts(self._parsed, body, label, self._partial_scheme)
                delivery = allocate_delivery()
                set_parts(delivery, (message_id, timestamp, body, self._scheme, label, event_type))
                return delivery
        raise signature_mismatch(message_id, self._scheme)

    def _finish_chunks(self) -> Delivery:
        self._finished = True
        message_id, timestamp, _, _, after, event_type = self._parsed
        for (label, _, _), streaming_check in zip(self._keys, self._streaming_checks, strict=True):
            streaming_check.update(after)
            if streaming_check.matches():
                body = b"".join(self._chunks)
                if self._partial_scheme is not None:
                    return delivery_with_signed_parts(self._parsed, body, label, self._partial_scheme)
                return make_delivery(message_id, timestamp, body, self._scheme, label, event_type)
        raise signature_mismatch(message_id, self._scheme)

    def _too_large(self) -> MalformedDelivery:
        self._finished = True
        return body_too_large(self._limit).with_context(self.message_id, self._scheme)

    def _start(self) -> None:
        """Start a MAC for each key, over the first chunk."""
        _, _, signatures, before, _, _ = self._parsed
        self._streaming_checks = [key.start(signatures) for _, key, _ in self._keys]
        for streaming_check in self._streaming_checks:
            streaming_check.update(before)
            streaming_check.update(self._chunks[0])


class BodyVerification(Verification):
    """A verification for a scheme that reads the body to learn what was signed, or when, or fetches keys."""

    __slots__ = (
        "_caller",
        "_check_time",
        "_fetches_keys",
        "_max_loop_bytes",
        "_must_leave_loop",
        "_parse_body",
    )

    def __init__(
        self,
        parsed: ParsedHeaders,
        keys: list[LabelledKey],
        limit: float,
        scheme: Scheme,
        check_time: Callable[[str, int], None],
    ) -> None:
        super().__init__(parsed, keys, scheme.name, limit, scheme)
        self._parse_body = scheme.parse_body
        self._check_time = check_time
        self._caller = ""
        self._fetches_keys = scheme.fetches_keys
        self._must_leave_loop = scheme.fetches_keys and not scheme.has_key_cache
        self._max_loop_bytes = MAX_LOOP_BYTES if scheme.parses_body else math.inf

    @property
    def needs_thread(self) -> bool:
        """Whether :meth:`finish` may block an event loop even if every key is cached."""
        return self._must_leave_loop or self._size > self._max_loop_bytes

    @property
    def may_block(self) -> bool:
        """Whether :meth:`finish` may wait for the network, or takes long, and so blocks an event loop."""
        return self._fetches_keys or self.needs_thread

    def set_caller(self, address: str) -> None:
        """Set the network address of the caller, for which a key may have to be fetched."""
        self._caller = address

    def finish(self, last: BytesLike = b"") -> Delivery:
        """See :meth:`Verification.finish`; and what :meth:`Scheme.parse_body` raises."""
        self.update(last)
        self._finished = True
        body = b"".join(self._chunks)
        try:
            matched = self._match(body)
        except RejectedDelivery as error:
            error.with_context(self.message_id, self._scheme)
            raise
        return self._delivery(body, matched)

    def _match(self, body: bytes) -> tuple[str, BodyInterpretation] | None:
        if not self._fetches_keys:
            return self._find_match(self._parse_body(self._parsed, body))
        from webhook_verify.schemes.fetch_context import KeyNotCached, verifying_for

        try:
            with verifying_for(self._caller):
                return self._find_match(self._parse_body(self._parsed, body))
        except KeyNotCached:
            self._finished = False  # it is called again where it may wait
            raise

    def _delivery(self, body: bytes, matched: tuple[str, BodyInterpretation] | None) -> Delivery:
        if matched is None or self._partial_scheme is None:
            raise signature_mismatch(self.message_id, self._scheme)
        label, (message_id, checks, signed_body) = matched
        timestamp = self._parsed[1]
        if self._partial_scheme.has_timestamp_in_body:
            timestamp = self._partial_scheme.timestamp_from_body(signed_body)
            self._check_time(message_id, timestamp)
        signed = self._partial_scheme, signed_body, *_join_contents(checks)
        return make_delivery(message_id, timestamp, body, self._scheme, label, self._parsed[5], signed)

    def _find_match(
        self, interpretations: Sequence[BodyInterpretation]
    ) -> tuple[str, BodyInterpretation] | None:
        """(label, way) of the first key and way of signing that match. Raises :class:`KeyUnavailable`."""
        matched: tuple[str, BodyInterpretation] | None = None
        unavailable: KeyUnavailable | None = None
        for label, key, _ in self._keys:
            if matched is not None and self._fetches_keys:
                break  # before anything more is fetched
            for interpretation in interpretations:
                # To the end in any case: how long it takes tells nobody which of them it was.
                try:
                    results = [key.verify(*proof) for proof in interpretation[1]]
                except KeyUnavailable as error:  # says nothing about the other secrets
                    results, unavailable = [], error
                if results and all(results) and matched is None:
                    matched = label, interpretation
        if matched is None and unavailable is not None:
            raise unavailable
        return matched

    def _start(self) -> None:
        """No MAC runs while the body arrives: what was signed is known at its end."""


class VerificationWrapper(Verification):
    """A base for a verification that does what another one does, and something besides.

    Args:
        verification: The other one.
    """

    __slots__ = ("_verification",)

    def __init__(self, verification: Verification) -> None:
        self._verification = verification

    def set_caller(self, address: str) -> None:
        """Set the network address of the caller, for which a key may have to be fetched."""
        self._verification.set_caller(address)

    @property
    def message_id(self) -> str:
        """The id that the headers claim, unverified."""
        return self._verification.message_id

    @property
    def may_block(self) -> bool:
        """Whether :meth:`finish` may block an event loop."""
        return self._verification.may_block

    @property
    def needs_thread(self) -> bool:
        """Whether :meth:`finish` may block an event loop even if every key is cached."""
        return self._verification.needs_thread

    def update(self, chunk: BytesLike) -> None:
        """Verify the next chunk of the body. Raises :class:`RejectedDelivery` once it is too large."""
        self._verification.update(chunk)


def delivery_with_signed_parts(parsed: ParsedHeaders, body: bytes, label: str, scheme: Scheme) -> Delivery:
    """The delivery of a scheme that does not sign everything, from its reading and the key that matched."""
    message_id, timestamp, _, before, after, event_type = parsed
    signed = scheme, body, before, body, after
    return make_delivery(message_id, timestamp, body, scheme.name, label, event_type, signed)


def _join_contents(checks: Sequence[SignatureCheck]) -> tuple[bytes, bytes, bytes]:
    """What all proofs signed, framed if there are several, so that no two lists of them read the same."""
    if len(checks) == 1:
        return checks[0][1:]
    contents = (b"".join(parts) for _, *parts in checks)
    return b"", b"".join(b"%d:%b" % (len(content), content) for content in contents), b""


def body_too_large(limit: float) -> MalformedDelivery:
    """The rejection of a body that is over the limit, in bytes."""
    return MalformedDelivery(Reason.BODY_TOO_LARGE, f"the body is larger than the limit of {limit} bytes")


def _already_finished() -> ValueError:
    return ValueError("this verification is finished: begin a new one for each delivery")


_NO_MATCH = "no signature was made with a secret that is valid here"


def signature_mismatch(message_id: str, scheme: str) -> SignatureMismatch:
    """The rejection of a delivery whose id and scheme these are: no signature is right."""
    return SignatureMismatch(Reason.SIGNATURE_MISMATCH, _NO_MATCH).with_context(message_id, scheme)


def clamp_to_timestamp(now: float) -> int:
    """The clock's time as a timestamp that a datetime can hold."""
    return int(min(max(now, 0), LAST_SECOND))
