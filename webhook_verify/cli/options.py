"""Options and readers for secrets, bodies and headers.

A secret is read from an environment variable, a file or standard input. It is never a command-line argument,
because other users and the shell history would see it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from webhook_verify import schemes
from webhook_verify.cli.recording import parse_header_pairs
from webhook_verify.cli.scheme_detection import AUTO
from webhook_verify.cli.usage_errors import InvalidOption, UsageError, shown, shown_file, shown_variable

__all__ = [
    "BODY_METAVAR",
    "DEFAULT_ENV",
    "SchemeName",
    "body_option",
    "complete_at_file",
    "complete_file",
    "delivery_scheme_option",
    "json_option",
    "read_body",
    "read_file",
    "read_headers",
    "read_secrets",
    "scheme_option",
    "secret_options",
]

DEFAULT_ENV = "WEBHOOK_SECRET"
BODY_METAVAR = "@FILE|TEXT"
"""The placeholder of a body in `--help`."""

_Command = TypeVar("_Command", bound=Callable[..., Any])


class SchemeName(click.ParamType[str]):
    """The name of a registered scheme, looked up at parse time so that plugins are loaded before.

    Args:
        others: Other values, such as `auto`.
    """

    name = "scheme"

    def __init__(self, *others: str) -> None:
        self._others = others

    def _names(self) -> list[str]:
        return sorted([*schemes.names(), *self._others])

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; fail with suggestions if it is not registered."""
        known = self._names()
        if value not in known:
            near = get_close_matches(value, known)
            hint = f"did you mean {' or '.join(near)}? " if near else ""
            message = f"{shown(value)!r} is not a known scheme; {hint}webhook-verify providers lists all"
            raise InvalidOption(message, ctx, param)
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the names with this prefix."""
        return [CompletionItem(name) for name in self._names() if name.startswith(incomplete)]


def complete_at_file(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the files with this prefix after `@`, which shells do not complete themselves."""
    start = incomplete.removeprefix("@")
    folder, _, name = start.rpartition("/")
    try:
        entries = [*os.scandir(folder or ("/" if start.startswith("/") else "."))]
    except (OSError, ValueError):
        return []
    shown = (
        entry for entry in entries if entry.name.startswith(name) and (name or not entry.name.startswith("."))
    )
    lead = start[: len(start) - len(name)]
    return [CompletionItem(f"@{lead}{entry.name}{'/' * entry.is_dir()}") for entry in shown]


def complete_file(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete a file name."""
    return [CompletionItem(incomplete, type="file")]


def scheme_option(command: _Command) -> _Command:
    """Add the option for the name of the scheme."""
    return click.option(
        "--scheme",
        type=SchemeName(),
        metavar="NAME",
        default="standard-webhooks",
        show_default=True,
        help="The provider's signature scheme; webhook-verify providers lists the names.",
    )(command)


def delivery_scheme_option(command: _Command) -> _Command:
    """Add the option for the scheme of a recorded delivery, which may be `auto`."""
    return click.option(
        "--scheme",
        type=SchemeName(AUTO),
        metavar="NAME",
        default="standard-webhooks",
        show_default=True,
        help="The provider's signature scheme, or auto: the scheme that the headers identify; webhook-verify "
        "providers lists the names.",
    )(command)


def json_option(command: _Command) -> _Command:
    """Add the option for output in JSON."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")(command)


def secret_options(command: _Command) -> _Command:
    """Add the options for the sources of the secrets."""
    command = click.option(
        "--secret-env",
        multiple=True,
        metavar="NAME",
        help=f"Environment variable that contains a secret; may be repeated.  [default: {DEFAULT_ENV}]",
    )(command)
    return click.option(
        "--secret-file",
        multiple=True,
        metavar="FILE",
        shell_complete=complete_file,
        help="File that contains a secret (text or PEM), or - for standard input; may be repeated.",
    )(command)


def body_option(command: _Command) -> _Command:
    """Add the option for the source of the body."""
    return click.option(
        "-d",
        "--body",
        default="@-",
        show_default=True,
        metavar=BODY_METAVAR,
        shell_complete=complete_at_file,
        help="The raw body: @FILE, @- for standard input, or the text itself.",
    )(command)


def read_secrets(names: tuple[str, ...], files: tuple[str, ...], *others: str | None) -> list[str]:
    """Read the secrets. Without any source, prompt for one at a terminal.

    Args:
        names: Environment variables.
        files: Files, or `-` for standard input.
        others: The sources of body and headers, to check that standard input is used only once.

    Returns:
        The secrets, those from files first.

    Raises:
        UsageError: If a source has no secret, or standard input is used twice.
    """
    readers = sum(source in {"-", "@-"} for source in (*files, *others))
    if readers > 1:
        raise UsageError("standard input (-) can be used for one input only: pass the others as files")
    has_no_source = not names and not files and not os.environ.get(DEFAULT_ENV, "").strip()
    if has_no_source and not readers and sys.stdin.isatty():
        return [click.prompt("Secret (not shown)", hide_input=True, err=True)]
    # Editors and echo end a file with a newline.
    texts = [read_file(name).decode("utf-8", "replace") for name in files]
    secrets = [text.removesuffix("\n").removesuffix("\r") for text in texts]
    for name in names or (() if files else (DEFAULT_ENV,)):
        value = os.environ.get(name, "")
        if not value.strip():
            hint = "set it, or use --secret-env NAME or --secret-file FILE"
            raise UsageError(f"environment variable {shown_variable(name)} is not set or empty: {hint}")
        secrets.append(value)
    return secrets


def read_body(source: str, option: str = "--body") -> bytes:
    """Return the bytes of a body.

    Args:
        source: `@FILE`, `@-` or `-` for standard input, or the text of the body.
        option: The name of the option, for the error message.

    Returns:
        The bytes of the file, of standard input, or of the text in UTF-8.

    Raises:
        UsageError: If the file is unreadable, or the text is the name of an existing file.
    """
    if source == "-" or source.startswith("@"):
        return read_file(source.removeprefix("@"))
    _check_is_not_file(source, option)
    return source.encode("utf-8", "surrogateescape")


def _check_is_not_file(text: str, option: str) -> None:
    """Raise UsageError if the text of a body is the name of a file: the user has forgotten the `@`."""
    try:
        is_file = bool(text) and not text[:1].isspace() and Path(text).is_file()
    except (OSError, ValueError):  # too long for a name, or it contains a NUL character
        return
    if is_file:
        name = shown_file(text)
        raise UsageError(
            f"{option}: {name} is the name of a file. To read it, pass {option} @{name}. To use the text "
            "itself as the body, pass it on standard input"
        )


def read_headers(lines: tuple[str, ...], source: str | None) -> list[tuple[str, str]]:
    """Return the headers of `-H "NAME: VALUE"` options and of a file with such lines or a JSON object."""
    headers = [_parse_header(line) for line in lines]
    if source is not None:
        if not source.startswith("@"):
            name = shown_file(source)
            hint = f", such as @{name}" if Path(name).is_file() else ""
            raise UsageError(f"--headers must be @FILE{hint}")
        headers += _parse_headers(read_file(source[1:]).decode("latin-1"))
    return headers


def _parse_headers(text: str) -> list[tuple[str, str]]:
    if text.lstrip().startswith("{"):
        try:
            headers: object = json.loads(text)
        except ValueError:
            raise UsageError("--headers: the file starts like JSON, but is not valid JSON") from None
        return parse_header_pairs(headers)
    # A recorded request may start with its request line and end with an empty line.
    lines = [line for line in text.splitlines() if line.strip()]
    return [_parse_header(line) for number, line in enumerate(lines) if number or ":" in line.split(" ")[0]]


def _parse_header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise UsageError('a header must have the form "NAME: VALUE"')
    return name.strip(), value.strip()


def read_file(name: str) -> bytes:
    """Return the bytes of a file, or of standard input for `-`. Raises UsageError if it is unreadable."""
    if name == "-":
        if sys.stdin.isatty():
            click.echo("Reading standard input until Ctrl-D:", err=True)
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {shown_file(name)}: {error.strerror}") from None
    except ValueError:  # the name contains a NUL character
        raise UsageError("cannot read a file: invalid file name") from None
