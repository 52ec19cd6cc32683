"""The debug mode of a receiver: why a delivery was rejected, in the log of ``webhook_verify.diagnosis``.

``Receiver(..., diagnose=True)`` imports this, and nothing else does. The answer to the sender stays what it
is; only the body is read, up to the limit, also where the headers alone are reason enough to refuse it: what
the sender signed can be told from the whole delivery alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NoReturn, Protocol

from webhook_verify.body import BytesLike, as_bytes
from webhook_verify.delivery import Delivery
from webhook_verify.diagnosis.explain import explain
from webhook_verify.diagnosis.model import Diagnosis
from webhook_verify.errors import Reason, RejectedDelivery
from webhook_verify.http import RequestHead
from webhook_verify.verifier import Verifier

__all__ = ["Diagnosed", "begin_diagnosed"]

_logger = logging.getLogger("webhook_verify.diagnosis")


class _Incoming(Protocol):
    """A body on its way in: see :class:`webhook_verify.receiver.base.Incoming`."""

    def update(self, chunk: BytesLike) -> None: ...

    def finish(self, last: BytesLike = b"") -> Delivery: ...


def begin_diagnosed(
    verifier: Verifier, head: RequestHead, limit: int, begin: Callable[[], _Incoming]
) -> Diagnosed:
    """What ``begin`` begins. Its rejection is kept until the body is there, of ``limit`` bytes at most."""
    try:
        incoming = begin()
    except RejectedDelivery as error:
        incoming = _RejectedIncoming(error, limit)
    return Diagnosed(verifier, head, incoming)


class _RejectedIncoming:
    """A body that is only read to be looked at: its headers were reason enough to reject it."""

    def __init__(self, error: RejectedDelivery, limit: int) -> None:
        self._error = error
        self._bytes_left = limit

    def update(self, chunk: BytesLike) -> None:
        self._bytes_left -= len(chunk)
        if self._bytes_left < 0:
            raise self._error  # it is too large as well, so that nobody looks at it

    def finish(self, last: BytesLike = b"") -> NoReturn:
        self.update(last)
        raise self._error


class Diagnosed:
    """A body on its way in, of which the log tells why it was rejected."""

    may_block = True
    """A diagnosis takes milliseconds of work, in which no event loop should stand still."""

    def __init__(self, verifier: Verifier, head: RequestHead, incoming: _Incoming) -> None:
        self._verifier, self._head, self._incoming = verifier, head, incoming
        self._chunks: list[bytes] = []

    def update(self, chunk: BytesLike) -> None:
        """Take the next piece of the body. Raises :class:`RejectedDelivery` once it is too large."""
        chunk = as_bytes(chunk)
        self._incoming.update(chunk)
        self._chunks.append(chunk)

    def finish(self, last: BytesLike = b"") -> Delivery:
        """The verified delivery. Raises :class:`RejectedDelivery`, which the log explains."""
        chunk = as_bytes(last)
        try:
            return self._incoming.finish(chunk)
        except RejectedDelivery as error:
            if error.reason is not Reason.BODY_TOO_LARGE:
                self._log(b"".join((*self._chunks, chunk)))
            raise

    def _log(self, body: bytes) -> None:
        head, headers = self._head, self._head.headers
        try:
            diagnosis = explain(self._verifier, body, headers, url=head.url, method=head.method)
        except (
            Exception
        ) as error:  # a diagnosis that fails must not cost the answer; its text may show anything
            _logger.warning("the diagnosis failed with %s", type(error).__name__)
            return
        extra = {"path": head.path, "scheme": diagnosis.scheme, "diagnosis": diagnosis.as_dict()}
        _logger.warning("%s", _line(diagnosis), extra=extra)


def _line(diagnosis: Diagnosis) -> str:
    """The likeliest cause in a sentence, the others by name, and the secret_fingerprints of the secrets."""
    others = [f"{one.name} ({one.confidence.name.lower()})" for one in diagnosis.causes[1:]]
    fingerprints = ", ".join(f"{label} is {digits}" for label, digits in diagnosis.secret_fingerprints)
    also = f" Or: {', '.join(others)}." if others else ""
    return f"{diagnosis}{also} Fingerprints: {fingerprints}."
