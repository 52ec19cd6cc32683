"""The claim in a handler: extended, completed early, or taken over by another worker."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.replay_harness import (
    BODY,
    KINDS,
    LEASE,
    VERIFIER,
    AsyncStore,
    ReceiverHarness,
    broken,
    in_a_thread,
    never,
    ok,
)
from tests.signing import SECRET, stopped_clock
from webhook_verify import AsyncReceiver, Delivery, Receiver, Signer
from webhook_verify.receiver import RequestHead
from webhook_verify.replay import MemoryStore, ReplayGuard, current_async_claim, current_claim
from webhook_verify.testing import Clock

pytestmark = pytest.mark.usefixtures("each_path")


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest, clock: Clock) -> ReceiverHarness:
    return ReceiverHarness(request.param, clock)


def test_a_handler_may_extend_its_lease(world: ReceiverHarness, clock: Clock) -> None:
    receiver = world.receiver()

    def plain(delivery: Delivery) -> int:
        assert current_claim.extend(timedelta(minutes=10))
        return wait()

    async def awaited(delivery: Delivery) -> int:
        assert await current_async_claim.extend(600)
        return wait()

    def wait() -> int:
        clock.move(500)
        assert in_a_thread(lambda: world.post(receiver, never)).status == 503
        return 200

    assert world.post(receiver, awaited if world.is_async else plain) == 200


def test_a_handler_may_say_done_before_it_fails(world: ReceiverHarness) -> None:
    receiver = world.receiver()

    def plain(delivery: Delivery) -> int:
        assert current_claim.complete()
        return 500

    async def awaited(delivery: Delivery) -> int:
        assert await current_async_claim.complete()
        return 500

    assert world.post(receiver, awaited if world.is_async else plain) == 500
    assert world.post(receiver, never).status == 200


@pytest.mark.parametrize("kind", KINDS[1:])
def test_a_plain_handler_in_a_thread_beside_the_event_loop_has_its_claim_too(kind: str, clock: Clock) -> None:
    world = ReceiverHarness(kind, clock)
    receiver = world.receiver()

    async def hook(delivery: Delivery) -> int:
        assert await asyncio.to_thread(current_claim.extend)
        assert await asyncio.to_thread(current_claim.complete)
        return 500

    assert world.post(receiver, hook) == 500
    assert world.post(receiver, never).status == 200


def test_a_handler_whose_claim_was_taken_over_is_told(world: ReceiverHarness, clock: Clock) -> None:
    receiver = world.receiver()
    told: list[bool] = []

    def plain(delivery: Delivery) -> int:
        take_over()
        told.append(current_claim.extend())
        return 200

    async def awaited(delivery: Delivery) -> int:
        take_over()
        told.append(await current_async_claim.extend())
        return 200

    def take_over() -> None:
        clock.move(LEASE)
        assert in_a_thread(lambda: world.post(receiver, ok)) == 200

    assert world.post(receiver, awaited if world.is_async else plain) == 200
    assert told == [False]


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), True, "60"])
def test_no_time_is_a_developers_error(world: ReceiverHarness, seconds: Any) -> None:
    def plain(delivery: Delivery) -> int:
        current_claim.extend(seconds)
        return 200

    async def awaited(delivery: Delivery) -> int:
        await current_async_claim.extend(seconds)
        return 200

    with pytest.raises((ValueError, TypeError), match="seconds"):
        world.post(world.receiver(), awaited if world.is_async else plain)


def test_outside_of_a_handler_there_is_no_claim(world: ReceiverHarness) -> None:
    world.post(world.receiver(), ok)
    with pytest.raises(LookupError, match="ReplayGuard"):
        current_claim.complete()
    with pytest.raises(LookupError, match="ReplayGuard"):
        asyncio.run(current_async_claim.complete())


def test_blocking_the_event_loop_for_a_claim_is_refused() -> None:
    async def hook(delivery: Delivery) -> int:
        current_claim.extend()
        return 200

    world = ReceiverHarness("AsyncReceiver, memory", stopped_clock())
    with pytest.raises(RuntimeError, match=r"await current_async_claim\.extend"):
        world.post(world.receiver(), hook)


@pytest.mark.parametrize("store", [MemoryStore, lambda: AsyncStore(MemoryStore())], ids=["memory", "awaited"])
def test_a_settled_claim_is_not_current_any_more(store: Callable[[], Any]) -> None:
    """A server may serve several requests in one task."""
    head = RequestHead("POST", "/hook", Signer(SECRET).sign(BODY, id="msg_1"))

    async def scenario() -> None:
        async def handle(delivery: Delivery) -> int:
            assert await current_async_claim.extend(60)
            return 200

        receiver = AsyncReceiver(VERIFIER, replay=ReplayGuard(store()))
        assert await receiver.handle_request(head, [BODY], handle, lambda status: 200) == 200
        with pytest.raises(LookupError):
            await current_async_claim.extend(60)

    asyncio.run(scenario())
    plain = Receiver(VERIFIER, replay=ReplayGuard(MemoryStore()))
    assert plain.handle_request(head, [BODY], ok, lambda status: 200) == 200
    with pytest.raises(LookupError):
        current_claim.extend(60)


def test_a_handler_whose_early_word_the_store_did_not_hear_is_settled_by_its_status(
    world: ReceiverHarness,
) -> None:
    receiver, store = broken(world)
    store.down.add("complete")

    def plain(delivery: Delivery) -> int:
        with pytest.raises(ConnectionError):
            current_claim.complete()
        store.down.clear()
        return 200

    async def awaited(delivery: Delivery) -> int:
        with pytest.raises(ConnectionError):
            await current_async_claim.complete()
        store.down.clear()
        return 200

    assert world.post(receiver, awaited if world.is_async else plain) == 200
    assert world.post(receiver, never).status == 200


def test_a_claim_that_the_handler_completed_is_not_settled_again(
    world: ReceiverHarness, caplog: pytest.LogCaptureFixture
) -> None:
    """A store that is unavailable by then is not an error in the log."""
    receiver, store = broken(world)

    def plain(delivery: Delivery) -> int:
        assert current_claim.complete()
        store.down |= {"complete", "release"}
        return 200

    async def awaited(delivery: Delivery) -> int:
        assert await current_async_claim.complete()
        store.down |= {"complete", "release"}
        return 200

    assert world.post(receiver, awaited if world.is_async else plain) == 200
    assert caplog.records == []
