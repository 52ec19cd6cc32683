"""The option `--store`: the file of deliveries for `listen` and `replay`."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from webhook_verify.cli import output
from webhook_verify.cli.store.delivery_store import DEFAULT_MAX_DELIVERIES, DeliveryStore, DeliveryStoreError
from webhook_verify.cli.store.location import default_path, move_old_store, old_path
from webhook_verify.cli.usage_errors import UsageError, shown_file

__all__ = ["open_store", "store_option"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def store_option(command: _Command) -> _Command:
    """Add the option for the file of deliveries."""
    return click.option(
        "--store",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar="WEBHOOK_VERIFY_STORE",
        show_envvar=True,
        default=default_path,
        show_default="deliveries.sqlite in your data folder",
        help="The SQLite file that stores deliveries.",
    )(command)


@contextmanager
def open_store(
    path: Path, max_deliveries: int = DEFAULT_MAX_DELIVERIES, *, must_exist: bool = False
) -> Generator[DeliveryStore]:
    """Open the store; if `max_deliveries` is 0, write no file. Raises UsageError if it cannot be used."""
    if max_deliveries and path == default_path():
        # The first use of the default path moves the store of an earlier version.
        path, sentence = move_old_store(old_path(), path)
        if sentence:
            output.warn(sentence, bool(click.get_current_context().params.get("as_json")))
    try:
        store = (
            DeliveryStore(path, max_deliveries, must_exist=must_exist)
            if max_deliveries
            else DeliveryStore(None)
        )
        try:
            yield store
        finally:
            store.close()
    except DeliveryStoreError as error:
        raise UsageError(f"cannot use the delivery store {shown_file(str(path))}: {error}") from None
