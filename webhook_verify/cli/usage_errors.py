"""What the command says of a mistake in its use, without repeating what may be a secret in the wrong place.

click repeats the argument that it cannot read. Who writes a secret where a file is expected would read it in
the log of a build, and so would others.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from webhook_verify.cli import output

__all__ = [
    "HIDDEN",
    "Mistake",
    "hidden",
    "place_of",
    "safe_mistakes",
    "shown_file",
    "shown_variable",
    "wants_json",
]

HIDDEN = "[not shown]"
"""What stands for an argument that is not repeated."""


class Mistake(click.UsageError):
    """A mistake of the caller, told in words of our own, which are safe to print."""


_SHORT = 15
"""As many characters as no secret has."""
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_LONG = re.compile(rf"[^\s'\"()]{{{_SHORT + 1},}}")
_WORDS = re.compile(r"-{0,2}[a-z]{1,15}(?:[-_][a-z]{1,15})*[.,:?]?")


def hidden(message: str) -> str:
    """A message of click's without the arguments in it that may be a secret: those that are not short."""
    at, made = 0, list[str]()
    for quoted in _QUOTED.finditer(message):
        value = quoted[0] if len(quoted[0]) <= _SHORT + 2 else HIDDEN
        made += [_long_hidden(message[at : quoted.start()]), value]
        at = quoted.end()
    return "".join([*made, _long_hidden(message[at:])])


def _long_hidden(text: str) -> str:
    return _LONG.sub(lambda found: found[0] if _WORDS.fullmatch(found[0]) else HIDDEN, text)


def _told(error: click.UsageError) -> str:
    text = error.format_message()
    if isinstance(error, Mistake):
        return text
    # The two messages that repeat an argument without quoting it.
    if isinstance(error, click.NoSuchOption) and len(error.option_name) > _SHORT + 2:
        return f"No such option: {HIDDEN}"
    if text.startswith("Got unexpected extra argument"):
        return "Got an unexpected extra argument."
    return hidden(text)


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the words ask for JSON: they may be wrong in a way that leaves no option read."""
    words = list(arguments)
    return "--json" in words[: words.index("--") if "--" in words else None]


_PART_OF_NAME = re.compile(r"[A-Za-z]*[0-9]{0,12}")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,6}")
_VARIABLE = re.compile(r"[A-Z]{1,16}(?:_[A-Z0-9]{1,12})*")


def shown_file(name: str) -> str:
    """The name of a file for a message: only of plain words, with an ending, in a folder that is there."""
    path = Path(name)
    parts = re.split(r"[-_. ]", path.name)
    plain = all(_PART_OF_NAME.fullmatch(part) and len(part) <= _SHORT for part in parts)
    try:
        return name if plain and _ENDING.fullmatch(path.suffix) and path.parent.is_dir() else HIDDEN
    except (OSError, ValueError):
        return HIDDEN


def shown_variable(name: str) -> str:
    """The name of an environment variable for a message: only where it looks like one."""
    return name if _VARIABLE.fullmatch(name) else HIDDEN


def place_of(error: BaseException) -> str:
    """Where it was raised, as `` in file.py:12``; "" where that is unknown."""
    place, told = error.__traceback__, ""
    while place:
        name = place.tb_frame.f_code.co_filename
        if not name.startswith("<"):  # as the import system does
            told = f" in {Path(name).name}:{place.tb_lineno}"
        place = place.tb_next
    return told


@contextmanager
def safe_mistakes() -> Generator[None]:
    """Within, click's messages repeat no argument that may be a secret, and none moves the cursor."""
    try:
        yield
    except click.UsageError as error:
        raise Mistake(output.safe(_told(error)), ctx=error.ctx) from None
