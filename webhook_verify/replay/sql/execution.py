"""Execution of the statements of a replay store on a connection of SQLAlchemy."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection, Dialect

from webhook_verify.replay.sql.statements import statements_for
from webhook_verify.replay.sql.store_calls import StoreCalls, claim_numbers
from webhook_verify.sql.engines import SUPPORTED_DIALECTS
from webhook_verify.sql.execution import Executor, Result, Statement, table_names

__all__ = ["StatementRunner"]

_CALLS = ("claim", "look", "extend", "complete", "release", "prune")


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
        quoted, index = table_names(dialect, table, "kept_until")
        self._statements = statements_for(SUPPORTED_DIALECTS[dialect.name], quoted, index)
        self._executor = Executor(dialect, quoted)
        self._calls = {call: Statement(getattr(self._statements, call), dialect) for call in _CALLS}
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
        self._executor.create(connection, (self._statements.table, self._statements.index))

    def _run(self, connection: Connection, call: str, parameters: Mapping[str, Any]) -> Result:
        return self._executor.run(connection, self._calls[call], parameters)
