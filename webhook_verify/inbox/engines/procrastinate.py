"""The hand-off to Procrastinate, a queue in PostgreSQL.

handoff = Handoff(ProcrastinateTask(handle), key=QUEUE_KEY, lane=lambda delivery: delivery.json()["customer"])
sweep_stalled_jobs(app)      # in the module of the workers
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast

try:
    from procrastinate import App, JobContext
    from procrastinate.exceptions import AlreadyEnqueued
    from procrastinate.tasks import Task
except ImportError as _missing:
    raise ImportError(
        "ProcrastinateTask needs Procrastinate: pip install 'webhook-verify[procrastinate]'"
    ) from _missing

__all__ = ["AsyncProcrastinateTask", "ProcrastinateTask", "sweep_stalled_jobs"]


class ProcrastinateTask:
    """Defers each delivery to a task of Procrastinate, with the lane as `lock`, the id as `queueing_lock`.

    Args:
        task: The task, which takes the sealed delivery as `sealed`.
        transaction: Returns a context manager that returns a connection, and commits at its end, such as the
            method `connection` of a pool of psycopg. By default a connection of the app.

    Raises:
        TypeError: If `task` is not a task of Procrastinate.
    """

    def __init__(
        self,
        task: Task[Any, Any, Any],
        *,
        transaction: Callable[[], AbstractContextManager[Any]] = nullcontext,
    ) -> None:
        self._task = _checked(task)
        self._transaction = transaction

    def __call__(self, sealed: str, id: str, lane: str, /) -> bool:
        """Defer a job, and return when it is committed.

        Args:
            sealed: The sealed delivery.
            id: The queueing lock: there is one waiting job with it.
            lane: The lock: its jobs run one after the other. "" for none.

        Returns:
            False if a job with this id is waiting already.

        Raises:
            Exception: Any exception of Procrastinate or the transaction.
        """
        try:
            with self._transaction() as connection:
                job = self._task.configure(lock=lane or None, queueing_lock=id, connection=connection)
                job.defer(sealed=sealed)
        except AlreadyEnqueued:
            return False
        return True


class AsyncProcrastinateTask:
    """Defers each delivery to a task of Procrastinate from asynchronous code, as `ProcrastinateTask` does.

    Args:
        task: The task, which takes the sealed delivery as `sealed`.

    Raises:
        TypeError: If `task` is not a task of Procrastinate.
    """

    def __init__(self, task: Task[Any, Any, Any]) -> None:
        self._task = _checked(task)

    async def __call__(self, sealed: str, id: str, lane: str, /) -> bool:
        """Defer a job, and return when it is committed.

        Args:
            sealed: The sealed delivery.
            id: The queueing lock: there is one waiting job with it.
            lane: The lock: its jobs run one after the other. "" for none.

        Returns:
            False if a job with this id is waiting already.

        Raises:
            Exception: Any exception of Procrastinate.
        """
        try:
            await self._task.configure(lock=lane or None, queueing_lock=id).defer_async(sealed=sealed)
        except AlreadyEnqueued:
            return False
        return True


def sweep_stalled_jobs(app: App, *, cron: str = "* * * * *", seconds: float = 30) -> None:
    """Add a periodic task that runs the jobs of killed workers again.

    Args:
        app: The app of the workers.
        cron: When it runs, by default each minute.
        seconds: The seconds without a heartbeat after which a worker counts as killed, at least 10.
    """
    name = "webhook_verify.sweep_stalled_jobs"

    async def sweep(context: JobContext, timestamp: int) -> None:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds):
            await app.job_manager.retry_job(job)

    task = app.task(name=name, pass_context=True, queueing_lock=name)(sweep)
    app.periodic(cron=cron)(task)


def _checked(task: Task[Any, Any, Any]) -> Task[Any, Any, Any]:
    if not isinstance(cast("object", task), Task):
        raise TypeError(f"task must be a task of Procrastinate, not {type(task).__name__!r}")
    return task
