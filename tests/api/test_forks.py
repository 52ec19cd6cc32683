"""A client, a secret source or a key cache that was used before a fork works in each child process."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import suppress
from functools import partial
from typing import Any

import httpx2
import pytest

from tests.api.fake_server import Asked, StandIn
from tests.forks import CHILDREN, calls, forking, in_children
from webhook_verify import SignatureMismatch, Signer, Verifier
from webhook_verify.api.emporix import AsyncEmporix, Emporix
from webhook_verify.api.lithic import AsyncLithic, AsyncLithicSecretSource, Lithic, LithicSecretSource
from webhook_verify.api.secret_source import SecretSource
from webhook_verify.api.svix import AsyncSvix, AsyncSvixSecretSource, Svix, SvixSecretSource
from webhook_verify.schemes.key_cache import KeyCache

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = "2026-11-21T08:00:00Z"


class Echo(StandIn):
    """Answers each request with the id that its path names, after a moment in which another may be sent."""

    def answer(self, asked: Asked) -> tuple[int, object]:
        time.sleep(0.001)
        if asked.path.endswith("/oauth/token"):
            return 200, {"access_token": "t0k3n", "expires_in": 3600}
        if asked.path.endswith("/secret"):
            return 200, {"key": SECRET, "secret": SECRET}
        name = asked.path.rsplit("/", 1)[1]
        return 200, {
            "id": name, "uid": name, "token": name, "code": name, "url": "https://x/", "description": "",
            "version": 1, "createdAt": NOW, "updatedAt": NOW, "disabled": False,
        }  # fmt: skip


@pytest.fixture(scope="module")
def url() -> Generator[str]:
    with Echo() as server:
        yield server.url


Fetch = Callable[[Any, str], Any]


def svix(client: Any, name: str) -> Any:
    return client.endpoint.get("acme", name, timeout=20)


def lithic(client: Any, name: str) -> Any:
    return client.event_subscriptions.retrieve(name, timeout=20)


def emporix(client: Any, name: str) -> Any:
    return client.config.retrieve(name, timeout=20)


BLOCKING: dict[str, tuple[Callable[[str], Any], Fetch]] = {
    "svix": (lambda url: Svix("token", server_url=url), svix),
    "lithic": (lambda url: Lithic("token", server_url=url), lithic),
    "emporix": (lambda url: Emporix("acme", "id", "secret", server_url=url), emporix),
}
ASYNC: dict[str, tuple[Callable[[str], Any], Fetch]] = {
    "svix": (lambda url: AsyncSvix("token", server_url=url), svix),
    "lithic": (lambda url: AsyncLithic("token", server_url=url), lithic),
    "emporix": (lambda url: AsyncEmporix("acme", "id", "secret", server_url=url), emporix),
}


def name_in(answer: Any) -> str:
    found: str = getattr(answer, "id", "") or getattr(answer, "token", "") or getattr(answer, "code", "")
    return found


def right_answers(client: Any, fetch: Fetch, number: int, calls: int) -> int:
    names = [f"of-{number}-{call}" for call in range(calls)]
    return sum(name_in(fetch(client, name)) == name for name in names)


async def right_answers_async(client: Any, fetch: Fetch, number: int, calls: int) -> int:
    names = [f"of-{number}-{call}" for call in range(calls)]
    return sum([name_in(await fetch(client, name)) == name for name in names])


@forking
@calls
@pytest.mark.parametrize("kind", BLOCKING)
def test_a_client_that_was_used_before_a_fork(url: str, kind: str, calls: int) -> None:
    make, fetch = BLOCKING[kind]
    with make(url) as client:
        fetch(client, "parent")
        parent: list[int] = []
        right = in_children(
            CHILDREN,
            lambda number: right_answers(client, fetch, number, calls),
            beside=lambda: parent.append(right_answers(client, fetch, CHILDREN, calls)),
        )
        assert [*right, *parent] == [calls] * (CHILDREN + 1)


@forking
@calls
@pytest.mark.parametrize("kind", ASYNC)
def test_an_asyncio_client_that_was_used_before_a_fork(url: str, kind: str, calls: int) -> None:
    make, fetch = ASYNC[kind]
    client = make(url)
    loop = asyncio.new_event_loop()  # still open at the fork, as one in another thread is
    try:
        loop.run_until_complete(fetch(client, "parent"))
        parent: list[int] = []
        right = in_children(
            CHILDREN,
            lambda number: asyncio.run(right_answers_async(client, fetch, number, calls)),
            beside=lambda: parent.append(
                loop.run_until_complete(right_answers_async(client, fetch, 4, calls))
            ),
        )
        assert [*right, *parent] == [calls] * (CHILDREN + 1)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


SOURCES: dict[str, Callable[[Any], Any]] = {
    "svix": lambda client: SvixSecretSource(client, "acme", "ep", interval=1e-6),
    "lithic": lambda client: LithicSecretSource(client, "ep", interval=1e-6),
}


@forking
@calls
@pytest.mark.parametrize("kind", SOURCES)
def test_a_source_that_was_used_before_a_fork(url: str, kind: str, calls: int) -> None:
    with BLOCKING[kind][0](url) as client:
        source = SOURCES[kind](client)

        def verify(number: int) -> int:
            for _ in range(calls):
                source.verify(b"{}", Signer(SECRET).sign(b"{}"))
                with suppress(SignatureMismatch):
                    source.verify(b"{}", Signer("whsec_" + "f" * 32).sign(b"{}"))  # which fetches again
            return calls

        verify(0)
        assert in_children(CHILDREN, verify) == [calls] * CHILDREN


@forking
@calls
def test_an_asyncio_source_that_was_used_before_a_fork(url: str, calls: int) -> None:
    source = AsyncSvixSecretSource(AsyncSvix("t", server_url=url), "acme", "ep")
    other = AsyncLithicSecretSource(AsyncLithic("t", server_url=url), "ep")

    async def verify() -> int:
        for _ in range(calls):
            await source.verify(b"{}", Signer(SECRET).sign(b"{}"))
            await other.verify(b"{}", Signer(SECRET).sign(b"{}"))
        return calls

    asyncio.run(verify())
    assert in_children(CHILDREN, lambda number: asyncio.run(verify())) == [calls] * CHILDREN


def is_there(work: Callable[[], Any], number: int) -> bool:
    return isinstance(work(), str | Verifier)


@forking
def test_a_fetch_that_another_thread_makes_at_the_fork_does_not_hold_up_a_child(url: str) -> None:
    begun, end = threading.Event(), threading.Event()
    parent = os.getpid()

    def fetch() -> str:
        if os.getpid() == parent:
            begun.set()
            assert end.wait(30)
        return SECRET

    source = SecretSource(fetch)
    cache: KeyCache[str] = KeyCache()
    for work in (source, lambda: cache.get("key", fetch)):
        begun.clear()
        thread = threading.Thread(target=work)
        thread.start()
        assert begun.wait(30)
        assert in_children(1, partial(is_there, work)) == [True]
        end.set()
        thread.join(30)
        end.clear()


@forking
def test_a_token_that_another_thread_fetches_at_the_fork_does_not_hold_up_a_child() -> None:
    begun, end = threading.Event(), threading.Event()

    class Slow(Echo):
        def answer(self, asked: Asked) -> tuple[int, object]:
            if asked.path.endswith("/oauth/token") and not begun.is_set():
                begun.set()
                assert end.wait(30)
            return super().answer(asked)

    with Slow() as server, Emporix("acme", "id", "secret", server_url=server.url) as client:
        thread = threading.Thread(target=emporix, args=(client, "parent"))
        thread.start()
        assert begun.wait(30)
        assert in_children(2, lambda number: name_in(emporix(client, "child"))) == ["child"] * 2
        end.set()
        thread.join(30)


@forking
def test_a_client_of_the_applications_own_is_refused_in_a_child_once_its_parent_has_used_it(url: str) -> None:
    http = httpx2.Client()
    with Svix("token", server_url=url, http_client=http) as client:
        assert in_children(1, lambda number: name_in(svix(client, "child"))) == ["child"]
        svix(client, "parent")
        (text,) = in_children(1, lambda number: name_in(svix(client, "child")))
        assert text.startswith("RuntimeError: http_client was used before this process was forked")
        assert name_in(svix(client, "parent")) == "parent"


@forking
def test_closing_in_a_child_leaves_the_parents_client_open(url: str) -> None:
    with Svix("token", server_url=url) as client:
        svix(client, "parent")

        def close(number: int) -> str:
            client.close()
            try:
                return name_in(svix(client, "child"))
            except RuntimeError as error:
                return str(error)

        (text,) = in_children(1, close)
        assert text.startswith("the client is closed")
        assert Counter(name_in(svix(client, "parent")) for _ in range(3)) == {"parent": 3}
