"""Where the command's input comes from: secrets, bodies and headers.

A secret never stands on the command line, where other users and the shell's history see it: it comes
from an environment variable, a file or standard input.
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
from webhook_verify.cli.usage_errors import UsageError, shown_file, shown_variable

__all__ = [
    "DEFAULT_ENV",
    "SchemeName",
    "body_option",
    "complete_at_file",
    "complete_file",
    "json_option",
    "read_body",
    "read_file",
    "read_headers",
    "read_secrets",
    "scheme_option",
    "secret_options",
]

DEFAULT_ENV = "WEBHOOK_SECRET"

_Command = TypeVar("_Command", bound=Callable[..., Any])


class SchemeName(click.ParamType[str]):
    """The name of a registered scheme: looked up when it is given, so that plugins come first."""

    name = "scheme"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name itself. Fails, with the nearest names, for one that is not registered."""
        known = schemes.names()
        if value not in known:
            near = get_close_matches(value, known)
            hint = f"did you mean {', '.join(near)}? " if near else ""
            self.fail(f"{value!r} is no known scheme: {hint}See webhook-verify providers.", param, ctx)
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The names that begin so."""
        return [CompletionItem(name) for name in schemes.names() if name.startswith(incomplete)]


def complete_at_file(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The files whose names begin so, behind an ``@``: no shell completes those by itself."""
    start = incomplete.removeprefix("@")
    folder, _, name = start.rpartition("/")
    try:
        found = [*os.scandir(folder or ("/" if start.startswith("/") else "."))]
    except (OSError, ValueError):
        return []
    shown = (each for each in found if each.name.startswith(name) and (name or not each.name.startswith(".")))
    lead = start[: len(start) - len(name)]
    return [CompletionItem(f"@{lead}{each.name}{'/' * each.is_dir()}") for each in shown]


def complete_file(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Lets the shell complete the name of a file."""
    return [CompletionItem(incomplete, type="file")]


scheme_option = click.option(
    "--scheme",
    type=SchemeName(),
    metavar="NAME",
    default="standard-webhooks",
    show_default=True,
    help="How the provider signs; webhook-verify providers lists the names.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object per line, for machines.")


def secret_options(command: _Command) -> _Command:
    """The options that say where the secrets are."""
    command = click.option(
        "--secret-env",
        multiple=True,
        metavar="NAME",
        help=f"Environment variable that holds a secret; may be repeated.  [default: {DEFAULT_ENV}]",
    )(command)
    return click.option(
        "--secret-file",
        multiple=True,
        metavar="FILE",
        shell_complete=complete_file,
        help="File that holds a secret (text or PEM), - for standard input; may be repeated.",
    )(command)


def body_option(command: _Command) -> _Command:
    """The option that says where the body is."""
    return click.option(
        "--body",
        default="-",
        show_default=True,
        metavar="@FILE",
        shell_complete=complete_at_file,
        help="The raw body: @FILE, or - for standard input.",
    )(command)


def read_secrets(names: tuple[str, ...], files: tuple[str, ...], *others: str | None) -> list[str]:
    """The secrets of all sources, files first. Raises UsageError for a source that gives none.

    ``others`` are the sources of the body and the headers, to see that standard input is read once. Where
    nothing says where the secret is, the person at the terminal is asked.
    """
    readers = sum(source in {"-", "@-"} for source in (*files, *others))
    if readers > 1:
        raise UsageError("standard input can be read once: give the others another way")
    has_no_source = not names and not files and not os.environ.get(DEFAULT_ENV, "").strip()
    if has_no_source and not readers and sys.stdin.isatty():
        return [click.prompt("Secret (not shown)", hide_input=True, err=True)]
    secrets = [read_file(name).decode("utf-8", "replace") for name in files]
    for name in names or (() if files else (DEFAULT_ENV,)):
        value = os.environ.get(name, "")
        if not value.strip():
            hint = "set it, or say --secret-env NAME or --secret-file FILE"
            raise UsageError(f"environment variable {shown_variable(name)} holds no secret: {hint}")
        secrets.append(value)
    return secrets


def read_body(source: str) -> bytes:
    """The bytes of ``@FILE`` or ``-``."""
    if source == "-":
        return read_file("-")
    if not source.startswith("@"):
        raise UsageError("--body takes @FILE, or - for standard input")
    return read_file(source[1:])


def read_headers(lines: tuple[str, ...], source: str | None) -> list[tuple[str, str]]:
    """Headers of ``-H "name: value"`` options and of a file: such lines, or one JSON object."""
    headers = [_parse_header(line) for line in lines]
    if source is not None:
        if not source.startswith("@"):
            raise UsageError("--headers takes @FILE")
        headers += _parse_headers(read_file(source[1:]).decode("latin-1"))
    return headers


def _parse_headers(text: str) -> list[tuple[str, str]]:
    if text.lstrip().startswith("{"):
        try:
            found: object = json.loads(text)
        except ValueError:
            raise UsageError("the file of --headers starts like JSON, but is not") from None
        return parse_header_pairs(found)
    # A recorded request may start with its request line and end with its blank line.
    lines = [line for line in text.splitlines() if line.strip()]
    return [_parse_header(line) for number, line in enumerate(lines) if number or ":" in line.split(" ")[0]]


def _parse_header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise UsageError('a header is written "name: value"')
    return name.strip(), value.strip()


def read_file(name: str) -> bytes:
    """The bytes of a file, or of standard input for ``-``. Raises UsageError for one that cannot be read."""
    if name == "-":
        if sys.stdin.isatty():
            click.echo("Reading standard input, up to Ctrl-D:", err=True)
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {shown_file(name)}: {error.strerror}") from None
    except ValueError:  # a NUL in the name
        raise UsageError("cannot read a file: its name is none") from None
