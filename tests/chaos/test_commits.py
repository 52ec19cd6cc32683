"""A short run of the scenario of ``make chaos`` with failing commits."""

from __future__ import annotations

import pytest

from tests.chaos.commits import GROUPS, commit_faults

SEED = 20261130

pytestmark = [pytest.mark.server, pytest.mark.timeout(120)]


@pytest.mark.parametrize(
    "group", ["ASGI", *(pytest.param(name, marks=pytest.mark.slow) for name in ("WSGI", "Django, gunicorn"))]
)
@pytest.mark.slow
def test_no_message_is_lost_or_committed_twice_when_commits_fail_at_random(group: str) -> None:
    shapes, _ = GROUPS[group]
    verdict = commit_faults(group, 2 * shapes, SEED)
    assert verdict.breaches == []
    assert verdict.figures["500 responses to failed commits"] > 0
