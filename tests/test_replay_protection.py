"""Replay protection in a receiver: the response, the settlement and the observer calls in each state.

Common rules are tested with `Receiver` and `AsyncReceiver`, and the latter with a store that does no I/O, an
async store, and a synchronous store whose calls run in a thread.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.adapters.helpers import Hearing
from tests.replay_harness import (
    BODY,
    JSON,
    KINDS,
    LEASE,
    VERIFIER,
    AsyncStore,
    ReceiverHarness,
    broken,
    fails,
    in_a_thread,
    never,
    ok,
)
from tests.signing import SECRET
from webhook_verify import AsyncReceiver, Delivery, Receiver, RejectedDelivery, Signer, Verifier
from webhook_verify.receiver import RequestHead, WebhookResponse
from webhook_verify.replay import MemoryStore, ReplayGuard, current_claim
from webhook_verify.testing import Clock

pytestmark = pytest.mark.usefixtures("each_path")

HANDLED_BEFORE = WebhookResponse(200, b'{"result":"handled_before"}', (JSON, ("idempotent-replayed", "true")))
NAMED = "POST /hook scheme=standard-webhooks id=msg_1"


@pytest.fixture(params=KINDS)
def world(request: pytest.FixtureRequest, clock: Clock) -> ReceiverHarness:
    return ReceiverHarness(request.param, clock)


def test_completed_is_200_and_the_handler_does_not_run_again(world: ReceiverHarness) -> None:
    receiver = world.receiver()
    assert world.post(receiver, ok) == 200
    assert world.post(receiver, never) == HANDLED_BEFORE
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
    assert taken_over.startswith(f"webhook lease expired: {NAMED}: an earlier worker did not finish;")
    assert too_late.startswith(
        f"webhook lease too short: {NAMED}: the handler took longer than its lease of {LEASE:g} s,"
    )
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
    assert record.getMessage() == (
        "could not claim the delivery; responded with 503, so the sender retries: "
        f"{NAMED}: ConnectionError: no route to the store"
    )
    store.down.clear()
    assert world.post(receiver, ok) == 200


def test_a_suppressed_duplicate_is_logged(
    world: ReceiverHarness, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = world.receiver()

    def slow(delivery: Delivery) -> int:
        in_a_thread(lambda: world.post(receiver, never))
        return 200

    with caplog.at_level(logging.INFO, logger="webhook_verify"):
        world.post(receiver, slow)
        world.post(receiver, never)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", f"webhook duplicate: {NAMED}: another worker is handling it; responded with 503"),
        ("INFO", f"webhook duplicate: {NAMED}: handled before; responded with 200"),
    ]
    assert {record.__dict__["message_id"] for record in caplog.records} == {"msg_1"}


def test_a_failed_release_is_logged_with_the_time_of_the_next_attempt(
    world: ReceiverHarness, caplog: pytest.LogCaptureFixture
) -> None:
    receiver, store = broken(world)
    store.down.add("release")
    assert world.post(receiver, lambda delivery: 500) == 500
    assert [record.getMessage() for record in caplog.records] == [
        f"could not release the delivery for a retry; its lease will expire in at most {LEASE:g} s, or later "
        f"if it was extended: {NAMED}: ConnectionError: no route to the store"
    ]


def test_a_store_that_fails_when_the_handler_is_done_leaves_its_answer_and_the_lease(
    world: ReceiverHarness, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    receiver, store = broken(world)
    store.down.update({"complete", "release"})
    assert world.post(receiver, ok) == 200
    assert [record.getMessage() for record in caplog.records] == [
        f"could not record the delivery as handled; its lease will expire in at most {LEASE:g} s, or later "
        f"if it was extended: {NAMED}: ConnectionError: no route to the store"
    ]
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
    assert answer == (HANDLED_BEFORE if is_handled else 200)


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


# Misuse is told at construction.


@pytest.mark.parametrize("kind", [Receiver, AsyncReceiver])
@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        pytest.param({"replay": MemoryStore()}, TypeError, "ReplayGuard with a store", id="a bare store"),
        pytest.param({"replay": object()}, TypeError, "ReplayGuard with a store", id="no guard"),
        pytest.param(
            {"replay": ReplayGuard(MemoryStore(), lease=60, retention=599)},
            ValueError,
            "twice the tolerance",
            id="keep",
        ),
        pytest.param(
            {"replay": ReplayGuard(MemoryStore()), "namespace": 7},
            TypeError,
            "namespace must be a str",
            id="name",
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
