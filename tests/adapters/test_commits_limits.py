"""Failures that no receiver can retry, because the framework ignores them after its 2xx."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.commits.database import HANDLED_BEFORE, post
from tests.adapters.commits.servers import committed_in_django, django_project
from tests.adapters.test_commits_django import settled_answer

pytestmark = [pytest.mark.server, pytest.mark.slow]


def test_a_robust_function_of_on_commit_that_fails_counts_as_handled(tmp_path: Path) -> None:
    with django_project("gunicorn", tmp_path) as url:
        assert post(f"{url}/robust", "msg_1", fails=True)[0] == 200
        assert settled_answer(url, "robust", "msg_1") == (200, HANDLED_BEFORE)
        assert committed_in_django(url, "msg_1") == 0
