"""Execution of statements on a connection of SQLAlchemy, for the synchronous and the asyncio stores.

An asynchronous connection runs a step in its ``run_sync``. The driver's cursor executes a statement, not
SQLAlchemy. So the driver's exceptions are passed on unchanged, without the parameters, which contain the
token; an engine with ``echo`` does not log the token; and it is faster. After a failure the connection is
invalidated here, because SQLAlchemy does not see the failure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, text

from webhook_verify.sql.engines import AsyncEngines, Engines
from webhook_verify.sql.failures import is_missing_table, is_serialization_conflict

__all__ = [
    "MAX_ATTEMPTS",
    "Executor",
    "Result",
    "Statement",
    "TransientFailure",
    "run",
    "run_async",
    "table_names",
]

MAX_ATTEMPTS = 3
"""The maximum number of attempts at a call that fails for a transient reason."""

Result = tuple[Sequence[Sequence[Any]], int]
"""The rows of a statement, and how many were affected."""

_TABLE = re.compile(r"(?:([A-Za-z_]\w{0,49})\.)?([A-Za-z_]\w{0,49})", re.ASCII)

_T = TypeVar("_T")


class TransientFailure(Exception):
    """A failure after which a retry on another connection may succeed. Never leaves a store.

    Args:
        error: The driver's exception.
        disconnected: Whether the connection is lost.
    """

    def __init__(self, error: Exception, *, disconnected: bool) -> None:
        super().__init__()
        self.error = error
        self.disconnected = disconnected

    def end_at(self, attempt: int) -> None:
        """End the attempts if this was the last one.

        Args:
            attempt: The attempt number, 1 for the first.

        Raises:
            Exception: The driver's exception, if this was the last attempt.
        """
        if attempt == MAX_ATTEMPTS:
            raise self.error from None


class Statement:
    """A statement in the parameter style of the driver.

    Args:
        statement: The statement, with parameters such as `:key`.
        dialect: The dialect of the database.
    """

    def __init__(self, statement: str, dialect: Dialect) -> None:
        compiled: Any = text(statement).compile(dialect=dialect)
        self.text: str = compiled.string
        self._names: list[str] = list(compiled.params)
        self._order: list[str] | None = compiled.positiontup if compiled.positional else None

    def arrange(self, parameters: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """Return the parameters as the driver needs them.

        Args:
            parameters: The values by name.

        Returns:
            The values in order, or by name.
        """
        if self._order is None:
            return {name: parameters[name] for name in self._names}
        return tuple(parameters[name] for name in self._order)


class Executor:
    """Executes the statements of a store.

    Args:
        dialect: The dialect of the database.
        table: The quoted name of the table, for an error.
    """

    def __init__(self, dialect: Dialect, table: str) -> None:
        self._dialect = dialect
        self._table = table

    def run(self, connection: Connection, statement: Statement, parameters: Mapping[str, Any]) -> Result:
        """Execute a statement.

        Args:
            connection: The connection.
            statement: The statement.
            parameters: The values by name.

        Returns:
            The rows, and how many were affected.

        Raises:
            TransientFailure: If a retry may succeed.
            Exception: Any other exception of the driver.
        """
        return self._execute(connection, statement.text, statement.arrange(parameters))

    def create(self, connection: Connection, statements: Iterable[str]) -> None:
        """Execute statements that create something unless it exists.

        Args:
            connection: The connection.
            statements: The statements.

        Raises:
            TransientFailure: If a statement fails.
        """
        for statement in statements:
            try:
                self._execute(connection, statement, ())
            except self._dialect.loaded_dbapi.Error as error:
                # In PostgreSQL, IF NOT EXISTS does not see a table that another connection has not committed.
                raise TransientFailure(error, disconnected=False) from None

    def _execute(self, connection: Connection, statement: str, parameters: Any) -> Result:
        cursor = connection.connection.cursor()
        try:
            cursor.execute(statement, parameters)
            rows = cursor.fetchall() if cursor.description else ()
            row_count = cursor.rowcount
            cursor.close()
        except BaseException as error:  # cancellation of the task makes the connection unusable, too
            if is_missing_table(error):
                error.add_note(f"table {self._table} does not exist: call store.create_table() once")
            transient = self._transient_failure(error, connection, cursor)
            connection.invalidate(error)
            if transient is not None:
                raise transient from error
            raise
        return rows, row_count

    def _transient_failure(
        self, error: BaseException, connection: Connection, cursor: Any
    ) -> TransientFailure | None:
        if not isinstance(error, self._dialect.loaded_dbapi.Error):
            return None
        disconnected = self._dialect.is_disconnect(error, connection.connection, cursor)
        if disconnected or is_serialization_conflict(error):
            return TransientFailure(error, disconnected=disconnected)
        return None


def run(engines: Engines, step: Callable[[Connection], _T]) -> _T:
    """Run a step on a connection, and repeat it after a transient failure.

    Args:
        engines: The engine of the store.
        step: The step.

    Returns:
        The result of the step.

    Raises:
        Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
    """
    if engines.lock is None:
        return _attempts(engines, step)
    with engines.lock:
        return _attempts(engines, step)


def _attempts(engines: Engines, step: Callable[[Connection], _T]) -> _T:
    engine = engines.get()
    attempt = 0
    while True:
        attempt += 1
        try:
            with engine.connect() as connection:
                return step(connection)
        except TransientFailure as failure:
            failure.end_at(attempt)
            if failure.disconnected:  # then the idle connections in the pool are lost, too
                engine.dispose()


async def run_async(engines: AsyncEngines, step: Callable[[Connection], _T]) -> _T:
    """Run a step on a connection of the running event loop, and repeat it after a transient failure.

    Args:
        engines: The engine of the store.
        step: The step, synchronous.

    Returns:
        The result of the step.

    Raises:
        Exception: The exception of the driver, or of SQLAlchemy if connecting fails.
        RuntimeError: If the engine belongs to another event loop.
    """
    engine = engines.get()
    attempt = 0
    while True:
        attempt += 1
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(step)
        except TransientFailure as failure:
            failure.end_at(attempt)
            if failure.disconnected:
                await engine.dispose()


def table_names(dialect: Dialect, table: object, *indexes: str) -> tuple[str, ...]:
    """Return the quoted names of a table and of its indexes, which are in the same schema.

    Args:
        dialect: The dialect of the database.
        table: The name of the table, with or without a schema.
        indexes: The last words of the names of the indexes.

    Returns:
        The quoted names of the table and the indexes.

    Raises:
        TypeError: If `table` is not a str.
        ValueError: If the name of the table is not supported.
    """
    if not isinstance(table, str):
        raise TypeError(f"table must be a str, not {type(table).__name__!r}")
    match = _TABLE.fullmatch(table)
    if match is None:
        raise ValueError(
            "table must be a name of at most 50 ASCII letters, digits and underscores that does not begin "
            f"with a digit, or schema.name, not {table!r}"
        )
    schema, name = match.groups()
    quote = dialect.identifier_preparer.quote
    quoted = ".".join(quote(part) for part in (schema, name) if part)
    return quoted, *(quote(f"{name}_{index}") for index in indexes)
