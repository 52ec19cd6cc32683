"""Kinds of failures, by the exceptions of the drivers. Independent of SQLAlchemy, for Django."""

from __future__ import annotations

__all__ = ["is_missing_table", "is_serialization_conflict"]

# Errors after which a database recommends a retry: a deadlock, or a conflict under serializable isolation.
_CONFLICT_STATES = {"40001", "40P01"}
_CONFLICT_NUMBERS = {1020, 1213}


def is_serialization_conflict(error: BaseException) -> bool:
    """Return whether the statement was rolled back because of a conflict, so that a retry may succeed.

    Args:
        error: The driver's exception.

    Returns:
        Whether it is a deadlock or a serialization failure.
    """
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return state in _CONFLICT_STATES or (bool(error.args) and error.args[0] in _CONFLICT_NUMBERS)


def is_missing_table(error: BaseException) -> bool:
    """Return whether the table does not exist.

    Args:
        error: The driver's exception.

    Returns:
        Whether the statement failed because of a missing table.
    """
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    code = error.args[0] if error.args else None
    return state == "42P01" or code == 1146 or (isinstance(code, str) and code.startswith("no such table"))
