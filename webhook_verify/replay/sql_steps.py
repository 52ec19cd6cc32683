"""The calls of a store as steps on one connection, for the blocking and the asynchronous store alike.

An asynchronous connection runs such a step in its ``run_sync``. A statement goes to the driver's cursor:
the driver's exceptions go through as they are, without the parameters and so the token that SQLAlchemy's
would show, no engine's ``echo`` logs a token, and it costs less. What SQLAlchemy does after a failure
has to be done here: the connection is thrown away.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from itertools import count
from secrets import randbelow
from typing import Any

from sqlalchemy import Connection, Dialect, text

from webhook_verify.replay.sql_engine import SERVED
from webhook_verify.replay.sql_statements import outcome_of, statements_for
from webhook_verify.replay.store import ClaimOutcome, ClaimState

__all__ = ["ATTEMPTS", "PRUNED_AT_ONCE", "PRUNED_EVERY", "PassingFailure", "Steps"]

ATTEMPTS = 3
"""So often is a call made that fails for a passing reason."""

PRUNED_EVERY = 100
"""Of so many claims one prunes."""

PRUNED_AT_ONCE = 500
"""So many records at the most, which is more than have come in since."""

_LOOKS = 5

# What a database advises to try again: a deadlock, or a conflict under serializable isolation.
_CONFLICT_STATES = {"40001", "40P01"}
_CONFLICT_NUMBERS = {1020, 1213}

_TABLE = re.compile(r"(?:([A-Za-z_]\w{0,49})\.)?([A-Za-z_]\w{0,49})", re.ASCII)

_logger = logging.getLogger("webhook_verify")


class PassingFailure(Exception):
    """A failure that a further attempt on another connection may not have. Never leaves a store."""

    def __init__(self, error: Exception, *, disconnected: bool) -> None:
        super().__init__()
        self.error = error
        self.disconnected = disconnected

    def end_at(self, attempt: int) -> None:
        """Raise what the driver raised, if this was the last attempt."""
        if attempt == ATTEMPTS:
            raise self.error from None


class Steps:
    """The calls of a store in one table of one database."""

    def __init__(self, dialect: Dialect, table: str) -> None:
        self._statements = statements_for(SERVED[dialect.name], *_quoted_names(dialect, table))
        self._dialect = dialect
        calls = ("claim", "look", "extend", "complete", "release", "prune")
        self._calls = {call: _Call(getattr(self._statements, call), dialect) for call in calls}
        self._claims = count(randbelow(PRUNED_EVERY))  # many short-lived processes prune as one does

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
                raise PassingFailure(error, disconnected=False) from None

    def claim(
        self, connection: Connection, key: str, token: str, *, lease: float, keep: float
    ) -> ClaimOutcome:
        """See :meth:`ReplayStore.claim`."""
        outcome = self._claim(connection, {"key": key, "token": token, "lease": lease, "keep": keep})
        if next(self._claims) % PRUNED_EVERY == 0:
            self._prune_quietly(connection)
        return outcome

    def extend(self, connection: Connection, key: str, token: str, *, lease: float) -> bool:
        """See :meth:`ReplayStore.extend`."""
        return self._run(connection, "extend", {"key": key, "token": token, "lease": lease})[1] == 1

    def complete(self, connection: Connection, key: str, token: str, *, keep: float) -> bool:
        """See :meth:`ReplayStore.complete`."""
        rows, _ = self._run(connection, "complete", {"key": key, "token": token, "keep": keep})
        return bool(rows) and rows[0][0] == token

    def release(self, connection: Connection, key: str, token: str) -> bool:
        """See :meth:`ReplayStore.release`."""
        return self._run(connection, "release", {"key": key, "token": token})[1] == 1

    def prune(self, connection: Connection, at_most: int) -> int:
        """Delete records that are past their time; how many."""
        return self._run(connection, "prune", {"at_most": at_most})[1]

    def _claim(self, connection: Connection, parameters: dict[str, Any]) -> ClaimOutcome:
        for _ in range(_LOOKS):
            rows, _count = self._run(connection, "claim", parameters)
            if not rows:  # the key is taken, and this database does not tell by whom
                rows, _count = self._run(connection, "look", parameters)
            outcome = outcome_of(rows[0], parameters["token"]) if rows else None
            if outcome is not None:
                return outcome
        # Each time it was another's at the claim and free at the look: there is more than one sender.
        return ClaimOutcome(ClaimState.IN_FLIGHT)

    def _prune_quietly(self, connection: Connection) -> None:
        try:
            self.prune(connection, PRUNED_AT_ONCE)
        except Exception as error:  # the claim is made, and must not be lost for this
            cause = error.error if isinstance(error, PassingFailure) else error
            _logger.warning("pruning the replay table failed with %s", type(cause).__name__)

    def _run(
        self, connection: Connection, call: str, parameters: dict[str, Any]
    ) -> tuple[Sequence[Sequence[Any]], int]:
        known = self._calls[call]
        return self._execute(connection, known.statement, known.arranged(parameters))

    def _execute(
        self, connection: Connection, statement: str, parameters: Any
    ) -> tuple[Sequence[Sequence[Any]], int]:
        """The rows, and how many rows there were or have been changed."""
        cursor = connection.connection.cursor()
        try:
            cursor.execute(statement, parameters)
            rows = cursor.fetchall() if cursor.description else ()
            counted = cursor.rowcount
            cursor.close()
        except BaseException as error:  # a task that is cancelled leaves a connection unusable as well
            passing = self._passing(error, connection, cursor)
            connection.invalidate(error)
            if passing is not None:
                raise passing from None
            raise
        return rows, counted

    def _passing(self, error: BaseException, connection: Connection, cursor: Any) -> PassingFailure | None:
        if not isinstance(error, self._dialect.loaded_dbapi.Error):
            return None
        disconnected = self._dialect.is_disconnect(error, connection.connection, cursor)
        return (
            PassingFailure(error, disconnected=disconnected) if disconnected or _is_conflict(error) else None
        )


class _Call:
    """A statement in the style of the driver."""

    def __init__(self, statement: str, dialect: Dialect) -> None:
        compiled: Any = text(statement).compile(dialect=dialect)
        self.statement: str = compiled.string
        self._names: list[str] = list(compiled.params)
        self._order: list[str] | None = compiled.positiontup if compiled.positional else None

    def arranged(self, parameters: dict[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        if self._order is None:
            return {name: parameters[name] for name in self._names}
        return tuple(parameters[name] for name in self._order)


def _is_conflict(error: Exception) -> bool:
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return state in _CONFLICT_STATES or (bool(error.args) and error.args[0] in _CONFLICT_NUMBERS)


def _quoted_names(dialect: Dialect, table: object) -> tuple[str, str]:
    """The table and its index, which is in the same schema."""
    if not isinstance(table, str):
        raise TypeError(f"table is a str, not {type(table).__name__}")
    found = _TABLE.fullmatch(table)
    if found is None:
        raise ValueError(
            "table is a name of ASCII letters, digits and underscores, at most 50, or schema.name"
        )
    schema, name = found.groups()
    quote = dialect.identifier_preparer.quote
    return ".".join(quote(part) for part in (schema, name) if part), quote(f"{name}_kept_until")
