"""The SQL statements of the stores in a database, as text.

One row is one record. The delivery is in flight until ``leased_until``, and completed if that is NULL. The
record expires at ``kept_until`` and is then treated as absent, whether it is pruned or not. Times are
seconds since 1970 on the database's clock. ``claims`` counts the claims: more than 1 means that the delivery
was taken over, and a negative number that its latest claim followed a released one. A released record has an
empty token, and no lease.

Each statement is one atomic step in autocommit. Parameters are written as ``:key``. `statements_for` inserts
the name of the table, quoted if necessary.

MariaDB assigns from left to right, so that each assignment sees the results of those before it, and it has no
WHERE there. So the token is assigned first, and the following expressions check to whom the record belongs.
"""

from __future__ import annotations

from dataclasses import dataclass
from string import Template

from webhook_verify.replay.store import RELEASED_RETENTION
from webhook_verify.sql.dialects import ASCII, NOW
from webhook_verify.tracebacks import safe_repr

__all__ = ["Statements", "statements_for"]


@safe_repr
@dataclass(frozen=True)
class Statements:
    """The statements of a store.

    ``claim`` and ``look`` return the current record: token, claims, seconds left of its lease and of its
    retention. ``claim`` returns no row if it did not change another token's record and the dialect does not
    return it. ``complete`` returns the current token of the record, or no row if it belongs to another token.
    For the others the number of affected rows is the result.
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
    """Return the statements for a dialect.

    Args:
        dialect: `postgresql`, `sqlite` or `mariadb`.
        table: The name of the table, already quoted.
        index: The name of the index, already quoted.

    Returns:
        The statements, with parameters such as `:key`.
    """
    released = f"{RELEASED_RETENTION:.1f}"
    names = {**_DIALECTS[dialect].names, "row": _ROW, "table": table, "index": index, "released": released}
    texts = _COMMON | _DIALECTS[dialect].own
    # Substituted two times, because $row contains $now.
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
    "postgresql": _Dialect(
        {"now": NOW["postgresql"], "ascii": ASCII["postgresql"], "storage": ""},
        {
            **_ON_CONFLICT,
            # By ctid, and with an array that is evaluated one time: any other plan may scan the table.
            "prune": """DELETE FROM $table WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM $table WHERE kept_until <= $now ORDER BY kept_until LIMIT :at_most FOR UPDATE SKIP LOCKED
))""",
        },
    ),
    "sqlite": _Dialect(
        {"now": NOW["sqlite"], "ascii": ASCII["sqlite"], "storage": " WITHOUT ROWID"},
        {
            **_ON_CONFLICT,
            "prune": """DELETE FROM $table WHERE delivery_key IN (
    SELECT delivery_key FROM $table WHERE kept_until <= $now ORDER BY kept_until LIMIT :at_most
)""",
        },
    ),
    "mariadb": _Dialect(
        {"now": NOW["mariadb"], "ascii": ASCII["mariadb"], "storage": " ENGINE=InnoDB"},
        {
            **_ON_DUPLICATE_KEY,
            "prune": "DELETE FROM $table WHERE kept_until <= $now ORDER BY kept_until LIMIT :at_most",
        },
    ),
}


def _filled(text: str, names: dict[str, str]) -> str:
    return Template(text).substitute(names)
