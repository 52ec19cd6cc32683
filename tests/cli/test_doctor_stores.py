"""``doctor``: SHA-256, stores that cannot be shared, and the schemes of Django's settings."""

from __future__ import annotations

import hashlib
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio
from sqlalchemy.ext.asyncio import create_async_engine

from tests import processes
from tests.cli.listening import SCRIPT
from tests.rows import rows
from tests.signing import SECRET
from webhook_verify.cli.doctor import checks
from webhook_verify.cli.doctor.sharing import configured_workers, sharing_of_stores
from webhook_verify.replay import MemoryStore
from webhook_verify.replay.lazy import AsyncLazyStore, LazyStore
from webhook_verify.replay.redis import AsyncRedisStore, RedisStore
from webhook_verify.replay.sql import AsyncSQLStore, SQLStore


def test_sha_256_of_openssl_is_right_and_pythons_own_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.sha256() == checks.Finding("SHA-256", True, "of OpenSSL")
    own: Any = import_module("_sha2" if sys.version_info >= (3, 12) else "_sha256")
    monkeypatch.setattr(hashlib, "sha256", own.sha256)
    found = checks.sha256()
    assert found.is_right is None
    assert own.__name__ in found.detail
    assert "hashlib.sha256 is not _hashlib.openssl_sha256" in found.detail


@pytest.mark.parametrize(
    ("environ", "workers"),
    [
        ({}, 1),
        ({"WEB_CONCURRENCY": "4"}, 4),
        ({"WEB_CONCURRENCY": "auto"}, 1),
        ({"WEB_CONCURRENCY": "0"}, 1),
        ({"GUNICORN_CMD_ARGS": "--bind 0.0.0.0 --workers 3"}, 3),
        ({"GUNICORN_CMD_ARGS": "--workers=5 --preload", "WEB_CONCURRENCY": "2"}, 5),
        ({"GUNICORN_CMD_ARGS": "-w 6"}, 6),
        ({"GUNICORN_CMD_ARGS": "-w7"}, 7),
        ({"GUNICORN_CMD_ARGS": "--workers"}, 1),
        ({"GUNICORN_CMD_ARGS": "'open", "WEB_CONCURRENCY": "2"}, 2),
    ],
)
def test_the_number_of_workers_is_that_of_the_environment(environ: dict[str, str], workers: int) -> None:
    assert configured_workers(environ) == workers


class OfOneProcess(MemoryStore):
    """A store of a user, which declares nothing else."""


class Undeclared(MemoryStore):
    is_shared_by_processes: Any = None


def _not_ready() -> Any:
    raise LookupError


REDIS, SQLITE = "redis://localhost:1/0", "sqlite+aiosqlite:///doctor.sqlite"


@rows(
    ("make", "workers", "event_loops", "is_right", "says"),
    [
        (MemoryStore, 4, 1, False, "each of the 4 worker processes has its own records"),
        (MemoryStore, 1, 1, None, "only for one worker process"),
        (MemoryStore, 1, 9, None, "only for one worker process"),
        (OfOneProcess, 2, 1, False, "each of the 2 worker processes"),
        (Undeclared, 2, 1, None, "does not declare"),
        (lambda: LazyStore(MemoryStore), 2, 1, False, "each of the 2 worker processes"),
        (lambda: LazyStore(_not_ready), 2, 1, None, "failed with LookupError"),
        (lambda: RedisStore(redis.Redis.from_url(REDIS)), 4, 4, True, "shared"),
        (lambda: SQLStore("sqlite:///doctor.sqlite"), 4, 4, True, "shared"),
        (lambda: AsyncRedisStore.from_url(REDIS), 4, 4, True, "shared"),
        (lambda: AsyncRedisStore(redis.asyncio.Redis.from_url(REDIS)), 4, 1, None, "only for one event loop"),
        (lambda: AsyncRedisStore(redis.asyncio.Redis.from_url(REDIS)), 1, 2, False, "one of the 2 event"),
        (lambda: AsyncSQLStore(SQLITE), 1, 2, True, "shared"),
        (lambda: AsyncSQLStore(create_async_engine(SQLITE)), 1, 2, False, "create the store from a URL"),
        (
            lambda: AsyncLazyStore(lambda: AsyncRedisStore(redis.asyncio.Redis.from_url(REDIS))),
            1,
            2,
            False,
            "one of the 2 event loops",
        ),
    ],
)
def test_a_store_that_cannot_be_shared_is_said(
    make: Any, workers: int, event_loops: int, is_right: bool | None, says: str
) -> None:
    (found,) = sharing_of_stores([make()], workers, event_loops)
    assert found.is_right is is_right
    assert says in found.detail


APP = """
from flask import Flask
from webhook_verify import AsyncReceiver, Receiver, Verifier
from webhook_verify.adapters.flask import webhook
from webhook_verify.replay import MemoryStore, ReplayGuard

app = Flask("app")
receiver = Receiver(Verifier("SECRET"), replay=ReplayGuard(MemoryStore()))
other = Receiver(Verifier("SECRET"))

@app.post("/hook")
@webhook(receiver)
def hook(delivery):
    return {}

def create_app():
    return app
""".replace("SECRET", SECRET)
SETTINGS = 'SECRET_KEY = "of a test"\nWEBHOOK_VERIFY = {"a": {"secrets": ["SECRET"], "scheme": "githbu"}}\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "myproject.py").write_text(APP)
    (tmp_path / "failing.py").write_text(f"raise ValueError({SECRET!r})\n")
    (tmp_path / "mysettings.py").write_text(SETTINGS.replace("SECRET", SECRET))
    (tmp_path / "good.py").write_text(SETTINGS.replace("SECRET", SECRET).replace("githbu", "github"))
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "exit_code", "says"),
    [
        ("--app myproject:app --workers 4", 1, "store MemoryStore WRONG each of the 4 worker processes"),
        ("--app myproject:create_app() --workers 4", 1, "store MemoryStore WRONG"),
        ("--app myproject:receiver", 0, "store MemoryStore - only for one worker process"),
        ("--app myproject:absent", 2, "--app: import of myproject failed with AttributeError"),
        ("--app myproject", 2, "--app must have the form MODULE:NAME"),
        ("--app failing:app", 2, "--app: import of failing failed with ValueError in failing.py:1"),
        ("--settings mysettings", 1, "'githbu' is not a known scheme; did you mean github"),
        ("--settings good", 0, "Django settings ok every scheme is known"),
        ("--settings failing", 2, "--settings: Django failed with ValueError"),
    ],
)
def test_an_app_and_settings_are_checked(project: Path, arguments: str, exit_code: int, says: str) -> None:
    done = processes.run([SCRIPT, "doctor", *arguments.split()], text=True, check=False, cwd=project)
    printed = " ".join((done.stdout + done.stderr).split())
    assert (done.returncode, says in printed) == (exit_code, True), printed
    assert SECRET not in printed
