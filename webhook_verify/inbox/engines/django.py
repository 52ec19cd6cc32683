"""The hand-off to Django's tasks: `django.tasks` of Django 6, or django-tasks before.

@task
def handle(sealed: str) -> None:
delivery = open_sealed(sealed, settings.QUEUE_KEY)

handoff = Handoff(DjangoTask(handle), key=settings.QUEUE_KEY)
"""

from __future__ import annotations

from typing import Any, Protocol, cast

try:
    from django.db import transaction
except ImportError as _missing:
    raise ImportError("DjangoTask needs Django: pip install 'webhook-verify[django-tasks]'") from _missing

__all__ = ["DjangoTask"]


class _Task(Protocol):
    """A task of `django.tasks` or `django_tasks`, which share no class."""

    def enqueue(self, *args: Any, **kwargs: Any) -> Any: ...


class DjangoTask:
    """Enqueues each delivery as a task of Django. The engine neither recognizes duplicates nor has lanes.

    Args:
        task: The task, which takes the sealed delivery. Its backend must be durable, such as the database of
            django-tasks-db.
        using: The database of the backend.

    Raises:
        TypeError: If `task` is not a task of Django.
    """

    has_lanes = False

    def __init__(self, task: _Task, *, using: str = "default") -> None:
        if not callable(getattr(cast("object", task), "enqueue", None)) or isinstance(task, type):
            raise TypeError(f"task must be a task of Django, not {type(task).__name__!r}")
        self._task = task
        self._using = using

    def __call__(self, sealed: str, id: str, lane: str, /) -> bool:
        """Enqueue a task, and return when it is committed.

        Args:
            sealed: The sealed delivery.
            id: Unused.
            lane: Unused.

        Returns:
            True.

        Raises:
            RuntimeError: If it is called in a transaction, whose rollback would lose the task.
            Exception: Any exception of the backend.
        """
        with transaction.atomic(using=self._using, durable=True):
            self._task.enqueue(sealed)
        return True
