"""Usage errors that do not repeat possible secrets.

click repeats an invalid argument in its message. If a secret is passed where a file name is expected, the
message would leak the secret, for example into a build log.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from webhook_verify.cli import output
from webhook_verify.tracebacks import LOCATION_NOTE

__all__ = [
    "HIDDEN",
    "UsageError",
    "error_location",
    "hidden",
    "safe_usage_errors",
    "shown_file",
    "shown_variable",
    "wants_json",
]

HIDDEN = "[not shown]"
"""The placeholder for an argument that is not repeated."""


class UsageError(click.UsageError):
    """A usage error with a message that is safe to print."""


_MAX_SHORT_CHARS = 15
"""A text of at most this length is assumed not to be a secret."""
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_LONG_WORD = re.compile(rf"[^\s'\"()]{{{_MAX_SHORT_CHARS + 1},}}")
_WORDS = re.compile(r"-{0,2}[a-z]{1,15}(?:[-_][a-z]{1,15})*[.,:?]?")


def hidden(message: str) -> str:
    """Return a click message with long arguments, which may be secrets, replaced by a placeholder."""
    start, pieces = 0, list[str]()
    for quoted in _QUOTED.finditer(message):
        value = quoted[0] if len(quoted[0]) <= _MAX_SHORT_CHARS + 2 else HIDDEN
        pieces += [_hide_long_words(message[start : quoted.start()]), value]
        start = quoted.end()
    return "".join([*pieces, _hide_long_words(message[start:])])


def _hide_long_words(text: str) -> str:
    return _LONG_WORD.sub(lambda match: match[0] if _WORDS.fullmatch(match[0]) else HIDDEN, text)


def _safe_message(error: click.UsageError) -> str:
    text = error.format_message()
    if isinstance(error, UsageError):
        return text
    # These two click messages repeat an argument without quotes.
    if isinstance(error, click.NoSuchOption) and len(error.option_name) > _MAX_SHORT_CHARS + 2:
        return f"No such option: {HIDDEN}"
    if text.startswith("Got unexpected extra argument"):
        return "Got an unexpected extra argument."
    return hidden(text)


def wants_json(arguments: Sequence[str]) -> bool:
    """Return whether `--json` is among the arguments, even if click cannot parse them."""
    words = list(arguments)
    return "--json" in words[: words.index("--") if "--" in words else None]


_PART_OF_NAME = re.compile(r"[A-Za-z]*[0-9]{0,12}")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,6}")
_VARIABLE = re.compile(r"[A-Z]{1,16}(?:_[A-Z0-9]{1,12})*")


def shown_file(name: str) -> str:
    """Return the file name for a message, or a placeholder unless it is clearly the name of a file.

    It must consist of plain words, have an extension and be in an existing folder.
    """
    path = Path(name)
    parts = re.split(r"[-_. ]", path.name)
    plain = all(_PART_OF_NAME.fullmatch(part) and len(part) <= _MAX_SHORT_CHARS for part in parts)
    try:
        return name if plain and _ENDING.fullmatch(path.suffix) and path.parent.is_dir() else HIDDEN
    except (OSError, ValueError):
        return HIDDEN


def shown_variable(name: str) -> str:
    """Return the variable's name for a message, or a placeholder if it does not look like a name."""
    return name if _VARIABLE.fullmatch(name) else HIDDEN


def error_location(error: BaseException) -> str:
    """Return where the error was raised, such as " in file.py:12"; "" if unknown."""
    for note in getattr(error, "__notes__", ()):
        if note.startswith(LOCATION_NOTE):
            return f" in {note.removeprefix(LOCATION_NOTE)}"
    traceback, location = error.__traceback__, ""
    while traceback:
        name = traceback.tb_frame.f_code.co_filename
        if not name.startswith("<"):  # skip frames of the import system
            location = f" in {Path(name).name}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return location


@contextmanager
def safe_usage_errors() -> Generator[None]:
    """Raise click's usage errors as `UsageError`, without possible secrets and control characters."""
    try:
        yield
    except click.UsageError as error:
        raise UsageError(output.safe(_safe_message(error)), ctx=error.ctx) from None
