"""Replay protection in every adapter with a real MemoryStore: the same table for all adapters."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.adapters.apps import MOUNTS, Mount, Seen, Stream
from tests.adapters.helpers import Hearing
from tests.recording_store import RecordingStore
from tests.signing import SECRET
from webhook_verify import Delivery, Signer, Verifier
from webhook_verify.replay import (
    ReplayGuard,
    current_async_claim,
    current_claim,
)

pytestmark = pytest.mark.usefixtures("each_path")

VERIFIER = Verifier(SECRET)
BODY = b'{"type": "invoice.paid"}'
LEASE = 50
KEEP = 10_000

Result = int | Stream
Handler = Callable[[Delivery], Result | Awaitable[Result]]


class World:
    """A route of one adapter. ``handlers``: what each run of it does; with none left it must not run."""

    def __init__(self, mount: Mount) -> None:
        self.mount = mount
        self.store = RecordingStore()
        self.hearing = Hearing()
        self.handlers: list[Handler] = []
        guard = ReplayGuard(self.store, lease=LEASE, retention=KEEP)
        receiver = mount.receiver(VERIFIER, replay=guard, observer=self.hearing)
        self.send = mount.make(receiver, self._run_async if mount.is_async else self._run)

    def post(self, *handlers: Handler, id: str = "msg_1", leaves: bool = False) -> Seen:
        """Send a delivery that these handlers are for; all of them must run."""
        self.handlers += handlers
        seen = self.send(BODY, Signer(SECRET).sign(BODY, id=id), leaves=leaves)
        assert self.handlers == []
        return seen

    def _run(self, delivery: Delivery) -> Any:
        return self.handlers.pop(0)(delivery)

    async def _run_async(self, delivery: Delivery) -> Any:
        result: Any = self.handlers.pop(0)(delivery)
        return await result if isinstance(result, Awaitable) else result


def worlds(choose: Callable[[Mount], bool] = lambda mount: True) -> pytest.MarkDecorator:
    names = [name for name, mount in MOUNTS.items() if choose(mount)]
    return pytest.mark.parametrize("world", names, indirect=True)


@pytest.fixture
def world(request: pytest.FixtureRequest) -> World:
    return World(MOUNTS[request.param])


def ok(delivery: Delivery) -> int:
    return 200


def raises(delivery: Delivery) -> int:
    raise LookupError("the handler's own")


def is_told_to_exit(delivery: Delivery) -> int:
    raise SystemExit(1)  # as gunicorn ends a worker that took too long


async def is_cancelled(delivery: Delivery) -> int:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(60)
    return 200


def answers(seen: Seen) -> tuple[int, bytes, str | None, str | None]:
    """All that the sender may learn of it; the type is the same each time."""
    assert seen.headers["content-type"] == "application/json"
    marker = seen.headers.get("idempotent-replayed")
    return seen.status, seen.body, seen.headers.get("retry-after"), marker


HANDLED_BEFORE = (200, b'{"result":"handled_before"}', None, "true")


@worlds()
def test_the_second_delivery_is_200_and_not_handled(world: World) -> None:
    new = world.post(ok)
    assert (new.status, new.headers.get("idempotent-replayed")) == (200, None)
    assert answers(world.post()) == HANDLED_BEFORE
    assert world.post(ok, id="msg_2").status == 200


@worlds()
def test_in_flight_elsewhere_is_503_with_the_rest_of_the_lease(world: World) -> None:
    key = ReplayGuard.storage_key("", VERIFIER.verify(BODY, Signer(SECRET).sign(BODY, id="msg_1")))
    world.store.claim(key, "of another worker", lease=LEASE, retention=KEEP)
    world.store.clock.move(8.5)
    assert answers(world.post()) == (503, b'{"result":"in_flight"}', "42", None)
    world.store.clock.move(41.5)
    assert world.post(ok).status == 200
    assert world.hearing.heard == ["msg_1 at /hook: in_flight", "msg_1 at /hook: expired"]


@worlds()
def test_a_store_that_fails_is_503_and_the_retry_is_handled(world: World) -> None:
    world.store.is_down = True
    assert answers(world.post()) == (503, b'{"result":"unavailable"}', "30", None)
    world.store.is_down = False
    assert world.post(ok).status == 200


@worlds()
@pytest.mark.parametrize("status", [302, 404, 500])
def test_another_status_than_2xx_is_released(world: World, status: int) -> None:
    assert world.post(lambda delivery: status).status == status
    assert world.post(ok).status == 200


@worlds()
def test_a_handler_that_raises_is_released(world: World) -> None:
    assert world.post(raises).status in (500, 502)
    assert world.post(ok).status == 200


@worlds(lambda mount: mount.is_async)
def test_a_handler_that_is_cancelled_is_released(world: World) -> None:
    world.post(is_cancelled)
    assert world.post(ok).status == 200


@worlds(lambda mount: not mount.is_over_asgi and not mount.is_async)
def test_a_worker_that_is_told_to_exit_releases(world: World) -> None:
    world.post(is_told_to_exit)
    assert world.post(ok).status == 200


@worlds(lambda mount: mount.streams)
def test_a_stream_is_completed(world: World) -> None:
    seen = world.post(lambda delivery: Stream())
    assert (seen.status, seen.body) == (200, b"firstlast")
    assert answers(world.post()) == HANDLED_BEFORE


@worlds(lambda mount: mount.streams)
def test_a_stream_that_breaks_off_is_released(world: World) -> None:
    assert world.post(lambda delivery: Stream(breaks=True)).body == b"first"
    assert world.post(ok).status == 200


@worlds(lambda mount: mount.streams)
def test_a_stream_to_a_client_that_has_gone_is_released(world: World) -> None:
    assert world.post(lambda delivery: Stream(), leaves=True).body == b"first"
    assert world.post(ok).status == 200


@worlds()
def test_the_handler_may_extend_its_lease(world: World) -> None:
    def plain(delivery: Delivery) -> int:
        assert current_claim.extend(timedelta(minutes=10))
        return still_holds()

    async def awaited(delivery: Delivery) -> int:
        assert await current_async_claim.extend(600)
        return still_holds()

    def still_holds() -> int:
        (held,) = world.store._held.values()
        assert held.until == world.store.clock() + 600
        return 200

    assert world.post(awaited if world.mount.is_async else plain).status == 200


@worlds()
def test_the_handler_may_say_done_before_it_fails(world: World) -> None:
    def plain(delivery: Delivery) -> int:
        assert current_claim.complete()
        return 500

    async def awaited(delivery: Delivery) -> int:
        assert await current_async_claim.complete()
        return 500

    assert world.post(awaited if world.mount.is_async else plain).status == 500
    assert answers(world.post()) == HANDLED_BEFORE


@worlds()
def test_the_observer_hears_of_a_duplicate(world: World) -> None:
    world.post(ok)
    assert world.hearing.heard == []
    world.post()
    assert world.hearing.heard == ["msg_1 at /hook: completed"]
