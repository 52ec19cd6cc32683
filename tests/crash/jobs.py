"""The engines of the measurement. ``work ENGINE`` works until it is killed, ``put ENGINE`` hands off.

Each job writes a line when it starts, and another when it ends. While the file ``block`` exists, a job does
not end, so that its worker can be killed in the middle of it.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.inbox.engines.helpers import KEY, post, receiver_with
from webhook_verify import open_sealed

LOG = Path(os.environ["CRASH_LOG"])
BROKER = os.environ["BROKER_URL"]
DATABASE = os.environ["DATABASE_URL"]


def work(sealed: str) -> None:
    """Handle a delivery: start, wait while the file ``block`` exists, end."""
    delivery = open_sealed(sealed, KEY)
    _write(f"start {delivery.id}")
    while LOG.with_name("block").exists():
        time.sleep(0.05)
    _write(f"end {delivery.id}")


def _write(line: str) -> None:
    with LOG.open("a", encoding="utf-8") as log:
        print(line, file=log)


def database_url(name: str) -> str:
    """Return the URL of a database on the server: each row has one, so that no row affects another."""
    return f"{DATABASE.rpartition('/')[0]}/{name}"


class CeleryEngine:
    """Celery on Redis. ``option``: the visibility timeout in seconds."""

    def __init__(self, option: str) -> None:
        from celery import Celery

        self.app: Any = Celery("crash", broker=BROKER)
        self.app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)
        self.app.conf.broker_transport_options = {"visibility_timeout": int(option)}
        self.task = self.app.task(name="work", acks_late=True, reject_on_worker_lost=True)(work)

    def put(self) -> Any:
        from webhook_verify.inbox.engines.celery import CeleryTask

        return CeleryTask(self.task)

    def run(self) -> None:
        self.app.worker_main(["worker", "--pool=solo", "--without-gossip"])


class ProcrastinateEngine:
    """Procrastinate. ``option``: the database, "sweep" with the task that runs stalled jobs again."""

    def __init__(self, option: str) -> None:
        from procrastinate import App, PsycopgConnector

        from webhook_verify.inbox.engines.procrastinate import sweep_stalled_jobs

        self.app: Any = App(connector=PsycopgConnector(conninfo=database_url(option)))
        self.task = self.app.task(name="work")(work)
        if option == "sweep":
            sweep_stalled_jobs(self.app)

    def put(self) -> Any:
        from webhook_verify.inbox.engines.procrastinate import ProcrastinateTask

        self.app.open()
        return ProcrastinateTask(self.task)

    def run(self) -> None:
        async def main() -> None:
            async with self.app.open_async():
                await self.app.run_worker_async(fetch_job_polling_interval=0.5)

        asyncio.run(main())


class DbosEngine:
    """DBOS. ``option``: the queue, and the executor of the worker."""

    def __init__(self, option: str) -> None:
        self.queue, _, self.executor = option.partition(".")
        self.url = database_url(self.queue).replace("postgresql:", "postgresql+psycopg:")

    def put(self) -> Any:
        from dbos import DBOSClient

        from webhook_verify.inbox.engines.dbos import DBOSQueue

        return DBOSQueue(DBOSClient(system_database_url=self.url), workflow="work", queue=self.queue)

    def run(self) -> None:
        from dbos import DBOS

        executor, database = self.executor, self.url
        config: Any = {"name": "crash", "system_database_url": database, "executor_id": executor}
        config["application_version"] = "1"
        DBOS(config=config)
        DBOS.workflow(name="work")(work)
        DBOS.launch()
        DBOS.register_queue(self.queue, polling_interval_sec=0.5)
        while True:
            time.sleep(1)


class DjangoEngine:
    """The tasks of Django, in a database."""

    def __init__(self, option: str) -> None:
        import importlib
        import importlib.util

        import django
        from django.conf import settings
        from django.core.management import call_command

        backport = [] if importlib.util.find_spec("django.tasks") else ["django_tasks"]
        settings.configure(
            INSTALLED_APPS=[*backport, "django_tasks_db"],
            DATABASES={
                "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": LOG.with_name("database")}
            },
            TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}},
            USE_TZ=True,
        )
        django.setup()
        self.call: Any = call_command
        self.call("migrate", verbosity=0)

        def job(sealed: str) -> None:
            work(sealed)

        # The worker imports the task by the name of its module.
        job.__module__, job.__name__, job.__qualname__ = "crash_job", "job", "job"
        self.task: Any = importlib.import_module((*backport, "django.tasks")[0]).task()(job)
        sys.modules["crash_job"] = ModuleType("crash_job")
        vars(sys.modules["crash_job"])["job"] = self.task

    def put(self) -> Any:
        from webhook_verify.inbox.engines.django import DjangoTask

        return DjangoTask(self.task)

    def run(self) -> None:
        self.call("db_worker", verbosity=0)


class DramatiqEngine:
    """Dramatiq on Redis, with its defaults."""

    def __init__(self, option: str) -> None:
        import dramatiq
        from dramatiq.brokers.redis import RedisBroker

        make: Any = RedisBroker
        self.broker = make(url=BROKER)
        dramatiq.set_broker(self.broker)
        self.actor: Any = dramatiq.actor(work)

    def put(self) -> Any:
        return lambda sealed, _, lane: self.actor.send(sealed)

    def run(self) -> None:
        from dramatiq import Worker

        Worker(self.broker, worker_threads=1).start()
        while True:
            time.sleep(1)


class RQEngine:
    """RQ, with its `SimpleWorker`, which runs the jobs in its process."""

    def __init__(self, option: str) -> None:
        from redis import Redis
        from rq import Queue

        self.connection = Redis.from_url(BROKER)
        self.queue: Any = Queue(connection=self.connection)

    def put(self) -> Any:
        return lambda sealed, job_id, lane: self.queue.enqueue("tests.crash.jobs.work", sealed, job_id=job_id)

    def run(self) -> None:
        from rq import SimpleWorker

        SimpleWorker([self.queue], connection=self.connection).work()


class TaskiqEngine:
    """Taskiq on Redis streams. ``option``: the idle timeout in seconds."""

    def __init__(self, option: str) -> None:
        from taskiq_redis import RedisStreamBroker

        self.broker: Any = RedisStreamBroker(BROKER, idle_timeout=int(option) * 1000)
        self.task: Any = self.broker.register_task(work, "work")

    def put(self) -> Any:
        def put(sealed: str, id: str, lane: str, /) -> None:
            async def send() -> None:
                await self.broker.startup()
                await self.task.kiq(sealed)
                await self.broker.shutdown()

            asyncio.run(send())

        return put

    def run(self) -> None:
        from taskiq.api import run_receiver_task

        async def main() -> None:
            await self.broker.startup()
            await run_receiver_task(self.broker)

        asyncio.run(main())


ENGINES: dict[str, Callable[[str], Any]] = {
    "celery": CeleryEngine,
    "procrastinate": ProcrastinateEngine,
    "dbos": DbosEngine,
    "django": DjangoEngine,
    "dramatiq": DramatiqEngine,
    "rq": RQEngine,
    "taskiq": TaskiqEngine,
}


def main(what: str, name: str, option: str) -> None:
    """Work, or hand off the delivery msg_1."""
    engine = ENGINES[name](option)
    if what == "work":
        engine.run()
    else:
        response = post(receiver_with(engine.put()))
        assert response.status == 202, response


if __name__ == "__main__":
    main(*sys.argv[1:4])
