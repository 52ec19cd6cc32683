"""Databases for the tests of the SQL stores, and stores with their own tables."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine

from webhook_verify.replay.sql import SQLStore

__all__ = ["BLOCKING_DRIVERS", "engine_of", "new_table", "on_postgres", "rows", "store_in"]

_numbers = count()


def rows(*drivers: str) -> list[Any]:
    """Return parameters that run in the worker with their server."""
    groups = {"sqlite": "sqlite", "postgresql": "postgres", "mariadb": "mariadb"}
    return [pytest.param(each, marks=pytest.mark.xdist_group(groups[each.split("+")[0]])) for each in drivers]


BLOCKING_DRIVERS = rows("sqlite", "postgresql+psycopg", "mariadb+pymysql")
on_postgres = pytest.mark.xdist_group("postgres")


@contextmanager
def engine_of(url: str, **options: Any) -> Generator[Engine]:
    """Create an engine of an application."""
    made = create_engine(url, **options)
    try:
        yield made
    finally:
        made.dispose()


@contextmanager
def store_in(database: Engine | str, table: str | None = None) -> Generator[SQLStore]:
    """Return a store with its own existing table."""
    store = SQLStore(database, table=table or new_table())
    store.create_table()
    try:
        yield store
    finally:
        store.close()


def new_table() -> str:
    return f"replay_{os.getpid()}_{next(_numbers)}"
