"""Receivers: from a request to a handled delivery, without any framework.

An adapter that has a request and its handler makes one call:

```python
response = receiver.handle_request(head, chunks, run, status)   # the handler's, or a WebhookResponse
```

An adapter whose handler runs elsewhere, such as a middleware, uses the single steps:

```python
response = receiver.method_response(method, target, path, headers)   # None for a method of deliveries
incoming = receiver.begin(head)           # raises RejectedDelivery: send rejection_response(...)
incoming.update(chunk)                    # for each chunk of the body; may raise, too
delivery = incoming.finish()              # of an AsyncReceiver: await receiver.finish(incoming)
claim = receiver.claim(delivery, head)    # if it is a WebhookResponse, send it and skip the handler
try: ...                                  # run the handler
finally: receiver.settle(claim, head, status)   # completed after a 2xx status, otherwise released
```
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from time import perf_counter
from typing import Any, TypeVar

from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery
from webhook_verify.http import IncompleteBody, NotADelivery, RequestHead, WebhookResponse
from webhook_verify.receiver.async_receiver import AsyncReceiver
from webhook_verify.receiver.base import DEFAULT_MAX_BODY_BYTES, BaseReceiver, Incoming
from webhook_verify.receiver.body_lookup import VerificationByBody
from webhook_verify.receiver.inbox import ReceiverInbox
from webhook_verify.receiver.observer import Observer
from webhook_verify.replay.claim import AsyncClaim, Claim, claim_context
from webhook_verify.replay.guard import ReplayGuard
from webhook_verify.replay.store import ReplayStore
from webhook_verify.verifier import Verifier

__all__ = [
    "DEFAULT_MAX_BODY_BYTES",
    "AsyncClaim",
    "AsyncReceiver",
    "Claim",
    "Incoming",
    "IncompleteBody",
    "NotADelivery",
    "Observer",
    "Receiver",
    "RequestHead",
    "WebhookResponse",
    "_AwaitedReceiver",
]


_Response = TypeVar("_Response")
_Settle = Callable[[int | None], None]


class Receiver(BaseReceiver[ReplayGuard[ReplayStore]]):
    """A receiver for blocking code: verifies requests and runs their handlers.

    Args:
        verifier: A `Verifier`, or a function of the `RequestHead` that returns the verifier for this request,
            or None for an unknown sender (status 401). A `BodyLookup` for a sender that the body names.
        replay: The `ReplayGuard` for deduplication, None for no replay protection.
        inbox: Where deliveries are stored instead of running a handler, such as an `Inbox` or a `Handoff`.
            The receiver responds itself: 202 for a new delivery, 200 for a duplicate, 503 after a failure.
        max_body_bytes: The maximum size of a body in bytes.
        on_reject: A function of the error and the `RequestHead` that returns the response to a rejection,
            or None for the default response.
        observer: An `Observer` that is called for every result.
        namespace: Separates receivers that share a replay store. A function of the `RequestHead` for a lookup
            with several tenants; otherwise one tenant could claim the message ids of another.
        scheme: The scheme of the verifiers that a lookup returns, by default Standard Webhooks. It determines
            the response to methods other than POST, for which no lookup runs, and whether the URL is signed.
        handshake: A `Handshake` that replaces the scheme's own.
        public_url: The URL that the sender calls, for a scheme that signs it. See `PublicURL`.
        trusted_proxies: The addresses or networks of the proxies whose `X-Forwarded-*` headers are used
            instead of `public_url`.
        trusted_hosts: The hosts that the sender calls. Required with `trusted_proxies`.
        diagnose: Whether to log the cause of each rejection to `webhook_verify.diagnosis`. For development.
        in_flight_status: The status for a delivery that another worker is handling, 400 to 599. By default
            the provider's own, which is 503 for most.
        methods: The HTTP methods of deliveries, such as `["POST", "GET"]` for Twilio. By default those of the
            scheme, which are POST for most. Other methods get 405, except those of the handshake.
        idempotency_key: A function of the `Delivery` that returns the key to deduplicate by, instead of
            `Delivery.idempotency_key`. Only with `replay`.

    Raises:
        TypeError: If an argument is of a wrong type.
        ValueError: If an argument is out of range, or does not fit the others.
    """

    def begin(self, head: RequestHead) -> Incoming:
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
        return self.begin_with_found(verifier(head), head)

    def handle_request(
        self,
        head: RequestHead,
        chunks: Iterable[bytes],
        run: Callable[[Delivery], _Response],
        status: Callable[[_Response], int],
        defer: Callable[[_Response | None, _Settle], bool] | None = None,
    ) -> _Response | WebhookResponse:
        """Verify a request and run its handler.

        Args:
            head: The head of the request.
            chunks: The body in chunks, read after the headers are verified. May raise `RejectedDelivery` and
                `NotADelivery`.
            run: The handler. It takes the delivery and returns the response.
            status: Returns the status of a response.
            defer: Takes over the settling if something can still undo the handler's work, such as a commit or
                a streamed response. It is called with the response, None if `run` raised an Exception, and
                with a function that settles by the final status, None for failed work. It returns whether it
                will call that function.

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
            if self._flat_path is not None:
                delivery = self._flat_path.receive(head, chunks)
            else:
                incoming = self.begin(head)
                for chunk in chunks:
                    incoming.update(chunk)
                delivery = incoming.finish()
        except (RejectedDelivery, NotADelivery) as error:
            return self.rejection_response(error, head)
        if not self._must_settle:
            return run(delivery)
        return self.run_handler(delivery, head, run, status, defer)

    def run_handler(
        self,
        delivery: Delivery,
        head: RequestHead,
        run: Callable[[Delivery], _Response],
        status: Callable[[_Response], int],
        defer: Callable[[_Response | None, _Settle], bool] | None = None,
    ) -> _Response | WebhookResponse:
        """Claim a verified delivery, run its handler, and settle the claim by the response's status.

        Args:
            delivery: The verified delivery.
            head: The head of its request.
            run: The handler. It takes the delivery and returns the response.
            status: Returns the status of a response.
            defer: Takes over the settling, as in `handle_request`.

        Returns:
            The handler's response, or a `WebhookResponse` for a duplicate and for a failed claim.

        Raises:
            Exception: Any exception of `run`. The claim is released before, unless `defer` takes it over.
        """
        if not self._must_settle:
            return run(delivery)
        claim = self.claim(delivery, head)
        if isinstance(claim, WebhookResponse):
            return claim
        code: int | None = None
        is_deferred = False
        try:
            response = run(delivery)
            code = status(response)
            is_deferred = defer is not None and defer(response, partial(self.settle, claim, head))
        except Exception:
            # An error handler of the framework may still respond with a 2xx status.
            is_deferred = defer is not None and defer(None, partial(self.settle, claim, head))
            raise
        finally:
            if not is_deferred:
                self.settle(claim, head, code)
        return response

    def claim(self, delivery: Delivery, head: RequestHead) -> Claim | WebhookResponse:
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
            return self._store(self._inbox, delivery, head)
        if (protection := self._replay_protection) is None:
            return self._unclaimed(delivery)
        claim = protection.claim(delivery, head)
        if isinstance(claim, Claim):
            if self._hears_handled:
                claim.started = perf_counter()
            claim_context.set(claim)
        return claim

    def _store(self, inbox: ReceiverInbox, delivery: Delivery, head: RequestHead) -> WebhookResponse:
        """Store a delivery, under a claim if there is a guard, and return the response."""
        if (protection := self._replay_protection) is None:
            return inbox.store(delivery, head)
        claim = protection.claim(delivery, head)
        if isinstance(claim, WebhookResponse):
            return claim
        status: int | None = None
        try:
            response = inbox.store(delivery, head)
            status = response.status
        finally:
            protection.settle(claim, head, status)
        return response

    def settle(self, claim: Claim, head: RequestHead, status: int | None) -> None:
        """Complete the claim after a 2xx status, otherwise release it for a retry.

        Args:
            claim: The claim that `claim` returned.
            head: The head of the request.
            status: The status of the handler's response, None without a response.
        """
        claim_context.set(None)
        protection = self._replay_protection
        if protection is not None and not claim.is_settled:
            protection.settle(claim, head, status)
        if self._hears_handled:
            self._report(claim, head, status)


def _choose(incoming: VerificationByBody) -> Incoming:
    return incoming.choose(incoming.lookup.find(incoming.text()))


class _AwaitedReceiver(AsyncReceiver):
    """A `Receiver` under async code. `in_thread` runs every call that may block."""

    def __init__(self, receiver: Receiver, in_thread: Callable[..., Awaitable[Any]]) -> None:
        self._configure(receiver._options)
        self.awaited = receiver
        self._run_in_thread = in_thread

    async def begin(self, head: RequestHead) -> Incoming:
        """Verify the head of a request in a thread, because the lookup may block."""
        incoming: Incoming = await self._in_thread(self.awaited.begin, head)
        return incoming

    async def _choose(self, incoming: VerificationByBody) -> Incoming:
        """Choose the verifier in a thread, because the lookup may block."""
        chosen: Incoming = await self._in_thread(_choose, incoming)
        return chosen

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await self._run_in_thread(function, *arguments)
