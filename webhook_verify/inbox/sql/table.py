"""The table of an inbox store: its statements, in the style of the driver."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Dialect

from webhook_verify.inbox.sql.statements import INDEXES, Statements, statements_for
from webhook_verify.sql.engines import SUPPORTED_DIALECTS
from webhook_verify.sql.execution import Executor, Result, Statement, table_names

__all__ = ["InboxTable"]


class InboxTable:
    """The table of a store in one database, and its statements.

    Args:
        dialect: The dialect of the database.
        table: The name of the table, with or without a schema.

    Raises:
        TypeError: If `table` is not a str.
        ValueError: If the name of the table is not supported.
    """

    def __init__(self, dialect: Dialect, table: str) -> None:
        quoted, *indexes = table_names(dialect, table, *INDEXES)
        self.dialect_name: str = SUPPORTED_DIALECTS[dialect.name]
        self.texts: Statements = statements_for(self.dialect_name, quoted, tuple(indexes))
        self.channel: str = f"webhook_inbox_{sha256(table.encode()).hexdigest()[:16]}"
        self._name = table
        self._executor = Executor(dialect, quoted)
        self._statements = {name: Statement(text, dialect) for name, text in vars(self.texts).items() if text}

    def ddl(self) -> str:
        """Return the statements of `create_table`.

        Returns:
            SQL statements that end with a semicolon.
        """
        return "".join(f"{statement};\n\n" for statement in self._creating())

    def create_table(self, connection: Connection) -> None:
        """Create the table and its indexes, unless they exist.

        Args:
            connection: The connection.

        Raises:
            TransientFailure: If a statement fails.
        """
        self._executor.create(connection, self._creating())

    def run(self, connection: Connection, name: str, parameters: Mapping[str, Any]) -> Result:
        """Execute a statement.

        Args:
            connection: The connection.
            name: The name of the statement.
            parameters: The values by name.

        Returns:
            The rows, and how many were affected. Nothing if the dialect does not need the statement.

        Raises:
            TransientFailure: If a retry may succeed.
            Exception: Any other exception of the driver.
        """
        statement = self._statements.get(name)
        return ((), 0) if statement is None else self._executor.run(connection, statement, parameters)

    def lane_lock(self, lane: str) -> dict[str, Any]:
        """Return the parameters of the lock of a lane.

        Args:
            lane: The lane, as stored.

        Returns:
            The values by name.
        """
        digest = sha256(f"{self._name}\0{lane}".encode()).digest()
        number = int.from_bytes(digest[:8], "big", signed=True)
        return {"lane": lane, "lane_number": number, "lane_name": f"webhook_inbox_{digest[:16].hex()}"}

    def _creating(self) -> tuple[str, ...]:
        texts = self.texts
        return texts.table, texts.claim_index, texts.lane_index, texts.ended_index
