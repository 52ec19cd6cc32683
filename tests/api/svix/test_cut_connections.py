"""Through a proxy that cuts connections, each call succeeds and is performed once."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from tests.api.cutting_proxy import RETRY_AFTER_SECONDS, CuttingProxy
from tests.api.fake_server import Asked, StandIn
from tests.api.helpers import method_of
from webhook_verify.api.svix import AsyncSvix, EndpointIn, EndpointPatch, EndpointUpsertIn, Svix

ENDPOINTS = 60
TIMES = {"createdAt": "2026-11-21T08:00:00Z", "updatedAt": "2026-11-21T08:00:00Z"}

Calls = Sequence[tuple[str, list[Any]]]
Run = Callable[[str, Calls], tuple[list[Any], list[float]]]


class SvixServer(StandIn):
    """Endpoints of one application. A POST with a known idempotency key gets the first response again.

    ``answers_with_secret``: as the cloud does after a rotation; the open source server answers 204.
    """

    def __init__(self, *, answers_with_secret: bool) -> None:
        super().__init__()
        self.endpoints: dict[str, dict[str, Any]] = {}
        self.secrets: dict[str, list[str]] = {}
        self.deleted: list[str] = []
        self._answers_with_secret = answers_with_secret
        self._responses: dict[str, tuple[int, object]] = {}

    def answer(self, asked: Asked) -> tuple[int, object]:
        if asked.method != "POST":
            return self._changed(asked)
        key = asked.headers["idempotency-key"]
        if key not in self._responses:
            self._responses[key] = self._rotated(asked) if "/rotate" in asked.path else self._created(asked)
        return self._responses[key]

    def _created(self, asked: Asked) -> tuple[int, object]:
        id_ = f"ep_{len(self.endpoints)}"
        self.endpoints[id_] = {"id": id_, **asked.json(), **TIMES}
        self.secrets[id_] = ["first"]
        return 201, self.endpoints[id_]

    def _rotated(self, asked: Asked) -> tuple[int, object]:
        id_ = asked.path.split("/")[-3]
        self.secrets[id_].append(f"whsec_{id_}_{len(self.secrets[id_])}")
        return (200, {"key": self.secrets[id_][-1]}) if self._answers_with_secret else (204, None)

    def _changed(self, asked: Asked) -> tuple[int, object]:
        id_ = asked.path.split("/")[-1]
        if id_ not in self.endpoints:
            return 404, {"code": "not_found", "detail": "Entity not found"}
        if asked.method == "DELETE":
            del self.endpoints[id_]
            self.deleted.append(id_)
            return 204, None
        before = self.endpoints[id_] if asked.method == "PATCH" else {"id": id_, **TIMES}
        self.endpoints[id_] = {**before, **asked.json()}
        return 200, self.endpoints[id_]


def blocking(url: str, calls: Calls) -> tuple[list[Any], list[float]]:
    """The results of calls with a blocking client, and the waits between attempts."""
    waits: list[float] = []
    with Svix("t0k3n", server_url=url, timeout=None, sleep=waits.append) as svix:
        return [method_of(svix, name)("acme", *args) for name, args in calls], waits


def asynchronous(url: str, calls: Calls) -> tuple[list[Any], list[float]]:
    """The same with an asyncio client."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def run() -> list[Any]:
        async with AsyncSvix("t0k3n", server_url=url, timeout=None, sleep=sleep) as svix:
            return [await _awaited(method_of(svix, name)("acme", *args)) for name, args in calls]

    return asyncio.run(run()), waits


async def _awaited(result: Awaitable[Any]) -> Any:
    assert inspect.isawaitable(result)
    return await result


@pytest.mark.slow
@pytest.mark.parametrize("run", [blocking, asynchronous])
@pytest.mark.parametrize("answers_with_secret", [True, False], ids=["cloud", "open source"])
def test_sixty_of_each_call_through_a_proxy_that_cuts(run: Run, answers_with_secret: bool) -> None:
    numbers = range(ENDPOINTS)
    patch = [EndpointPatch(description=f"patched {n}", uid=f"u{n}") for n in numbers]
    put = [EndpointUpsertIn(url=f"https://acme.example/{n}", metadata={"n": str(n)}) for n in numbers]
    with (
        SvixServer(answers_with_secret=answers_with_secret) as server,
        CuttingProxy(server.url, seed=20_261_130) as proxy,
    ):
        ids, waits = run(
            proxy.url, [("endpoint.create", [EndpointIn(url=f"https://x/{n}")]) for n in numbers]
        )
        names = [endpoint.id for endpoint in ids]
        assert len(set(names)) == len(server.endpoints) == ENDPOINTS

        _, more = run(proxy.url, [("endpoint.patch", [name, patch[n]]) for n, name in enumerate(names)])
        waits += more
        patched = [server.endpoints[name] for name in names]
        assert [each["description"] for each in patched] == [f"patched {n}" for n in numbers]
        assert [each["url"] for each in patched] == [f"https://x/{n}" for n in numbers]

        _, more = run(proxy.url, [("endpoint.upsert", [name, put[n]]) for n, name in enumerate(names)])
        waits += more
        assert [server.endpoints[name].get("description") for name in names] == [None] * ENDPOINTS
        assert [server.endpoints[name]["metadata"] for name in names] == [{"n": str(n)} for n in numbers]

        rotated, more = run(proxy.url, [("endpoint.rotate_secret", [name]) for name in names])
        waits += more
        assert [len(server.secrets[name]) for name in names] == [2] * ENDPOINTS
        keys = [server.secrets[name][-1] if answers_with_secret else None for name in names]
        assert [result and result.key for result in rotated] == keys

        gone, more = run(proxy.url, [("endpoint.delete", [name]) for name in names])
        waits += more
        assert gone == [None] * ENDPOINTS
        assert (server.endpoints, sorted(server.deleted)) == ({}, sorted(names))

    assert set(proxy.faults) == set(proxy.every_fault())
    asked = sum(count for fault, count in proxy.faults.items() if fault.startswith(("429", "503")))
    assert len([wait for wait in waits if wait >= RETRY_AFTER_SECONDS]) == asked
    assert len(waits) == sum(proxy.faults.values())
