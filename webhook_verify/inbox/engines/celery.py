"""The hand-off to Celery.

@app.task(acks_late=True, reject_on_worker_lost=True)
def handle(sealed: str) -> None:
delivery = open_sealed(sealed, QUEUE_KEY)

handoff = Handoff(CeleryTask(handle), key=QUEUE_KEY)
"""

from __future__ import annotations

from typing import Any, cast

try:
    from celery import Task
except ImportError as _missing:
    raise ImportError("CeleryTask needs Celery: pip install 'webhook-verify[celery]'") from _missing

__all__ = ["CeleryTask"]


class CeleryTask:
    """Sends each delivery to a Celery task. Celery neither recognizes duplicates nor has lanes.

    Args:
        task: The task, which takes the sealed delivery. It needs `acks_late` and `reject_on_worker_lost`;
            otherwise a worker that is killed loses its job.

    Raises:
        TypeError: If `task` is not a Celery task.
        ValueError: If `task` lacks one of these options, or the broker is RabbitMQ without `confirm_publish`.
    """

    has_lanes = False

    def __init__(self, task: Task[Any, Any]) -> None:
        if not isinstance(cast("object", task), Task):
            raise TypeError(f"task must be a task of Celery, not {type(task).__name__!r}")
        for option in ("acks_late", "reject_on_worker_lost"):
            if not getattr(task, option):
                raise ValueError(
                    f"task must have {option}=True, because Celery otherwise loses the job of a worker that "
                    f"is killed. Pass it to @app.task, or set task_{option} of the app"
                )
        with task.app.connection_for_write() as connection:  # It connects only when it is used.
            is_amqp = connection.transport_cls in ("amqp", "pyamqp")
        if is_amqp and not task.app.conf.broker_transport_options.get("confirm_publish"):
            raise ValueError(
                "task must belong to an app whose broker_transport_options contain confirm_publish=True, "
                "because RabbitMQ otherwise does not confirm that it has the job"
            )
        self._task = task

    def __call__(self, sealed: str, id: str, lane: str, /) -> bool:
        """Send a job, and return when the broker has it.

        Args:
            sealed: The sealed delivery.
            id: The id of the task.
            lane: Unused.

        Returns:
            True.

        Raises:
            Exception: Any exception of Celery, such as `OperationalError` without a connection to the broker.
        """
        self._task.apply_async((sealed,), task_id=id)
        return True
