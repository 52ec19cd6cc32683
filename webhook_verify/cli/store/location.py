"""The default path of the delivery store, and the move from the folder of configuration files.

Earlier versions stored deliveries in the folder of configuration files. The first use of the default path
copies them to the data folder. SQLite's exclusive lock on the old file lets only one process copy, and only
while no other process has the file open. The copy gets its final name after it is complete, and only then the
old file is deleted. If the move fails, the old file is unchanged and stays in use.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

import click
import platformdirs

from webhook_verify.cli.store.delivery_store import APPLICATION_ID

__all__ = ["default_path", "move_old_store", "old_path"]

_FILE_NAME = "deliveries.sqlite"
_APPLICATION = "webhook-verify"
_MAX_WAIT_SECONDS = 2.0  # how long to wait for a process that moves or uses the old file
_PAUSE_SECONDS = 0.007


class _NotMovable(Exception):
    """The old file is not a delivery store."""


def default_path() -> Path:
    """Return the path in the user's data folder, where the file cannot get into a commit."""
    return Path(platformdirs.user_data_path(_APPLICATION, appauthor=False), _FILE_NAME)


def old_path() -> Path:
    """Return the path that earlier versions used, in the user's folder of configuration files."""
    return Path(click.get_app_dir(_APPLICATION), _FILE_NAME)


def move_old_store(old: Path, new: Path) -> tuple[Path, str]:
    """Move a delivery store of an earlier version, once.

    Args:
        old: The old path.
        new: The new path. An existing file is not changed.

    Returns:
        The path to use, and a sentence to print, or "" if nothing was moved. The path is `old` if the store
        cannot be moved now.
    """
    deadline = time.monotonic() + _MAX_WAIT_SECONDS
    try:
        while old.is_file() and not os.path.lexists(new):
            try:
                if _move(old, new):
                    return new, f"moved the stored deliveries from {old} to {new}"
            except sqlite3.OperationalError as error:
                if not (_is_busy(error) and time.monotonic() < deadline):
                    raise
                time.sleep(_PAUSE_SECONDS * (1 + os.getpid() % 16))  # two processes should not stay in step
    except _NotMovable:
        return new, ""
    except (OSError, sqlite3.Error) as error:
        return (
            old,
            f"stored deliveries stay in {old}, because they cannot be moved to {new} now: {_text(error)}",
        )
    return new, ""


def _move(old: Path, new: Path) -> bool:
    """Move the file; return False if another process has done so. Raises sqlite3.Error or OSError."""
    partial = new.with_name(f"{new.name}.partial")
    # With mode=rw, a file that another process has moved is not created again.
    with closing(sqlite3.connect(f"{old.absolute().as_uri()}?mode=rw", timeout=0.1, uri=True)) as source:
        _lock(source)
        if os.path.lexists(new) or not old.is_file():
            return False
        new.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            partial.unlink(missing_ok=True)  # of a process that was killed: the lock excludes any other
            os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            with closing(sqlite3.connect(partial)) as copy:
                source.backup(copy)
            partial.rename(new)
        except BaseException:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            raise
        _sync_folder(new.parent)
        if os.name == "posix":
            old.unlink()  # while it is locked
    if os.name != "posix":
        old.unlink()
    with suppress(OSError):  # the folder contains other files
        old.parent.rmdir()
    return True


def _lock(source: sqlite3.Connection) -> None:
    """Lock the file exclusively. Raises sqlite3.OperationalError if another process has it open."""
    try:
        application = source.execute("PRAGMA application_id").fetchone()[0]
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:  # not a file of SQLite
        raise _NotMovable from None
    if application != APPLICATION_ID:
        raise _NotMovable
    source.execute("PRAGMA locking_mode = EXCLUSIVE")  # keeps the lock after the transaction
    # It writes the log back into the file and deletes it. SQLite refuses this while another process has the
    # file open.
    source.execute("PRAGMA journal_mode = DELETE")
    source.execute("BEGIN EXCLUSIVE")
    source.execute("COMMIT")


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN)


def _sync_folder(folder: Path) -> None:
    """Write the new name to the disk before the old file is deleted."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _text(error: OSError | sqlite3.Error) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return f"SQLite error {getattr(error, 'sqlite_errorname', '') or type(error).__name__}"
