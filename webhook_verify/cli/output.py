"""Output of the command: one JSON object per line for programs, lines and tables for people.

Text from the network or from files is escaped before it reaches a terminal: escape sequences could move the
cursor, and bidirectional overrides could disguise text. JSON contains the text itself: its own escapes for
control and non-ASCII characters protect a terminal. Secrets and signatures are not printed, except by
`sign`, which prints signature headers, and `secret`, which prints the secret that it generates.
"""

from __future__ import annotations

import io
import json
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from shutil import get_terminal_size

import click

__all__ = ["COLUMNS", "emit", "fail", "line", "paragraph", "safe", "table", "warn", "width"]

COLUMNS = 80
"""The width of output that does not go to a terminal."""
_HANG = 10  # the width of a time and two spaces

# Unicode categories: control (C0, DEL, C1), format (bidirectional marks and overrides, zero width),
# surrogates, line and paragraph separators.
_UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def safe(text: object, most: int = 0) -> str:
    r"""Return the text with invisible characters escaped, such as `\x1b`. Line ends are escaped, too.

    `most` is the maximum number of characters, 0 for all; "..." marks a truncated text.
    """
    whole = str(text)
    is_truncated = 0 < most < len(whole)
    escaped = whole[:most] if is_truncated else whole
    if not (escaped.isascii() and escaped.isprintable()):
        escaped = "".join(map(_visible, escaped))
    return escaped + ("..." if is_truncated else "")


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _UNSAFE:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def emit(record: Mapping[str, object], as_json: bool, sentence: str = "") -> None:
    """Print the record as one line of JSON, or else the sentence."""
    if as_json:
        click.echo(_as_json(record))
    else:
        line(sentence)


def _as_json(record: Mapping[str, object]) -> str:
    """Return the record as one line of ASCII. DEL is the only control character that JSON does not escape."""
    return json.dumps(record, default=str).replace("\x7f", "\\u007f")


def fail(kind: str, message: str, code: int, as_json: bool) -> int:
    """Print to standard error why the command fails.

    Args:
        kind: "usage", "no_answer" or "fault".
        message: The message, without secrets. It is escaped for a terminal; JSON has its own escapes.
        code: The exit code.
        as_json: Whether to print JSON.

    Returns:
        The exit code.
    """
    record = {"error": kind, "message": message, "exit_code": code}
    click.echo(_as_json(record) if as_json else f"Error: {safe(message)}", err=True)
    return code


def warn(message: object, as_json: bool) -> None:
    """Print a warning to standard error."""
    click.echo(_as_json({"warning": str(message)}) if as_json else f"Warning: {safe(message)}", err=True)


def line(text: object) -> None:
    """Print one line for people, escaped; wrap it at a terminal."""
    if _is_terminal():
        paragraph(text, hang=_HANG)
    else:
        click.echo(safe(text))


def width() -> int:
    """Return the maximum width of a line: that of the terminal, or 80 columns in a pipe."""
    return max(get_terminal_size().columns, 20) if _is_terminal() else COLUMNS


def _is_terminal() -> bool:
    return isinstance(sys.stdout, io.TextIOBase) and sys.stdout.isatty()  # None if it was closed at startup


def paragraph(text: object, indent: int = 0, hang: int = 0) -> None:
    """Print text for people, escaped and wrapped; `hang` indents the lines after the first."""
    first, others = " " * indent, " " * (indent + hang)
    lines = textwrap.wrap(
        safe(text), width(), initial_indent=first, subsequent_indent=others, break_on_hyphens=False
    )
    click.echo("\n".join(lines))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, fold: str = "") -> None:
    """Print a table of texts, escaped. Cells wrap if the table is too wide; with `fold`, in this column only.

    The table has no header if no column has a name.
    """
    from rich import box  # imported here, because most subcommands print no table
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rendered = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True, show_header=any(columns))
    for name in columns:
        rendered.add_column(name, overflow="fold", no_wrap=bool(fold) and name != fold)
    for row in rows:
        rendered.add_row(*(Text(safe(cell)) for cell in row))
    console = Console(highlight=False, markup=False, emoji=False, width=width())
    with console.capture() as captured:
        console.print(rendered)
    # Strip the spaces that pad the last column, which would be noise in a pipe.
    for each in captured.get().splitlines():
        click.echo(each.rstrip(), color=_is_terminal())
