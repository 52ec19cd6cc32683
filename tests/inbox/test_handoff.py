"""The hand-off: what reaches the engine, and when a delivery counts as stored."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from tests.replay_harness import BODY, VERIFIER
from tests.rows import rows
from tests.signing import SECRET
from tests.test_receiver_inbox import IN_FLIGHT, NOT_STORED, STORED, STORED_BEFORE, post
from webhook_verify import (
    AsyncReceiver,
    Delivery,
    InvalidSecret,
    Receiver,
    SealMismatch,
    Secret,
    Signer,
    Verifier,
    open_sealed,
)
from webhook_verify.inbox import Handoff
from webhook_verify.receiver import RequestHead
from webhook_verify.replay import MemoryStore, ReplayGuard

KEY = "a key of the application, for its queue"


class Engine:
    """Records its jobs. ``result``: what it returns, or raises if that is an exception."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, str, str]] = []
        self.result: Any = None

    def __call__(self, sealed: str, id: str, lane: str, /) -> object:
        if isinstance(self.result, Exception):
            raise self.result
        self.jobs.append((sealed, id, lane))
        return self.result


class AsyncEngine(Engine):
    async def __call__(self, sealed: str, id: str, lane: str, /) -> object:
        await asyncio.sleep(0)
        return super().__call__(sealed, id, lane)


@pytest.fixture(params=["Receiver", "AsyncReceiver", "AsyncReceiver, async engine"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def receiver_of(kind: str, engine_options: Any = None, **options: Any) -> tuple[Any, Engine]:
    engine = AsyncEngine() if "async engine" in kind else Engine()
    handoff = Handoff(engine, **{"key": KEY, **(engine_options or {})})
    make: Any = AsyncReceiver if kind.startswith("Async") else Receiver
    return make(**{"verifier": VERIFIER, "inbox": handoff, **options}), engine


def test_a_worker_without_the_providers_secret_opens_an_equal_delivery(kind: str) -> None:
    receiver, engine = receiver_of(kind, {"lane": lambda delivery: delivery.event_type, "namespace": "q"})
    headers = Signer(SECRET).sign(BODY, id="msg_1")
    assert post(receiver, headers=headers) == STORED
    ((sealed, job_id, lane),) = engine.jobs
    assert open_sealed(sealed, KEY, namespace="q") == VERIFIER.verify(BODY, headers)
    assert lane == "invoice.paid"
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", job_id)
    assert sealed.isascii()


@rows("body", [b"\xff\x00\xfe", b"", "{}é☃".encode(), b"[" * 5000])
def test_every_body_is_text_for_the_engine(body: bytes) -> None:
    receiver, engine = receiver_of("Receiver")
    assert post(receiver, body=body, id="msg_1") == STORED
    assert open_sealed(engine.jobs[0][0], KEY).body == body


def test_the_id_is_that_of_the_message_and_the_namespace(kind: str) -> None:
    receiver, engine = receiver_of(kind, verifier=lambda head: VERIFIER, namespace=lambda head: head.path)
    for path, message_id in (("/a", "msg_1"), ("/a", "msg_1"), ("/a", "msg_2"), ("/b", "msg_1")):
        assert post(receiver, path=path, id=message_id) == STORED
    ids = [job[1] for job in engine.jobs]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


def test_an_engine_that_fails_is_503_and_the_retry_is_queued(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    receiver, engine = receiver_of(kind, replay=ReplayGuard(MemoryStore()))
    engine.result = ConnectionError("no broker")
    assert post(receiver) == NOT_STORED
    assert "ConnectionError: no broker" in caplog.text
    engine.result = None
    assert [post(receiver) for _ in range(2)] == [STORED, STORED_BEFORE]
    assert len(engine.jobs) == 1


@rows("result", [None, True, 0, "job-7", []])
def test_only_false_means_that_the_engine_had_it(result: Any) -> None:
    receiver, engine = receiver_of("Receiver")
    engine.result = result
    assert post(receiver) == STORED


def test_an_engine_that_had_the_job_makes_it_a_duplicate(kind: str) -> None:
    receiver, engine = receiver_of(kind)
    engine.result = False
    assert post(receiver) == STORED_BEFORE


def test_an_awaitable_of_a_plain_function_is_not_queued() -> None:
    async def defer() -> None:
        raise AssertionError("it must not run")

    def put(sealed: str, id: str, lane: str, /) -> object:
        return defer()

    handoff = Handoff(put, key=KEY)
    for make in (Receiver, AsyncReceiver):
        assert post(make(VERIFIER, inbox=handoff)) == NOT_STORED


def test_a_cancelled_put_releases_the_claim() -> None:
    started = asyncio.Event()

    async def put(sealed: str, id: str, lane: str, /) -> None:
        started.set()
        await asyncio.sleep(60)

    receiver = AsyncReceiver(VERIFIER, replay=ReplayGuard(MemoryStore()), inbox=Handoff(put, key=KEY))
    delivery = VERIFIER.verify(BODY, Signer(SECRET).sign(BODY, id="msg_1"))

    async def main() -> None:
        task = asyncio.create_task(receiver.claim(delivery, RequestHead("POST", "/hook", {})))
        await started.wait()
        assert await receiver.claim(delivery, RequestHead("POST", "/hook", {})) == IN_FLIGHT
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        retry = asyncio.create_task(receiver.claim(delivery, RequestHead("POST", "/hook", {})))
        await asyncio.sleep(0.05)
        assert not retry.done(), "it is claimed again, and put"
        retry.cancel()

    asyncio.run(main())


@rows("lane", [7, None, b"a"])
def test_a_lane_is_text(lane: Any) -> None:
    receiver, engine = receiver_of("Receiver", {"lane": lambda delivery: lane})
    assert post(receiver) == NOT_STORED
    assert engine.jobs == []


def test_the_key_can_be_rotated() -> None:
    new, old = Secret("the new key of the application"), Secret(KEY)
    receiver, engine = receiver_of("Receiver", {"key": iter([new, old])})
    assert [post(receiver), post(receiver)] == [STORED, STORED]
    assert {open_sealed(job[0], new).id for job in engine.jobs} == {"msg_1"}
    with pytest.raises(SealMismatch):
        open_sealed(engine.jobs[0][0], old)


class WithoutLanes(Engine):
    has_lanes = False


@rows(
    ("put", "options", "error", "words"),
    [
        ("redis://", {}, TypeError, "put must be a function"),
        (Engine, {}, TypeError, "not the class 'Engine'"),
        (print, {"key": "short"}, InvalidSecret, "at least 16"),
        (print, {"key": ""}, InvalidSecret, "is empty"),
        (print, {"key": []}, InvalidSecret, "empty list"),
        (print, {"key": 7}, TypeError, "secret must be"),
        (print, {"lane": "customer"}, TypeError, "lane must be a function"),
        (print, {"lane": AsyncEngine().__call__}, TypeError, "not a coroutine function"),
        (print, {"namespace": None}, TypeError, "namespace must be a str"),
        (WithoutLanes(), {"lane": str}, ValueError, "WithoutLanes has no lanes"),
    ],
)
def test_misuse_is_refused_when_it_is_created(
    put: Any, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        Handoff(put, **{"key": KEY, **options})


def test_a_receiver_refuses_an_async_engine() -> None:
    with pytest.raises(TypeError, match="Use AsyncReceiver"):
        Receiver(VERIFIER, inbox=Handoff(AsyncEngine(), key=KEY))


def test_no_representation_shows_the_key() -> None:
    handoff = Handoff(print, key=KEY)
    assert KEY not in repr(handoff) + str(handoff)


def test_a_delivery_without_an_id_has_the_digest_of_its_content() -> None:
    receiver, engine = receiver_of("Receiver", verifier=Verifier(b"k" * 32, scheme="github"))
    for body in (b"a", b"a", b"b"):
        headers = Signer(b"k" * 32, scheme="github").sign(body)
        del headers["x-github-delivery"]
        assert post(receiver, headers=headers, body=body) == STORED
    first, again, other = [job[1] for job in engine.jobs]
    assert first == again != other
    delivery: Delivery = open_sealed(engine.jobs[0][0], KEY)
    assert delivery.body == b"a"
