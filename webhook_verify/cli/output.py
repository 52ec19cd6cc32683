"""How the command prints: one JSON object a line for machines, lines and tables for people.

What comes from the network or from files is made harmless before it reaches a terminal: a body that holds
escape sequences could move the cursor, and a bidirectional override could show other text than is there.
No secret and no signature is printed; only ``sign`` prints the headers that it is asked for, and ``secret``
what it makes.
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
_HANG = 10  # as wide as a time and two blanks
"""How wide tables are where nobody says how wide the terminal is."""

# Control (C0, DEL, C1), format (bidirectional marks and overrides, zero width), surrogates, separators of
# lines and paragraphs.
_UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def safe(text: object, most: int = 0) -> str:
    r"""The text with what is no visible character escaped, as ``\x1b``; no line ends either.

    ``most``: how many characters of it, 0 for all; "..." tells that there are more.
    """
    whole = str(text)
    is_cut = 0 < most < len(whole)
    given = whole[:most] if is_cut else whole
    if not (given.isascii() and given.isprintable()):
        given = "".join(map(_visible, given))
    return given + ("..." if is_cut else "")


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _UNSAFE:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def emit(record: Mapping[str, object], as_json: bool, sentence: str = "") -> None:
    """Print one thing: the record as one line of JSON, or the sentence."""
    if as_json:
        click.echo(_as_json(record))
    else:
        line(sentence)


def _as_json(record: Mapping[str, object]) -> str:
    """The record as one line: ASCII alone, in which JSON leaves but one control character as it is."""
    return json.dumps(record, default=str).replace("\x7f", "\\u007f")


def fail(kind: str, message: str, code: int, as_json: bool) -> int:
    """Tell to standard error why the command ends, for standard output has results alone; the exit code.

    ``kind``: "usage", "no_answer" or "fault". ``message`` is safe already.
    """
    record = {"error": kind, "message": message, "exit_code": code}
    click.echo(_as_json(record) if as_json else f"Error: {message}", err=True)
    return code


def warn(message: object, as_json: bool) -> None:
    """Tell to standard error what does not end the command."""
    text = safe(message)
    click.echo(_as_json({"warning": text}) if as_json else f"Warning: {text}", err=True)


def line(text: object) -> None:
    """Print one line for people, made safe; a terminal gets it in lines that fit."""
    if _is_terminal():
        paragraph(text, hang=_HANG)
    else:
        click.echo(safe(text))


def width() -> int:
    """How wide a line may be: as wide as the terminal, or of 80 columns in a pipe."""
    return max(get_terminal_size().columns, 20) if _is_terminal() else COLUMNS


def _is_terminal() -> bool:
    return isinstance(sys.stdout, io.TextIOBase) and sys.stdout.isatty()  # it is None where it is closed


def paragraph(text: object, indent: int = 0, hang: int = 0) -> None:
    """Print text for people, made safe, in lines that fit; those after the first ``hang`` columns deeper."""
    first, others = " " * indent, " " * (indent + hang)
    lines = textwrap.wrap(
        safe(text), width(), initial_indent=first, subsequent_indent=others, break_on_hyphens=False
    )
    click.echo("\n".join(lines))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, fold: str = "") -> None:
    """Print a table of texts, made safe. Cells fold where it would be too wide, or in ``fold`` alone.

    Without a header where no column has a name.
    """
    from rich import box  # here, because most verbs print no table
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True, show_header=any(columns))
    for name in columns:
        made.add_column(name, overflow="fold", no_wrap=bool(fold) and name != fold)
    for row in rows:
        made.add_row(*(Text(safe(cell)) for cell in row))
    console = Console(highlight=False, markup=False, emoji=False, width=width())
    with console.capture() as captured:
        console.print(made)
    # The blanks that pad the last column are of no use to anybody, least of all in a pipe.
    for each in captured.get().splitlines():
        click.echo(each.rstrip(), color=_is_terminal())
