"""Verifications whose headers are already checked and whose body arrives in chunks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from webhook_verify.body import MAX_LOOSE_CHUNKS, BytesLike, as_bytes, join_small_chunks
from webhook_verify.delivery import Delivery, make_delivery
from webhook_verify.errors import (
    KeyUnavailable,
    MalformedDelivery,
    RejectedDelivery,
    SignatureMismatch,
)
from webhook_verify.schemes import BodyInterpretation, ParsedHeaders, Scheme
from webhook_verify.verification_results import (
    LabelledKey,
    body_too_large,
    clamp_to_timestamp,
    delivery_with_signed_parts,
    join_contents,
    needs_scheme,
    signature_mismatch,
    verify_body,
)

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.keys import StreamingCheck

__all__ = [
    "MAX_LOOP_BYTES",
    "BodyVerification",
    "LabelledKey",
    "Verification",
    "VerificationWrapper",
    "body_too_large",
    "clamp_to_timestamp",
    "delivery_with_signed_parts",
    "needs_scheme",
    "signature_mismatch",
    "verify_body",
]

MAX_LOOP_BYTES = 65_536
"""The longest body, in bytes, that is parsed on an event loop before its signature has matched."""

_FINISHED = "this verification is already finished: start a new one with Verifier.begin()"


class Verification:
    """A verification whose body arrives in chunks. `Verifier.begin` creates it, for one use.

    It computes the MAC while the body arrives, without a copy of the body.

    Args:
        parsed: The parsed headers.
        keys: The keys to try.
        scheme: The name of the scheme.
        limit: The largest accepted body, in bytes.
        partial_scheme: The scheme, if it does not sign all of id, timestamp and body.
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
        # Created at the second chunk, because a body of one chunk is verified in one call.
        self._streaming_checks: list[StreamingCheck] = []
        self._finished = False

    def set_caller(self, address: str) -> None:
        """Set the network address of the sender, which limits how many unknown keys are fetched.

        Args:
            address: The IP address, or "" if it is unknown.
        """

    @property
    def message_id(self) -> str:
        """The id in the headers, for the log. It is unverified until `finish` has returned."""
        return self._parsed[0]

    @property
    def may_block(self) -> bool:
        """Whether `finish` may wait for the network and so block an event loop."""
        return False

    @property
    def needs_thread(self) -> bool:
        """Whether `finish` may block an event loop even if every key is cached."""
        return False

    def update(self, chunk: BytesLike) -> None:
        """Add the next chunk of the body.

        Args:
            chunk: The next bytes of the body.

        Raises:
            MalformedDelivery: If the body exceeds the limit. The status is 413.
            TypeError: If `chunk` is not bytes-like.
            ValueError: If the verification is already finished.
        """
        if self._finished:
            raise ValueError(_FINISHED)
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
        """Verify the delivery, whose body is all chunks and `last`.

        Args:
            last: The last bytes of the body.

        Returns:
            The verified delivery.

        Raises:
            SignatureMismatch: If no signature is valid.
            MalformedDelivery: If the body exceeds the limit. The status is 413.
            TypeError: If `last` is not bytes-like.
            ValueError: If the verification is already finished.
        """
        if self._finished:
            raise ValueError(_FINISHED)
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
        return verify_body(self._parsed, self._keys, body, self._scheme, self._partial_scheme)

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
        raise self._mismatch()

    def _mismatch(self) -> SignatureMismatch:
        return signature_mismatch(self.message_id, self._scheme)

    def _too_large(self) -> MalformedDelivery:
        self._finished = True
        return body_too_large(self._limit).with_context(self.message_id, self._scheme)

    def _start(self) -> None:
        """Start a check for each key with the first chunk."""
        _, _, signatures, before, _, _ = self._parsed
        self._streaming_checks = [key.start(signatures) for _, key, _ in self._keys]
        for streaming_check in self._streaming_checks:
            streaming_check.update(before)
            streaming_check.update(self._chunks[0])


class BodyVerification(Verification):
    """A verification for a scheme that fetches keys, or parses the body to find the signed content.

    Args:
        parsed: The parsed headers.
        keys: The keys to try.
        limit: The largest accepted body, in bytes.
        scheme: The scheme.
        check_time: A function of the message id and a timestamp in the body, which raises `RejectedDelivery`
            if the timestamp is invalid or outside of the tolerance.
    """

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
        """Whether `finish` may block an event loop even if every key is cached."""
        return self._must_leave_loop or self._size > self._max_loop_bytes

    @property
    def may_block(self) -> bool:
        """Whether `finish` may wait for the network or take long, and so block an event loop."""
        return self._fetches_keys or self.needs_thread

    def set_caller(self, address: str) -> None:
        """Set the network address of the sender, which limits how many unknown keys are fetched.

        Args:
            address: The IP address, or "" if it is unknown.
        """
        self._caller = address

    def finish(self, last: BytesLike = b"") -> Delivery:
        """Verify the delivery, whose body is all chunks and `last`.

        Args:
            last: The last bytes of the body.

        Returns:
            The verified delivery.

        Raises:
            RejectedDelivery: If no signature is valid, the body or its timestamp is invalid, or a key is
                unavailable.
            TypeError: If `last` is not bytes-like.
            ValueError: If the verification is already finished.
        """
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
            self._finished = False  # the receiver calls finish() again where it may wait for the key
            raise

    def _delivery(self, body: bytes, matched: tuple[str, BodyInterpretation] | None) -> Delivery:
        if matched is None or self._partial_scheme is None:
            raise self._mismatch()
        label, (message_id, checks, signed_body) = matched
        timestamp = self._partial_scheme.signing_time(checks, self._parsed[1])
        if self._partial_scheme.has_timestamp_in_body:
            timestamp = self._partial_scheme.timestamp_from_body(signed_body)
            self._check_time(message_id, timestamp)
        elif timestamp != self._parsed[1]:
            self._check_time(message_id, timestamp)
        signed = self._partial_scheme, signed_body, *join_contents(checks)
        return make_delivery(message_id, timestamp, body, self._scheme, label, self._parsed[5], signed)

    def _find_match(
        self, interpretations: Sequence[BodyInterpretation]
    ) -> tuple[str, BodyInterpretation] | None:
        """Return the label and the interpretation of the first match. Raises `KeyUnavailable`."""
        matched: tuple[str, BodyInterpretation] | None = None
        unavailable: KeyUnavailable | None = None
        for label, key, _ in self._keys:
            if matched is not None and self._fetches_keys:
                break  # so that no more keys are fetched
            for interpretation in interpretations:
                # The loop does not end at a match, so that its duration does not depend on the match.
                try:
                    results = [key.verify(*proof) for proof in interpretation[1]]
                except KeyUnavailable as error:  # another secret may still match
                    results, unavailable = [], error
                if results and all(results) and matched is None:
                    matched = label, interpretation
        if matched is None and unavailable is not None:
            raise unavailable
        return matched

    def _start(self) -> None:
        """Do nothing, because the signed content is only known at the end of the body."""


class VerificationWrapper(Verification):
    """A base class for a verification that extends another verification.

    Args:
        verification: The other verification.
    """

    __slots__ = ("_verification",)

    def __init__(self, verification: Verification) -> None:
        self._verification = verification

    def set_caller(self, address: str) -> None:
        """Set the network address of the sender, which limits how many unknown keys are fetched.

        Args:
            address: The IP address, or "" if it is unknown.
        """
        self._verification.set_caller(address)

    @property
    def message_id(self) -> str:
        """The unverified id in the headers."""
        return self._verification.message_id

    @property
    def may_block(self) -> bool:
        """Whether `finish` may block an event loop."""
        return self._verification.may_block

    @property
    def needs_thread(self) -> bool:
        """Whether `finish` may block an event loop even if every key is cached."""
        return self._verification.needs_thread

    def update(self, chunk: BytesLike) -> None:
        """Add the next chunk of the body.

        Args:
            chunk: The next bytes of the body.

        Raises:
            MalformedDelivery: If the body exceeds the limit. The status is 413.
            TypeError: If `chunk` is not bytes-like.
            ValueError: If the verification is already finished.
        """
        self._verification.update(chunk)
