"""The hand-off to DBOS, with a real PostgreSQL and a real worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dbos import DBOSClient

from tests.inbox.engines.helpers import post, receiver_with, working
from tests.replay.helpers import skipping
from tests.replay.servers_sql import postgres
from tests.rows import rows
from tests.test_receiver_inbox import STORED, STORED_BEFORE
from tests.waiting import wait_until
from webhook_verify.inbox.engines.dbos import DBOSQueue


@rows(
    ("options", "words"),
    [
        ({"client": "postgresql://"}, "client must be a DBOSClient"),
        ({"client": object.__new__(DBOSClient), "workflow": print}, "workflow must be a str"),
        ({"client": object.__new__(DBOSClient), "queue": None}, "queue must be a str"),
    ],
)
def test_misuse_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        DBOSQueue(**{"workflow": "handle", "queue": "webhooks", **options})


def test_lanes_need_a_partitioned_queue() -> None:
    client = object.__new__(DBOSClient)
    with pytest.raises(ValueError, match="DBOSQueue has no lanes"):
        receiver_with(DBOSQueue(client, workflow="handle", queue="webhooks"), lane=lambda delivery: "a")


@pytest.fixture
def url() -> Iterator[str]:
    with skipping(), postgres() as server:
        yield server.url("postgresql+psycopg", "postgres")


@pytest.mark.slow
@pytest.mark.server
def test_a_worker_handles_each_delivery_once(url: str, tmp_path: Path) -> None:
    with working(tmp_path / "log", "dbos_app", DATABASE_URL=url) as worker:
        wait_until((tmp_path / "log").exists)  # its queues are registered
        client = client_of(url)
        receiver = receiver_with(DBOSQueue(client, workflow="handle", queue="webhooks"))
        assert [post(receiver), post(receiver)] == [STORED, STORED_BEFORE]
        assert worker.handled(1) == ["msg_1:invoice.paid"]
        assert post(receiver) == STORED_BEFORE  # also after it was handled
        queue = DBOSQueue(client, workflow="handle", queue="lanes", is_partitioned=True)
        in_lanes = receiver_with(queue, lane=lambda delivery: "a", namespace="lanes")
        assert [post(in_lanes, id=f"msg_{number}") for number in range(2, 5)] == [STORED] * 3
        assert [line[:5] for line in worker.handled(4)[1:]] == ["msg_2", "msg_3", "msg_4"]
        client.destroy()


def client_of(url: str) -> DBOSClient:
    """Return a client, once the worker has created the tables."""
    found: list[DBOSClient] = []

    def is_ready() -> bool:
        try:
            client = DBOSClient(system_database_url=url)
        except Exception:
            return False
        found.append(client)
        return True

    wait_until(is_ready)
    return found[0]
