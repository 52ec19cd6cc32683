"""The receiver for asyncio and trio code."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Coroutine, Iterable
from functools import partial
from time import perf_counter
from typing import Any, TypeVar, cast

from webhook_verify.body import BytesLike
from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery
from webhook_verify.http import HandedOverSecret, NotADelivery, RequestHead, WebhookResponse
from webhook_verify.receiver.base import BaseReceiver, Incoming
from webhook_verify.receiver.body_lookup import VerificationByBody
from webhook_verify.receiver.handshaking import store_handed_over
from webhook_verify.receiver.inbox import ReceiverInbox
from webhook_verify.receiver.replay import ReplayProtection, is_success
from webhook_verify.replay.claim import AsyncClaim, claim_context, in_background, synchronous_claim
from webhook_verify.replay.guard import ReplayGuard
from webhook_verify.replay.store import AsyncReplayStore, ReplayStore
from webhook_verify.verification import MAX_LOOP_BYTES, Verification
from webhook_verify.verifier import Verifier

__all__ = ["AsyncReceiver"]

_Response = TypeVar("_Response")
_Protection = ReplayProtection[ReplayGuard[ReplayStore | AsyncReplayStore]]
_AsyncSettle = Callable[[int | None], Coroutine[Any, Any, None]]


class AsyncReceiver(BaseReceiver[ReplayGuard[ReplayStore | AsyncReplayStore]]):
    """A receiver for asyncio and trio code: verifies requests and runs their handlers.

    It takes the arguments of `Receiver`. A lookup that is passed as `verifier` may be a coroutine function,
    and the store of `replay` may be asynchronous.

    Raises:
        TypeError: If an argument is of a wrong type.
        ValueError: If an argument is out of range, or does not fit the others.
    """

    _may_await = True

    async def begin(self, head: RequestHead) -> Incoming:
        """Verify the head of a request, before its body is read.

        Args:
            head: The head of the request.

        Returns:
            The verification, which takes the body in chunks.

        Raises:
            RejectedDelivery: If the headers or the stated length are rejected.
            HandshakeResponse: If the request is a handshake that the provider does not sign.
            TypeError: If a lookup returns neither a `Verifier` nor None.
            ValueError: If the tolerance of a lookup's verifier is too long for the guard's retention.
            Exception: Any exception of a lookup.
        """
        verifier = self._verifier
        if isinstance(verifier, Verifier):
            return self.begin_with(verifier, head, self._handshake)
        self.body_limit(head)  # An oversized body is rejected before the lookup runs.
        found = verifier(head)
        if isinstance(found, Awaitable):
            found = await cast("Awaitable[object]", found)
        return self.begin_with_found(found, head)

    async def finish(self, incoming: Incoming, last: BytesLike = b"") -> Delivery:
        """Finish a verification, in a thread if it may block.

        Args:
            incoming: The verification that `begin` returned.
            last: The last chunk of the body.

        Returns:
            The verified delivery.

        Raises:
            RejectedDelivery: If the delivery is not genuine or not fresh.
            HandshakeResponse: If the delivery is a handshake.
        """
        if type(incoming) is Verification:  # This one never blocks.
            return incoming.finish(last)
        if isinstance(incoming, VerificationByBody):
            incoming.update(last)
            incoming, last = await self._choose(incoming), b""
        if len(last) > MAX_LOOP_BYTES:
            incoming.update(last)  # The length decides whether a thread is needed.
            last = b""
        try:
            if not incoming.may_block:
                return incoming.finish(last)
            if not _is_on_asyncio():
                delivery: Delivery = await self._in_thread(incoming.finish, last)
                return delivery
            from webhook_verify.receiver.key_fetching import finish_on_loop

            return await finish_on_loop(incoming, last, self._in_thread)
        except HandedOverSecret as handover:
            response = await store_handed_over(handover)
        raise response

    async def _choose(self, incoming: VerificationByBody) -> Incoming:
        """Return the verification by the verifier that the body names."""
        text = (await self._in_thread(incoming.text)) if incoming.is_long else incoming.text()
        found: object = incoming.lookup.find(text)
        if isinstance(found, Awaitable):
            found = await cast("Awaitable[object]", found)
        return incoming.choose(found)

    async def handle_request(
        self,
        head: RequestHead,
        chunks: Iterable[bytes] | AsyncIterable[bytes],
        run: Callable[[Delivery], Awaitable[_Response]],
        status: Callable[[_Response], int],
        defer: Callable[[_Response | None, _AsyncSettle], bool] | None = None,
    ) -> _Response | WebhookResponse:
        """Verify a request and run its handler.

        Args:
            head: The head of the request.
            chunks: The body in chunks, read after the headers are verified. May raise `RejectedDelivery` and
                `NotADelivery`.
            run: The handler. It takes the delivery and returns an awaitable of the response.
            status: Returns the status of a response.
            defer: Takes over the settling if something can still undo the handler's work, such as a commit or
                a streamed response. It is called with the response, None if `run` raised an Exception, and
                with a coroutine function that settles by the final status, None for failed work. It returns
                whether it will call that function.

        Returns:
            The handler's response, or a `WebhookResponse` if the request was rejected, was a duplicate or was
            a handshake.

        Raises:
            TypeError: If a lookup or `on_reject` returns a value of another type.
            ValueError: If the tolerance of a lookup's verifier is too long for the guard's retention.
            Exception: Any exception of `run`, a lookup or `on_reject`, and any other exception of `chunks`.
        """
        if head.method != "POST" or not self._accepts_post:
            answer = self.method_response(head.method, head.target, head.path, head.headers)
            if answer is not None:
                return answer
        try:
            if self._flat_path is not None and isinstance(chunks, Iterable):
                delivery = self._flat_path.receive(head, chunks)
            else:
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
        """Claim a verified delivery, run its handler, and settle the claim by the response's status.

        Args:
            delivery: The verified delivery.
            head: The head of its request.
            run: The handler. It takes the delivery and returns an awaitable of the response.
            status: Returns the status of a response.
            defer: Takes over the settling, as in `handle_request`.

        Returns:
            The handler's response, or a `WebhookResponse` for a duplicate and for a failed claim.

        Raises:
            Exception: Any exception of `run`. The claim is released before, unless `defer` takes it over.
        """
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
            # An error handler of the framework may still respond with a 2xx status.
            is_deferred = defer is not None and defer(None, partial(self.settle, claim, head))
            raise
        finally:
            if not is_deferred:
                await self.settle(claim, head, code)
        return response

    async def claim(self, delivery: Delivery, head: RequestHead) -> AsyncClaim | WebhookResponse:
        """Claim a verified delivery before its handler runs.

        Args:
            delivery: The verified delivery.
            head: The head of its request.

        Returns:
            The claim to pass to `settle`, or the response to send instead of running the handler.

        Raises:
            RuntimeError: If the receiver has neither a guard, an inbox nor an observer with `on_handled`.
        """
        if self._inbox is not None:
            return await self._store(self._inbox, delivery, head)
        if (protection := self._replay_protection) is None:
            unclaimed = AsyncClaim(self._unclaimed(delivery), self._in_thread)
            unclaimed.started = perf_counter()
            return unclaimed
        if self._settles_at_once:
            return self.claim_at_once(delivery, head)
        claim = await self._claim(protection, delivery, head)
        if isinstance(claim, AsyncClaim):
            if self._hears_handled:
                claim.started = perf_counter()
            claim_context.set(claim)
        return claim

    async def _claim(
        self, protection: _Protection, delivery: Delivery, head: RequestHead
    ) -> AsyncClaim | WebhookResponse:
        claim = AsyncClaim(protection.new_claim(delivery, head), self._in_thread)
        try:
            outcome = await claim.claim()
        except Exception as error:
            return protection.unreachable(error, delivery, head)
        except BaseException:
            # The task was cancelled, but the store may have recorded the claim already.
            await in_background(self._settle(claim, head, None))
            raise
        if (answer := protection.response_to(outcome, delivery, head)) is not None:
            return answer
        claim.attempt = outcome.attempt
        return claim

    async def _store(self, inbox: ReceiverInbox, delivery: Delivery, head: RequestHead) -> WebhookResponse:
        """Store a delivery, under a claim if there is a guard, and return the response."""
        if (protection := self._replay_protection) is None:
            return await inbox.store_async(delivery, head, self._in_thread)
        claim = await self._claim(protection, delivery, head)
        if isinstance(claim, WebhookResponse):
            return claim
        status: int | None = None
        try:
            response = await inbox.store_async(delivery, head, self._in_thread)
            status = response.status
        finally:
            await self.settle(claim, head, status)
        return response

    async def settle(self, claim: AsyncClaim, head: RequestHead, status: int | None) -> None:
        """Complete the claim after a 2xx status, otherwise release it for a retry.

        It runs to the end even if the task is cancelled.

        Args:
            claim: The claim that `claim` returned.
            head: The head of the request.
            status: The status of the handler's response, None without a response.
        """
        if self._settles_at_once:
            self.settle_at_once(claim, head, status)
            return
        claim_context.set(None)
        try:
            if not claim.is_settled:
                await self._settle(claim, head, status)
        except BaseException:
            # The task was cancelled. The call is repeated in the background, because it is idempotent.
            await in_background(self._settle(claim, head, status))
            raise
        finally:
            if self._hears_handled:
                self._report(claim, head, status)

    def claim_at_once(self, delivery: Delivery, head: RequestHead) -> AsyncClaim | WebhookResponse:
        """Claim a verified delivery, as `claim` does, at a store that never waits.

        Args:
            delivery: The verified delivery.
            head: The head of its request.

        Returns:
            The claim to pass to `settle_at_once`, or the response to send instead of running the handler.

        Raises:
            RuntimeError: If the receiver has no replay protection.
        """
        claim = self.replay_protection.claim(delivery, head)
        if isinstance(claim, WebhookResponse):
            return claim
        async_claim = AsyncClaim(claim, self._in_thread)
        async_claim.attempt = claim.attempt
        if self._hears_handled:
            async_claim.started = perf_counter()
        claim_context.set(async_claim)
        return async_claim

    def settle_at_once(self, claim: AsyncClaim, head: RequestHead, status: int | None) -> None:
        """Settle a claim, as `settle` does, at a store that never waits.

        Args:
            claim: The claim that `claim_at_once` returned.
            head: The head of the request.
            status: The status of the handler's response, None without a response.

        Raises:
            RuntimeError: If the receiver has no replay protection.
        """
        claim_context.set(None)
        if not claim.is_settled:
            self.replay_protection.settle(synchronous_claim(claim), head, status)
        if self._hears_handled:
            self._report(claim, head, status)

    async def _settle(self, claim: AsyncClaim, head: RequestHead, status: int | None) -> None:
        try:
            if not is_success(status):
                await claim.release()
            elif not await claim.complete():
                self.replay_protection.lost(claim.delivery, head)
        except Exception as error:
            self.replay_protection.not_settled(error, claim.delivery, head, status)

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        from webhook_verify.event_loops import (
            in_thread,
        )  # Imported here, so that blocking code does not load asyncio.

        return await in_thread("an AsyncReceiver whose store or verifier blocks", function, *arguments)


def _is_on_asyncio() -> bool:
    from asyncio import get_running_loop  # Imported here, so that blocking code does not load asyncio.

    try:
        get_running_loop()
    except RuntimeError:
        return False  # For example under trio.
    return True
