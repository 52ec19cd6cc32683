"""Inbox stores in a database with SQLAlchemy: a SQLite file, PostgreSQL or MariaDB.

A call is one statement in autocommit, or a short transaction on its own connection. So it is not part of a
transaction of the application, except `transaction`. The clock is the database's. SQLite files are opened
with write-ahead logging and `synchronous=FULL`, so that an entry survives a loss of power.
"""

from __future__ import annotations

try:
    from webhook_verify.inbox.sql.asynchronous import AsyncSQLInboxStore
    from webhook_verify.inbox.sql.blocking import SQLInboxStore
except ImportError as _missing:
    raise ImportError("the inbox needs SQLAlchemy: pip install 'webhook-verify[sql]'") from _missing

__all__ = ["AsyncSQLInboxStore", "SQLInboxStore"]
