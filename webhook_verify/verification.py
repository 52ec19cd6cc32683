"""A body on its way in: what was begun with the headers is decided when the body is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from webhook_verify.body import BytesLike, as_bytes
from webhook_verify.delivery import LAST_SECOND, Delivery, new_delivery, set_parts, verified
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
    from webhook_verify.keys import Running, VerifyingKey

__all__ = [
    "LabelledKey",
    "ReadingBody",
    "Verification",
    "attested",
    "body_too_large",
    "mismatch",
    "second_of",
]

LabelledKey = tuple[str, "VerifyingKey", Callable[[float], bool] | None]
"""(label, key, window); no window: always valid. A plain tuple, taken apart on the hot path."""


class Verification:
    """A verification whose body arrives in pieces. Made by :meth:`Verifier.begin`; used once.

    The MAC runs while the body arrives, and the body is not copied to be signed.
    """

    __slots__ = (
        "_attests",
        "_finished",
        "_keys",
        "_limit",
        "_pieces",
        "_reading",
        "_running",
        "_scheme",
        "_size",
    )

    def __init__(
        self,
        reading: ParsedHeaders,
        keys: list[LabelledKey],
        scheme: str,
        limit: float,
        attests: Scheme | None,
    ) -> None:
        self._reading = reading
        self._keys = keys
        self._scheme = scheme
        self._attests = attests
        self._limit = limit
        self._size = 0
        self._pieces: list[bytes] = []
        # Started with the second piece: a body that comes in one is verified in one.
        self._running: list[Running] = []
        self._finished = False

    @property
    def message_id(self) -> str:
        """The id that the headers claim: good for a log, unverified until :meth:`finish` has returned."""
        return self._reading[0]

    @property
    def may_block(self) -> bool:
        """Whether :meth:`finish` may wait for the network, and so blocks an event loop."""
        return self._attests is not None and self._attests.fetches_keys

    def update(self, chunk: BytesLike) -> None:
        """Take the next piece of the body.

        Raises :class:`MalformedDelivery` (413) once the body is over the limit, and TypeError if the
        piece is not bytes-like.
        """
        if self._finished:
            raise _already_finished()
        piece = chunk if type(chunk) is bytes else as_bytes(chunk)
        if not piece:
            return
        self._size += len(piece)
        if self._size > self._limit:
            raise self._too_large()
        if self._pieces:
            if not self._running:
                self._start()
            for running in self._running:
                running.update(piece)
        self._pieces.append(piece)

    def finish(self, last: BytesLike = b"") -> Delivery:
        """The verified delivery, whose body is all pieces and ``last``.

        Raises :class:`SignatureMismatch`, and what :meth:`update` raises.
        """
        if self._finished:
            raise _already_finished()
        if self._pieces:
            if last or type(last) is not bytes:
                self.update(last)
            if len(self._pieces) > 1:
                return self._finish_pieces()
            last = self._pieces.pop()
        self._finished = True
        body = last if type(last) is bytes else as_bytes(last)
        if len(body) > self._limit:
            raise self._too_large()
        msg_id, timestamp, signatures, before, after, event_type = self._reading
        for label, key, _ in self._keys:
            if key.verify(signatures, before, body, after):
                if self._attests is not None:
                    return attested(self._reading, body, label, self._attests)
                delivery = new_delivery()
                set_parts(delivery, (msg_id, timestamp, body, self._scheme, label, event_type))
                return delivery
        raise mismatch(msg_id, self._scheme)

    def _finish_pieces(self) -> Delivery:
        self._finished = True
        msg_id, timestamp, _, _, after, event_type = self._reading
        for (label, _, _), running in zip(self._keys, self._running, strict=True):
            running.update(after)
            if running.matches():
                body = b"".join(self._pieces)
                if self._attests is not None:
                    return attested(self._reading, body, label, self._attests)
                return verified(msg_id, timestamp, body, self._scheme, label, event_type)
        raise mismatch(msg_id, self._scheme)

    def _too_large(self) -> MalformedDelivery:
        self._finished = True
        return body_too_large(self._limit).with_context(self.message_id, self._scheme)

    def _start(self) -> None:
        """Start a MAC for each key, over the first piece."""
        _, _, signatures, before, _, _ = self._reading
        self._running = [key.start(signatures) for _, key, _ in self._keys]
        for running in self._running:
            running.update(before)
            running.update(self._pieces[0])


class ReadingBody(Verification):
    """A verification for a scheme that reads the body to learn what was signed, or when, or fetches keys."""

    __slots__ = ("_check_time", "_read_body")

    def __init__(
        self,
        reading: ParsedHeaders,
        keys: list[LabelledKey],
        limit: float,
        scheme: Scheme,
        check_time: Callable[[str, int], None],
    ) -> None:
        super().__init__(reading, keys, scheme.name, limit, scheme)
        self._read_body = scheme.parse_body
        self._check_time = check_time

    def finish(self, last: BytesLike = b"") -> Delivery:
        """See :meth:`Verification.finish`; and what :meth:`Scheme.read_body` raises."""
        self.update(last)
        self._finished = True
        body = b"".join(self._pieces)
        try:
            matched = self._matched(self._read_body(self._reading, body))
        except RejectedDelivery as error:
            error.with_context(self.message_id, self._scheme)
            raise
        return self._delivery(body, matched)

    def _delivery(self, body: bytes, matched: tuple[str, BodyInterpretation] | None) -> Delivery:
        if matched is None or self._attests is None:
            raise mismatch(self.message_id, self._scheme)
        label, (msg_id, proofs, signed_body) = matched
        timestamp = self._reading[1]
        if self._attests.has_timestamp_in_body:
            timestamp = self._attests.timestamp_from_body(signed_body)
            self._check_time(msg_id, timestamp)
        signed = self._attests, signed_body, *_joined(proofs)
        return verified(msg_id, timestamp, body, self._scheme, label, self._reading[5], signed)

    def _matched(self, ways: Sequence[BodyInterpretation]) -> tuple[str, BodyInterpretation] | None:
        """(label, way) of the first key and way of signing that match. Raises :class:`KeyUnavailable`."""
        matched: tuple[str, BodyInterpretation] | None = None
        unavailable: KeyUnavailable | None = None
        for label, key, _ in self._keys:
            if matched is not None and self.may_block:
                break  # before anything more is fetched
            for way in ways:
                # To the end in any case: how long it takes tells nobody which of them it was.
                try:
                    right = [key.verify(*proof) for proof in way[1]]
                except KeyUnavailable as error:  # says nothing about the other secrets
                    right, unavailable = [], error
                if right and all(right) and matched is None:
                    matched = label, way
        if matched is None and unavailable is not None:
            raise unavailable
        return matched

    def _start(self) -> None:
        """No MAC runs while the body arrives: what was signed is known at its end."""


def attested(reading: ParsedHeaders, body: bytes, label: str, scheme: Scheme) -> Delivery:
    """The delivery of a scheme that does not sign everything, from its reading and the key that matched."""
    msg_id, timestamp, _, before, after, event_type = reading
    signed = scheme, body, before, body, after
    return verified(msg_id, timestamp, body, scheme.name, label, event_type, signed)


def _joined(proofs: Sequence[SignatureCheck]) -> tuple[bytes, bytes, bytes]:
    """What all proofs signed, framed if there are several, so that no two lists of them read the same."""
    if len(proofs) == 1:
        return proofs[0][1:]
    contents = (b"".join(parts) for _, *parts in proofs)
    return b"", b"".join(b"%d:%b" % (len(each), each) for each in contents), b""


def body_too_large(limit: float) -> MalformedDelivery:
    """The rejection of a body that is over the limit, in bytes."""
    return MalformedDelivery(Reason.BODY_TOO_LARGE, f"the body is larger than the limit of {limit} bytes")


def _already_finished() -> ValueError:
    return ValueError("this verification is finished: begin a new one for each delivery")


_NO_MATCH = "no signature was made with a secret that is valid here"


def mismatch(msg_id: str, scheme: str) -> SignatureMismatch:
    """The rejection of a delivery whose id and scheme these are: no signature is right."""
    return SignatureMismatch(Reason.SIGNATURE_MISMATCH, _NO_MATCH).with_context(msg_id, scheme)


def second_of(now: float) -> int:
    """The clock's time as a timestamp that a datetime can hold."""
    return int(min(max(now, 0), LAST_SECOND))
