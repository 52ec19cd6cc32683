"""A Django project for the tests of its tasks. ``post ID...`` sends deliveries; else it is a manage.py."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import execute_from_command_line

HAS_TASKS = importlib.util.find_spec("django.tasks") is not None
settings.configure(
    SECRET_KEY="of a test",
    INSTALLED_APPS=["django_tasks_db"] if HAS_TASKS else ["django_tasks", "django_tasks_db"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE"]}},
    TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}},
    USE_TZ=True,
)
sys.modules["django_project"] = sys.modules[__name__]  # a task is found by the name of its module
django.setup()

from django.db import transaction  # noqa: E402

from tests.inbox.engines.helpers import post, receiver_with  # noqa: E402
from webhook_verify import open_sealed  # noqa: E402
from webhook_verify.inbox.engines.django import DjangoTask  # noqa: E402


def _handle(sealed: str) -> None:
    delivery = open_sealed(sealed, os.environ["QUEUE_KEY"], max_age=86_400)
    with Path(os.environ["HANDLED"]).open("a", encoding="utf-8") as log:
        print(delivery.id, delivery.event_type, sep=":", file=log)


_handle.__module__ = "django_project"
_handle.__qualname__ = _handle.__name__ = "handle"
tasks: Any = importlib.import_module("django.tasks" if HAS_TASKS else "django_tasks")
handle = tasks.task()(_handle)


def main(words: list[str]) -> None:
    """Run a command."""
    if words[0] != "post":
        execute_from_command_line(["manage.py", *words])
        return
    receiver = receiver_with(DjangoTask(handle))
    statuses = [post(receiver, id=message_id).status for message_id in words[1:]]
    with transaction.atomic():  # whose rollback would lose the task
        statuses.append(post(receiver, id="msg_in_transaction").status)
    print(*statuses)


if __name__ == "__main__":
    main(sys.argv[1:])
