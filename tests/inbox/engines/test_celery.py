"""The hand-off to Celery, with a real Redis and a real worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from tests.inbox.engines import celery_tasks
from tests.inbox.engines.helpers import BODY, post, receiver_with, working
from tests.replay.helpers import skipping
from tests.replay.servers import RedisServer, redis_server
from tests.rows import rows
from tests.test_receiver_inbox import NOT_STORED, STORED, STORED_BEFORE
from webhook_verify.inbox.engines.celery import CeleryTask
from webhook_verify.replay import MemoryStore, ReplayGuard

WORKER = ("celery", "-A", "tests.inbox.engines.celery_tasks", "worker", "--pool=solo", "--without-gossip")
AS_IT_COMES = Celery("of a test", broker="memory://")
ON_RABBITMQ = Celery("of a test", broker="amqp://127.0.0.1:1//")


@AS_IT_COMES.task
def early(sealed: str) -> None:
    """Acknowledged before it runs."""


@AS_IT_COMES.task(acks_late=True)
def half(sealed: str) -> None:
    """Acknowledged when its worker is killed."""


@ON_RABBITMQ.task(acks_late=True, reject_on_worker_lost=True)
def unconfirmed(sealed: str) -> None:
    """Sent to a RabbitMQ that does not confirm it."""


@rows(
    ("task", "error", "words"),
    [
        (early, ValueError, "acks_late=True"),
        (half, ValueError, "reject_on_worker_lost=True"),
        (unconfirmed, ValueError, "confirm_publish=True"),
        (print, TypeError, "must be a task of Celery"),
        ("handle", TypeError, "not 'str'"),
    ],
)
def test_a_task_that_may_lose_jobs_is_refused(task: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        CeleryTask(task)


def test_it_has_no_lanes() -> None:
    with pytest.raises(ValueError, match="has no lanes"):
        receiver_with(CeleryTask(celery_tasks.handle), lane=lambda delivery: "a")


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    with skipping(), redis_server(durable=True) as server:
        monkeypatch.setattr(celery_tasks.app.conf, "broker_url", server.url)
        monkeypatch.setattr(celery_tasks.app.conf, "broker_write_url", server.url)
        yield server
        celery_tasks.app.close()


@pytest.mark.slow
@pytest.mark.server
def test_a_worker_handles_each_delivery_once(broker: RedisServer, tmp_path: Path) -> None:
    receiver = receiver_with(CeleryTask(celery_tasks.handle), replay=ReplayGuard(MemoryStore()))
    with working(tmp_path / "log", "", *WORKER, BROKER_URL=broker.url) as worker:
        assert [post(receiver), post(receiver)] == [STORED, STORED_BEFORE]
        binary = b"\xff\xfe" + BODY
        assert post(receiver, id="msg_2", body=binary) == STORED
        assert worker.handled(2) == ["msg_1:invoice.paid", "msg_2:None"]
    broker.stop()
    assert post(receiver, id="msg_3") == NOT_STORED
    broker.start()
    assert post(receiver, id="msg_3") == STORED
