"""The inbox that a command names: an object of an application, the URL of a database, or a SQLite file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from inspect import isawaitable
from pathlib import Path
from typing import Any

import click

from webhook_verify.cli.inbox.filters import Option
from webhook_verify.cli.plugins import load_object
from webhook_verify.cli.usage_errors import UsageError, shown_file
from webhook_verify.inbox.entries import Entry
from webhook_verify.inbox.failures import failure_name
from webhook_verify.sql.failures import is_missing_table

__all__ = ["INBOX_METAVAR", "OpenInbox", "inbox_argument", "open_inbox"]

INBOX_METAVAR = "INBOX"
_PAGE_ROWS = 100
_OBJECT = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*(?:\(\))?")

inbox_argument: Option = click.argument("inbox", metavar=INBOX_METAVAR)
"""The argument for the inbox."""


class OpenInbox:
    """The store of an inbox. An async store is called on an event loop of the command.

    Args:
        store: The store.
    """

    def __init__(self, store: Any) -> None:
        self._store = store
        self._runner = asyncio.Runner()

    def call(self, name: str, *arguments: Any, **options: Any) -> Any:
        """Call the store. Raises UsageError without the driver's message, which may contain a password."""
        try:
            result = getattr(self._store, name)(*arguments, **options)
            return self._runner.run(_result(result)) if isawaitable(result) else result
        except Exception as error:
            if is_missing_table(error):
                raise UsageError(
                    "INBOX: the database has no table of an inbox. Check its name, or call create_table() of "
                    "the inbox once"
                ) from None
            raise UsageError(f"INBOX: the store failed with {failure_name(error)}") from None

    def entries(self, limit: int | None, **filters: Any) -> Iterator[Entry]:
        """Yield the entries that the filters of the store select, at most `limit`."""
        after, count = filters.pop("after", 0), 0
        while limit is None or count < limit:
            size = _PAGE_ROWS if limit is None else min(_PAGE_ROWS, limit - count)
            page: Sequence[Entry] = self.call("list", **filters, after=after, limit=size)
            if not page:
                return
            yield from page
            count += len(page)
            after = page[-1].id

    def close(self) -> None:
        """Close the event loop, and the store if it can be closed."""
        for name in ("close", "aclose"):
            close = getattr(self._store, name, None)
            if close is not None:
                result = close()
                if isawaitable(result):
                    self._runner.run(_result(result))
        self._runner.close()


async def _result(awaitable: Any) -> Any:
    return await awaitable


@contextmanager
def open_inbox(name: str) -> Generator[OpenInbox]:
    """Open the store of an inbox.

    Args:
        name: `MODULE:NAME` of an inbox or a store, a URL, or the path of a SQLite file.

    Yields:
        The store.

    Raises:
        UsageError: If it cannot be opened.
    """
    inbox = OpenInbox(_store(load_object(name, "INBOX")) if _OBJECT.fullmatch(name) else _database(name))
    try:
        yield inbox
    finally:
        inbox.close()


def _store(loaded: Any) -> Any:
    store = getattr(loaded, "store", loaded)
    if not callable(getattr(store, "claim", None)) or isinstance(store, type):
        raise UsageError(f"INBOX must name an Inbox, an AsyncInbox or a store, not a {type(loaded).__name__}")
    return store


def _database(name: str) -> Any:
    """Return the store of a database, which must exist. No table is created."""
    is_url = "://" in name
    if not is_url:
        _check_file(name)
    try:
        stores = import_module("webhook_verify.inbox.sql")
        url = import_module("sqlalchemy").make_url(name if is_url else f"sqlite:///{name}")
        is_async = url.get_dialect().is_async
    except ModuleNotFoundError:
        raise
    except Exception as error:
        raise _not_opened(error) from None
    if is_url and url.get_backend_name() == "sqlite":
        _check_file(url.database or "")
    try:
        return (stores.AsyncSQLInboxStore if is_async else stores.SQLInboxStore)(url)
    except ModuleNotFoundError:
        raise
    except Exception as error:
        raise _not_opened(error) from None


def _check_file(path: str) -> None:
    if not Path(path).is_file():
        raise UsageError(
            f"INBOX: the file {shown_file(path)} does not exist. Pass MODULE:NAME, the URL of a database, or "
            "a SQLite file"
        )


def _not_opened(error: Exception) -> UsageError:
    return UsageError(f"INBOX: the database cannot be opened: {failure_name(error)}")
