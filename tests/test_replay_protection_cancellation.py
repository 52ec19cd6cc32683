"""The settlement of a request that is cancelled during its claim."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.replay_harness import BODY, JSON, VERIFIER, AsyncStore
from tests.signing import SECRET
from webhook_verify import AsyncReceiver, Delivery, Signer
from webhook_verify.receiver import RequestHead, WebhookResponse
from webhook_verify.replay import ClaimOutcome, MemoryStore, ReplayGuard

pytestmark = pytest.mark.usefixtures("each_path")

HANDLED_BEFORE = WebhookResponse(200, b'{"result":"handled_before"}', (JSON, ("idempotent-replayed", "true")))


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

    assert asyncio.run(scenario()) == HANDLED_BEFORE


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
