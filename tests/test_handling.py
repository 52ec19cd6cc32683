"""Observers of a handler: its attempt, its response and its duration."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.rows import rows
from tests.signing import stopped_clock
from webhook_verify import AsyncReceiver, Delivery, Receiver, Signer, Verifier
from webhook_verify.adapters import asgi, wsgi
from webhook_verify.http import RequestHead
from webhook_verify.otel import OpenTelemetryObserver
from webhook_verify.receiver import Observer
from webhook_verify.replay import (
    AsyncSQLStore,
    ClaimOutcome,
    ClaimState,
    MemoryStore,
    ReplayGuard,
    SQLStore,
    current_async_claim,
    current_claim,
)

pytestmark = pytest.mark.usefixtures("each_path")

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
GUARDS: list[Any] = [None, MemoryStore]


class Hearing(Observer):
    """Keeps what it hears of handled deliveries."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, int | None]] = []

    def on_handled(self, delivery: Delivery, head: RequestHead, status: int | None, seconds: float) -> None:
        assert 0 < seconds < 5
        self.heard.append((delivery.id, head.path, status))


def signed_headers(id: str = "msg_1") -> dict[str, str]:
    return Signer(SECRET).sign(b"{}", id=id)


def head(id: str = "msg_1") -> RequestHead:
    return RequestHead("POST", "/hook", signed_headers(id))


def receiver_of(kind: Any, store: Any, observer: Any) -> Any:
    return kind(Verifier(SECRET), replay=None if store is None else ReplayGuard(store()), observer=observer)


def post(receiver: Any, handle: Any, id: str = "msg_1") -> Any:
    if isinstance(receiver, Receiver):
        return receiver.handle_request(head(id), [b"{}"], handle, int)

    async def run(delivery: Delivery) -> Any:
        return handle(delivery)

    return asyncio.run(receiver.handle_request(head(id), [b"{}"], run, int))


def fail(delivery: Delivery) -> int:
    raise LookupError


# on_handled: with replay protection and without.


@rows("store", GUARDS)
@rows("kind", [Receiver, AsyncReceiver])
def test_an_observer_hears_of_each_response_of_the_handler(kind: Any, store: Any) -> None:
    hearing = Hearing()
    receiver = receiver_of(kind, store, hearing)
    assert post(receiver, lambda delivery: 500) == 500
    with pytest.raises(LookupError):
        post(receiver, fail)
    assert post(receiver, lambda delivery: 204) == 204
    assert hearing.heard == [("msg_1", "/hook", status) for status in (500, None, 204)]


@rows("kind", [Receiver, AsyncReceiver])
def test_a_duplicate_and_a_forgery_are_not_handled(kind: Any) -> None:
    hearing = Hearing()
    receiver = receiver_of(kind, MemoryStore, hearing)
    for _ in range(2):
        post(receiver, lambda delivery: 200)
    other = kind(Verifier("whsec_zlFsbBZ8Xcodlpcu6NDTdSzZRLSdhkst"), observer=hearing)
    assert post(other, lambda delivery: 200).status == 401
    assert hearing.heard == [("msg_1", "/hook", 200)]


def test_a_handler_that_completes_its_claim_by_itself_is_handled_all_the_same() -> None:
    hearing = Hearing()
    receiver = receiver_of(Receiver, MemoryStore, hearing)

    def handle(delivery: Delivery) -> int:
        current_claim.complete()
        return 500

    assert post(receiver, handle) == 500
    assert hearing.heard == [("msg_1", "/hook", 500)]


def test_without_replay_protection_there_is_still_no_claim() -> None:
    receiver = receiver_of(Receiver, None, Hearing())

    def handle(delivery: Delivery) -> int:
        with pytest.raises(LookupError, match="replay=ReplayGuard"):
            current_claim.extend()
        return 200

    assert post(receiver, handle) == 200


@rows("observer", [None, Observer(), object()])
def test_who_does_not_listen_costs_nothing(observer: Any) -> None:
    receiver = receiver_of(Receiver, None, observer)
    assert not receiver.must_settle
    with pytest.raises(RuntimeError, match="no replay protection"):
        receiver.claim(Verifier(SECRET).verify(b"{}", head().headers), head())


@rows("store", GUARDS)
def test_behind_a_middleware_the_response_is_the_applications(store: Any) -> None:
    hearing = Hearing()

    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("202 Accepted", [])
        return [b""]

    receiver = receiver_of(Receiver, store, hearing)
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/hook", "CONTENT_LENGTH": "2"}
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in signed_headers().items()}
    from io import BytesIO

    wrapped = wsgi.WebhookMiddleware(app, receiver=receiver, path="/hook")
    list(wrapped({**environ, "wsgi.input": BytesIO(b"{}")}, lambda *_: lambda _: None))
    assert hearing.heard == [("msg_1", "/hook", 202)]


@rows("store", GUARDS)
def test_behind_an_asgi_middleware_too(store: Any) -> None:
    hearing = Hearing()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 202, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}"}

    async def send(message: Any) -> None: ...

    async def run() -> None:
        middleware = asgi.WebhookMiddleware(
            app, receiver=receiver_of(AsyncReceiver, store, hearing), path="/hook"
        )
        pairs: Any = signed_headers().items()
        headers = [(name.encode(), text.encode()) for name, text in pairs]
        scope = {"type": "http", "method": "POST", "path": "/hook", "headers": headers}
        await middleware(scope, receive, send)

    asyncio.run(run())
    assert hearing.heard == [("msg_1", "/hook", 202)]


# Spans.


def test_verifying_and_handling_are_spans() -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    receiver = receiver_of(Receiver, MemoryStore, OpenTelemetryObserver(tracer_provider=provider))
    with provider.get_tracer("the application").start_as_current_span("request") as request:
        post(receiver, lambda delivery: 204)
    with pytest.raises(LookupError):
        post(receiver, fail, "msg_2")
    receiver.handle_request(head(), [b"changed"], lambda delivery: 200, int)
    spans = [span for span in exporter.get_finished_spans() if span.name != "request"]
    common: dict[str, Any] = {"webhook_verify.scheme": "standard-webhooks"}
    expected: list[tuple[str, str, dict[str, Any]]] = [
        ("verify", "msg_1", {"webhook_verify.reason": "verified"}),
        ("handle", "msg_1", {"http.response.status_code": 204}),
        ("verify", "msg_2", {"webhook_verify.reason": "verified"}),
        ("handle", "msg_2", {}),
        ("verify", "msg_1", {"webhook_verify.reason": "signature_mismatch"}),
    ]
    assert [(span.name, dict(span.attributes or {})) for span in spans] == [
        (
            f"webhook_verify.{name}",
            {**common, "webhook_verify.message_id": message_id, **attributes},
        )
        for name, message_id, attributes in expected
    ]
    assert [span.status.is_ok for span in spans] == [True, True, True, False, True]
    assert spans[0].parent is not None
    assert spans[0].parent.span_id == request.get_span_context().span_id
    assert all(0 < (span.end_time or 0) - (span.start_time or 0) < 5e9 for span in spans)


# Attempts.


def test_a_handler_knows_which_attempt_it_is() -> None:
    receiver = receiver_of(Receiver, MemoryStore, None)
    seen: list[int] = []

    def handle(delivery: Delivery) -> int:
        seen.append(current_claim.attempt)
        return 200 if len(seen) == 3 else 500

    assert [post(receiver, handle) for _ in range(3)] == [500, 500, 200]
    assert seen == [1, 2, 3]
    with pytest.raises(LookupError):
        _ = current_claim.attempt


def test_an_async_handler_knows_it_too() -> None:
    receiver = AsyncReceiver(Verifier(SECRET), replay=ReplayGuard(MemoryStore()))
    seen: list[int] = []

    async def handle(delivery: Delivery) -> int:
        seen.append(current_async_claim.attempt)
        return 500

    async def run() -> None:
        for _ in range(2):
            await receiver.handle_request(head(), [b"{}"], handle, int)

    asyncio.run(run())
    assert seen == [1, 2]


def attempts(store: Any) -> list[int]:
    """The attempts of: the first claim, itself again, after a release, after another, after completion."""
    times = {"lease": 60.0, "retention": 600.0}
    seen = [store.claim("key", "a", **times), store.claim("key", "a", **times)]
    assert store.release("key", "a")
    assert not store.release("key", "a")
    assert not store.extend("key", "a", lease=60)
    seen.append(store.claim("key", "b", **times))
    assert store.extend("key", "b", lease=60)
    assert store.claim("key", "c", **times).state == ClaimState.IN_FLIGHT
    assert store.release("key", "b")
    seen.append(store.claim("key", "c", **times))
    seen.append(store.claim("key", "c", **times))
    assert {outcome.state for outcome in seen} == {ClaimState.CLAIMED}
    assert store.complete("key", "c", retention=600)
    assert store.claim("key", "d", **times).state == ClaimState.COMPLETED
    return [outcome.attempt for outcome in seen]


def test_memory_counts_attempts_and_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    assert attempts(MemoryStore()) == [1, 1, 2, 3, 3]
    monkeypatch.setattr("webhook_verify.replay.memory._MAX_RELEASED", 2)
    clock = stopped_clock(0)
    store = MemoryStore(clock=clock)
    for number in range(3):
        store.claim(str(number), "a", lease=60, retention=600)
        store.release(str(number), "a")
    found = [store.claim(str(number), "b", lease=60, retention=600).attempt for number in range(3)]
    assert found == [1, 2, 2]
    store.release("1", "b")
    clock.move(600)
    assert store.claim("1", "c", lease=60, retention=600).attempt == 1


def test_a_take_over_is_another_attempt() -> None:
    clock = stopped_clock(0)
    store = MemoryStore(clock=clock)
    store.claim("key", "a", lease=60, retention=600)
    clock.move(60)
    outcome = store.claim("key", "b", lease=60, retention=600)
    assert (outcome.state, outcome.attempt) == (ClaimState.TAKEN_OVER, 2)
    assert outcome == (ClaimState.TAKEN_OVER, 0.0), "a tuple of two, as it always was"
    assert ClaimOutcome(ClaimState.CLAIMED).attempt == 1


def test_sqlite_counts_attempts(tmp_path: Path) -> None:
    store = SQLStore(f"sqlite:///{tmp_path}/replay.db")
    store.create_table()
    assert attempts(store) == [1, 1, 2, 3, 3]
    store.claim("other", "a", lease=60, retention=1e10)
    store.release("other", "a")
    assert store.complete("other", "a late worker", retention=600)
    store.close()


# A table that was not created.


def test_a_table_that_is_missing_is_advice_in_the_log_and_in_the_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = SQLStore(f"sqlite:///{tmp_path}/replay.db")
    receiver = Receiver(Verifier(SECRET), replay=ReplayGuard(store))
    assert post(receiver, lambda delivery: 200).status == 503
    assert "call store.create_table() once" in caplog.records[0].getMessage()
    with pytest.raises(Exception, match="no such table") as error:
        store.claim("key", "token", lease=60, retention=600)
    assert error.value.__notes__ == ["table webhook_replay does not exist: call store.create_table() once"]
    store.create_table()
    assert post(receiver, lambda delivery: 200) == 200
    store.close()


def test_an_async_store_advises_the_same(tmp_path: Path) -> None:
    async def run() -> None:
        store = AsyncSQLStore(f"sqlite+aiosqlite:///{tmp_path}/replay.db")
        with pytest.raises(Exception, match="no such table") as error:
            await store.claim("key", "token", lease=60, retention=600)
        assert "create_table" in error.value.__notes__[0]
        await store.aclose()

    asyncio.run(run())
