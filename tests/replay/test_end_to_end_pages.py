"""The end-to-end pages are correct: their files, in an empty folder, pass the tests of the page."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests import processes
from tests.replay.helpers import Servers, skipping
from tests.replay.servers import redis_server
from tests.replay.stores_sql import database_url
from tests.signing import SECRET

PAGES = Path(__file__).parents[2] / "docs" / "receive"
DRIVERS = {"fastapi": "postgresql+asyncpg", "flask": "postgresql+psycopg", "django": "postgresql+psycopg"}

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.xdist_group("postgresql")]


def files_of(framework: str) -> dict[str, str]:
    text = (PAGES / f"end_to_end_{framework}.md").read_text("utf-8")
    return dict(re.findall(r"```python title=\"(\w+\.py)\"\n(.*?)```", text, re.DOTALL))


@pytest.fixture(params=DRIVERS)
def framework(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("store", ["redis", "postgresql"])
def test_the_files_of_a_page_pass_its_tests(
    framework: str, store: str, servers: Servers, tmp_path: Path
) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_"))
    }
    environment |= {"WEBHOOK_SECRET": SECRET, "PYTHONPATH": str(tmp_path)}
    with database_url(servers, DRIVERS[framework]) as url:
        environment |= {"DATABASE_URL": url, **_libpq(url)}
    if store == "redis":
        with skipping():
            environment["REDIS_URL"] = servers.use(redis_server).url
    for name, text in files_of(framework).items():
        (tmp_path / name).write_text(text, "utf-8")
    if framework == "django":
        environment["DJANGO_SETTINGS_MODULE"] = "settings"
        for command in ("check", "migrate"):
            processes.run([sys.executable, "-m", "django", command], cwd=tmp_path, env=environment)

    plain = [
        "-q",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-c",
        os.devnull,
        "--rootdir",
        ".",
    ]
    ran = processes.run(
        [sys.executable, "-m", "pytest", *plain, "test_service.py"],
        cwd=tmp_path,
        env=environment,
        text=True,
        check=False,
    )

    assert "2 passed" in ran.stdout, ran.stdout + ran.stderr


def _libpq(url: str) -> dict[str, str]:
    """Return the variables of libpq for a database, which the settings of the Django page read."""
    parts = make_url(url)
    return {
        "PGHOST": str(parts.host or parts.query.get("host", "")),
        "PGPORT": str(parts.port or parts.query.get("port", "")),
        "PGUSER": str(parts.username or ""),
        "PGPASSWORD": str(parts.password or ""),
        "PGDATABASE": str(parts.database or ""),
    }
