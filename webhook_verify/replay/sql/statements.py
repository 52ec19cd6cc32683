"""The SQL of the stores in a database, as text: nothing here talks to one.

One row is one record. It is in flight until ``leased_until``, and completed where that is NULL; it is kept
until ``kept_until``, and past that as good as absent, pruned or not. Times are seconds since 1970 on the
database's clock. ``claims`` counts how often it was claimed: more than once, and it was taken over; below
zero, and its latest claim followed one that was released. A released record has no token, and no lease.

Each statement is one atomic step in autocommit. Parameters stand as ``:key``. The table's name, quoted
where it must be, is put in by :func:`statements_for`.

MariaDB assigns from left to right, each assignment seeing those before it, and has no WHERE there: so the
token is assigned first, and what follows asks whose it is now.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import Template

from webhook_verify.replay.store import RELEASED_RETENTION
from webhook_verify.tracebacks import safe_repr

__all__ = ["Statements", "statements_for"]


@safe_repr
@dataclass(frozen=True)
class Statements:
    """What a store says to its database.

    ``claim`` and ``look`` give the record as it is now: token, claims, seconds left of its lease and of its
    keep. ``claim`` gives no row where it left another's record alone and the dialect does not show it.
    ``complete`` gives the token that the record has now, or no row where it is another's. Of the others
    the number of rows counts.
    """

    name: str
    table: str
    index: str
    claim: str
    look: str
    extend: str
    complete: str
    release: str
    prune: str


def statements_for(dialect: str, table: str, index: str) -> Statements:
    """The statements for ``postgresql``, ``sqlite`` or ``mariadb``; the two names are quoted already."""
    released = f"{RELEASED_RETENTION:.1f}"
    names = {**_DIALECTS[dialect].names, "row": _ROW, "table": table, "index": index, "released": released}
    texts = _COMMON | _DIALECTS[dialect].own
    # Twice, because $row has $now in it.
    return Statements(**{each: _filled(_filled(text, names), names) for each, text in texts.items()})


@dataclass(frozen=True)
class _Dialect:
    names: dict[str, str]
    own: dict[str, str]


_ROW = "token, claims, leased_until - $now, kept_until - $now"

_COMMON = {
    "name": "$table",
    "table": """CREATE TABLE IF NOT EXISTS $table (
    delivery_key VARCHAR(64)$ascii NOT NULL PRIMARY KEY,
    token VARCHAR(32)$ascii NOT NULL,
    leased_until DOUBLE PRECISION,
    kept_until DOUBLE PRECISION NOT NULL,
    claims INTEGER NOT NULL
)$storage""",
    "index": "CREATE INDEX IF NOT EXISTS $index ON $table (kept_until)",
    "look": "SELECT $row FROM $table WHERE delivery_key = :key",
    "extend": """UPDATE $table
SET leased_until = $now + :lease,
    kept_until = CASE WHEN kept_until < $now + :lease THEN $now + :lease ELSE kept_until END
WHERE delivery_key = :key AND token = :token AND leased_until IS NOT NULL AND kept_until > $now""",
    "release": """UPDATE $table
SET token = '', leased_until = 0,
    kept_until = CASE WHEN kept_until > $now + $released THEN $now + $released ELSE kept_until END
WHERE delivery_key = :key AND token = :token AND leased_until IS NOT NULL AND kept_until > $now""",
}

_ON_CONFLICT = {
    "claim": """INSERT INTO $table AS record (delivery_key, token, leased_until, kept_until, claims)
VALUES (:key, :token, $now + :lease, $now + :retention, 1)
ON CONFLICT (delivery_key) DO UPDATE
SET token = excluded.token, leased_until = excluded.leased_until, kept_until = excluded.kept_until,
    claims = CASE WHEN record.kept_until <= $now THEN 1
                  WHEN record.token = excluded.token THEN -abs(record.claims)
                  WHEN record.token = '' THEN -abs(record.claims) - 1
                  ELSE abs(record.claims) + 1 END
WHERE coalesce(record.leased_until, record.kept_until) <= $now
   OR (record.token = excluded.token AND record.leased_until IS NOT NULL)
RETURNING $row""",
    "complete": """INSERT INTO $table AS record (delivery_key, token, leased_until, kept_until, claims)
VALUES (:key, :token, NULL, $now + :retention, 1)
ON CONFLICT (delivery_key) DO UPDATE
SET token = excluded.token, leased_until = NULL, kept_until = excluded.kept_until
WHERE record.token IN (excluded.token, '') OR record.kept_until <= $now
RETURNING token""",
}

_ON_DUPLICATE_KEY = {
    "claim": """INSERT INTO $table (delivery_key, token, leased_until, kept_until, claims)
VALUES (:key, :token, $now + :lease, $now + :retention, 1)
ON DUPLICATE KEY UPDATE
    claims = CASE WHEN kept_until <= $now THEN 1
                  WHEN token = VALUES(token) THEN -abs(claims)
                  WHEN token = '' THEN -abs(claims) - 1
                  WHEN leased_until <= $now THEN abs(claims) + 1
                  ELSE claims END,
    token = CASE WHEN coalesce(leased_until, kept_until) <= $now THEN VALUES(token) ELSE token END,
    leased_until = CASE WHEN token = VALUES(token) AND (leased_until IS NOT NULL OR kept_until <= $now)
                        THEN VALUES(leased_until) ELSE leased_until END,
    kept_until = CASE WHEN token = VALUES(token) AND leased_until IS NOT NULL
                      THEN VALUES(kept_until) ELSE kept_until END
RETURNING $row""",
    "complete": """INSERT INTO $table (delivery_key, token, leased_until, kept_until, claims)
VALUES (:key, :token, NULL, $now + :retention, 1)
ON DUPLICATE KEY UPDATE
    token = CASE WHEN kept_until <= $now OR token = '' THEN VALUES(token) ELSE token END,
    leased_until = CASE WHEN token = VALUES(token) THEN NULL ELSE leased_until END,
    kept_until = CASE WHEN token = VALUES(token) THEN VALUES(kept_until) ELSE kept_until END
RETURNING token""",
}

_DIALECTS = {
    # Of a collation that no upgrade of the system changes under the index. statement_timestamp() is
    # stable, so that the index serves the pruning, and unlike now() it moves on within a transaction.
    "postgresql": _Dialect(
        {
            "now": "CAST(extract(epoch FROM statement_timestamp()) AS DOUBLE PRECISION)",
            "ascii": ' COLLATE "C"',
            "storage": "",
        },
        {
            **_ON_CONFLICT,
            # By the rows' places, and of an array that is made once: any other plan may read the table.
            "prune": """DELETE FROM $table WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM $table WHERE kept_until <= $now ORDER BY kept_until LIMIT :at_most FOR UPDATE SKIP LOCKED
))""",
        },
    ),
    # Milliseconds are what SQLite's clock has.
    "sqlite": _Dialect(
        {
            "now": "((julianday('now') - 2440587.5) * 86400.0)",
            "ascii": "",
            "storage": " WITHOUT ROWID",
        },
        {
            **_ON_CONFLICT,
            "prune": """DELETE FROM $table WHERE delivery_key IN (
    SELECT delivery_key FROM $table WHERE kept_until <= $now ORDER BY kept_until LIMIT :at_most
)""",
        },
    ),
    # UTC, because in the session's time zone an hour of the autumn comes twice.
    "mariadb": _Dialect(
        {
            "now": "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6)) / 1e6)",
            "ascii": " CHARACTER SET ascii COLLATE ascii_bin",
            "storage": " ENGINE=InnoDB",
        },
        {
            **_ON_DUPLICATE_KEY,
            "prune": "DELETE FROM $table WHERE kept_until <= $now ORDER BY kept_until LIMIT :at_most",
        },
    ),
}


def _filled(text: str, names: dict[str, str]) -> str:
    return Template(text).substitute(names)
