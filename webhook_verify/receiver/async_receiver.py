"""The receiver for asyncio and trio code."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Coroutine, Iterable
from functools import partial
from time import perf_counter
from typing import Any, TypeVar, cast

from webhook_verify.body import BytesLike
from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery
from webhook_verify.http import NotADelivery, RequestHead, WebhookResponse
from webhook_verify.receiver.base import BaseReceiver, Incoming
from webhook_verify.receiver.replay import is_success
from webhook_verify.replay.claim import AsyncClaim, claim_context, in_background
from webhook_verify.replay.guard import ReplayGuard
from webhook_verify.replay.store import AsyncReplayStore, ReplayStore
from webhook_verify.verification import MAX_LOOP_BYTES, Verification
from webhook_verify.verifier import Verifier

__all__ = ["AsyncReceiver"]

_Response = TypeVar("_Response")
_AsyncSettle = Callable[[int | None], Coroutine[Any, Any, None]]


class AsyncReceiver(BaseReceiver[ReplayGuard[ReplayStore | AsyncReplayStore]]):
    """As :class:`Receiver`, for asyncio: the lookup may be a coroutine function as well."""

    _may_await = True

    async def begin(self, head: RequestHead) -> Incoming:
        """As :meth:`Receiver.begin`, awaited."""
        verifier = self._verifier
        if isinstance(verifier, Verifier):
            return self.begin_with(verifier, head, self._handshake)
        self.body_limit(head)  # before anybody is looked up
        found = verifier(head)
        if isinstance(found, Awaitable):
            found = await cast("Awaitable[object]", found)
        return self.begin_with_found(found, head)

    async def finish(self, incoming: Incoming, last: BytesLike = b"") -> Delivery:
        """Return the verified delivery: ``incoming.finish(last)``, in a thread where that may block.

        Raises:
            RejectedDelivery: If it is not genuine and fresh.
            NotADelivery: If it is a handshake.
        """
        if type(incoming) is Verification:  # it never blocks
            return incoming.finish(last)
        if len(last) > MAX_LOOP_BYTES:
            incoming.update(last)  # so that it knows its length
            last = b""
        if not incoming.may_block:
            return incoming.finish(last)
        if not _is_on_asyncio():
            delivery: Delivery = await self._in_thread(incoming.finish, last)
            return delivery
        from webhook_verify.receiver.key_fetching import finish_on_loop

        return await finish_on_loop(incoming, last, self._in_thread)

    async def handle_request(
        self,
        head: RequestHead,
        chunks: Iterable[bytes] | AsyncIterable[bytes],
        run: Callable[[Delivery], Awaitable[_Response]],
        status: Callable[[_Response], int],
        defer: Callable[[_Response | None, _AsyncSettle], bool] | None = None,
    ) -> _Response | WebhookResponse:
        """As :meth:`Receiver.handle_request`, awaited."""
        method = head.method
        if method != "POST" and (answer := self.method_response(method, head.target, head.path)) is not None:
            return answer
        try:
            incoming = await self.begin(head)
            if isinstance(chunks, Iterable):
                for chunk in chunks:
                    incoming.update(chunk)
            else:
                async for chunk in chunks:
                    incoming.update(chunk)
            delivery = await self.finish(incoming)
        except (RejectedDelivery, NotADelivery) as error:
            return self.rejection_response(error, head)
        return await self.run_handler(delivery, head, run, status, defer)

    async def run_handler(
        self,
        delivery: Delivery,
        head: RequestHead,
        run: Callable[[Delivery], Awaitable[_Response]],
        status: Callable[[_Response], int],
        defer: Callable[[_Response | None, _AsyncSettle], bool] | None = None,
    ) -> _Response | WebhookResponse:
        """As :meth:`Receiver.handle`, awaited."""
        if not self._must_settle:
            return await run(delivery)
        claim = await self.claim(delivery, head)
        if isinstance(claim, WebhookResponse):
            return claim
        code: int | None = None
        is_deferred = False
        try:
            response = await run(delivery)
            code = status(response)
            is_deferred = defer is not None and defer(response, partial(self.settle, claim, head))
        except Exception:
            # An error handler of the framework may still answer 2xx.
            is_deferred = defer is not None and defer(None, partial(self.settle, claim, head))
            raise
        finally:
            if not is_deferred:
                await self.settle(claim, head, code)
        return response

    async def claim(self, delivery: Delivery, head: RequestHead) -> AsyncClaim | WebhookResponse:
        """As :meth:`Receiver.claim`, awaited."""
        if (protection := self._replay_protection) is None:
            unclaimed = AsyncClaim(self._unclaimed(delivery), self._in_thread)
            unclaimed.started = perf_counter()
            return unclaimed
        claim = AsyncClaim(protection.new_claim(delivery, head), self._in_thread)
        try:
            outcome = await claim.claim()
        except Exception as error:
            return protection.unreachable(error, delivery, head)
        except BaseException:
            # Cancelled: the store may have made the claim without our knowing.
            await in_background(self._settle(claim, head, None))
            raise
        if (answer := protection.response_to(outcome, delivery, head)) is not None:
            return answer
        claim.attempt = outcome.attempt
        if self._hears_handled:
            claim.started = perf_counter()
        claim_context.set(claim)
        return claim

    async def settle(self, claim: AsyncClaim, head: RequestHead, status: int | None) -> None:
        """As :meth:`Receiver.settle`, awaited; and to the end, also in a task that is being cancelled."""
        claim_context.set(None)
        try:
            if not claim.is_settled:
                await self._settle(claim, head, status)
        except BaseException:
            # Cancelled: once more, where nobody cancels it, for a store takes both calls twice.
            await in_background(self._settle(claim, head, status))
            raise
        finally:
            if self._hears_handled:
                self._report(claim, head, status)

    async def _settle(self, claim: AsyncClaim, head: RequestHead, status: int | None) -> None:
        try:
            if not is_success(status):
                await claim.release()
            elif not await claim.complete():
                self.replay_protection.lost(claim.delivery, head)
        except Exception as error:
            self.replay_protection.not_settled(error, claim.delivery, head)

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        from webhook_verify.event_loops import in_thread  # here, because blocking code does without asyncio

        return await in_thread("an AsyncReceiver whose store or verifier blocks", function, *arguments)


def _is_on_asyncio() -> bool:
    from asyncio import get_running_loop  # here, because blocking code does without asyncio

    try:
        get_running_loop()
    except RuntimeError:
        return False  # as under trio
    return True
