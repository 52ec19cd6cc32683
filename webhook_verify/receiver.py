"""From a request to a delivery that is handled: the part that every framework's adapter shares.

A receiver looks up who verifies, refuses what it can before the body is read, counts the body
while it arrives, and says what to answer. It knows no framework and does no I/O of its own:
:class:`Receiver` and :class:`AsyncReceiver` differ only in what may be awaited.

An adapter that has a request and its handler at hand calls one function, with the body as it arrives::

    response = receiver.serve(facts, pieces, run, status)   # the handler's, or an Answer to send

One whose handler answers elsewhere, as behind a middleware, goes step by step::

    answer = receiver.answer_to(method)       # of another method than POST; None: go on
    incoming = receiver.begin(facts)          # raises RejectedDelivery: send receiver.refuse(...)
    incoming.update(piece)                    # for each piece of the body; may raise, too
    delivery = incoming.finish()
    claim = receiver.claim(delivery)          # an Answer instead of a claim: send it, run nothing
    try: ...                                  # run the handler
    finally: receiver.settle(claim, status)   # completed after 2xx, else released for a retry
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from typing import Any, Protocol, TypeVar, cast

from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery
from webhook_verify.exchange import Answer, IncompleteBody, RequestFacts
from webhook_verify.observer import Observer
from webhook_verify.reception import DEFAULT_MAX_BODY_BYTES, BaseReceiver, Incoming
from webhook_verify.verifier import Verifier

__all__ = [
    "DEFAULT_MAX_BODY_BYTES",
    "Answer",
    "AsyncClaim",
    "AsyncReceiver",
    "AsyncReplay",
    "AwaitedReceiver",
    "Claim",
    "Incoming",
    "IncompleteBody",
    "Observer",
    "Receiver",
    "Replay",
    "RequestFacts",
]


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


_Response = TypeVar("_Response")


class Receiver(BaseReceiver[Replay]):
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
        verifier = self._verifier
        if isinstance(verifier, Verifier):
            return self.begin_with(verifier, facts)
        self.limit_of(facts)  # before anybody is looked up
        return self.begin_with(verifier(facts), facts)

    def serve(
        self,
        facts: RequestFacts,
        pieces: Iterable[bytes],
        run: Callable[[Delivery], _Response],
        status: Callable[[_Response], int],
    ) -> _Response | Answer:
        """Answer a request: the response of ``run`` to a genuine delivery, or what to send instead of it.

        ``pieces``: the body as it arrives; read once the headers have passed. It may raise
        :class:`RejectedDelivery` and :class:`IncompleteBody`. ``status``: gives the status of a response.
        """
        if (answer := self.answer_to(facts.method)) is not None:
            return answer
        try:
            incoming = self.begin(facts)
            for piece in pieces:
                incoming.update(piece)
            delivery = incoming.finish()
        except (RejectedDelivery, IncompleteBody) as error:
            return self.refuse(error, facts)
        return self.handle(delivery, lambda: run(delivery), status)

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


class AsyncReceiver(BaseReceiver[AsyncReplay]):
    """As :class:`Receiver`, for asyncio: the lookup may be a coroutine function as well."""

    _may_await = True

    async def begin(self, facts: RequestFacts) -> Incoming:
        """As :meth:`Receiver.begin`, awaited."""
        verifier = self._verifier
        if isinstance(verifier, Verifier):
            return self.begin_with(verifier, facts)
        self.limit_of(facts)  # before anybody is looked up
        found = verifier(facts)
        if isinstance(found, Awaitable):
            found = await cast("Awaitable[object]", found)
        return self.begin_with(found, facts)

    async def serve(
        self,
        facts: RequestFacts,
        pieces: Iterable[bytes] | AsyncIterable[bytes],
        run: Callable[[Delivery], Awaitable[_Response]],
        status: Callable[[_Response], int],
    ) -> _Response | Answer:
        """As :meth:`Receiver.serve`, awaited."""
        if (answer := self.answer_to(facts.method)) is not None:
            return answer
        try:
            incoming = await self.begin(facts)
            if isinstance(pieces, Iterable):
                for piece in pieces:
                    incoming.update(piece)
            else:
                async for piece in pieces:
                    incoming.update(piece)
            delivery = incoming.finish()
        except (RejectedDelivery, IncompleteBody) as error:
            return self.refuse(error, facts)
        return await self.handle(delivery, lambda: run(delivery), status)

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


class AwaitedReceiver(AsyncReceiver):
    """A :class:`Receiver` under ``async`` code: ``call`` runs what may block, in a thread or right here."""

    def __init__(self, receiver: Receiver, call: Callable[..., Awaitable[Any]]) -> None:
        vars(self).update(vars(receiver))
        self._receiver = receiver
        self._call = call

    async def begin(self, facts: RequestFacts) -> Incoming:
        """See :meth:`AsyncReceiver.begin`."""
        incoming: Incoming = await self._call(self._receiver.begin, facts)
        return incoming

    async def claim(self, delivery: Delivery) -> AsyncClaim | Answer:
        """See :meth:`AsyncReceiver.claim`."""
        if not self.is_guarded:
            return _ASYNC_UNGUARDED
        claim: Claim | Answer = await self._call(self._receiver.claim, delivery)
        return claim if isinstance(claim, Answer) else _AwaitedClaim(claim, self._call)


class _AwaitedClaim:
    def __init__(self, claim: Claim, call: Callable[..., Awaitable[Any]]) -> None:
        self._claim = claim
        self._call = call

    async def complete(self) -> None:
        await self._call(self._claim.complete)

    async def release(self) -> None:
        await self._call(self._claim.release)


class _Unguarded:
    """The claim of a receiver without replay protection: there is nothing to remember."""

    def complete(self) -> None: ...

    def release(self) -> None: ...


class _AsyncUnguarded:
    async def complete(self) -> None: ...

    async def release(self) -> None: ...


_UNGUARDED = _Unguarded()
_ASYNC_UNGUARDED = _AsyncUnguarded()


def _is_success(status: int | None) -> bool:
    return status is not None and 200 <= status < 300
