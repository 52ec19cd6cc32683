"""A replay store in a database of a Django project, PostgreSQL or SQLite.

Each call is one statement in autocommit. If the thread's connection is in a transaction (of
`ATOMIC_REQUESTS`, or of a handler that extends its lease), the call opens a separate connection and closes it
afterwards, so that no rollback undoes it.
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
from webhook_verify.replay.sql.store_calls import MAX_PRUNED_RECORDS, StoreCalls, claim_numbers
from webhook_verify.replay.store import ClaimOutcome
from webhook_verify.sql.failures import is_missing_table, is_serialization_conflict

__all__ = ["AsyncDjangoModelStore", "DjangoModelStore"]

_APP = "webhook_verify.replay.django"
_TABLE = "webhook_verify_replay"
_INDEX = "webhook_verify_kept_until"
_VENDORS = ("postgresql", "sqlite")
_MAX_ATTEMPTS = 3

_PARAMETER = re.compile(r":(\w+)")

_T = TypeVar("_T")


class DjangoModelStore:
    """Replay protection in the table of the app `webhook_verify.replay.django`.

    After a lost connection or a serialization failure a call is retried, at most two times.

    Args:
        using: The alias of the database in `settings.DATABASES`.

    Raises:
        ImproperlyConfigured: If the app is not installed, or the database is neither PostgreSQL nor SQLite.
        django.utils.connection.ConnectionDoesNotExist: If no database has the alias `using`.
    """

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        if not apps.is_installed(_APP):
            raise ImproperlyConfigured(
                f"DjangoModelStore needs {_APP!r} in INSTALLED_APPS. Add it, then run manage.py migrate"
            )
        connection = connections[using]  # Django's error names an unknown alias
        if connection.vendor not in _VENDORS:
            raise ImproperlyConfigured(
                f"DjangoModelStore needs PostgreSQL or SQLite, but the database {using!r} is "
                f"{connection.vendor}. Use DjangoCacheStore, or SQLStore for MariaDB"
            )
        self._using = using
        self.identity: object = "django model", using
        self._connections = _Connections(using)
        self._statements = _in_djangos_style(connection)
        self._numbers = claim_numbers()

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """Claim a delivery for one handler.

        Args:
            key: The storage key of the delivery.
            token: The token of this claim.
            lease: How many seconds the claim lasts.
            retention: How many seconds the record is kept.

        Returns:
            The state of the delivery; for a new claim also its attempt number.

        Raises:
            django.db.Error: If the database fails.
        """
        return self._call(lambda calls: calls.claim(key, token, lease=lease, retention=retention))

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """Extend the lease of a claim.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            lease: How many seconds the claim lasts from now.

        Returns:
            Whether the token still holds the claim.

        Raises:
            django.db.Error: If the database fails.
        """
        return self._call(lambda calls: calls.extend(key, token, lease=lease))

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        """Record a delivery as completed.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            retention: How many seconds the record is kept from now.

        Returns:
            Whether the record now belongs to the token.

        Raises:
            django.db.Error: If the database fails.
        """
        return self._call(lambda calls: calls.complete(key, token, retention=retention))

    def release(self, key: str, token: str) -> bool:
        """Release a claim, so that a retry is handled.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.

        Returns:
            Whether the token held the claim.

        Raises:
            django.db.Error: If the database fails.
        """
        return self._call(lambda calls: calls.release(key, token))

    def prune(self, at_most: int = MAX_PRUNED_RECORDS) -> int:
        """Delete expired records, the oldest first.

        Args:
            at_most: The maximum number of records to delete.

        Returns:
            The number of deleted records.

        Raises:
            django.db.Error: If the database fails.
        """
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
        # Not connection.cursor(), which logs each statement with its parameters if DEBUG is True.
        with connection.make_cursor(connection.create_cursor()) as cursor:
            try:
                cursor.execute(getattr(self._statements, call), parameters)
            except DatabaseError as error:
                if is_missing_table(error.__cause__ or error):
                    error.add_note(f"table {_TABLE} does not exist: run manage.py migrate")
                raise
            return (cursor.fetchall() if cursor.description else ()), cursor.rowcount


class _Connections(ChildCallback):
    """Fork hooks, so that no connection of the project is used by both parent and child."""

    def __init__(self, using: str) -> None:
        super().__init__(self._forget_inherited, before=self._close_sqlite)
        self._using = using
        self._inherited: list[Any] = []

    def _open(self) -> Iterator[BaseDatabaseWrapper]:
        """Yield the connection of this thread, unless it is closed or in a transaction."""
        for connection in connections.all(initialized_only=True):
            is_idle = connection.connection is not None and not connection.in_atomic_block
            if connection.alias == self._using and is_idle:
                yield connection

    def _close_sqlite(self) -> None:
        # SQLite's locks do not survive a fork: see webhook_verify.sql.engines.
        for connection in self._open():
            if connection.vendor == "sqlite":
                connection.close()

    def _forget_inherited(self) -> None:
        for connection in self._open():
            pools: dict[str, Any] = getattr(connection, "_connection_pools", {})
            # They are the parent's, so they are kept and never closed here.
            self._inherited += [connection.connection, pools.pop(self._using, None)]
            connection.connection = None


class AsyncDjangoModelStore(InThreads):
    """Replay protection in the app's table, for an `AsyncReceiver`. The calls run in the request's thread.

    Args:
        using: The alias of the database in `settings.DATABASES`.

    Raises:
        ImproperlyConfigured: If the app is not installed, or the database is neither PostgreSQL nor SQLite.
        django.utils.connection.ConnectionDoesNotExist: If no database has the alias `using`.
    """

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        super().__init__(DjangoModelStore(using), thread_sensitive=True)


def _in_djangos_style(connection: BaseDatabaseWrapper) -> Statements:
    quote = connection.ops.quote_name
    known = statements_for(connection.vendor, quote(_TABLE), quote(_INDEX))
    return Statements(**{name: _PARAMETER.sub(r"%(\1)s", text) for name, text in vars(known).items()})


def _may_pass(connection: BaseDatabaseWrapper, error: Exception) -> bool:
    """Return whether a retry may succeed. Closes a lost connection, so that the retry opens a new one."""
    if error.__cause__ is not None and is_serialization_conflict(error.__cause__):
        return True
    if connection.connection is None or connection.is_usable():
        return False
    connection.close()
    return True
