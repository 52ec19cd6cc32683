"""Real database servers for the tests, on a free port on loopback, with their own directories.

PostgreSQL and MariaDB refuse to run as root, or should not. So if the tests run as root, a server runs as the
user that its Debian package has created.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pymysql

from tests import processes
from tests.processes import free_port
from tests.replay.helpers import Unavailable
from tests.waiting import wait_until

__all__ = ["DatabaseServer", "mariadb", "postgres"]

_SECONDS_TO_START = 60


class DatabaseServer:
    """A server that can be stopped and started again, on the same port with the same data."""

    def __init__(
        self,
        command: list[str],
        *,
        user: str,
        directory: Path,
        port: int,
        stop: signal.Signals,
        crash: signal.Signals,
        connect: Callable[[int], Any],
    ) -> None:
        self.port = port
        self._command = command
        self._user = user
        self._directory = directory
        self._stop = stop
        self._crash = crash
        self._connect = connect
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server, and wait until it accepts connections."""
        log = self._directory / "log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                self._command, stdout=output, stderr=output, cwd="/", **_as(self._user)
            )
        self._process = process
        processes.must_live(process, Path(self._command[0]).name)
        wait_until(self._answers, seconds=_SECONDS_TO_START, pause=0.05, problem=f"no answer, see {log}")

    def _answers(self) -> bool:
        assert self._process is not None
        log = self._directory / "log"
        assert self._process.poll() is None, f"the server has ended:\n{log.read_text(errors='replace')}"
        with suppress(psycopg.OperationalError, pymysql.err.OperationalError):
            self._connect(self.port).close()
            return True
        return False

    def stop(self) -> None:
        """Stop the server without waiting for its clients, and wait until it has ended."""
        self._end(self._stop)

    def crash(self) -> None:
        """Stop the server immediately, without a clean shutdown."""
        self._end(self._crash)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            processes.end(self._process, politely=False)
            self._process = None

    def url(self, driver: str, database: str) -> str:
        """Return a URL for SQLAlchemy."""
        user = "tester" if driver.startswith("postgresql") else "root"
        return f"{driver}://{user}@127.0.0.1:{self.port}/{database}"


@contextmanager
def postgres(*, durable: bool = False) -> Generator[DatabaseServer]:
    """Start a PostgreSQL cluster with the superuser ``tester`` and the database ``postgres``.

    If ``durable``, it waits for the disk at each commit, which is its default. Most tests do not need it.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    initdb = str(found[-1]) if found else shutil.which("initdb")
    if initdb is None:
        raise Unavailable("PostgreSQL is not installed: apt-get install postgresql")
    with _directory("postgres") as directory:
        data = str(directory / "data")
        _run([initdb, "-D", data, "-U", "tester", "-A", "trust", "-N", "-E", "UTF8"], "postgres")
        port = free_port()
        options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": directory}
        if not durable:
            options |= {"fsync": "off", "full_page_writes": "off"}
        binary = str(Path(initdb).with_name("postgres"))
        settings = [f"--{name}={value}" for name, value in options.items()]
        # Its fast and immediate shutdowns end the sessions. SIGKILL would not.
        server = DatabaseServer(
            [binary, "-D", data, *settings],
            user="postgres",
            directory=directory,
            port=port,
            stop=signal.SIGINT,
            crash=signal.SIGQUIT,
            connect=lambda port: psycopg.connect(
                host="127.0.0.1", port=port, user="tester", dbname="postgres"
            ),
        )
        with _running(server):
            yield server


@contextmanager
def mariadb() -> Generator[DatabaseServer]:
    """Start a MariaDB server with the user ``root`` and the database ``test``."""
    binary, install = _which("mariadbd"), _which("mariadb-install-db")
    if binary is None or install is None:
        raise Unavailable("MariaDB is not installed: apt-get install mariadb-server")
    with _directory("mysql") as directory:
        data = f"--datadir={directory / 'data'}"
        # At its start, a server removes temporary tables, which may belong to other servers.
        temporary = f"--tmpdir={directory}"
        authentication = "--auth-root-authentication-method=normal"
        _run([install, "--no-defaults", data, temporary, authentication], "mysql")
        port = free_port()
        command = [
            binary,
            "--no-defaults",
            data,
            temporary,
            f"--port={port}",
            "--bind-address=127.0.0.1",
            f"--socket={directory / 'socket'}",
            f"--pid-file={directory / 'pid'}",
            "--innodb-flush-log-at-trx-commit=2",
        ]
        server = DatabaseServer(
            command,
            user="mysql",
            directory=directory,
            port=port,
            stop=signal.SIGTERM,
            crash=signal.SIGKILL,
            connect=lambda port: pymysql.connect(host="127.0.0.1", port=port, user="root"),
        )
        with _running(server):
            yield server


@contextmanager
def _running(server: DatabaseServer) -> Generator[None]:
    server.start()
    try:
        yield
    finally:
        server.stop()


@contextmanager
def _directory(user: str) -> Generator[Path]:
    """Create a directory of the server's user. Its path is short, because that of a socket is limited."""
    path = Path(tempfile.mkdtemp(prefix="wv-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(path, user)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _as(user: str) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    known = pwd.getpwnam(user)
    return {
        "user": known.pw_uid,
        "group": known.pw_gid,
        "extra_groups": [],
        "env": {**os.environ, "HOME": "/"},
    }


def _run(command: list[str], user: str) -> None:
    ran = processes.run(command, cwd="/", text=True, check=False, **_as(user))
    assert ran.returncode == 0, f"{command[0]}:\n{ran.stdout}\n{ran.stderr}"


def _which(program: str) -> str | None:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
