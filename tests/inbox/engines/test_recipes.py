"""The recipes for engines without a class of their own, with a real Redis and a real worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.__main__ import running
from tests.replay.helpers import skipping
from tests.replay.servers import redis_server
from tests.waiting import wait_until


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.parametrize(("engine", "option"), [("dramatiq", ""), ("rq", ""), ("taskiq", "60")])
def test_a_worker_handles_a_delivery_that_was_handed_off(engine: str, option: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with skipping(), redis_server() as broker:
        environ = {"BROKER_URL": broker.url, "DATABASE_URL": "", "CRASH_LOG": str(log)}
        with running(tmp_path, environ, "put", engine, option) as put:
            assert put.wait(30) == 0, (tmp_path / "put.out").read_text("utf-8")
        with running(tmp_path, environ, "work", engine, option):
            wait_until(lambda: log.exists() and "end msg_1" in log.read_text("utf-8"))
