"""Stores for a secret that a provider hands over in a handshake: Asana and Notion.

Any client can send such a handshake, so a store accepts a secret only for a name that was armed, for a
limited time and once. It never replaces a secret.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from hmac import compare_digest
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import NoReturn, Protocol, runtime_checkable
from urllib.parse import quote

from webhook_verify.tracebacks import safe_repr

__all__ = ["ARMED_SECONDS", "AsyncSecretStore", "FileSecretStore", "MemorySecretStore", "SecretStore"]

ARMED_SECONDS = 600.0
"""How long a store accepts a secret after `arm`, in seconds."""

_MAX_NAME_BYTES = 200
_MAX_FILE_BYTES = 4096


@runtime_checkable
class SecretStore(Protocol):
    """A store of secrets by name, for synchronous code."""

    def load(self, name: str) -> str | None:
        """Return the secret with a name.

        Args:
            name: The name of the secret.

        Returns:
            The secret, or None without one.

        Raises:
            Exception: Any exception of the storage.
        """
        ...

    def add(self, name: str, secret: str) -> bool:
        """Store a secret if the name is armed and has no secret. This must be atomic.

        Args:
            name: The name of the secret.
            secret: The secret.

        Returns:
            Whether the store contains this secret now. False if it contains another one, or is not armed.

        Raises:
            Exception: Any exception of the storage.
        """
        ...


@runtime_checkable
class AsyncSecretStore(Protocol):
    """A store of secrets by name, for asynchronous code. Its contract is that of `SecretStore`."""

    async def load(self, name: str) -> str | None:
        """Return the secret with a name.

        Args:
            name: The name of the secret.

        Returns:
            The secret, or None without one.

        Raises:
            Exception: Any exception of the storage.
        """
        ...

    async def add(self, name: str, secret: str) -> bool:
        """Store a secret if the name is armed and has no secret. This must be atomic.

        Args:
            name: The name of the secret.
            secret: The secret.

        Returns:
            Whether the store contains this secret now. False if it contains another one, or is not armed.

        Raises:
            Exception: Any exception of the storage.
        """
        ...


@safe_repr
class MemorySecretStore:
    """A store in memory, for tests and for a single process whose secrets are handed over at each start.

    Args:
        clock: A function that returns the Unix time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = Lock()
        self._armed: dict[str, float] = {}
        self._secrets: dict[str, str] = {}

    def arm(self, name: str, seconds: float = ARMED_SECONDS) -> None:
        """Accept one secret for a name. Call it immediately before you create the webhook.

        Args:
            name: The name of the secret.
            seconds: How many seconds the store accepts the secret.

        Raises:
            TypeError: If `name` is not a str.
            ValueError: If the name has a secret, or an argument is out of range.
        """
        _check(name, seconds)
        with self._lock:
            if name in self._secrets:
                _refuse_to_replace(name)
            self._armed[name] = self._clock() + seconds

    def load(self, name: str) -> str | None:
        """Return the secret with a name.

        Args:
            name: The name of the secret.

        Returns:
            The secret, or None without one.
        """
        return self._secrets.get(name)

    def add(self, name: str, secret: str) -> bool:
        """Store a secret if the name is armed and has no secret.

        Args:
            name: The name of the secret.
            secret: The secret.

        Returns:
            Whether the store contains this secret now.
        """
        with self._lock:
            if (known := self._secrets.get(name)) is not None:
                return _is_same(known, secret)
            if self._clock() >= self._armed.pop(name, 0.0):
                return False
            self._secrets[name] = secret
            return True

    def remove(self, name: str) -> None:
        """Remove a secret, such as of a deleted webhook.

        Args:
            name: The name of the secret.
        """
        with self._lock:
            self._armed.pop(name, None)
            self._secrets.pop(name, None)


@safe_repr
class FileSecretStore:
    """A store in a folder, with one file for each secret, which only its owner can read.

    Several processes can use it. The file system must support hard links.

    Args:
        folder: The folder, which is created if it is missing.
        clock: A function that returns the Unix time in seconds.

    Raises:
        OSError: If the folder cannot be created.
    """

    def __init__(self, folder: str | os.PathLike[str], clock: Callable[[], float] = time.time) -> None:
        self._folder = Path(folder)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._clock = clock

    def arm(self, name: str, seconds: float = ARMED_SECONDS) -> None:
        """Accept one secret for a name. Call it immediately before you create the webhook.

        Args:
            name: The name of the secret.
            seconds: How many seconds the store accepts the secret.

        Raises:
            TypeError: If `name` is not a str.
            ValueError: If the name has a secret, or an argument is out of range.
            OSError: If the file cannot be written.
        """
        _check(name, seconds)
        if self.load(name) is not None:
            _refuse_to_replace(name)
        until = self._write(repr(self._clock() + seconds))
        os.replace(until, self._path(name, "armed"))

    def load(self, name: str) -> str | None:
        """Return the secret with a name.

        Args:
            name: The name of the secret.

        Returns:
            The secret, or None without one.

        Raises:
            OSError: If the file cannot be read.
        """
        return _read(self._path(name, "secret")) if _is_valid(name) else None

    def add(self, name: str, secret: str) -> bool:
        """Store a secret if the name is armed and has no secret.

        Args:
            name: The name of the secret.
            secret: The secret.

        Returns:
            Whether the store contains this secret now.

        Raises:
            OSError: If the file cannot be written.
        """
        if (known := self.load(name)) is not None:
            return _is_same(known, secret)
        if not _is_valid(name) or not self._is_armed(name):
            return False
        written = self._write(secret)
        try:
            os.link(written, self._path(name, "secret"))  # Unlike a rename, it never replaces a file.
        except FileExistsError:
            return _is_same(self.load(name) or "", secret)
        finally:
            written.unlink()
        self._path(name, "armed").unlink(missing_ok=True)
        return True

    def remove(self, name: str) -> None:
        """Remove a secret, such as of a deleted webhook. Then restart the processes that have read it.

        Args:
            name: The name of the secret.

        Raises:
            OSError: If the file cannot be removed.
        """
        for kind in ("armed", "secret"):
            self._path(name, kind).unlink(missing_ok=True)

    def _is_armed(self, name: str) -> bool:
        until = _read(self._path(name, "armed"))
        with suppress(ValueError):
            return until is not None and self._clock() < float(until)
        return False

    def _path(self, name: str, kind: str) -> Path:
        return self._folder / f"{quote(name, safe='')}.{kind}"

    def _write(self, text: str) -> Path:
        """Write a text to a new file that only its owner can read, and return its path."""
        path = self._folder / f".{token_hex(16)}"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return path


def _read(path: Path) -> str | None:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(_MAX_FILE_BYTES)
    except FileNotFoundError:
        return None


def _is_valid(name: str) -> bool:
    return 0 < len(quote(name, safe="", errors="replace")) <= _MAX_NAME_BYTES


def _is_same(known: str, secret: str) -> bool:
    return compare_digest(known.encode("utf-8", "surrogatepass"), secret.encode("utf-8", "surrogatepass"))


def _check(name: object, seconds: float) -> None:
    if not isinstance(name, str):
        raise TypeError(f"name must be a str, not {type(name).__name__!r}")
    if not _is_valid(name):
        raise ValueError(f"name must have 1 to {_MAX_NAME_BYTES} bytes in percent-encoding")
    if not 0 < seconds <= 86_400:
        raise ValueError(f"seconds must be more than 0 and at most 86400 (one day), not {seconds!r}")


def _refuse_to_replace(name: str) -> NoReturn:
    raise ValueError(
        f"name {name!r} has a secret, which is never replaced. Call remove(name) before arm(name)"
    )
