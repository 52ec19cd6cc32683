"""Expressions that differ between the databases."""

from __future__ import annotations

__all__ = ["ASCII", "NOW"]

NOW = {
    # It is stable, so that a search can use an index, and unlike now() it advances within a transaction.
    "postgresql": "CAST(extract(epoch FROM statement_timestamp()) AS DOUBLE PRECISION)",
    # The clock of SQLite has a resolution of milliseconds.
    "sqlite": "((julianday('now') - 2440587.5) * 86400.0)",
    # UTC, because the session's time zone repeats an hour when summer time ends.
    "mariadb": "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) / 1e6)",
}
"""The time of the database in seconds since 1970, by dialect."""

ASCII = {
    # Collation "C" does not change with an upgrade of the system, which would corrupt the index.
    "postgresql": ' COLLATE "C"',
    "sqlite": "",
    "mariadb": " CHARACTER SET ascii COLLATE ascii_bin",
}
"""The attributes of a column with ASCII text, by dialect."""
