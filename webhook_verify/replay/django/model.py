"""Replay protection in a database of the project, for PostgreSQL and SQLite.

Each call is one statement in autocommit. Where the thread's connection is in a transaction (of
``ATOMIC_REQUESTS``, of a handler that extends its lease), the call is made on a connection of its own that
lives as long as the call, so that no rollback undoes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from webhook_verify.forks import ChildCallback
from webhook_verify.replay.django.async_store import InThreads
from webhook_verify.replay.sql.statements import Statements, statements_for
from webhook_verify.replay.sql.store_calls import (
    MAX_PRUNED_RECORDS,
    StoreCalls,
    claim_numbers,
    is_missing_table,
    is_serialization_conflict,
)
from webhook_verify.replay.store import ClaimOutcome

__all__ = ["AsyncDjangoModelStore", "DjangoModelStore"]

_APP = "webhook_verify.replay.django"
_TABLE = "webhook_verify_replay"
_INDEX = "webhook_verify_kept_until"
_VENDORS = ("postgresql", "sqlite")
_MAX_ATTEMPTS = 3

_PARAMETER = re.compile(r":(\w+)")

_T = TypeVar("_T")


class DjangoModelStore:
    """Replay protection in the table of the app ``webhook_verify.replay.django``.

    ``using``: the alias of the database. Raises ImproperlyConfigured for a database that is neither
    PostgreSQL nor SQLite, and where the app is not installed. Its calls raise Django's database errors;
    after a lost connection or a serialization failure one is tried again, at most twice.
    """

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        if not apps.is_installed(_APP):
            raise ImproperlyConfigured(f"DjangoModelStore needs {_APP!r} in INSTALLED_APPS, and a migrate")
        connection = connections[using]  # its own error names the alias
        if connection.vendor not in _VENDORS:
            raise ImproperlyConfigured(
                f"DjangoModelStore works on PostgreSQL and SQLite, and {using!r} is {connection.vendor}: use "
                "DjangoCacheStore, or SQLStore for MariaDB"
            )
        self._using = using
        self.identity = "django model", using
        self._connections = _Connections(using)
        self._statements = _in_djangos_style(connection)
        self._numbers = claim_numbers()

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """See :meth:`ReplayStore.claim`."""
        return self._call(lambda calls: calls.claim(key, token, lease=lease, retention=retention))

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """See :meth:`ReplayStore.extend`."""
        return self._call(lambda calls: calls.extend(key, token, lease=lease))

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        """See :meth:`ReplayStore.complete`."""
        return self._call(lambda calls: calls.complete(key, token, retention=retention))

    def release(self, key: str, token: str) -> bool:
        """See :meth:`ReplayStore.release`."""
        return self._call(lambda calls: calls.release(key, token))

    def prune(self, at_most: int = MAX_PRUNED_RECORDS) -> int:
        """Delete records that are past their time, at most so many; how many were deleted."""
        return self._call(lambda calls: calls.prune(at_most))

    def _call(self, call: Callable[[StoreCalls], _T]) -> _T:
        self._connections.check()
        connection = connections[self._using]
        if not connection.in_atomic_block and connection.get_autocommit():
            return self._attempts(connection, call)
        own = connections.create_connection(self._using)
        try:
            own.set_autocommit(True)
            return self._attempts(own, call)
        finally:
            own.close()

    def _attempts(self, connection: BaseDatabaseWrapper, call: Callable[[StoreCalls], _T]) -> _T:
        attempt = 0
        while True:
            attempt += 1
            try:
                return call(StoreCalls(partial(self._run, connection), self._numbers))
            except (OperationalError, InterfaceError) as error:
                if attempt == _MAX_ATTEMPTS or not _may_pass(connection, error):
                    raise

    def _run(
        self, connection: BaseDatabaseWrapper, call: str, parameters: Mapping[str, Any]
    ) -> tuple[Sequence[Sequence[Any]], int]:
        connection.ensure_connection()
        # Not connection.cursor(): under DEBUG that one logs each statement with its parameters.
        with connection.make_cursor(connection.create_cursor()) as cursor:
            try:
                cursor.execute(getattr(self._statements, call), parameters)
            except DatabaseError as error:
                if is_missing_table(error.__cause__ or error):
                    error.add_note(f"table {_TABLE} is not there: run manage.py migrate")
                raise
            return (cursor.fetchall() if cursor.description else ()), cursor.rowcount


class _Connections(ChildCallback):
    """Lets no connection of the project be used on both sides of a fork."""

    def __init__(self, using: str) -> None:
        super().__init__(self._forget_inherited, before=self._close_sqlite)
        self._using = using
        self._inherited: list[Any] = []

    def _open(self) -> Iterator[BaseDatabaseWrapper]:
        """The connection of this thread, unless there is none or it is in a transaction."""
        for connection in connections.all(initialized_only=True):
            is_idle = connection.connection is not None and not connection.in_atomic_block
            if connection.alias == self._using and is_idle:
                yield connection

    def _close_sqlite(self) -> None:
        # See webhook_verify.replay.sql.engine: SQLite's locks do not survive a fork.
        for connection in self._open():
            if connection.vendor == "sqlite":
                connection.close()

    def _forget_inherited(self) -> None:
        for connection in self._open():
            pools: dict[str, Any] = getattr(connection, "_connection_pools", {})
            self._inherited += [connection.connection, pools.pop(self._using, None)]  # never closed here
            connection.connection = None


class AsyncDjangoModelStore(InThreads):
    """As :class:`DjangoModelStore`, for an ``AsyncReceiver``: each call runs in the request's thread."""

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        super().__init__(DjangoModelStore(using), thread_sensitive=True)


def _in_djangos_style(connection: BaseDatabaseWrapper) -> Statements:
    quote = connection.ops.quote_name
    known = statements_for(connection.vendor, quote(_TABLE), quote(_INDEX))
    return Statements(**{name: _PARAMETER.sub(r"%(\1)s", text) for name, text in vars(known).items()})


def _may_pass(connection: BaseDatabaseWrapper, error: Exception) -> bool:
    """Whether a further attempt may do better; a connection that has gone is closed, so it opens anew."""
    if error.__cause__ is not None and is_serialization_conflict(error.__cause__):
        return True
    if connection.connection is None or connection.is_usable():
        return False
    connection.close()
    return True
