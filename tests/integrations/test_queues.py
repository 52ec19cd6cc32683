"""The examples that hand off to a queue engine, with a real broker, a worker process and a database.

The response is 202 after the engine has stored the job, and only then the claim is completed. While the
engine is unavailable, the response is 503, and the sender's retry is handled.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests import processes
from tests.replay.helpers import skipping
from tests.replay.servers import RedisServer, redis_server
from tests.replay.servers_sql import postgres
from tests.signing import SECRET
from tests.waiting import wait_until
from webhook_verify import Signer

pytestmark = [pytest.mark.slow, pytest.mark.server]

INTEGRATIONS = Path(__file__).parents[2] / "integrations"
BODY = '{"type": "invoice.paid", "customer": "Zoë"}'.encode()
STORED = {"result": "stored"}
HANDLED_BEFORE = {"result": "handled_before"}


def load(folder: str, name: str) -> Any:
    """A module of a recipe, under a name that nothing else has."""
    spec = importlib.util.spec_from_file_location(f"{folder}_{name}", INTEGRATIONS / folder / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def post(receiver: Any, id: str, body: bytes = BODY) -> tuple[int, Any]:
    headers = Signer(SECRET).sign(body, id=id)
    with receiver.app.test_client() as client:
        answer = client.post("/webhooks/svix", data=body, headers=headers)
        return answer.status_code, answer.get_json(silent=True)


class Worker:
    """A worker in a process of its own, and the lines that it has printed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.lines: list[str] = []
        self._process = process
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        self.lines += self._process.stdout

    def kill(self) -> None:
        self._process.kill()
        self._reader.join()  # which ends with the output

    def handled(self, at_least: int) -> list[str]:
        """The ids that it has handled, once there are so many."""

        def are_handled() -> bool:
            assert self._process.poll() is None, "".join(self.lines)
            return len(self._ids()) >= at_least

        wait_until(are_handled)
        return self._ids()

    def _ids(self) -> list[str]:
        words = [line.split() for line in self.lines]  # which Celery puts its own in front of
        return [line[-2] for line in words if line[-1:] == ["invoice.paid"]]


@contextmanager
def working(folder: str, *command: str) -> Generator[Worker]:
    with processes.started(
        [sys.executable, *command],
        cwd=INTEGRATIONS / folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        worker = Worker(process)
        try:
            yield worker
        finally:
            worker.kill()


class OnCelery:
    """The receiver and its two servers: one for claims, and the broker, which can be stopped alone."""

    def __init__(self, receiver: Any, broker: RedisServer) -> None:
        self.receiver = receiver
        self.broker = broker


@pytest.fixture
def on_celery(monkeypatch: pytest.MonkeyPatch) -> Iterator[OnCelery]:
    with skipping(), redis_server() as store, redis_server(durable=True) as broker:
        monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
        monkeypatch.setenv("REDIS_URL", store.url)
        monkeypatch.setenv("BROKER_URL", broker.url)
        monkeypatch.setenv("QUEUE_KEY", "a key of the application, for its queue")
        receiver = load("queue_celery", "receiver")
        yield OnCelery(receiver, broker)
        receiver.queue.close()
        receiver.store.close()


CELERY = ("-m", "celery", "-A", "receiver:queue", "worker", "--pool=solo", "--without-gossip")


def test_celery_is_given_each_delivery_once(on_celery: OnCelery) -> None:
    with working("queue_celery", *CELERY) as worker:
        assert post(on_celery.receiver, "msg_1") == (202, STORED)
        assert post(on_celery.receiver, "msg_1") == (200, HANDLED_BEFORE)
        assert post(on_celery.receiver, "msg_2") == (202, STORED)
        assert worker.handled(2) == ["msg_1", "msg_2"]


def test_a_delivery_that_celery_cannot_take_is_released_and_its_retry_is_taken(on_celery: OnCelery) -> None:
    on_celery.broker.stop()
    assert post(on_celery.receiver, "msg_1")[0] == 503
    on_celery.broker.start()
    assert post(on_celery.receiver, "msg_1") == (202, STORED)
    with working("queue_celery", *CELERY) as worker:
        assert worker.handled(1) == ["msg_1"]


@pytest.fixture
def on_procrastinate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with skipping(), postgres() as server:
        monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
        monkeypatch.setenv("DATABASE_URL", server.url("postgresql", "postgres"))
        monkeypatch.setenv("QUEUE_KEY", "a key of the application, for its queue")
        receiver = load("queue_procrastinate", "receiver")
        receiver.queue.schema_manager.apply_schema()
        yield receiver
        receiver.queue.close()


PROCRASTINATE = ("-m", "procrastinate", "--app=receiver.queue", "worker")


def test_procrastinate_is_given_each_delivery_once(on_procrastinate: Any) -> None:
    assert post(on_procrastinate, "msg_1") == (202, STORED)
    assert post(on_procrastinate, "msg_1") == (200, HANDLED_BEFORE)  # its job is waiting
    with working("queue_procrastinate", *PROCRASTINATE) as worker:
        assert post(on_procrastinate, "msg_2") == (202, STORED)
        assert worker.handled(2) == ["msg_1", "msg_2"]
