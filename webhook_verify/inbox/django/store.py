"""An inbox store in a database of a Django project, PostgreSQL or SQLite.

The store has its own connections, so that no rollback of a request undoes a stored delivery. Only
`transaction` uses Django's connection: what a handler writes with the ORM is committed together with the end
of the entry.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections
from django.db import transaction as django_transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from sqlalchemy import URL, make_url

from webhook_verify.inbox.sql.blocking import SQLInboxStore
from webhook_verify.inbox.sql.calls import InboxCalls
from webhook_verify.inbox.sql.databases import DEFAULT_TABLE, lost
from webhook_verify.inbox.sql.table import InboxTable
from webhook_verify.inbox.store import LeaseLost
from webhook_verify.sql.execution import TransientFailure

__all__ = ["DjangoInboxStore", "creating_statements", "database_url"]

_APP = "webhook_verify.inbox.django"

_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
_QUERY = ("sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs")


class DjangoInboxStore(SQLInboxStore):
    """The inbox in the table of the app `webhook_verify.inbox.django`.

    Args:
        using: The alias of the database in `settings.DATABASES`.

    Raises:
        ImproperlyConfigured: If the app is not installed, the database is not supported, or it is a SQLite
            database in memory.
        ImportError: If SQLAlchemy or its driver for the database is not installed.
        django.utils.connection.ConnectionDoesNotExist: If no database has the alias `using`.
    """

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        if not apps.is_installed(_APP):
            raise ImproperlyConfigured(
                f"DjangoInboxStore needs {_APP!r} in INSTALLED_APPS. Add it, then run manage.py migrate"
            )
        self._using = using
        super().__init__(database_url(using))

    @contextmanager
    def transaction(self, id: int, token: str) -> Generator[Any]:
        """Open a transaction of Django, and commit it with the entry as done.

        Args:
            id: The number of the row.
            token: The token of the claim.

        Yields:
            Django's connection.

        Raises:
            LeaseLost: If the token does not hold the entry when the transaction is committed.
            RuntimeError: If the thread is in a transaction of this database already.
            django.db.Error: If the database fails.
        """
        connection = connections[self._using]
        calls: InboxCalls | None = None
        try:
            with django_transaction.atomic(using=self._using, durable=True):
                on_django: Any = _DriverConnection(connection)
                calls = InboxCalls(self._table, on_django)
                yield connection
                if not calls.finish_within(id, token):
                    raise LeaseLost(lost(id))
        except TransientFailure as failure:
            raise failure.error from None
        finally:
            if calls is not None:
                calls.unlock_lane_of(id)


class _DriverConnection:
    """The part of a SQLAlchemy connection that the calls use, on Django's connection."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection: Any = connection.connection

    def invalidate(self, error: BaseException) -> None:
        """Do nothing: Django closes its connection."""


def database_url(using: str = DEFAULT_DB_ALIAS) -> URL:
    """Return the URL of a database of the project, for SQLAlchemy.

    Args:
        using: The alias of the database in `settings.DATABASES`.

    Returns:
        The URL. It contains the password.

    Raises:
        ImproperlyConfigured: If the database is not supported, or it is a SQLite database in memory.
        django.utils.connection.ConnectionDoesNotExist: If no database has the alias `using`.
    """
    connection = connections[using]  # Django's error names an unknown alias
    settings: dict[str, Any] = connection.settings_dict
    driver = _DRIVERS.get(connection.vendor)
    if driver is None:
        raise ImproperlyConfigured(
            f"DjangoInboxStore needs PostgreSQL or SQLite, but the database {using!r} is "
            f"{connection.vendor}. Pass a URL to Inbox for MariaDB"
        )
    name = str(settings["NAME"])
    if connection.vendor == "sqlite":
        if name.startswith("file:") or name in ("", ":memory:"):
            raise ImproperlyConfigured(
                f"DjangoInboxStore needs a database in a file, but {using!r} is in memory, which no other "
                "connection can open. In tests, set TEST['NAME'] to a file"
            )
        return URL.create(driver, database=name)
    options: dict[str, Any] = settings.get("OPTIONS", {})
    return URL.create(
        driver,
        username=settings.get("USER") or None,
        password=settings.get("PASSWORD") or None,
        host=settings.get("HOST") or None,
        port=int(settings["PORT"]) if settings.get("PORT") else None,
        database=name,
        query={key: str(options[key]) for key in _QUERY if key in options},
    )


def creating_statements(connection: BaseDatabaseWrapper) -> Sequence[str]:
    """Return the statements that create the table, for a migration.

    Args:
        connection: Django's connection.

    Returns:
        The SQL statements.

    Raises:
        ImproperlyConfigured: If the database is not supported.
    """
    driver = _DRIVERS.get(connection.vendor)
    if driver is None:
        raise ImproperlyConfigured(
            f"the app {_APP!r} needs PostgreSQL or SQLite, but the database is {connection.vendor}"
        )
    dialect = make_url(f"{driver}://").get_dialect()()
    texts = InboxTable(dialect, DEFAULT_TABLE).ddl().split(";\n")
    return [text.strip() for text in texts if text.strip()]
