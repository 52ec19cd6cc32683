"""Tables that run as one test, for rows that cost less than pytest's overhead for a test.

`@rows` has the arguments of `@pytest.mark.parametrize`. The test runs once and checks every row. Failures are
reported together, each with the name of its row. `pytest --row=TEXT` runs the rows whose name contains the
text.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import pytest

__all__ = ["FailedRows", "Test", "rows", "select_rows"]

Test = TypeVar("Test", bound=Callable[..., None])
Table = list[tuple[str, dict[str, Any]]]

_MAX_SHOWN = 20

_selected: str = ""


def select_rows(text: str) -> None:
    """Run only the rows whose name contains `text`."""
    global _selected
    _selected = text


class FailedRows(ExceptionGroup[Exception]):
    """The errors of the failed rows, each with the name of its row as a note."""


def rows(
    names: str | Sequence[str], values: Iterable[Any], ids: Callable[[Any], str] | Iterable[Any] | None = None
) -> Callable[[Test], Test]:
    """Run the decorated test once for all rows.

    Args:
        names: The parameters that a row contains, as in `pytest.mark.parametrize`.
        values: The rows: a value, a tuple of values if there are several names, or a `pytest.param`.
        ids: The names of the rows, or a function of a value that returns one.
    """
    words = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    table = _table(words, list(values), ids)

    def decorate(test: Test) -> Test:
        # Another table on the same test multiplies the rows, like another parametrize.
        inner = getattr(test, "_rows", None)
        body, both = (test, table) if inner is None else (inner[0], _product(table, inner[1]))

        @functools.wraps(test)
        def run(**fixtures: Any) -> None:
            _run_rows(body, both, fixtures)

        signature = inspect.signature(test)
        kept = [value for name, value in signature.parameters.items() if name not in words]
        run.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
        run._rows = (body, both)  # type: ignore[attr-defined]
        return run  # type: ignore[return-value]

    return decorate


def _table(words: list[str], values: list[Any], ids: Callable[[Any], str] | Iterable[Any] | None) -> Table:
    given = None if ids is None or callable(ids) else [str(name) for name in ids]
    table = []
    for number, value in enumerate(values):
        name = given[number] if given else None
        if isinstance(value, type(pytest.param())):
            name, row = str(value.id or name), tuple(value.values)
        else:
            row = (value,) if len(words) == 1 else tuple(value)
        if name is None:
            name = "-".join(str(ids(part) if callable(ids) else part)[:60] for part in row)
        table.append((str(name), dict(zip(words, row, strict=True))))
    return table


def _product(outer: Table, inner: Table) -> Table:
    return [(f"{a}-{b}", {**first, **second}) for a, first in outer for b, second in inner]


def _run_rows(test: Callable[..., None], table: Table, fixtures: dict[str, Any]) -> None:
    failures: list[Exception] = []
    for name, row in table:
        if _selected not in name:
            continue
        try:
            test(**fixtures, **row)
        except (Exception, pytest.fail.Exception) as error:
            failures.append(_noted(error, name))
    if failures:
        raise FailedRows(f"{len(failures)} of {len(table)} rows failed", failures[:_MAX_SHOWN])


def _noted(error: BaseException, name: str) -> Exception:
    """Return the error as an Exception, which that of pytest.fail is not, with the name of the row."""
    if isinstance(error, Exception):
        exception = error
    else:
        exception = AssertionError(str(error)).with_traceback(error.__traceback__)
    exception.add_note(f"in row {name!r}")
    return exception
