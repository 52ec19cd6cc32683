"""An async store with its own connections works on every event loop; others refuse a second loop."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import redis
import redis.asyncio
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from tests.replay.helpers import Servers, skipping
from tests.replay.servers import redis_server
from tests.replay.stores_sql import database_url
from webhook_verify import AsyncReceiver, Receiver, Signer, Verifier
from webhook_verify.receiver import RequestHead
from webhook_verify.replay import (
    AsyncLazyStore,
    AsyncRedisStore,
    AsyncSQLStore,
    LazyStore,
    MemoryStore,
    ReplayGuard,
)

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LEASE = {"lease": 60.0, "retention": 600.0}


async def claim(store: Any) -> str:
    return str((await store.claim(ReplayGuard.new_token(), "mine", **LEASE)).state)


@contextmanager
def on_redis(servers: Servers) -> Generator[Any]:
    yield AsyncRedisStore.from_url(servers.use(redis_server).url)


def in_database(driver: str) -> Callable[[Servers], Any]:
    @contextmanager
    def opened(servers: Servers) -> Generator[Any]:
        with database_url(servers, driver) as url:
            store = AsyncSQLStore(url)
            asyncio.run(store.create_table())
            yield store

    return opened


STORES = {
    "redis": on_redis,
    "sqlite-aiosqlite": in_database("sqlite+aiosqlite"),
    "postgres-asyncpg": in_database("postgresql+asyncpg"),
    "postgres-psycopg": in_database("postgresql+psycopg"),
    "mariadb-aiomysql": in_database("mariadb+aiomysql"),
}
each_store = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.xdist_group(name.split("-")[0])) for name in STORES]
)


@pytest.fixture
def store(servers: Servers, name: str) -> Generator[Any]:
    with ExitStack() as stack:
        with skipping():
            opened = stack.enter_context(STORES[name](servers))
        yield opened


def head_of(app: str) -> dict[str, str]:
    return {**Signer(SECRET).sign(b"{}"), "content-type": "application/json"}


@each_store
def test_a_loop_for_each_job(store: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [asyncio.run(claim(store)) for _ in range(5)] == ["claimed"] * 5
        gc.collect()


@each_store
def test_loops_that_run_in_turns_each_have_connections(store: Any) -> None:
    loops = [asyncio.new_event_loop() for _ in range(2)]
    try:
        for _ in range(3):
            assert [loop.run_until_complete(claim(store)) for loop in loops] == ["claimed"] * 2
    finally:
        for loop in loops:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()


@each_store
def test_a_store_that_was_closed_opens_again(store: Any) -> None:
    async def run() -> list[str]:
        states = [await claim(store)]
        await store.aclose()
        return [*states, await claim(store)]

    assert asyncio.run(run()) == ["claimed"] * 2


def test_connections_are_closed_with_their_loop(servers: Servers) -> None:
    with skipping():
        url = servers.use(redis_server).url
    with redis.Redis.from_url(url) as client:
        before = len(client.client_list())
        store = AsyncRedisStore.from_url(url)
        for _ in range(5):
            asyncio.run(claim(store))
        assert len(client.client_list()) == before


# Python warns about a connection that is closed by the garbage collection, which is what is tested here.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_connections_are_closed_with_their_store(servers: Servers) -> None:
    with skipping():
        url = servers.use(redis_server).url

    async def run(client: redis.Redis) -> None:
        before = len(client.client_list())
        store = AsyncRedisStore.from_url(url)
        await claim(store)
        assert len(client.client_list()) == before + 1
        del store
        gc.collect()
        for _ in range(100):
            if len(client.client_list()) == before:
                return
            await asyncio.sleep(0.01)
        pytest.fail("still connected")

    with redis.Redis.from_url(url) as client:
        asyncio.run(run(client))


# Given clients and engines


def test_a_client_of_the_applications_own_refuses_a_second_loop(servers: Servers) -> None:
    with skipping():
        url = servers.use(redis_server).url
    client = redis.asyncio.Redis.from_url(url)
    store = AsyncRedisStore(client)

    async def run() -> str:
        try:
            return await claim(store)
        finally:
            await client.aclose()

    assert asyncio.run(run()) == "claimed"
    with pytest.raises(RuntimeError, match=r"another event loop .*from_url"):
        asyncio.run(claim(store))


def test_an_engine_of_the_applications_own_refuses_a_second_loop_unless_it_has_no_pool(
    servers: Servers,
) -> None:
    with database_url(servers, "sqlite+aiosqlite") as url:
        engine = create_async_engine(url)
        store = AsyncSQLStore(engine)

        async def run() -> str:
            await store.create_table()
            try:
                return await claim(store)
            finally:
                await engine.dispose()

        assert asyncio.run(run()) == "claimed"
        with pytest.raises(RuntimeError, match=r"another event loop .*NullPool"):
            asyncio.run(claim(store))
        unpooled = AsyncSQLStore(create_async_engine(url, poolclass=NullPool))
        assert [asyncio.run(claim(unpooled)) for _ in range(3)] == ["claimed"] * 3


# Frameworks


@each_store
def test_async_views_of_flask(store: Any) -> None:
    from flask import Flask

    from webhook_verify.adapters.flask import webhook

    app = Flask("loops")

    @app.post("/hook")
    @webhook(AsyncReceiver(Verifier(SECRET), replay=ReplayGuard(store)))
    async def hook(delivery: Any) -> str:
        return "ok"

    statuses = [
        app.test_client().post("/hook", data=b"{}", headers=head_of("flask")).status_code for _ in range(6)
    ]
    assert statuses == [200] * 6


@each_store
def test_the_test_client_of_starlette_with_and_without_its_block(store: Any) -> None:
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route
    from starlette.testclient import TestClient

    from webhook_verify.adapters.starlette import webhook

    @webhook(AsyncReceiver(Verifier(SECRET), replay=ReplayGuard(store)))
    async def hook(request: Any, delivery: Any) -> PlainTextResponse:
        return PlainTextResponse("ok")

    app = Starlette(routes=[Route("/hook", hook, methods=["POST"])])

    def post(client: TestClient) -> int:
        return int(client.post("/hook", content=b"{}", headers=head_of("starlette")).status_code)

    assert [post(TestClient(app)) for _ in range(4)] == [200] * 4
    for _ in range(2):
        with TestClient(app) as client:
            assert [post(client) for _ in range(3)] == [200] * 3


@each_store
def test_async_views_of_django_under_wsgi(store: Any) -> None:
    from django.http import HttpResponse
    from django.test import RequestFactory, override_settings

    from webhook_verify.adapters.django import webhook

    @webhook(AsyncReceiver(Verifier(SECRET), replay=ReplayGuard(store)))
    async def hook(request: Any, delivery: Any) -> HttpResponse:
        return HttpResponse()

    from asgiref.sync import async_to_sync

    with override_settings(ALLOWED_HOSTS=["*"]):
        view = async_to_sync(hook)  # what Django's handler for WSGI does
        for _ in range(6):
            signed = head_of("django")
            request = RequestFactory().post(
                "/hook", data=b"{}", content_type=signed.pop("content-type"), headers=signed
            )
            assert view(request).status_code == 200


# Stores that are made later, and trio


def head() -> RequestHead:
    return RequestHead("POST", "/", Signer(SECRET).sign(b"{}"))


def test_a_store_that_is_made_after_its_receiver() -> None:
    stores: dict[str, Any] = {}
    receiver = Receiver(Verifier(SECRET), replay=ReplayGuard(LazyStore(lambda: stores["replay"])))
    first = head()
    early = receiver.handle_request(first, [b"{}"], lambda delivery: 200, int)
    assert getattr(early, "status", early) == 503
    stores["replay"] = MemoryStore()
    handled: list[str] = []

    def run(delivery: Any) -> int:
        handled.append(delivery.id)
        return 200

    for _ in range(3):
        receiver.handle_request(first, [b"{}"], run, int)
    assert len(handled) == 1
    with pytest.raises(TypeError, match="get must be a function"):
        LazyStore(MemoryStore())  # type: ignore[arg-type]


@each_store
def test_a_store_for_asyncio_that_is_made_after_its_receiver(store: Any) -> None:
    stores: dict[str, Any] = {}
    lazy = AsyncLazyStore(lambda: stores["replay"])
    receiver = AsyncReceiver(Verifier(SECRET), replay=ReplayGuard(lazy))
    handled: list[str] = []

    async def run(delivery: Any) -> int:
        handled.append(delivery.id)
        return 200 if len(handled) > 1 else 500

    async def deliver() -> None:
        stores["replay"] = store
        first = head()
        for _ in range(4):
            await receiver.handle_request(first, [b"{}"], run, int)

    asyncio.run(deliver())
    assert len(handled) == 2
    assert asyncio.run(lazy.extend("unknown", "mine", lease=60)) is False


def test_without_asyncio_the_error_says_what_to_do(caplog: pytest.LogCaptureFixture) -> None:
    """As under trio, which runs the same coroutines."""
    for calls in (AsyncRedisStore.from_url("redis://127.0.0.1:1"), AsyncSQLStore("sqlite+aiosqlite:///a.db")):
        with pytest.raises(RuntimeError, match=r"of asyncio\. Under trio, use a synchronous store"):
            claim(calls).send(None)

    class Blocking(MemoryStore):
        may_block = True

    async def run(delivery: Any) -> int:
        return 200

    for store, expected in ((Blocking(), 503), (MemoryStore(), 200)):
        receiver = AsyncReceiver(Verifier(SECRET), replay=ReplayGuard(store))
        with pytest.raises(StopIteration) as end:
            receiver.handle_request(head(), [b"{}"], run, int).send(None)
        assert getattr(end.value.value, "status", end.value.value) == expected
    assert "Under trio, use a synchronous store" in caplog.text
