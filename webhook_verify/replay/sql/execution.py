"""Execution of the statements on a connection of SQLAlchemy, for the synchronous and the asyncio store.

An asynchronous connection runs a step in its ``run_sync``. The driver's cursor executes a statement, not
SQLAlchemy. So the driver's exceptions are passed on unchanged, without the parameters, which contain the
token; an engine with ``echo`` does not log the token; and it is faster. After a failure the connection is
invalidated here, because SQLAlchemy does not see the failure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Dialect, text

from webhook_verify.replay.sql.engine import SUPPORTED_DIALECTS
from webhook_verify.replay.sql.statements import statements_for
from webhook_verify.replay.sql.store_calls import (
    StoreCalls,
    claim_numbers,
    is_missing_table,
    is_serialization_conflict,
)

__all__ = ["MAX_ATTEMPTS", "StatementRunner", "TransientFailure"]

MAX_ATTEMPTS = 3
"""The maximum number of attempts at a call that fails for a transient reason."""

_CALLS = ("claim", "look", "extend", "complete", "release", "prune")

_TABLE = re.compile(r"(?:([A-Za-z_]\w{0,49})\.)?([A-Za-z_]\w{0,49})", re.ASCII)

_Result = tuple[Sequence[Sequence[Any]], int]


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


class StatementRunner:
    """The statements of a store for one table of one database.

    Args:
        dialect: The dialect of the database.
        table: The name of the table, with or without a schema.

    Raises:
        TypeError: If `table` is not a str.
        ValueError: If the name of the table is not supported.
    """

    def __init__(self, dialect: Dialect, table: str) -> None:
        self._statements = statements_for(SUPPORTED_DIALECTS[dialect.name], *_quoted_names(dialect, table))
        self._dialect = dialect
        self._calls = {call: _Call(getattr(self._statements, call), dialect) for call in _CALLS}
        self._numbers = claim_numbers()

    def on(self, connection: Connection) -> StoreCalls:
        """Return the calls of a store on a connection.

        Args:
            connection: The connection.

        Returns:
            The calls.
        """
        return StoreCalls(partial(self._run, connection), self._numbers)

    def ddl(self) -> str:
        """Return the statements of `create_table`.

        Returns:
            SQL statements that end with a semicolon.
        """
        return f"{self._statements.table};\n\n{self._statements.index};\n"

    def create_table(self, connection: Connection) -> None:
        """Create the table and its index, unless they exist.

        Args:
            connection: The connection.

        Raises:
            TransientFailure: If a statement fails.
        """
        for statement in (self._statements.table, self._statements.index):
            try:
                self._execute(connection, statement, ())
            except self._dialect.loaded_dbapi.Error as error:
                # In PostgreSQL, IF NOT EXISTS does not see a table that another connection has not committed.
                raise TransientFailure(error, disconnected=False) from None

    def _run(self, connection: Connection, call: str, parameters: Mapping[str, Any]) -> _Result:
        known = self._calls[call]
        return self._execute(connection, known.statement, known.arrange(parameters))

    def _execute(self, connection: Connection, statement: str, parameters: Any) -> _Result:
        cursor = connection.connection.cursor()
        try:
            cursor.execute(statement, parameters)
            rows = cursor.fetchall() if cursor.description else ()
            row_count = cursor.rowcount
            cursor.close()
        except BaseException as error:  # cancellation of the task makes the connection unusable, too
            if is_missing_table(error):
                error.add_note(
                    f"table {self._statements.name} does not exist: call store.create_table() once"
                )
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


class _Call:
    """A statement in the parameter style of the driver."""

    def __init__(self, statement: str, dialect: Dialect) -> None:
        compiled: Any = text(statement).compile(dialect=dialect)
        self.statement: str = compiled.string
        self._names: list[str] = list(compiled.params)
        self._order: list[str] | None = compiled.positiontup if compiled.positional else None

    def arrange(self, parameters: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        if self._order is None:
            return {name: parameters[name] for name in self._names}
        return tuple(parameters[name] for name in self._order)


def _quoted_names(dialect: Dialect, table: object) -> tuple[str, str]:
    """Return the quoted names of the table and of its index, which is in the same schema."""
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
    return ".".join(quote(part) for part in (schema, name) if part), quote(f"{name}_kept_until")
