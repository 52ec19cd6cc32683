"""From a request to a delivery that is handled: the part that every framework's adapter shares.

A receiver looks up who verifies, refuses what it can before the body is read, counts the body
while it arrives, and says what to answer. It knows no framework and does no I/O of its own:
:class:`Receiver` and :class:`AsyncReceiver` differ only in what may be awaited.

An adapter that has a request and its handler at hand calls one function, with the body as it arrives::

    response = receiver.handle_request(head, chunks, run, status)   # the handler's, or a WebhookResponse

One whose handler answers elsewhere, as behind a middleware, goes step by step::

    answer = receiver.method_response(method, target)   # to another method than POST; None: go on
    incoming = receiver.begin(head)           # raises RejectedDelivery: send rejection_response(...)
    incoming.update(chunk)                    # for each chunk of the body; may raise, too
    delivery = incoming.finish()              # of an AsyncReceiver: await receiver.finish(incoming)
    claim = receiver.claim(delivery)          # a WebhookResponse instead: send it, run nothing
    try: ...                                  # run the handler
    finally: receiver.settle(claim, status)   # completed after 2xx, else released for a retry
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
    """Decides about requests in blocking code.

    ``verifier``: a :class:`Verifier`, or a function of :class:`RequestHead` that returns the one
    for this request, or None if the sender is unknown (answered 401): one route, many tenants.
    ``replay``: a :class:`ReplayGuard`, or None. ``max_body_bytes``: the largest body that is read.
    ``on_reject``: a function of the error and the head that may return an :class:`WebhookResponse` of its
    own. ``observer``: an :class:`Observer`, told of every verdict. ``namespace``: tells receivers that share
    a replay store apart; a function of the head where a lookup has many tenants, or one of them could
    claim another's message ids. ``scheme``: the one of a lookup's verifiers, if it is not Standard Webhooks;
    it says how other methods than POST are answered, for which nobody is looked up, and whether the URL is
    signed. ``handshake``: a :class:`Handshake` instead of the scheme's own. ``public_url``, or
    ``trusted_proxies`` with ``trusted_hosts``: for schemes that sign the URL, see
    :class:`webhook_verify.public_url.PublicURL`.
    ``diagnose``: whether the log of ``webhook_verify.diagnosis`` tells why a delivery was rejected, for
    developing: see :mod:`webhook_verify.diagnosis`. ``in_flight_status``: the status for a delivery that is
    being handled elsewhere, 400 to 599; by default the provider's own, 503 for most.
    Raises TypeError or ValueError for a configuration that cannot work.
    """

    def begin(self, head: RequestHead) -> Incoming:
        """Check all that is known before the body is read. Raises :class:`RejectedDelivery`."""
        verifier = self._verifier
        if isinstance(verifier, Verifier):
            return self.begin_with(verifier, head, self._handshake)
        self.body_limit(head)  # before anybody is looked up
        return self.begin_with_found(verifier(head), head)

    def handle_request(
        self,
        head: RequestHead,
        chunks: Iterable[bytes],
        run: Callable[[Delivery], _Response],
        status: Callable[[_Response], int],
        defer: Callable[[_Response | None, _Settle], bool] | None = None,
    ) -> _Response | WebhookResponse:
        """Answer a request: the response of ``run`` to a genuine delivery, or what to send instead of it.

        ``chunks``: the body as it arrives; read once the headers have passed. It may raise
        :class:`RejectedDelivery` and :class:`NotADelivery`. ``status``: gives the status of a response.
        ``defer``: settles the claim later, where something can still undo the handler's work: the commit of
        a transaction around it, or a response that is made while it is sent. It is called with the
        response, or with None if ``run`` raised an Exception, and with a function that takes the final
        status, or None if the work has failed. It returns whether it will call that function.
        """
        method = head.method
        if method != "POST" and (answer := self.method_response(method, head.target, head.path)) is not None:
            return answer
        try:
            incoming = self.begin(head)
            for chunk in chunks:
                incoming.update(chunk)
            delivery = incoming.finish()  # of an AsyncReceiver: await receiver.finish(incoming)
        except (RejectedDelivery, NotADelivery) as error:
            return self.rejection_response(error, head)
        return self.run_handler(delivery, head, run, status, defer)

    def run_handler(
        self,
        delivery: Delivery,
        head: RequestHead,
        run: Callable[[Delivery], _Response],
        status: Callable[[_Response], int],
        defer: Callable[[_Response | None, _Settle], bool] | None = None,
    ) -> _Response | WebhookResponse:
        """Run the handler under a claim of the delivery's id, and settle it by the response's status."""
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
            # An error handler of the framework may still answer 2xx.
            is_deferred = defer is not None and defer(None, partial(self.settle, claim, head))
            raise
        finally:
            if not is_deferred:
                self.settle(claim, head, code)
        return response

    def claim(self, delivery: Delivery, head: RequestHead) -> Claim | WebhookResponse:
        """Claim the delivery's id, or learn what to answer instead of running the handler."""
        if (protection := self._replay_protection) is None:
            return self._unclaimed(delivery)
        claim = protection.new_claim(delivery, head)
        try:
            outcome = claim.claim()
        except Exception as error:
            return protection.unreachable(error, delivery, head)
        if (answer := protection.response_to(outcome, delivery, head)) is not None:
            return answer
        claim.attempt = outcome.attempt
        if self._hears_handled:
            claim.started = perf_counter()
        claim_context.set(claim)
        return claim

    def settle(self, claim: Claim, head: RequestHead, status: int | None) -> None:
        """Complete the claim after a 2xx status, else release it; None stands for no answer at all."""
        claim_context.set(None)
        protection = self._replay_protection
        if protection is not None and not claim.is_settled:
            protection.settle(claim, head, status)
        if self._hears_handled:
            self._report(claim, head, status)


class _AwaitedReceiver(AsyncReceiver):
    """A :class:`Receiver` under ``async`` code: ``in_thread`` runs what may block."""

    def __init__(self, receiver: Receiver, in_thread: Callable[..., Awaitable[Any]]) -> None:
        self._configure(receiver._options)
        self.awaited = receiver
        self._run_in_thread = in_thread

    async def begin(self, head: RequestHead) -> Incoming:
        """See :meth:`AsyncReceiver.begin`."""
        incoming: Incoming = await self._in_thread(self.awaited.begin, head)
        return incoming

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await self._run_in_thread(function, *arguments)
