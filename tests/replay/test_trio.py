"""A receiver under trio: the calls of a synchronous store run in threads of trio."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import trio

from tests import http_client, processes
from tests.processes import listens
from tests.signing import SECRET
from tests.waiting import wait_until
from webhook_verify import AsyncReceiver, Delivery, Signer, Verifier
from webhook_verify.event_loops import running_trio
from webhook_verify.http import RequestHead
from webhook_verify.replay import MemoryStore, ReplayGuard

HANDLED_BEFORE = b'{"result":"handled_before"}'


class Blocking(MemoryStore):
    """A store whose calls must not run on the thread of the event loop."""

    may_block = True

    def __init__(self) -> None:
        super().__init__()
        self.threads: set[int] = set()

    def claim(self, *arguments: Any, **options: Any) -> Any:
        self.threads.add(threading.get_ident())
        return super().claim(*arguments, **options)


def deliver(receiver: AsyncReceiver, run: Any) -> Any:
    head = RequestHead("POST", "/hook", Signer(SECRET).sign(b"{}", id="msg_1"))
    return receiver.handle_request(head, [b"{}"], run, int)


def test_a_store_that_blocks_is_called_in_a_thread() -> None:
    store = Blocking()
    receiver = AsyncReceiver(Verifier(SECRET), replay=ReplayGuard(store))

    async def run(delivery: Delivery) -> int:
        return 202

    async def main() -> list[Any]:
        return [await deliver(receiver, run) for _ in range(2)]

    first, second = trio.run(main)
    assert (first, second.status, second.body) == (202, 200, HANDLED_BEFORE)
    assert threading.get_ident() not in store.threads


def test_a_delivery_whose_task_is_cancelled_is_released() -> None:
    receiver = AsyncReceiver(Verifier(SECRET), replay=ReplayGuard(Blocking()))
    begun: list[str] = []

    async def main() -> Any:
        with trio.CancelScope() as scope:

            async def run(delivery: Delivery) -> int:
                begun.append(delivery.id)
                if len(begun) == 1:
                    scope.cancel()
                    await trio.sleep_forever()
                return 200

            await deliver(receiver, run)
        return await deliver(receiver, run)

    assert trio.run(main) == 200
    assert len(begun) == 2


APPLICATION = """
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from webhook_verify import AsyncReceiver, Verifier
from webhook_verify.adapters.starlette import webhook
from webhook_verify.replay import ReplayGuard, SQLStore

store = SQLStore("sqlite:///replay.db")
store.create_table()

@webhook(AsyncReceiver(Verifier("%s"), replay=ReplayGuard(store)))
async def hook(request, delivery):
    return PlainTextResponse(delivery.id)

app = Starlette(routes=[Route("/hook", hook)])
"""


@pytest.mark.slow
@pytest.mark.server
def test_hypercorn_with_trio_and_a_store_in_a_database(tmp_path: Path) -> None:
    (tmp_path / "application.py").write_text(APPLICATION % SECRET)
    port = processes.free_port()
    command = [sys.executable, "-m", "hypercorn", "-k", "trio", f"--bind=127.0.0.1:{port}", "application:app"]
    with processes.started(command, cwd=tmp_path, stderr=subprocess.DEVNULL):
        wait_until(lambda: listens(port))
        answers = [
            http_client.post(
                f"http://127.0.0.1:{port}/hook", content=b"{}", headers=Signer(SECRET).sign(b"{}", id="msg_1")
            )
            for _ in range(2)
        ]
    assert [(answer.status_code, answer.content) for answer in answers] == [
        (200, b"msg_1"),
        (200, HANDLED_BEFORE),
    ]


@pytest.mark.parametrize("has_function", [True, False], ids=["trio 0.29", "an older trio"])
def test_trio_is_found_only_where_it_runs(has_function: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not has_function:
        monkeypatch.delattr(trio.lowlevel, "in_trio_run", raising=False)

    async def found() -> object:
        return running_trio()

    assert trio.run(found) is trio
    assert asyncio.run(found()) is None
    assert running_trio() is None
