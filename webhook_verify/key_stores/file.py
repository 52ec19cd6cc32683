"""A key store in a folder of files, for the processes of one machine."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from webhook_verify.key_stores.base import MAX_NAMES
from webhook_verify.tracebacks import safe_repr

__all__ = ["FileKeyStore"]

_MAX_FILE_BYTES = 262_144


@safe_repr
class FileKeyStore:
    """A key store with one file per scheme and one name per line. A write replaces the file atomically.

    If two processes add a name at the same moment, one of the names may be lost. It is added again after the
    next restart.

    Args:
        folder: The folder of the files. It is created with mode 0700 if it does not exist.

    Raises:
        TypeError: If `folder` is neither a str nor a path.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)

    def load(self, scheme: str) -> list[str]:
        """Return the names of a scheme's keys, oldest first.

        Args:
            scheme: The name of the scheme.

        Returns:
            The names.

        Raises:
            OSError: If the file cannot be read.
        """
        try:
            with self._path(scheme).open("rb") as file:
                text = file.read(_MAX_FILE_BYTES)
        except FileNotFoundError:
            return []
        return [line for line in text.decode("utf-8", "replace").splitlines() if line][-MAX_NAMES:]

    def add(self, scheme: str, name: str) -> None:
        """Add the name of a key that has verified a delivery.

        Args:
            scheme: The name of the scheme.
            name: The name of the key.

        Raises:
            OSError: If the file cannot be written.
            ValueError: If the name is empty or has a line break.
        """
        if name.splitlines() != [name]:
            raise ValueError("name must be one line and not empty")
        names = self.load(scheme)
        if name in names:
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile("w", encoding="utf-8", dir=self._folder, delete=False) as file:
            file.write("".join(f"{each}\n" for each in [*names, name][-MAX_NAMES:]))
        try:
            os.replace(file.name, self._path(scheme))
        except OSError:
            os.unlink(file.name)
            raise

    def _path(self, scheme: str) -> Path:
        # The name of a scheme that the application defines may contain any character.
        readable = "".join(char if char.isascii() and char.isalnum() else "-" for char in scheme)[:40]
        return self._folder / f"{readable}-{sha256(scheme.encode()).hexdigest()[:8]}.txt"

    def __repr__(self) -> str:
        return f"FileKeyStore({str(self._folder)!r})"
