"""The settings of the inbox stores, by database."""

from __future__ import annotations

from webhook_verify.sql.engines import StoreNames

__all__ = ["DEFAULT_TABLE", "ISOLATION", "NAMES", "lost"]

DEFAULT_TABLE = "webhook_inbox"

NAMES = StoreNames("SQLInboxStore", "AsyncSQLInboxStore", "MemoryInboxStore")

ISOLATION = {
    # SQLite has one writer. A transaction that becomes one later may fail at once.
    "sqlite": ("SERIALIZABLE", "BEGIN IMMEDIATE"),
    "postgresql": ("READ COMMITTED", ""),
    "mariadb": ("READ COMMITTED", ""),
}
"""The isolation level of `transaction`, and the statement that begins it if the driver does not."""


def lost(id: int) -> str:
    """Return the message of the error for a token that does not hold its entry.

    Args:
        id: The number of the row.

    Returns:
        The message.
    """
    return (
        f"the claim of entry {id} no longer holds it, so the transaction was rolled back. Use a longer "
        "lease, or renew it"
    )
