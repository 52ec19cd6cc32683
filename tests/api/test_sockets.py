"""Real sockets: for every behavior of a server, a call ends in time with a result or a typed error."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import pytest

from tests.api.server import Behaviour, Script, answer, drip, drip_headers, half, reset, silence
from webhook_verify import (
    APIConnectionError,
    APIDecodeError,
    APIError,
    APIStatusError,
    APITimeoutError,
)
from webhook_verify.api.svix import AsyncSvix, MessageIn, MessageOut, Svix

MESSAGE = {"id": "msg_1", "eventType": "t", "payload": {}, "timestamp": "2026-01-01T00:00:00Z"}
GOOD = answer(202, MESSAGE)
HTML = answer(502, b"<html>Bad Gateway</html>", content_type="text/html")
# The dates of a server whose clock is years ahead.
NOW = format_datetime(datetime(2099, 1, 1, tzinfo=UTC), usegmt=True)
IN_A_SECOND = format_datetime(datetime(2099, 1, 1, 0, 0, 2, tzinfo=UTC), usegmt=True)

Outcome = tuple[Any, list[float]]
Run = Callable[..., Outcome]


def blocking(script: Script, **options: Any) -> Outcome:
    """Create a message with a blocking client: the result or the error, and the waits."""
    waits: list[float] = []
    with Svix("t0k3n", server_url=script.url, sleep=waits.append, **options) as svix:
        try:
            return svix.message.create("acme", MessageIn(event_type="t", payload={})), waits
        except APIError as error:
            return error, waits


def asynchronous(script: Script, **options: Any) -> Outcome:
    """The same with an asyncio client."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def run() -> Any:
        async with AsyncSvix("t0k3n", server_url=script.url, sleep=sleep, **options) as svix:
            try:
                return await svix.message.create("acme", MessageIn(event_type="t", payload={}))
            except APIError as error:
                return error

    return asyncio.run(run()), waits


both = pytest.mark.parametrize("run", [blocking, asynchronous])

ENDS_WELL: list[tuple[str, list[Behaviour]]] = [
    ("reset", [reset, GOOD]),
    ("half a body", [half, GOOD]),
    ("503", [answer(503), GOOD]),
    ("HTML 502", [HTML, GOOD]),
    ("500 with an empty object", [answer(500, {}), GOOD]),
    ("408", [answer(408), GOOD]),
    ("423", [answer(423), GOOD]),
    ("429", [answer(429), GOOD]),
    ("three in a row", [answer(500), reset, answer(504), GOOD]),
    ("gzip", [answer(200, gzip.compress(json.dumps(MESSAGE).encode()), content_encoding="gzip")]),
    ("wrong content type", [answer(200, MESSAGE, content_type="text/plain")]),
    ("an unknown success", [answer(299, MESSAGE)]),
    ("a large body", [answer(200, {**MESSAGE, "payload": {"x": "y" * 3_000_000}})]),
]


@both
@pytest.mark.parametrize(("what", "behaviours"), ENDS_WELL, ids=[what for what, _ in ENDS_WELL])
def test_what_passes_is_got_over(run: Run, what: str, behaviours: list[Behaviour]) -> None:
    with Script(*behaviours) as script:
        result, waits = run(script)
    assert isinstance(result, MessageOut)
    assert len(script.received) == len(behaviours) == len(waits) + 1
    _is_one_call(script)


def _is_one_call(script: Script) -> None:
    """All attempts carry one idempotency key and one request id, and are counted."""
    keys = {request.headers["idempotency-key"] for request in script.received}
    assert len(keys) == 1
    assert UUID(keys.pop()).version == 4
    assert len({request.headers["svix-req-id"] for request in script.received}) == 1
    counts = [request.headers.get("svix-retry-count") for request in script.received]
    assert counts == [None, *map(str, range(1, len(counts)))]
    assert len({request.body for request in script.received}) == 1


ENDS_BADLY: list[tuple[str, Behaviour, type[APIError], int]] = [
    ("resets all the time", reset, APIConnectionError, 4),
    ("HTML 502 all the time", HTML, APIStatusError, 4),
    ("429 all the time", answer(429), APIStatusError, 4),
    ("501", answer(501, {"code": "not_implemented", "detail": "Not implemented"}), APIStatusError, 1),
    ("400", answer(400, {"code": "generic_error", "detail": "No"}), APIStatusError, 1),
    ("404 without a body", answer(404), APIStatusError, 1),
    ("redirect", answer(307, location="/elsewhere"), APIStatusError, 1),
    ("200 with HTML", answer(200, b"<html>", content_type="text/html"), APIDecodeError, 1),
    ("200 with nothing", answer(200), APIDecodeError, 1),
    ("200 with another object", answer(200, {"id": 7}), APIDecodeError, 1),
    ("200 with broken gzip", answer(200, b"no gzip", content_encoding="gzip"), APIDecodeError, 1),
    ("200 that is too deep", answer(200, b"[" * 100_000), APIDecodeError, 1),
    ("no HTTP at all", lambda connection: connection.sendall(b"SSH-2.0\r\n\r\n"), APIConnectionError, 4),
]  # fmt: skip


@both
@pytest.mark.parametrize(
    ("what", "behaviour", "kind", "attempts"), ENDS_BADLY, ids=[what for what, *_ in ENDS_BADLY]
)
def test_what_does_not_pass_is_a_typed_error(
    run: Run, what: str, behaviour: Behaviour, kind: type[APIError], attempts: int
) -> None:
    with Script(behaviour) as script:
        error, waits = run(script)
    assert type(error) is kind
    assert len(script.received) == attempts == len(waits) + 1
    assert error.request_id == script.received[0].headers["svix-req-id"]
    assert "t0k3n" not in f"{error} {error!r} {vars(error)}"
    assert error.__context__ is error.__cause__ is None
    _is_one_call(script)


@both
@pytest.mark.parametrize(("date", "asked"), [(None, "2"), (NOW, IN_A_SECOND)], ids=["seconds", "date"])
def test_retry_after_is_waited_for(run: Run, date: str | None, asked: str) -> None:
    headers = {"retry_after": asked} | ({"date": date} if date else {})
    with Script(answer(429, **headers), GOOD) as script:
        result, waits = run(script)
    assert isinstance(result, MessageOut)
    assert waits == [pytest.approx(2, abs=0.01)]


@both
def test_a_wait_that_ends_after_the_timeout_is_not_begun(run: Run) -> None:
    with Script(answer(429, retry_after="20")) as script:
        error, waits = run(script, timeout=10)
    assert isinstance(error, APIStatusError)
    assert (error.status, error.retry_after, waits) == (429, 20.0, [])


@both
@pytest.mark.parametrize("behaviour", [silence, drip], ids=["silent", "dripping"])
def test_a_slow_server_does_not_hold_a_call_past_its_timeout(run: Run, behaviour: Behaviour) -> None:
    with Script(behaviour) as script:
        start = time.monotonic()
        error, _ = run(script, timeout=0.3)
        taken = time.monotonic() - start
    assert type(error) is APITimeoutError
    assert 0.25 < taken < 2
    assert len(script.received) == 1


def test_an_asyncio_call_ends_in_time_whatever_arrives() -> None:
    with Script(drip_headers) as script:
        start = time.monotonic()
        error, _ = asynchronous(script, timeout=0.3)
        assert time.monotonic() - start < 2
    assert type(error) is APITimeoutError


@both
def test_a_body_over_the_limit_is_not_read_to_its_end(run: Run) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    with Script(answer(200, bomb, content_encoding="gzip")) as script:
        error, _ = run(script, max_response_bytes=1_000_000)
    assert type(error) is APIDecodeError
    assert "1000000 bytes" in str(error)


@both
def test_nobody_listens(run: Run) -> None:
    with Script(GOOD) as script:
        pass
    error, waits = run(script)
    assert type(error) is APIConnectionError
    assert str(error).startswith("could not connect: ")
    assert len(waits) == 3


@both
def test_waits_grow_and_are_jittered(run: Run) -> None:
    with Script(answer(500)) as script:
        _, waits = run(script, retries=6)
    assert len(waits) == 6
    assert all(0.05 * 2**n <= wait <= 0.1 * 2**n for n, wait in enumerate(waits))
    assert len({wait / 2**n for n, wait in enumerate(waits)}) == 6


def test_calls_do_not_wait_with_real_sleep_longer_than_they_must() -> None:
    with Script(answer(503), answer(503), GOOD) as script, Svix("t", server_url=script.url) as svix:
        start = time.monotonic()
        svix.message.create("acme", MessageIn(event_type="t", payload={}))
        assert 0.1 < time.monotonic() - start < 2


@pytest.mark.slow
def test_a_thousand_calls_at_once() -> None:
    with Script(GOOD) as script:

        async def run() -> list[MessageOut]:
            async with AsyncSvix("t", server_url=script.url) as svix:
                message = MessageIn(event_type="t", payload={})
                return await asyncio.gather(*(svix.message.create("acme", message) for _ in range(1_000)))

        results = asyncio.run(run())
    assert len(results) == len(script.received) == 1_000
    assert len({request.headers["idempotency-key"] for request in script.received}) == 1_000


def test_a_cancelled_call_leaves_the_client_usable() -> None:
    with Script(silence, GOOD) as script:

        async def run() -> MessageOut:
            async with AsyncSvix("t", server_url=script.url) as svix:
                message = MessageIn(event_type="t", payload={})
                task = asyncio.create_task(_started(svix.message.create("acme", message)))
                await asyncio.sleep(0.1)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                return await svix.message.create("acme", message)

        assert asyncio.run(run()).id == "msg_1"


async def _started(call: Awaitable[MessageOut]) -> MessageOut:
    return await call


PAGES = [
    answer(200, {"data": [], "done": False, "iterator": "a"}),
    answer(200, {"data": [], "done": False, "iterator": "b"}),
    answer(200, {"data": [], "done": True, "iterator": "c"}),
]


def test_a_list_is_walked_over_the_wire() -> None:
    with Script(*PAGES) as script, Svix("t", server_url=script.url) as svix:
        assert list(svix.endpoint.list("acme", limit=2)) == []
    targets = [request.target for request in script.received]
    base = "/api/v1/app/acme/endpoint?limit=2"
    assert targets == [base, f"{base}&iterator=a", f"{base}&iterator=b"]
    assert len({request.headers["svix-req-id"] for request in script.received}) == 3
