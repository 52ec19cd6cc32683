"""Writing of a file that only its owner can read."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from webhook_verify.cli.usage_errors import UsageError, shown_file

__all__ = ["write_private_file"]


def write_private_file(name: str, text: str, *, overwrite: bool, if_exists: str) -> None:
    """Write a file with mode 0600.

    Args:
        name: The file.
        text: The content, stored in UTF-8.
        overwrite: Whether to replace an existing file. It is replaced after the new content is complete.
        if_exists: The end of the message about an existing file, after its name.

    Raises:
        UsageError: If the file cannot be written, is not a regular file, or exists and `overwrite` is False.
    """
    try:
        _write(name, text, overwrite)
    except FileExistsError:
        raise UsageError(f"{shown_file(name)} {if_exists}") from None
    except (OSError, ValueError) as error:
        problem = error.strerror if isinstance(error, OSError) else "invalid file name"
        raise UsageError(f"cannot write {shown_file(name)}: {problem}") from None


def _write(name: str, text: str, overwrite: bool) -> None:
    if not overwrite:
        with open(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        return
    path = Path(name).resolve()
    if path.exists() and not path.is_file():
        raise OSError(0, "not a regular file")
    descriptor, partial = tempfile.mkstemp(prefix=".webhook-verify-", dir=path.parent)  # with mode 0600
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(partial, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(partial)
        raise
