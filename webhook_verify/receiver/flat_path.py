"""The flat path of a receiver: the verification of a request in one function, without an object per step.

It is for the most common kind of receiver: one verifier, whose headers contain all that is needed besides the
body, and no observer, diagnosis, handshake or signed URL. It is chosen once, when the receiver is created. It
takes the same steps in the same order as `BaseReceiver.begin_with` and `Verification`, and leaves a body of
several chunks to `Verification`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from webhook_verify.body import BytesLike, as_bytes
from webhook_verify.delivery import LAST_SECOND, Delivery, allocate_delivery, set_parts
from webhook_verify.http import RequestHead
from webhook_verify.receiver.options import ReceiverOptions
from webhook_verify.schemes import ParsedHeaders
from webhook_verify.verification import Verification, body_too_large, clamp_to_timestamp
from webhook_verify.verifier import Verifier

__all__ = ["CheckedHead", "FlatPath", "flat_path", "flat_path_of", "settles_at_once", "settles_at_once_of"]

flat_path_of: Callable[[object], FlatPath | None] = attrgetter("_flat_path")
"""The flat path of a receiver, None if it needs the general path. Only for adapters."""

settles_at_once_of: Callable[[object], bool] = attrgetter("_settles_at_once")
"""Whether a receiver claims and settles without waiting. Only for adapters."""

CheckedHead = tuple[ParsedHeaders, float, int]
"""The parsed headers of a request, the time at which they were checked, and the limit in bytes."""

_state: Callable[[Verifier], tuple[Any, ...]] = attrgetter(
    "_read", "_clock", "_earliest", "_latest", "_keys", "_name", "_partial_scheme"
)
_steps: Callable[[Verifier], tuple[Any, ...]] = attrgetter("_start", "_outside_tolerance", "_mismatch")


def flat_path(options: ReceiverOptions[Any], receiver: type) -> FlatPath | None:
    """Return the flat path of a receiver.

    Args:
        options: The configuration of the receiver.
        receiver: The class of the receiver. A class of the application may override a step, so it needs the
            general path.

    Returns:
        The flat path, None if the receiver needs the general path.
    """
    verifier, scheme = options.verifier, options.scheme
    if (
        not isinstance(verifier, Verifier)
        or type(verifier).begin is not Verifier.begin
        or scheme is None
        or scheme.parses_body
        or scheme.fetches_keys
        or scheme.has_lifetime
        or scheme.has_signature_in_body
        or not receiver.__module__.startswith(__package__ or "")
    ):
        return None
    extras = (options.observer, options.log_diagnosis, options.handshake, options.public_url)
    return FlatPath(verifier, options.max_body_bytes) if extras == (None,) * 4 else None


def settles_at_once(options: ReceiverOptions[Any], receiver: type) -> bool:
    """Return whether claims need no coroutine: there is a guard, whose store never waits, and no inbox.

    Args:
        options: The configuration of the receiver.
        receiver: The class of the receiver. A class of the application may override a step.

    Returns:
        Whether an `AsyncReceiver` can claim and settle in synchronous calls.
    """
    protection = options.replay_protection
    if protection is None or options.inbox is not None:
        return False
    if not receiver.__module__.startswith(__package__ or ""):
        return False
    return not (protection.guard.is_async or protection.guard.may_block)


class FlatPath:
    """The verification of the requests of one receiver.

    Args:
        verifier: The verifier.
        limit: The maximum size of a body in bytes.
    """

    __slots__ = (
        "_clock",
        "_earliest",
        "_keys",
        "_latest",
        "_limit",
        "_mismatch",
        "_name",
        "_outside_tolerance",
        "_partial_scheme",
        "_read",
        "_start",
    )

    def __init__(self, verifier: Verifier, limit: int) -> None:
        self._limit = limit
        self._read, self._clock, self._earliest, self._latest, self._keys, *rest = _state(verifier)
        self._name, self._partial_scheme = rest
        self._start, self._outside_tolerance, self._mismatch = _steps(verifier)

    def check_head(self, head: RequestHead) -> CheckedHead:
        """Verify the head of a request, before its body is read.

        Args:
            head: The head of the request.

        Returns:
            The checked head, for `finish` or `start`.

        Raises:
            RejectedDelivery: If the headers or the stated length are rejected.
        """
        method, _, headers, stated, url, theirs = head[:6]
        limit = self._limit if theirs is None or theirs >= self._limit else theirs
        if stated is None:
            stated = head.header("content-length")
        if stated.isdecimal() and (len(stated) > 18 or int(stated) > limit):
            too_large = body_too_large(limit)
            raise too_large
        parsed: ParsedHeaders = self._read(headers, url, method)
        timestamp, signatures = parsed[1], parsed[2]
        now: float = self._clock()
        if not self._earliest <= now - timestamp < self._latest or timestamp > LAST_SECOND:
            raise self._outside_tolerance(parsed[0], now, timestamp)
        for _, key, window in self._keys:
            if (window is None or window(now)) and key.accepts(signatures):
                return parsed, now, limit
        raise self._mismatch(parsed[0], now)

    def start(self, checked: CheckedHead) -> Verification:
        """Return the verification of a body that arrives in several chunks.

        Args:
            checked: The checked head.

        Returns:
            The verification.
        """
        verification: Verification = self._start(*checked)
        return verification

    def finish(self, checked: CheckedHead, body: BytesLike) -> Delivery:
        """Verify a body that has arrived in one chunk.

        Args:
            checked: The checked head.
            body: The body.

        Returns:
            The verified delivery.

        Raises:
            RejectedDelivery: If the body is too large, or no signature is valid.
            TypeError: If `body` is not bytes-like.
        """
        (message_id, timestamp, signatures, before, after, event_type), now, limit = checked
        if type(body) is not bytes:
            body = as_bytes(body)
        if len(body) > limit:
            raise body_too_large(limit).with_context(message_id, self._name)
        for label, key, window in self._keys:
            if (window is None or window(now)) and key.verify(signatures, before, body, after):
                delivery = allocate_delivery()
                scheme = self._partial_scheme
                if scheme is None:
                    set_parts(delivery, (message_id, timestamp, body, self._name, label, event_type))
                else:
                    when = timestamp if scheme.signs_timestamp else clamp_to_timestamp(now)
                    signed_parts = scheme, body, before, body, after
                    set_parts(delivery, (message_id, when, body, self._name, label, event_type, signed_parts))
                return delivery
        raise self._mismatch(message_id, now)

    def receive(self, head: RequestHead, chunks: Iterable[bytes]) -> Delivery:
        """Verify a request.

        Args:
            head: The head of the request.
            chunks: The body in chunks, read after the headers are verified.

        Returns:
            The verified delivery.

        Raises:
            RejectedDelivery: If the delivery is not genuine or not fresh.
            TypeError: If a chunk is not bytes-like.
            Exception: Any exception of `chunks`.
        """
        checked = self.check_head(head)
        body = b""
        verification: Verification | None = None
        for chunk in chunks:
            if verification is not None:
                verification.update(chunk)
            elif body:
                verification = self.start(checked)
                verification.update(body)
                verification.update(chunk)
            else:
                body = chunk if type(chunk) is bytes else as_bytes(chunk)
                if len(body) > checked[2]:
                    break  # before another chunk is read
        return self.finish(checked, body) if verification is None else verification.finish()
