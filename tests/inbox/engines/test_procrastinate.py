"""The hand-off to Procrastinate, with a real PostgreSQL and a real worker."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from procrastinate import App, PsycopgConnector

from tests.inbox.engines import procrastinate_app
from tests.inbox.engines.helpers import KEY, post, receiver_with, working
from tests.replay.helpers import skipping
from tests.replay.servers_sql import postgres
from tests.signing import SECRET
from tests.test_receiver_inbox import NOT_STORED, STORED, STORED_BEFORE
from webhook_verify import AsyncReceiver, Signer, Verifier
from webhook_verify.inbox import Handoff
from webhook_verify.inbox.engines.procrastinate import AsyncProcrastinateTask, ProcrastinateTask
from webhook_verify.receiver import RequestHead
from webhook_verify.replay import MemoryStore, ReplayGuard


def test_only_a_task_of_procrastinate_is_accepted() -> None:
    for make in (ProcrastinateTask, AsyncProcrastinateTask):
        value: Any = "handle"
        with pytest.raises(TypeError, match="must be a task of Procrastinate, not 'str'"):
            make(value)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with skipping(), postgres() as server:
        url = server.url("postgresql", "postgres")
        with App(connector=PsycopgConnector(conninfo=url)).open() as app:
            app.schema_manager.apply_schema()
        yield url


@pytest.fixture
def app(url: str) -> Iterator[App]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE procrastinate_jobs CASCADE")
    connector = PsycopgConnector(conninfo=url)
    with procrastinate_app.app.replace_connector(connector) as replaced, replaced.open():
        yield replaced


def jobs(url: str) -> list[Any]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute("SELECT lock, status FROM procrastinate_jobs ORDER BY id").fetchall()


@pytest.mark.slow
@pytest.mark.server
def test_a_worker_handles_each_delivery_once(app: App, url: str, tmp_path: Path) -> None:
    put = ProcrastinateTask(app.tasks["handle"])
    receiver = receiver_with(put, replay=ReplayGuard(MemoryStore()), lane=lambda delivery: "one")
    with working(tmp_path / "log", "procrastinate_app", DATABASE_URL=url) as worker:
        assert [post(receiver), post(receiver)] == [STORED, STORED_BEFORE]
        assert post(receiver, id="msg_2", body=b"\xff\xfe") == STORED
        assert worker.handled(2) == ["msg_1:invoice.paid", "msg_2:None"]
    assert {lock for lock, _ in jobs(url)} >= {"one"}


@pytest.mark.slow
@pytest.mark.server
def test_without_a_guard_a_waiting_job_makes_it_a_duplicate(app: App, url: str) -> None:
    receiver = receiver_with(ProcrastinateTask(app.tasks["handle"]))
    assert [post(receiver), post(receiver)] == [STORED, STORED_BEFORE]
    assert jobs(url) == [(None, "todo")]


@pytest.mark.slow
@pytest.mark.server
def test_from_asynchronous_code(app: App, url: str) -> None:
    async def main() -> list[Any]:
        connector = PsycopgConnector(conninfo=url)
        with procrastinate_app.app.replace_connector(connector) as replaced:
            async with replaced.open_async():
                put = AsyncProcrastinateTask(replaced.tasks["handle"])
                receiver = AsyncReceiver(Verifier(SECRET), inbox=Handoff(put, key=KEY))
                answers = []
                for _ in range(2):
                    head = RequestHead("POST", "/hook", Signer(SECRET).sign(b"{}", id="msg_1"))
                    answers.append(await receiver.handle_request(head, [b"{}"], never_async, lambda _: 200))
                return answers

    assert asyncio.run(main()) == [STORED, STORED_BEFORE]
    assert jobs(url) == [(None, "todo")]


async def never_async(delivery: Any) -> int:
    raise AssertionError


@pytest.mark.slow
@pytest.mark.server
def test_the_job_is_in_the_transaction_that_is_given(app: App, url: str) -> None:
    fails = False

    @contextmanager
    def transaction() -> Generator[Any]:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS audit (note text)")
            connection.execute("INSERT INTO audit VALUES ('received')")
            yield connection
            if fails:
                raise ConnectionError("the commit fails")

    receiver = receiver_with(ProcrastinateTask(app.tasks["handle"], transaction=transaction))
    fails = True
    assert post(receiver) == NOT_STORED
    assert jobs(url) == []
    fails = False
    assert post(receiver) == STORED
    assert jobs(url) == [(None, "todo")]
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM audit").fetchone() == (1,)


@pytest.mark.slow
@pytest.mark.server
def test_the_sweep_runs_the_job_of_a_killed_worker_again(app: App, url: str, tmp_path: Path) -> None:
    receiver = receiver_with(ProcrastinateTask(app.tasks["handle"]))
    with psycopg.connect(url, autocommit=True) as connection:
        assert post(receiver) == STORED
        # A worker that took the job and was killed a minute ago.
        connection.execute(
            "WITH worker AS (INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '1 minute') RETURNING id)"
            " UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM worker)"
        )
    with working(tmp_path / "log", "procrastinate_app", DATABASE_URL=url) as worker:
        assert worker.handled(1) == ["msg_1:invoice.paid"]
