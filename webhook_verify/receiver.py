"""From a request to a delivery that is handled: the part that every framework's adapter shares.

A receiver looks up who verifies, refuses what it can before the body is read, counts the body
while it arrives, and says what to answer. It knows no framework and does no I/O of its own:
:class:`Receiver` and :class:`AsyncReceiver` differ only in what may be awaited.

An adapter does this, in this order::

    answer = receiver.answer_to(method)       # of another method than POST; None: go on
    verification = receiver.begin(facts)      # raises RejectedDelivery: answer receiver.refuse(...)
    verification.update(chunk)                # for each piece of the body; may raise, too
    delivery = verification.finish()
    claim = receiver.claim(delivery)          # an Answer instead of a claim: send it, run nothing
    try: ...                                  # run the handler
    finally: receiver.settle(claim, status)   # completed after 2xx, else released for a retry

:meth:`Receiver.receive` and :meth:`Receiver.handle` do this for an adapter that has the body at once
and whose handler returns its response.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Generic, Protocol, TypeVar, cast

from webhook_verify import schemes
from webhook_verify.body import BytesLike
from webhook_verify.delivery import Delivery
from webhook_verify.errors import Reason, RejectedDelivery, SignatureMismatch
from webhook_verify.exchange import Answer, RequestFacts
from webhook_verify.observer import Observed, Observer, Stopwatch
from webhook_verify.verifier import Verification, Verifier, body_too_large

__all__ = [
    "DEFAULT_MAX_BODY_BYTES",
    "Answer",
    "AsyncClaim",
    "AsyncReceiver",
    "AsyncReplay",
    "Claim",
    "Incoming",
    "Observer",
    "Receiver",
    "Replay",
    "RequestFacts",
]

DEFAULT_MAX_BODY_BYTES = 1_048_576
"""1 MiB: 50 times the 20 kB that Standard Webhooks recommends as the largest payload."""

_logger = logging.getLogger("webhook_verify")


class Claim(Protocol):
    """A message id that is claimed while its handler runs."""

    def complete(self) -> None:
        """The handler has answered 2xx: the id is done."""
        ...

    def release(self) -> None:
        """The handler has failed: the sender's retry shall be processed."""
        ...


class Replay(Protocol):
    """Replay protection as a receiver sees it."""

    def claim(self, delivery: Delivery) -> Claim | Answer:
        """A claim of the delivery's id, or what to answer if it is done, in flight or cannot be known."""
        ...


class Incoming(Protocol):
    """A body on its way in: see :class:`webhook_verify.verifier.Verification`."""

    def update(self, chunk: BytesLike) -> None:
        """Take the next piece of the body. Raises :class:`RejectedDelivery` once it is too large."""
        ...

    def finish(self) -> Delivery:
        """The verified delivery. Raises :class:`RejectedDelivery`."""
        ...


class AsyncClaim(Protocol):
    """As :class:`Claim`, awaited."""

    async def complete(self) -> None:
        """See :meth:`Claim.complete`."""
        ...

    async def release(self) -> None:
        """See :meth:`Claim.release`."""
        ...


class AsyncReplay(Protocol):
    """As :class:`Replay`, awaited."""

    async def claim(self, delivery: Delivery) -> AsyncClaim | Answer:
        """See :meth:`Replay.claim`."""
        ...


_Guard = TypeVar("_Guard")
_Response = TypeVar("_Response")
OnReject = Callable[[RejectedDelivery, RequestFacts], "Answer | None"]


class _BaseReceiver(Generic[_Guard]):
    """What the receivers share: the configuration, the limits and the refusal."""

    _may_await = False

    def __init__(
        self,
        verifier: Verifier | Callable[[RequestFacts], object],
        replay: _Guard | None = None,
        max_body_bytes: int = DEFAULT_MAX_BODY_BYTES,
        on_reject: OnReject | None = None,
        observer: Observer | None = None,
    ) -> None:
        if not isinstance(verifier, Verifier):
            rule = "verifier is a Verifier, or a function of RequestFacts that returns one"
            _check_function(verifier, rule, may_be_async=self._may_await)
        if on_reject is not None:
            rule = "on_reject is a function of (error, facts) that returns an Answer or None"
            _check_function(on_reject, rule, may_be_async=False)
        self._verifier = verifier
        self._replay = replay
        self._limit = _checked_limit(max_body_bytes)
        self._on_reject = on_reject
        self._observer = observer

    @property
    def is_guarded(self) -> bool:
        """Whether there is replay protection, so that deliveries must be claimed and settled."""
        return self._replay is not None

    @property
    def max_body_bytes(self) -> int:
        """The largest body that is read, in bytes."""
        return self._limit

    def answer_to(self, method: str) -> Answer | None:
        """What to answer to another method than POST: 405. None for POST, which is for ``begin``."""
        return None if method == "POST" else Answer.of(405, ("allow", "POST"))

    def refuse(self, error: RejectedDelivery, facts: RequestFacts) -> Answer:
        """What to answer to a rejected delivery. Logs the reason, which the answer does not tell."""
        extra = {
            "reason": str(error.reason),
            "scheme": self._scheme_of(error),
            "message_id": error.message_id,
            "path": facts.path,
        }
        _logger.warning("delivery rejected: %s: %s", error.reason, error.detail, extra=extra)
        return self._own_answer(error, facts) or Answer.of(error.status_hint)

    def _own_answer(self, error: RejectedDelivery, facts: RequestFacts) -> Answer | None:
        if self._on_reject is None:
            return None
        try:
            return _checked_answer(self._on_reject(error, facts))
        except RejectedDelivery:
            return None  # it asked for a header that stands twice: as bad as what is refused already

    def _scheme_of(self, error: RejectedDelivery) -> str:
        if error.scheme is None and isinstance(self._verifier, Verifier):
            return self._verifier.scheme.name
        return error.scheme or ""

    def _is_too_long(self, facts: RequestFacts) -> bool:
        # What is no number is left to the server; the body is counted while it arrives anyway.
        stated = facts.content_length
        return stated.isdecimal() and (len(stated) > 18 or int(stated) > self._limit)

    def _begin(self, verifier: object, facts: RequestFacts) -> Incoming:
        if self._observer is None:
            return self._verification(verifier, facts)
        scheme = verifier.scheme.name if isinstance(verifier, Verifier) else None
        watch = Stopwatch(self._observer, facts, scheme)
        with watch:
            verification = self._verification(verifier, facts)
        return Observed(verification, watch)

    def _verification(self, verifier: object, facts: RequestFacts) -> Verification:
        if self._is_too_long(facts):
            raise body_too_large(self._limit)
        if verifier is None:
            # What is malformed is refused as such for everybody, or the status would tell who is known.
            schemes.get("standard-webhooks").read(facts.headers, facts.url, facts.method)
            raise SignatureMismatch(Reason.NO_SECRET, "nobody here has a secret for this request")
        if not isinstance(verifier, Verifier):
            kind = type(verifier).__name__
            raise TypeError(f"the lookup must return a Verifier, or None for an unknown sender; not {kind}")
        return verifier.begin(facts.headers, url=facts.url, method=facts.method, max_body_bytes=self._limit)


class Receiver(_BaseReceiver[Replay]):
    """Decides about requests in blocking code.

    ``verifier``: a :class:`Verifier`, or a function of :class:`RequestFacts` that returns the one
    for this request, or None if the sender is unknown (answered 401): one route, many tenants.
    ``replay``: replay protection, or None. ``max_body_bytes``: the largest body that is read.
    ``on_reject``: a function of the error and the facts that may return an :class:`Answer` of its
    own. ``observer``: an :class:`Observer`, told of every verdict. Raises TypeError or ValueError for a
    configuration that cannot work.
    """

    def begin(self, facts: RequestFacts) -> Incoming:
        """Check all that is known before the body is read. Raises :class:`RejectedDelivery`."""
        found: object = self._verifier
        if not isinstance(self._verifier, Verifier) and not self._is_too_long(facts):
            found = self._verifier(facts)
        return self._begin(found, facts)

    def receive(self, facts: RequestFacts, read_body: Callable[[], bytes]) -> Delivery:
        """The verified delivery; the body is read once the headers have passed.

        Raises :class:`RejectedDelivery`, and whatever ``read_body`` raises.
        """
        incoming = self.begin(facts)
        incoming.update(read_body())
        return incoming.finish()

    def handle(
        self, delivery: Delivery, run: Callable[[], _Response], status: Callable[[_Response], int]
    ) -> _Response | Answer:
        """Run the handler under a claim of the delivery's id, and settle it by the response's status."""
        claim = self.claim(delivery)
        if isinstance(claim, Answer):
            return claim
        code: int | None = None
        try:
            response = run()
            code = status(response)
        finally:
            self.settle(claim, code)
        return response

    def claim(self, delivery: Delivery) -> Claim | Answer:
        """Claim the delivery's id, or learn what to answer instead of running the handler."""
        return _UNGUARDED if self._replay is None else self._replay.claim(delivery)

    def settle(self, claim: Claim, status: int | None) -> None:
        """Complete the claim after a 2xx status, else release it; None stands for no answer at all."""
        if _is_success(status):
            claim.complete()
        else:
            claim.release()


class AsyncReceiver(_BaseReceiver[AsyncReplay]):
    """As :class:`Receiver`, for asyncio: the lookup may be a coroutine function as well."""

    _may_await = True

    async def begin(self, facts: RequestFacts) -> Incoming:
        """Check all that is known before the body is read. Raises :class:`RejectedDelivery`."""
        found: object = self._verifier
        if not isinstance(self._verifier, Verifier) and not self._is_too_long(facts):
            found = self._verifier(facts)
            if isinstance(found, Awaitable):
                found = await cast("Awaitable[object]", found)
        return self._begin(found, facts)

    async def receive(self, facts: RequestFacts, read_body: Callable[[], Awaitable[bytes]]) -> Delivery:
        """As :meth:`Receiver.receive`, awaited."""
        incoming = await self.begin(facts)
        incoming.update(await read_body())
        return incoming.finish()

    async def handle(
        self,
        delivery: Delivery,
        run: Callable[[], Awaitable[_Response]],
        status: Callable[[_Response], int],
    ) -> _Response | Answer:
        """As :meth:`Receiver.handle`, awaited."""
        claim = await self.claim(delivery)
        if isinstance(claim, Answer):
            return claim
        code: int | None = None
        try:
            response = await run()
            code = status(response)
        finally:
            await self.settle(claim, code)
        return response

    async def claim(self, delivery: Delivery) -> AsyncClaim | Answer:
        """Claim the delivery's id, or learn what to answer instead of running the handler."""
        return _ASYNC_UNGUARDED if self._replay is None else await self._replay.claim(delivery)

    async def settle(self, claim: AsyncClaim, status: int | None) -> None:
        """Complete the claim after a 2xx status, else release it; None stands for no answer at all."""
        await (claim.complete() if _is_success(status) else claim.release())


class _Unguarded:
    """The claim of a receiver without replay protection: there is nothing to remember."""

    def complete(self) -> None: ...

    def release(self) -> None: ...


class _AsyncUnguarded:
    async def complete(self) -> None: ...

    async def release(self) -> None: ...


_UNGUARDED = _Unguarded()
_ASYNC_UNGUARDED = _AsyncUnguarded()


def _check_function(given: object, rule: str, *, may_be_async: bool) -> None:
    if not callable(given):
        raise TypeError(f"{rule}; not {type(given).__name__}")
    if iscoroutinefunction(given) and not may_be_async:
        raise TypeError(f"{rule}; not a coroutine function")


def _checked_answer(given: object) -> Answer | None:
    if given is not None and not isinstance(given, Answer):
        raise TypeError(f"on_reject returns an Answer or None, not {type(given).__name__}")
    return given


def _checked_limit(limit: object) -> int:
    if isinstance(limit, bool) or not isinstance(limit, int):
        raise TypeError(f"max_body_bytes is an int, not {type(limit).__name__}")
    if limit <= 0:
        raise ValueError("max_body_bytes must be larger than zero")
    return limit


def _is_success(status: int | None) -> bool:
    return status is not None and 200 <= status < 300
