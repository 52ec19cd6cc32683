"""The hand-off to Django's tasks, with the database of django-tasks-db and its worker."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import processes
from tests.inbox.engines.helpers import KEY, working
from webhook_verify.inbox.engines.django import DjangoTask

PROJECT = Path(__file__).with_name("django_project.py")


def test_only_a_task_of_django_is_accepted() -> None:
    value: Any = print
    with pytest.raises(TypeError, match="task must be a task of Django"):
        DjangoTask(value)


@pytest.mark.slow
def test_a_worker_handles_what_was_committed(tmp_path: Path) -> None:
    environ = {"DATABASE": str(tmp_path / "database"), "HANDLED": "", "QUEUE_KEY": KEY}
    for words, printed in ((["migrate", "-v0"], ""), (["post", "msg_1", "msg_2"], "202 202 503\n")):
        command = [sys.executable, str(PROJECT), *words]
        root = PROJECT.parents[3]
        process = processes.run(
            command, text=True, cwd=root, env={**os.environ, **environ, "PYTHONPATH": str(root)}
        )
        assert process.stdout == printed, process.stderr
    worker_environ = {"DATABASE": environ["DATABASE"], "PYTHONPATH": str(root)}
    with working(tmp_path / "log", "django_project", "db_worker", **worker_environ) as worker:
        assert sorted(worker.handled(2)) == ["msg_1:invoice.paid", "msg_2:invoice.paid"]
