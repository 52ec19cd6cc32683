"""Statements on one connection of SQLAlchemy, for the blocking and the asynchronous store alike.

An asynchronous connection runs a step in its ``run_sync``. A statement goes to the driver's cursor:
the driver's exceptions go through as they are, without the parameters and so the token that SQLAlchemy's
would show, no engine's ``echo`` logs a token, and it costs less. What SQLAlchemy does after a failure
has to be done here: the connection is thrown away.
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
"""So often is a call made that fails for a passing reason."""

_CALLS = ("claim", "look", "extend", "complete", "release", "prune")

_TABLE = re.compile(r"(?:([A-Za-z_]\w{0,49})\.)?([A-Za-z_]\w{0,49})", re.ASCII)

_Result = tuple[Sequence[Sequence[Any]], int]


class TransientFailure(Exception):
    """A failure that a further attempt on another connection may not have. Never leaves a store."""

    def __init__(self, error: Exception, *, disconnected: bool) -> None:
        super().__init__()
        self.error = error
        self.disconnected = disconnected

    def end_at(self, attempt: int) -> None:
        """Raise what the driver raised, if this was the last attempt."""
        if attempt == MAX_ATTEMPTS:
            raise self.error from None


class StatementRunner:
    """What a store does in one table of one database."""

    def __init__(self, dialect: Dialect, table: str) -> None:
        self._statements = statements_for(SUPPORTED_DIALECTS[dialect.name], *_quoted_names(dialect, table))
        self._dialect = dialect
        self._calls = {call: _Call(getattr(self._statements, call), dialect) for call in _CALLS}
        self._numbers = claim_numbers()

    def on(self, connection: Connection) -> StoreCalls:
        """The calls of a store, made on that connection."""
        return StoreCalls(partial(self._run, connection), self._numbers)

    def ddl(self) -> str:
        """What :meth:`create_table` runs."""
        return f"{self._statements.table};\n\n{self._statements.index};\n"

    def create_table(self, connection: Connection) -> None:
        """Create the table and its index, unless they are there."""
        for statement in (self._statements.table, self._statements.index):
            try:
                self._execute(connection, statement, ())
            except self._dialect.loaded_dbapi.Error as error:
                # In PostgreSQL, IF NOT EXISTS does not see what another has not committed yet.
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
        except BaseException as error:  # a task that is cancelled leaves a connection unusable as well
            if is_missing_table(error):
                error.add_note(f"table {self._statements.name} is not there: call store.create_table() once")
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
    """A statement in the style of the driver."""

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
    """The table and its index, which is in the same schema."""
    if not isinstance(table, str):
        raise TypeError(f"table is a str, not {type(table).__name__}")
    match = _TABLE.fullmatch(table)
    if match is None:
        raise ValueError(
            "table is a name of ASCII letters, digits and underscores, at most 50, or schema.name"
        )
    schema, name = match.groups()
    quote = dialect.identifier_preparer.quote
    return ".".join(quote(part) for part in (schema, name) if part), quote(f"{name}_kept_until")
