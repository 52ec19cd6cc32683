"""Usage errors that do not repeat possible secrets.

click repeats an invalid argument in its message. If a secret is passed where a file name is expected, the
message would leak the secret, for example into a build log. So an argument with the shape of a secret is
hidden; a misspelled name is shown.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from webhook_verify.cli import output
from webhook_verify.cli.secret_shape import HIDDEN, has_secret_shape, shown, shown_file
from webhook_verify.tracebacks import LOCATION_NOTE

__all__ = [
    "HIDDEN",
    "InvalidOption",
    "UsageError",
    "error_location",
    "has_secret_shape",
    "hidden",
    "safe_usage_errors",
    "shown",
    "shown_file",
    "shown_variable",
    "wants_json",
]


class UsageError(click.UsageError):
    """A usage error whose message contains no secret.

    `message` is the true text. `format_message` returns it for a terminal, with control characters escaped.
    """

    def format_message(self) -> str:
        """Return the message, escaped for a terminal."""
        return output.safe(self.message)


class InvalidOption(click.BadParameter):
    """An invalid value of an option or argument, with a message that contains no secret."""


_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_LONG_WORD = re.compile(r"([^\s'\"()]{8,}?)([.,:;?]?(?=[\s'\"()]|$))")


def hidden(message: str) -> str:
    """Return a click message in which the arguments that may be secrets are replaced by a placeholder."""
    start, pieces = 0, list[str]()
    for quoted in _QUOTED.finditer(message):
        value = HIDDEN if has_secret_shape(quoted[0][1:-1]) else quoted[0]
        pieces += [_hide_secret_words(message[start : quoted.start()]), value]
        start = quoted.end()
    return "".join([*pieces, _hide_secret_words(message[start:])])


def _hide_secret_words(text: str) -> str:
    return _LONG_WORD.sub(lambda match: shown(match[1]) + match[2], text)


def _safe_message(error: click.UsageError) -> str:
    """Return the message without possible secrets, but with its control characters."""
    if isinstance(error, UsageError):
        return error.message
    text = error.format_message()
    if isinstance(error, InvalidOption):
        return text
    # These two click messages repeat an argument without quotes.
    if isinstance(error, click.NoSuchOption) and has_secret_shape(error.option_name.lstrip("-")):
        return f"No such option: {HIDDEN}"
    if text.startswith("Got unexpected extra argument"):
        return _unexpected_argument(text)
    return hidden(text)


def _unexpected_argument(text: str) -> str:
    argument = text.partition("(")[2].rstrip(".").removesuffix(")")
    return f"Got unexpected arguments: {shown(argument)}" if argument else text


def wants_json(arguments: Sequence[str]) -> bool:
    """Return whether `--json` is among the arguments, even if click cannot parse them."""
    words = list(arguments)
    return "--json" in words[: words.index("--") if "--" in words else None]


_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def shown_variable(name: str) -> str:
    """Return the variable's name for a message, or a placeholder if it does not look like a name."""
    return name if _VARIABLE.fullmatch(name) and not has_secret_shape(name) else HIDDEN


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
    """Raise click's usage errors as `UsageError`, without possible secrets."""
    try:
        yield
    except click.UsageError as error:
        raise UsageError(_safe_message(error), ctx=error.ctx) from None
