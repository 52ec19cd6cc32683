"""What the makers of pages share."""

from __future__ import annotations

from collections.abc import Iterable

MADE = "<!-- Made by make docs out of the code. Change the text in tools/ or the code, not this page. -->\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
