"""Replay protection in a receiver: what is answered in each state, what is settled how, and who hears of it.

Everything that can be said of :class:`Receiver` and :class:`AsyncReceiver` alike is tested on both; the
latter with a store that never waits, one that is awaited, and one that blocks and so belongs in a thread.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.adapters.helpers import Hearing
from tests.signing import SECRET, stopped_clock
from webhook_verify import AsyncReceiver, Delivery, Receiver, RejectedDelivery, Signer, Verifier
from webhook_verify.receiver import RequestHead, WebhookResponse
from webhook_verify.receiver.receivers import _AwaitedReceiver
from webhook_verify.replay import (
    ClaimOutcome,
    MemoryStore,
    ReplayGuard,
    current_async_claim,
    current_claim,
)
from webhook_verify.testing import Clock

VERIFIER = Verifier(SECRET)
BODY = b'{"type": "invoice.paid"}'
LEASE = 50

Handler = Callable[[Delivery], int]


class AsyncStore:
    """The memory store, awaited. ``calls`` has the threads that it was called in."""

    def __init__(self, store: Any) -> None:
        self.inner = store

    async def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        await asyncio.sleep(0)
        outcome: ClaimOutcome = self.inner.claim(key, token, lease=lease, retention=retention)
        return outcome

    async def extend(self, key: str, token: str, *, lease: float) -> bool:
        await asyncio.sleep(0)
        return bool(self.inner.extend(key, token, lease=lease))

    async def complete(self, key: str, token: str, *, retention: float) -> bool:
        await asyncio.sleep(0)
        return bool(self.inner.complete(key, token, retention=retention))

    async def release(self, key: str, token: str) -> bool:
        await asyncio.sleep(0)
        return bool(self.inner.release(key, token))


class BlockingStore(MemoryStore):
    """The memory store, as if it waited for a network: it must never be called on the event loop."""

    may_block = True

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        return super().claim(key, token, lease=lease, retention=retention)


class ReceiverHarness:
    """A receiver of one kind, and a way to post to it and to handle a delivery."""

    def __init__(self, kind: str, clock: Clock) -> None:
        store: Any = (BlockingStore if "blocking" in kind else MemoryStore)(clock=clock)
        self.kind = kind
        self.store = AsyncStore(store) if "awaited" in kind else store
        self.is_async = kind != "Receiver"

    def receiver(self, **options: Any) -> Any:
        options = {"replay": ReplayGuard(self.store, lease=LEASE), "verifier": VERIFIER, **options}
        if self.kind == "_AwaitedReceiver, blocking store":
            return _AwaitedReceiver(Receiver(**options), asyncio.to_thread)
        return (AsyncReceiver if self.is_async else Receiver)(**options)

    def post(
        self, receiver: Any, handler: Any, id: str = "msg_1", path: str = "/hook", defer: Any = None
    ) -> Any:
        """What a delivery of that id is answered: the handler's status, or a WebhookResponse."""
        head = RequestHead("POST", path, Signer(SECRET).sign(BODY, id=id))
        if not self.is_async:
            return receiver.handle_request(head, [BODY], handler, int, defer)

        async def run(delivery: Delivery) -> int:
            status: Any = handler(delivery)
            if isinstance(status, Awaitable):
                status = await status
            return int(status)

        return asyncio.run(receiver.handle_request(head, [BODY], run, int, defer))


KINDS = [
    "Receiver",
    "AsyncReceiver, memory",
    "AsyncReceiver, awaited store",
    "AsyncReceiver, blocking store",
    "_AwaitedReceiver, blocking store",
]


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest, clock: Clock) -> ReceiverHarness:
    return ReceiverHarness(request.param, clock)


def ok(delivery: Delivery) -> int:
    return 200


def never(delivery: Delivery) -> int:
    raise AssertionError("the handler ran again")


def fails(delivery: Delivery) -> int:
    raise LookupError("the handler's own")


JSON = ("content-type", "application/json")


def test_completed_is_200_and_the_handler_does_not_run_again(world: ReceiverHarness) -> None:
    receiver = world.receiver()
    assert world.post(receiver, ok) == 200
    assert world.post(receiver, never) == WebhookResponse(200, b'{"result":"handled_before"}', (JSON,))
    assert world.post(receiver, ok, id="msg_2") == 200


def test_the_handler_has_the_delivery_and_its_response_is_the_answer(world: ReceiverHarness) -> None:
    seen: list[Delivery] = []

    def handle(delivery: Delivery) -> int:
        seen.append(delivery)
        return 222

    for options in ({}, {"replay": None}):
        assert world.post(world.receiver(**options), handle, id=f"msg_{len(seen)}") == 222
    assert [(delivery.id, delivery.body) for delivery in seen] == [("msg_0", BODY), ("msg_1", BODY)]


@pytest.mark.parametrize("status", [199, 301, 409, 422, 500])
def test_what_is_not_2xx_is_released_so_the_retry_is_handled(world: ReceiverHarness, status: int) -> None:
    receiver = world.receiver()
    assert world.post(receiver, lambda delivery: status) == status
    assert world.post(receiver, ok) == 200


def test_a_handler_that_raises_is_released_so_the_retry_is_handled(world: ReceiverHarness) -> None:
    receiver = world.receiver()
    with pytest.raises(LookupError):
        world.post(receiver, fails)
    assert world.post(receiver, ok) == 200


def test_in_flight_is_503_with_the_rest_of_the_lease_as_retry_after(
    world: ReceiverHarness, clock: Clock
) -> None:
    receiver = world.receiver()
    seen: list[Any] = []

    def slow(delivery: Delivery) -> int:
        clock.move(9.5)
        seen.append(in_a_thread(lambda: world.post(receiver, never)))
        return 200

    assert world.post(receiver, slow) == 200
    assert seen == [WebhookResponse(503, b'{"result":"in_flight"}', (JSON, ("retry-after", "41")))]


def in_a_thread(function: Callable[[], Any]) -> Any:
    result: list[Any] = []
    thread = threading.Thread(target=lambda: result.append(function()))
    thread.start()
    thread.join()
    return result[0]


def test_a_lease_that_ran_out_is_taken_over_and_the_late_worker_changes_nothing(
    world: ReceiverHarness, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = world.receiver()
    heard: list[int] = []

    def killed(delivery: Delivery) -> int:
        clock.move(LEASE)
        heard.append(in_a_thread(lambda: world.post(receiver, ok)))
        return 200

    assert world.post(receiver, killed) == 200
    assert heard == [200]
    taken_over, too_late = (record.getMessage() for record in caplog.records)
    assert taken_over.startswith("an earlier worker's lease ran out")
    assert too_late.startswith("the handler took longer than its lease")
    assert {record.__dict__["message_id"] for record in caplog.records} == {"msg_1"}
    assert world.post(receiver, never).status == 200


def test_a_late_worker_that_fails_does_not_release_what_its_successor_has_completed(
    world: ReceiverHarness, clock: Clock
) -> None:
    receiver = world.receiver()

    def killed(delivery: Delivery) -> int:
        clock.move(LEASE)
        assert in_a_thread(lambda: world.post(receiver, ok)) == 200
        return 500

    assert world.post(receiver, killed) == 500
    assert world.post(receiver, never).status == 200


class Broken:
    """A store that cannot be reached while ``down``; made of another."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.down: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        if name in self.down:
            raise ConnectionError("no route to the store\nand a statement that is none of a log's business")
        return getattr(self.store, name)


def broken(world: ReceiverHarness) -> tuple[Any, Any]:
    receiver = world.receiver()
    store = Broken(receiver.replay_protection.guard.store)
    receiver.replay_protection.guard.store = store
    return receiver, store


def test_an_unreachable_store_is_503_with_retry_after_and_the_handler_does_not_run(
    world: ReceiverHarness, caplog: pytest.LogCaptureFixture
) -> None:
    receiver, store = broken(world)
    store.down.add("claim")
    assert world.post(receiver, never) == WebhookResponse(
        503, b'{"result":"unavailable"}', (JSON, ("retry-after", "30"))
    )
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage().endswith("ConnectionError: no route to the store")
    store.down.clear()
    assert world.post(receiver, ok) == 200


def test_a_store_that_fails_when_the_handler_is_done_leaves_its_answer_and_the_lease(
    world: ReceiverHarness, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    receiver, store = broken(world)
    store.down.update({"complete", "release"})
    assert world.post(receiver, ok) == 200
    assert "could not be settled" in caplog.text
    assert world.post(receiver, never).status == 503
    store.down.clear()
    clock.move(LEASE)
    assert world.post(receiver, ok) == 200


def test_a_rejected_delivery_claims_nothing(world: ReceiverHarness) -> None:
    receiver = world.receiver(verifier=Verifier(b"another key of 24 bytes."))
    assert world.post(receiver, never).status == 401
    store: Any = getattr(world.store, "inner", world.store)
    assert not store._held


def test_receivers_of_different_names_share_a_store(world: ReceiverHarness) -> None:
    first, second = world.receiver(namespace="a"), world.receiver(namespace="b")
    assert world.post(first, ok) == 200
    assert world.post(second, ok) == 200
    assert world.post(second, never).status == 200


def test_the_name_may_depend_on_the_request_so_that_tenants_cannot_block_each_other(
    world: ReceiverHarness,
) -> None:
    receiver = world.receiver(verifier=lambda head: VERIFIER, namespace=lambda head: head.path)
    assert world.post(receiver, ok, path="/a") == 200
    assert world.post(receiver, ok, path="/b") == 200
    assert world.post(receiver, never, path="/a").status == 200


def test_an_observer_hears_of_duplicates_and_expirations(world: ReceiverHarness, clock: Clock) -> None:
    hearing = Hearing()
    receiver = world.receiver(observer=hearing)

    def killed(delivery: Delivery) -> int:
        in_a_thread(lambda: world.post(receiver, never))
        clock.move(LEASE)
        in_a_thread(lambda: world.post(receiver, ok))
        return 200

    world.post(receiver, killed)
    world.post(receiver, never)
    assert hearing.heard == [f"msg_1 at /hook: {what}" for what in ("in_flight", "expired", "completed")]


def test_an_observer_need_not_hear_of_them(world: ReceiverHarness) -> None:
    class Plain:
        def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None: ...

        def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None: ...

    receiver = world.receiver(observer=Plain())
    assert world.post(receiver, ok) == 200
    assert world.post(receiver, never).status == 200


@pytest.mark.parametrize(("status", "is_handled"), [(200, True), (500, False), (None, False)])
def test_a_deferred_claim_is_settled_by_the_later_status(
    world: ReceiverHarness, status: int | None, is_handled: bool
) -> None:
    receiver = world.receiver()
    deferred: list[Any] = []

    def defer(response: int, settle: Any) -> bool:
        assert response == 299
        deferred.append(settle)
        return True

    assert world.post(receiver, lambda delivery: 299, defer=defer) == 299
    assert world.post(receiver, never).status == 503
    settled = deferred.pop()(status)
    if world.is_async:
        asyncio.run(settled)
    answer = world.post(receiver, never if is_handled else ok)
    assert answer == (WebhookResponse(200, b'{"result":"handled_before"}', (JSON,)) if is_handled else 200)


def test_a_claim_that_is_not_deferred_is_settled_at_once(world: ReceiverHarness) -> None:
    receiver = world.receiver()
    assert world.post(receiver, ok, defer=lambda response, settle: False) == 200
    assert world.post(receiver, never).status == 200


@pytest.mark.parametrize("is_deferred", [True, False])
@pytest.mark.parametrize("fails_with", ["a store that is down", "a lease that ran out"])
def test_the_log_of_a_claim_that_is_not_settled_names_the_request(
    world: ReceiverHarness, clock: Clock, caplog: pytest.LogCaptureFixture, is_deferred: bool, fails_with: str
) -> None:
    receiver, store = broken(world)
    deferred: list[Any] = []

    def break_down(*_: Any) -> int:
        if fails_with == "a store that is down":
            store.down.add("complete")
        else:
            clock.move(LEASE)
            in_a_thread(lambda: world.post(receiver, ok))
            caplog.clear()
        return 200

    def defer(response: int, settle: Any) -> bool:
        deferred.append(settle)
        return True

    if is_deferred:
        world.post(receiver, ok, defer=defer)
        break_down()
        settled = deferred.pop()(200)
        if world.is_async:
            asyncio.run(settled)
    else:
        world.post(receiver, break_down)
    (record,) = caplog.records
    assert record.levelno >= logging.WARNING
    if fails_with == "a store that is down":
        assert record.getMessage().endswith("ConnectionError: no route to the store")
    shown = record.__dict__
    assert (shown["scheme"], shown["message_id"], shown["path"]) == ("standard-webhooks", "msg_1", "/hook")


def test_without_replay_protection_nothing_is_deferred(world: ReceiverHarness) -> None:
    receiver = world.receiver(replay=None)
    for _ in range(2):
        assert world.post(receiver, lambda delivery: 299, defer=never) == 299


# The handler's own word: more time, or done.


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


# Cancellation: the claim is settled to the end.


class Slow(AsyncStore):
    """Takes its time to release, so that a second cancellation meets it on the way."""

    async def release(self, key: str, token: str) -> bool:
        await asyncio.sleep(0.02)
        return await super().release(key, token)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_request_that_is_cancelled_releases_its_claim(times: int) -> None:
    async def scenario() -> int:
        receiver = AsyncReceiver(VERIFIER, replay=ReplayGuard(Slow(MemoryStore())))
        head = RequestHead("POST", "/hook", Signer(SECRET).sign(BODY, id="msg_1"))

        async def hook(delivery: Delivery) -> int:
            await asyncio.sleep(60)
            return 200

        request = asyncio.create_task(receiver.handle_request(head, [BODY], hook, lambda status: 200))
        await asyncio.sleep(0.01)
        for _ in range(times):
            request.cancel()
            await asyncio.sleep(0.005)
        with pytest.raises(asyncio.CancelledError):
            await request
        await asyncio.sleep(0.05)

        async def handle(delivery: Delivery) -> int:
            return 200

        again: Any = await receiver.handle_request(head, [BODY], handle, lambda status: 200)
        return int(again)

    assert asyncio.run(scenario()) == 200


class SlowToAnswer(AsyncStore):
    """Makes the claim at once, and answers late."""

    async def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        outcome = await super().claim(key, token, lease=lease, retention=retention)
        await asyncio.sleep(0.02)
        return outcome


def test_a_request_that_is_cancelled_while_it_claims_leaves_no_claim_behind() -> None:
    async def scenario() -> int:
        receiver = AsyncReceiver(VERIFIER, replay=ReplayGuard(SlowToAnswer(MemoryStore())))
        head = RequestHead("POST", "/hook", Signer(SECRET).sign(BODY, id="msg_1"))

        async def handle(delivery: Delivery) -> int:
            return 200

        request = asyncio.create_task(receiver.handle_request(head, [BODY], handle, lambda status: 200))
        await asyncio.sleep(0.01)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        await asyncio.sleep(0.01)
        again: Any = await receiver.handle_request(head, [BODY], handle, lambda status: 200)
        return int(again)

    assert asyncio.run(scenario()) == 200


class SlowToComplete(AsyncStore):
    """Completes late."""

    async def complete(self, key: str, token: str, *, retention: float) -> bool:
        await asyncio.sleep(0.02)
        return await super().complete(key, token, retention=retention)


def test_a_request_that_is_cancelled_while_it_is_completed_is_completed() -> None:
    async def scenario() -> Any:
        receiver = AsyncReceiver(VERIFIER, replay=ReplayGuard(SlowToComplete(MemoryStore())))
        head = RequestHead("POST", "/hook", Signer(SECRET).sign(BODY, id="msg_1"))

        async def handle(delivery: Delivery) -> int:
            return 200

        async def handle_again(delivery: Delivery) -> int:
            raise AssertionError("the handler ran again")

        request = asyncio.create_task(receiver.handle_request(head, [BODY], handle, lambda status: 200))
        await asyncio.sleep(0.01)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        await asyncio.sleep(0.05)
        return await receiver.handle_request(head, [BODY], handle_again, lambda status: 200)

    assert asyncio.run(scenario()) == WebhookResponse(200, b'{"result":"handled_before"}', (JSON,))


class SlowToFail(SlowToAnswer):
    """Fails to complete or release, slowly."""

    async def complete(self, key: str, token: str, *, retention: float) -> bool:
        await asyncio.sleep(0.02)
        raise ConnectionError("no route to the store")

    async def release(self, key: str, token: str) -> bool:
        raise ConnectionError("no route to the store")


@pytest.mark.parametrize("seconds", [0.01, 0.03], ids=["while it claims", "while it completes"])
def test_the_log_of_a_cancelled_request_names_it(seconds: float, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        receiver = AsyncReceiver(VERIFIER, replay=ReplayGuard(SlowToFail(MemoryStore())))
        head = RequestHead("POST", "/hook", Signer(SECRET).sign(BODY, id="msg_1"))

        async def handle(delivery: Delivery) -> int:
            return 200

        request = asyncio.create_task(receiver.handle_request(head, [BODY], handle, lambda status: 200))
        await asyncio.sleep(seconds)
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        await asyncio.sleep(0.05)

    asyncio.run(scenario())
    (record,) = caplog.records
    assert (record.__dict__["message_id"], record.__dict__["path"]) == ("msg_1", "/hook")


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


# Misuse is told at construction.


@pytest.mark.parametrize("kind", [Receiver, AsyncReceiver])
@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        pytest.param({"replay": MemoryStore()}, TypeError, "ReplayGuard around a store", id="a bare store"),
        pytest.param({"replay": object()}, TypeError, "ReplayGuard around a store", id="no guard"),
        pytest.param(
            {"replay": ReplayGuard(MemoryStore(), lease=60, retention=599)},
            ValueError,
            "twice the tolerance",
            id="keep",
        ),
        pytest.param(
            {"replay": ReplayGuard(MemoryStore()), "namespace": 7}, TypeError, "namespace is a str", id="name"
        ),
    ],
)
def test_misuse(kind: Any, options: dict[str, Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        kind(VERIFIER, **options)


def test_a_blocking_receiver_refuses_a_store_that_is_awaited() -> None:
    guard: Any = ReplayGuard(AsyncStore(MemoryStore()))
    with pytest.raises(TypeError, match="AsyncReceiver"):
        Receiver(VERIFIER, replay=guard)


def test_the_tolerance_of_a_verifier_that_is_looked_up_is_checked_when_it_is_there() -> None:
    wide = Verifier(SECRET, tolerance=timedelta(days=3))
    guard = ReplayGuard(MemoryStore())
    receiver = Receiver(lambda head: wide, replay=guard, namespace=lambda head: head.path)
    with pytest.raises(ValueError, match="twice the tolerance"):
        receiver.begin(RequestHead("POST", "/", Signer(SECRET).sign(BODY)))


def test_64_threads_with_one_delivery_run_the_handler_once() -> None:
    receiver = Receiver(VERIFIER, replay=ReplayGuard(MemoryStore()))
    head = RequestHead("POST", "/hook", Signer(SECRET).sign(BODY, id="msg_1"))
    runs: list[str] = []
    statuses: list[int] = []

    def hook(delivery: Delivery) -> int:
        runs.append(delivery.id)
        time.sleep(0.01)
        return 200

    def post() -> None:
        answer = receiver.handle_request(head, [BODY], hook, int)
        statuses.append(answer.status if isinstance(answer, WebhookResponse) else answer)

    threads = [threading.Thread(target=post) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert runs == ["msg_1"]
    assert set(statuses) <= {200, 503}


@pytest.fixture(autouse=True)
def claims_nothing_in_the_test_itself() -> Iterator[None]:
    yield
    with pytest.raises(LookupError):
        current_claim.complete()
