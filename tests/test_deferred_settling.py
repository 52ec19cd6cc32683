"""Settlement after the handler has returned: the result that the framework passes, and its effect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

import pytest

from tests.signing import BODY, NOW, SECRET, signed
from webhook_verify import AsyncReceiver, Delivery, Receiver, Verifier
from webhook_verify.receiver import Claim, RequestHead
from webhook_verify.replay import MemoryStore, ReplayGuard

pytestmark = pytest.mark.usefixtures("each_path")

HEAD = RequestHead("POST", "/hook", signed())


class HandlerError(Exception):
    """What the handler raises."""


class Framework:
    """A receiver of one kind, and the ``defer`` of an adapter that takes the settling over, or does not."""

    def __init__(self, kind: type[Receiver] | type[AsyncReceiver], *, takes_over: bool) -> None:
        self.store = MemoryStore(clock=lambda: NOW)
        self.receiver: Any = kind(Verifier(SECRET, clock=lambda: NOW), replay=ReplayGuard(self.store))
        self.takes_over = takes_over
        self.deferred: list[tuple[object, Callable[[int | None], Any]]] = []

    def defer(self, response: object, settle: Callable[[int | None], Any]) -> bool:
        self.deferred.append((response, settle))
        return self.takes_over

    def deliver(self, handler: Callable[[Delivery], int]) -> Any:
        async def awaited(delivery: Delivery) -> int:
            return handler(delivery)

        run = awaited if isinstance(self.receiver, AsyncReceiver) else handler
        return complete(self.receiver.handle_request(HEAD, [BODY], run, int, self.defer))

    def settle(self, status: int | None) -> None:
        ((_, settle),) = self.deferred
        complete(settle(status))


def complete(result: object) -> object:
    async def wait(awaitable: Awaitable[object]) -> object:
        return await awaitable

    return asyncio.run(wait(result)) if isawaitable(result) else result


def fail(delivery: Delivery) -> int:
    raise HandlerError


KINDS = pytest.mark.parametrize("kind", [Receiver, AsyncReceiver])


@KINDS
@pytest.mark.parametrize(("status", "then"), [(200, 200), (500, 201), (None, 201)])
def test_what_is_taken_over_is_settled_by_the_status_that_is_told_later(
    kind: Any, status: int | None, then: int
) -> None:
    framework = Framework(kind, takes_over=True)
    assert framework.deliver(lambda delivery: 204) == 204
    assert [response for response, _ in framework.deferred] == [204]
    assert framework.deliver(lambda delivery: 201).status == 503, "in flight until it is settled"
    framework.settle(status)
    again = framework.deliver(lambda delivery: 201)
    assert getattr(again, "status", again) == then


@KINDS
@pytest.mark.parametrize(("status", "then"), [(200, 200), (500, 201), (None, 201)])
def test_a_handler_that_raised_may_still_be_answered(kind: Any, status: int | None, then: int) -> None:
    """An error handler of the framework may answer 2xx, which the sender takes for done."""
    framework = Framework(kind, takes_over=True)
    with pytest.raises(HandlerError):
        framework.deliver(fail)
    assert [response for response, _ in framework.deferred] == [None]
    assert framework.deliver(lambda delivery: 201).status == 503, "in flight until it is settled"
    framework.settle(status)
    again = framework.deliver(lambda delivery: 201)
    assert getattr(again, "status", again) == then


@KINDS
def test_what_is_not_taken_over_is_released_at_once_when_the_handler_raises(kind: Any) -> None:
    framework = Framework(kind, takes_over=False)
    with pytest.raises(HandlerError):
        framework.deliver(fail)
    assert [response for response, _ in framework.deferred] == [None]
    assert framework.deliver(lambda delivery: 201) == 201


@KINDS
def test_without_a_place_to_defer_to_a_handler_that_raises_is_released(kind: Any) -> None:
    framework = Framework(kind, takes_over=True)
    framework.defer = None  # type: ignore[method-assign, assignment]
    with pytest.raises(HandlerError):
        framework.deliver(fail)
    assert framework.deliver(lambda delivery: 201) == 201


def test_a_claim_that_nothing_holds_settles_nothing() -> None:
    """An observer alone needs a claim to be told of; there is no store that could be asked."""

    class Listening:
        def __init__(self) -> None:
            self.heard: list[tuple[str, int | None]] = []

        def on_handled(
            self, delivery: Delivery, head: RequestHead, status: int | None, seconds: float
        ) -> None:
            self.heard.append((delivery.id, status))

    listening: Any = Listening()
    receiver = Receiver(Verifier(SECRET, clock=lambda: NOW), observer=listening)
    verification = receiver.begin(HEAD)
    verification.update(BODY)
    claim = receiver.claim(verification.finish(), HEAD)
    assert isinstance(claim, Claim)
    receiver.settle(claim, HEAD, 200)
    receiver.settle(claim, HEAD, 500)
    assert listening.heard == [("msg_1", 200)], "told once"
