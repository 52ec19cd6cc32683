"""Output of the command: one JSON object per line for programs, lines and tables for people.

Text from the network or from files is escaped before it reaches a terminal: escape sequences could move the
cursor, and bidirectional overrides could disguise text. JSON contains the text itself: its own escapes for
control and non-ASCII characters protect a terminal. Secrets and signatures are not printed, except by
`sign`, which prints signature headers, and `secret`, which prints the secret that it generates.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import textwrap
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from shutil import get_terminal_size

import click

__all__ = [
    "COLUMNS",
    "Styled",
    "emit",
    "facts",
    "fail",
    "is_terminal",
    "line",
    "paragraph",
    "safe",
    "table",
    "table_width",
    "warn",
    "width",
]

COLUMNS = 80
"""The width of paragraphs in a pipe, and the minimum width of a table."""
_MIN_WIDTH = 20
_UNLIMITED_WIDTH = 100_000
_HANG = 10  # the width of a time and two spaces

_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
    "\U0001f300-\U0003fffd]"
)
_FILLER = "\ufdd0"  # a code point that is never a character

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
    """Print one line for people, escaped. Only a terminal wraps it: in a pipe, a result is one line."""
    if not is_terminal():
        click.echo(safe(text))
        return
    # Two spaces separate the parts of a line, such as the time and the response: break there if possible.
    first, *parts = safe(text).split("  ")
    lines = [first]
    for part in parts:
        longer = f"{lines[-1]}  {part}"
        lines = [*lines[:-1], longer] if len(longer) <= width() else [*lines, " " * _HANG + part]
    for each in lines:
        paragraph(each.strip(), indent=len(each) - len(each.lstrip()), hang=_HANG if each is lines[0] else 0)


def width() -> int:
    """Return the maximum width of text: `COLUMNS`, or that of the terminal, or 80 columns in a pipe."""
    return table_width() or COLUMNS


def table_width() -> int | None:
    """Return the maximum width of a table. In a pipe, it has a limit only if `COLUMNS` is set."""
    columns = get_terminal_size().columns if is_terminal() else _columns_variable()
    return max(columns, _MIN_WIDTH) if columns else None


def _columns_variable() -> int:
    """Return the value of `COLUMNS`, 0 if it is missing or not a positive number."""
    value = os.environ.get("COLUMNS", "")
    return int(value) if value.isascii() and value.isdigit() else 0


def is_terminal() -> bool:
    """Return whether standard output is a terminal."""
    return isinstance(sys.stdout, io.TextIOBase) and sys.stdout.isatty()  # None if it was closed at startup


def paragraph(text: object, indent: int = 0, hang: int = 0) -> None:
    """Print text for people, escaped and wrapped; `hang` indents the lines after the first."""
    click.echo(_wrapped(text, width(), indent, hang))


def _wrapped(text: object, columns: int, indent: int = 0, hang: int = 0) -> str:
    first, others = " " * indent, " " * (indent + hang)
    # textwrap counts characters. So a wide one, which fills two columns, gets a filler that is removed again.
    filled = _WIDE.sub(lambda match: match[0] + _FILLER, safe(text))
    lines = textwrap.wrap(
        filled,
        columns - (_FILLER in filled),
        initial_indent=first,
        subsequent_indent=others,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace(_FILLER, "")


@dataclass(frozen=True)
class Styled:
    """The text of a table's cell, and its style at a terminal with colours, such as `green` or `bold red`."""

    text: object
    style: str

    def __str__(self) -> str:
        return str(self.text)


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    fold: str = "",
    right: Collection[str] = (),
    header: bool = True,
) -> None:
    """Print a table of texts, escaped.

    In a pipe, each row is one line. At a terminal, cells wrap if the table is too wide. In fewer than 80
    columns, each row is a block with one `name: value` per line, without the empty values.

    Args:
        columns: The names of the columns.
        rows: The cells of each row: texts, or `Styled` texts.
        fold: The only column whose cells wrap; by default all.
        right: The columns that are aligned to the right.
        header: Whether the names are printed above the table.
    """
    limit = table_width()
    if limit is not None and limit < COLUMNS:
        _print_blocks(columns, rows, limit)
        return
    from rich import box  # imported here, because most subcommands print no table
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rendered = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True, show_header=header)
    for name in columns:
        is_fixed = limit is None or (bool(fold) and name != fold)
        rendered.add_column(
            name, overflow="fold", no_wrap=is_fixed, justify="right" if name in right else "left"
        )
    for row in rows:
        rendered.add_row(*(Text(_cell(cell), cell.style if isinstance(cell, Styled) else "") for cell in row))
    console = Console(highlight=False, markup=False, emoji=False, width=limit or _UNLIMITED_WIDTH)
    with console.capture() as captured:
        console.print(rendered)
    # Strip the spaces that pad the last column, which would be noise in a pipe.
    for each in captured.get().splitlines():
        click.echo(each.rstrip(), color=is_terminal())


def _cell(value: object) -> str:
    """Return the text of a cell, escaped; "" for a missing value."""
    return "" if value is None else safe(value)


def _print_blocks(columns: Sequence[str], rows: Iterable[Sequence[object]], columns_limit: int) -> None:
    """Print each row as a block of lines."""
    for row in rows:
        click.echo()
        for name, cell in zip(columns, row, strict=True):
            if text := _cell(cell):
                click.echo(_wrapped(f"{name}: {text}", columns_limit, hang=2))
    click.echo()


def facts(pairs: Iterable[tuple[str, object]]) -> None:
    """Print a list of names and values, escaped: a table of two columns, or lines in a narrow terminal."""
    limit = table_width()
    if limit is not None and limit < COLUMNS:
        for name, value in pairs:
            click.echo(_wrapped(f"{name}: {value}", limit, hang=2))
    else:
        table(("name", "value"), pairs, fold="value", header=False)
