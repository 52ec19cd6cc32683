"""``python -m tests.crash``: kill the worker of each queue engine in the middle of a job (minutes).

It prints whether the job runs again in a worker that is started afterwards, and after how many seconds. It
fails only if an engine does not run a job at all.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
from procrastinate import App, PsycopgConnector
from rich.console import Console
from rich.table import Table

from tests import processes
from tests.replay.servers import redis_server
from tests.replay.servers_sql import postgres

# The name of the row, the engine, the option of its worker, and that of the worker after the kill.
ROWS = [
    ("Celery on Redis, visibility timeout of 20 s", "celery", "20", "20"),
    ("Procrastinate", "procrastinate", "plain", "plain"),
    ("Procrastinate, sweep_stalled_jobs", "procrastinate", "sweep", "sweep"),
    ("DBOS, same executor id", "dbos", "same.1", "same.1"),
    ("DBOS, another executor id", "dbos", "other.1", "other.2"),
    ("django-tasks-db", "django", "", ""),
    ("Dramatiq on Redis", "dramatiq", "", ""),
    ("RQ", "rq", "", ""),
    ("Taskiq on Redis streams, idle timeout of 20 s", "taskiq", "20", "20"),
]
SECONDS_TO_START = 90.0


@contextmanager
def running(
    folder: Path, environ: dict[str, str], what: str, *words: str
) -> Generator[subprocess.Popen[bytes]]:
    """Run a process of `tests.crash.jobs`, whose output is in the folder."""
    with (folder / f"{what}.out").open("ab") as output:
        command = [sys.executable, "-m", "tests.crash.jobs", what, *words]
        with processes.started(
            command, stdout=output, stderr=output, env={**os.environ, **environ}
        ) as process:
            yield process


def starts(log: Path) -> int:
    """Return how many times the job has started."""
    return log.read_text("utf-8").count("start msg_1") if log.exists() else 0


def seconds_until(log: Path, count: int, limit: float) -> float | None:
    """Return the seconds until the job has started so many times, None if it does not in time."""
    began = time.monotonic()
    while time.monotonic() - began < limit:
        if starts(log) >= count:
            return time.monotonic() - began
        time.sleep(0.1)
    return None


def measure(engine: str, before: str, after: str, urls: dict[str, str], limit: float) -> str:
    """Kill a worker in the middle of a job, start another, and describe what happens to the job."""
    with tempfile.TemporaryDirectory(prefix="crash-") as name:
        folder = Path(name)
        log = folder / "log"
        (folder / "block").touch()
        environ = {**urls, "CRASH_LOG": str(log)}
        if engine in {"celery", "dramatiq", "rq", "taskiq"}:  # each has a database of Redis
            number = sorted(("celery", "dramatiq", "rq", "taskiq")).index(engine)
            environ["BROKER_URL"] = urls["BROKER_URL"].removesuffix("/0") + f"/{number}"
        with running(folder, environ, "work", engine, before) as worker:
            began = time.monotonic()
            is_put = False  # The worker creates the tables of DBOS.
            while not is_put and time.monotonic() - began < SECONDS_TO_START:
                with running(folder, environ, "put", engine, before) as put:
                    is_put = put.wait(SECONDS_TO_START) == 0
            if seconds_until(log, 1, SECONDS_TO_START) is None:
                return "DID NOT RUN\n" + "".join(each.read_text() for each in folder.glob("*.out"))[-1500:]
            worker.kill()
            worker.wait(10)
        (folder / "block").unlink()
        with running(folder, environ, "work", engine, after):
            seconds = seconds_until(log, 2, limit)
        return f"not within {limit:g} s" if seconds is None else f"after {seconds:.0f} s"


def main(only: str, limit: float) -> int:
    """Measure each row, all at the same time, and print the table."""
    rows = [row for row in ROWS if only in row[0]]
    with redis_server(durable=True) as redis, postgres() as server:
        url = server.url("postgresql", "postgres")
        with psycopg.connect(url, autocommit=True) as connection:
            for database in ("same", "other", "plain", "sweep"):
                connection.execute(f"CREATE DATABASE {database}".encode())
        for database in ("plain", "sweep"):
            connector = PsycopgConnector(conninfo=f"{url.rpartition('/')[0]}/{database}")
            with App(connector=connector).open() as app:
                app.schema_manager.apply_schema()
        urls = {"BROKER_URL": redis.url, "DATABASE_URL": url}
        with ThreadPoolExecutor(3) as pool:
            results = list(pool.map(lambda row: measure(row[1], row[2], row[3], urls, limit), rows))
    table = Table("engine", "the job of a killed worker runs again")
    for row, result in zip(rows, results, strict=True):
        table.add_row(row[0], result)
    Console(width=110).print(table)
    return 1 if any(result.startswith("DID NOT RUN") for result in results) else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--only", default="", help="rows whose name has this in it, such as DBOS")
    parser.add_argument("--seconds", type=float, default=150.0, help="how long to wait for the second run")
    arguments = parser.parse_args()
    sys.exit(main(arguments.only, arguments.seconds))
