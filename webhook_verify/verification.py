"""A body on its way in: what was begun with the headers is decided when the body is there."""

from __future__ import annotations

import math
from binascii import a2b_base64
from collections.abc import Callable, Sequence

from webhook_verify.body import BytesLike, as_bytes
from webhook_verify.delivery import LAST_SECOND, Delivery, new_delivery, set_parts, verified
from webhook_verify.errors import MalformedDelivery, Reason, SignatureMismatch
from webhook_verify.schemes import Reading, Scheme

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.key_kinds import Running, VerifyingKey

__all__ = ["LabelledKey", "PartlySigned", "Verification", "body_too_large", "mismatch"]

LabelledKey = tuple[str, "VerifyingKey", Callable[[float], bool] | None]
"""(label, key, window); no window: always valid. A plain tuple, taken apart on the hot path."""


class Verification:
    """A verification whose body arrives in pieces. Made by :meth:`Verifier.begin`; used once.

    The MAC runs while the body arrives, and the body is not copied to be signed.
    """

    __slots__ = ("_finished", "_keys", "_limit", "_pieces", "_reading", "_running", "_scheme", "_size")

    def __init__(self, reading: Reading, keys: list[LabelledKey], scheme: str, limit: float) -> None:
        self._reading = reading
        self._keys = keys
        self._scheme = scheme
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
        if self._pieces:
            self.update(last)
            return self._finish_pieces()
        if self._finished:
            raise _already_finished()
        self._finished = True
        body = last if type(last) is bytes else as_bytes(last)
        if len(body) > self._limit:
            raise self._too_large()
        msg_id, timestamp, signatures, before, after, event_type = self._reading
        for label, key, _ in self._keys:
            if key.verify(signatures, before, body, after):
                delivery = new_delivery()
                set_parts(delivery, (msg_id, timestamp, body, self._scheme, label, event_type))
                return delivery
        raise mismatch(msg_id, self._scheme)

    def _finish_pieces(self) -> Delivery:
        if len(self._pieces) == 1:
            return self.finish(self._pieces.pop())
        self._finished = True
        msg_id, timestamp, _, _, after, event_type = self._reading
        for (label, _, _), running in zip(self._keys, self._running, strict=True):
            running.update(after)
            if running.matches():
                return verified(msg_id, timestamp, b"".join(self._pieces), self._scheme, label, event_type)
        raise mismatch(msg_id, self._scheme)

    def _too_large(self) -> MalformedDelivery:
        self._finished = True
        return body_too_large(self._limit).of(self.message_id, self._scheme)

    def _start(self) -> None:
        """Start a MAC for each key, over the first piece."""
        _, _, signatures, before, _, _ = self._reading
        self._running = [key.start(signatures) for _, key, _ in self._keys]
        for running in self._running:
            running.update(before)
            running.update(self._pieces[0])


class PartlySigned(Verification):
    """A verification for a scheme that leaves id or timestamp unsigned, or signs another form of the body."""

    __slots__ = ("_forms", "_now", "_signs_id", "_signs_timestamp")

    def __init__(
        self, reading: Reading, keys: list[LabelledKey], scheme: Scheme, limit: float, now: float
    ) -> None:
        super().__init__(reading, keys, scheme.name, limit)
        self._forms = scheme.forms
        self._signs_id = scheme.signs_id
        self._signs_timestamp = scheme.signs_timestamp
        self._now = now

    def finish(self, last: BytesLike = b"") -> Delivery:
        """See :meth:`Verification.finish`; and what :meth:`Scheme.forms` raises."""
        self.update(last)
        self._finished = True
        body = b"".join(self._pieces)
        msg_id, timestamp, _, _, _, event_type = self._reading
        try:
            forms = self._forms(body)
        except MalformedDelivery as error:
            error.of(msg_id, self._scheme)
            raise
        matched = self._matched(forms)
        if matched is None:
            raise mismatch(msg_id, self._scheme)
        label, signed_body, signature = matched
        when = timestamp if self._signs_timestamp else _second_of(self._now)
        attested = signed_body, signature, self._signs_id, self._signs_timestamp
        return verified(msg_id, when, body, self._scheme, label, event_type, attested)

    def _matched(self, forms: Sequence[bytes]) -> tuple[str, bytes, bytes] | None:
        """(label, form, signature) of the first key and form that match."""
        _, _, signatures, before, after, _ = self._reading
        matched: tuple[str, bytes, bytes] | None = None
        for label, key, _ in self._keys:
            for form in forms:
                # To the end in any case: how long it takes tells nobody which of them it was.
                if key.verify(signatures, before, form, after) and matched is None:
                    right = (each for each in signatures if key.verify((each,), before, form, after))
                    matched = label, form, a2b_base64(next(right)[1])
        return matched

    def _start(self) -> None:
        """No MAC runs while the body arrives: what was signed is known at its end."""


def body_too_large(limit: float) -> MalformedDelivery:
    """The rejection of a body that is over the limit, in bytes."""
    return MalformedDelivery(Reason.BODY_TOO_LARGE, f"the body is larger than the limit of {limit} bytes")


def _already_finished() -> ValueError:
    return ValueError("this verification is finished: begin a new one for each delivery")


_NO_MATCH = "no signature was made with a secret that is valid here"


def mismatch(msg_id: str, scheme: str) -> SignatureMismatch:
    """The rejection of a delivery whose id and scheme these are: no signature is right."""
    return SignatureMismatch(Reason.SIGNATURE_MISMATCH, _NO_MATCH).of(msg_id, scheme)


def _second_of(now: float) -> int:
    """The clock's time as a timestamp that a datetime can hold."""
    return math.floor(min(max(now, 0), LAST_SECOND))
