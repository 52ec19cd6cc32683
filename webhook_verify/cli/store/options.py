"""Which file ``listen`` keeps deliveries in, and ``replay`` reads them from: the option ``--store``."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import click

from webhook_verify.cli.store.delivery_store import DEFAULT_KEEP, KeptDeliveries, NotKept
from webhook_verify.cli.usage_errors import Mistake, shown_file

__all__ = ["opened", "store_option"]


def _default_place() -> Path:
    """In the folder that the platform has for an application's own, not where it may get into a commit."""
    return Path(click.get_app_dir("webhook-verify"), "deliveries.sqlite")


store_option = click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="WEBHOOK_VERIFY_STORE",
    show_envvar=True,
    default=_default_place,
    show_default="deliveries.sqlite in your folder for applications",
    help="The SQLite file in which deliveries are kept.",
)


@contextmanager
def opened(place: Path, keep: int = DEFAULT_KEEP, *, must_exist: bool = False) -> Generator[KeptDeliveries]:
    """The file; for ``keep`` 0 none, and duplicates are known until the end. Raises Mistake for a fault."""
    try:
        store = KeptDeliveries(place, keep, must_exist=must_exist) if keep else KeptDeliveries(None)
        try:
            yield store
        finally:
            store.close()
    except NotKept as error:
        raise Mistake(f"the deliveries in {shown_file(str(place))}: {error}") from None
