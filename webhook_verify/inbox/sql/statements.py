"""The SQL statements of the inbox stores, as text.

One row is one entry. ``claim_at`` is the time from which a worker can claim it, and NULL if no worker can:
the entry has ended, or waits for another one of its lane. For a running entry it is the end of the lease. So
a claim reads one index and no other rows, whatever the lanes contain. At most one entry of a lane has a
``claim_at``, its holder. Calls that change which one lock the lane; a claim only locks rows.

``token`` is that of the last claim. It remains after the claim was settled, so that a settlement whose
response was lost is recognized.

Times are seconds since 1970 on the database's clock. Parameters are written as ``:id``. `statements_for`
inserts the name of the table, quoted if necessary.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from string import Template

from webhook_verify.inbox.sql.rows import COLUMNS, STORED_COLUMNS
from webhook_verify.sql.dialects import ASCII, NOW
from webhook_verify.tracebacks import safe_repr

__all__ = ["INDEXES", "Statements", "statements_for"]

INDEXES = ("claim_at", "lane", "ended")
"""The last words of the names of the indexes."""


@safe_repr
@dataclass(frozen=True)
class Statements:
    """The statements of a store."""

    table: str
    claim_index: str
    lane_index: str
    ended_index: str
    isolate: str
    begin: str
    commit: str
    put: str
    find_key: str
    lock_lane: str
    unlock_lane: str
    lane_is_taken: str
    claim: str
    pick: str
    pick_blocked: str
    take: str
    skip: str
    step_back: str
    renew: str
    finish: str
    retry: str
    give_back: str
    bury: str
    was_settled: str
    promote: str
    lock_holder: str
    demote: str
    lane_of: str
    decide: str
    redrive: str
    discard: str
    get: str
    list: str
    list_state: str
    stats: str
    prune: str
    prune_bodies: str
    next_claim: str
    notify: str


def statements_for(dialect: str, table: str, indexes: tuple[str, ...]) -> Statements:
    """Return the statements for a dialect.

    Args:
        dialect: `postgresql`, `sqlite` or `mariadb`.
        table: The name of the table, already quoted.
        indexes: The names of the `INDEXES`, already quoted.

    Returns:
        The statements, with parameters such as `:id`. An empty one is not needed in this dialect.
    """
    columns = ", ".join(COLUMNS)
    stored = ", ".join(STORED_COLUMNS)
    values = ", ".join(f":{name}" for name in STORED_COLUMNS).replace(":body,", "$body,")
    names = {"now": NOW[dialect], "ascii": ASCII[dialect], "table": table, "columns": columns}
    names |= {"stored": stored, "values": values, **_PHRASES, **_WORDS[dialect]}
    names |= dict(zip(_INDEX_NAMES, indexes, strict=True))
    texts = _COMMON | _OWN[dialect]
    # Substituted two times, because the words contain others.
    filled = {each: _filled(_filled(text, names), names) for each, text in texts.items()}
    return Statements(**{field.name: filled[field.name] for field in fields(Statements)})


_INDEX_NAMES = ("claim_name", "lane_name", "ended_name")

_READY = """state = 'ready', leased_until = NULL, due_at = $due,
    claim_at = CASE WHEN lane = '' THEN $due END"""

_PHRASES = {
    "ready_now": _READY.replace("$due", "$now"),
    "ready_later": _READY.replace("$due", "$now + :delay"),
    "ended_now": "claim_at = NULL, leased_until = NULL, ended_at = $now",
    "leased": "leased_until = $now + :lease, claim_at = $now + :lease",
    "held": "WHERE id = :id AND token = :token AND state = 'running'",
    "settled": "WHERE id = :id AND token = :token AND state = 'running' AND (:any_lane = 1 OR lane = '')",
    "in_lane": "lane = :lane AND lane <> ''",  # the second condition is that of the partial index
    "and_type": "AND (CAST(:event_type AS $cast_text) IS NULL OR event_type = :event_type)",
    "and_since": "AND received_at >= :since",
    "prunable": "state IN ('done', 'discarded') AND ended_at < :ended_before",
}

_COMMON = {
    "table": """CREATE TABLE IF NOT EXISTS $table (
    id $id,
    entry_key VARCHAR(64)$ascii NOT NULL UNIQUE,
    namespace $text NOT NULL,
    lane $short_text NOT NULL,
    message_id $text NOT NULL,
    event_type $text,
    scheme $text NOT NULL,
    secret_label $text NOT NULL,
    received_at DOUBLE PRECISION NOT NULL,
    headers $text NOT NULL,
    parts $text NOT NULL,
    body $bytes NOT NULL,
    body_format SMALLINT NOT NULL,
    state VARCHAR(10)$ascii NOT NULL,
    attempts INTEGER NOT NULL,
    due_at DOUBLE PRECISION NOT NULL,
    claim_at DOUBLE PRECISION,
    leased_until DOUBLE PRECISION,
    token VARCHAR(64)$ascii NOT NULL,
    error $text NOT NULL,
    audit $text NOT NULL,
    ended_at DOUBLE PRECISION
)$storage""",
    "claim_index": "CREATE INDEX IF NOT EXISTS $claim_name ON $table (claim_at, id)$where_claimable",
    "lane_index": "CREATE INDEX IF NOT EXISTS $lane_name ON $table (lane, state, id)$where_in_lane",
    "ended_index": """CREATE INDEX IF NOT EXISTS $ended_name
ON $table (state, body_format, ended_at)$where_ended""",
    "isolate": "",
    "begin": "BEGIN ISOLATION LEVEL READ COMMITTED",
    "commit": "COMMIT",
    "put": """INSERT INTO $table ($stored, state, attempts, due_at, claim_at, token, error, audit)
VALUES ($values, 'ready', 0, $now, CASE WHEN :is_blocked = 0 THEN $now END, '', '', '[]')
ON CONFLICT (entry_key) DO NOTHING RETURNING id$notifying""",
    "find_key": "SELECT id FROM $table WHERE entry_key = :entry_key",
    "lock_lane": "",
    "unlock_lane": "",
    "lane_is_taken": """SELECT EXISTS (SELECT 1 FROM $table WHERE $in_lane AND state = 'ready')
    OR EXISTS (SELECT 1 FROM $table WHERE $in_lane AND state = 'running')""",
    "claim": "",
    "pick": "SELECT id FROM $table WHERE claim_at <= $now ORDER BY claim_at, id LIMIT :limit $skip_locked",
    # The holder waits for its retry. The other one is the oldest of the lane that is due.
    "pick_blocked": """SELECT holder_id, other_id FROM (
    SELECT holder.id AS holder_id, (
        SELECT other.id FROM $table other
        WHERE other.lane = holder.lane AND other.lane <> '' AND other.state = 'ready' AND other.id > holder.id
            AND other.due_at <= $now
        ORDER BY other.id LIMIT 1
    ) AS other_id FROM $table holder
    WHERE holder.claim_at > $now AND holder.state = 'ready' AND holder.lane <> ''
) pairs WHERE other_id IS NOT NULL ORDER BY other_id LIMIT :limit""",
    "take": """UPDATE $table SET state = 'running', attempts = attempts + 1, token = :token,
    $leased WHERE id = :id""",
    "skip": """SELECT id FROM $table
WHERE (id = :holder AND state = 'ready' AND claim_at > $now)
    OR (id = :id AND state = 'ready' AND due_at <= $now)
$skip_locked""",
    "step_back": "UPDATE $table SET claim_at = NULL WHERE id = :holder",
    "renew": "UPDATE $table SET $leased $held",
    "finish": "UPDATE $table SET state = 'done', $ended_now $settled",
    "retry": "UPDATE $table SET $ready_later, error = :error $settled",
    "give_back": "UPDATE $table SET $ready_now, attempts = attempts - 1 $settled",
    "bury": "UPDATE $table SET state = 'dead', error = :error, $ended_now $settled",
    "promote": """UPDATE $table SET claim_at = due_at WHERE id = (
    SELECT id FROM (
        SELECT min(id) AS id FROM $table WHERE $in_lane AND state = 'ready'
    ) oldest
) AND NOT EXISTS (SELECT 1 FROM (
    SELECT id FROM $table WHERE $in_lane AND state = 'running' LIMIT 1
) running)""",
    "lock_holder": "SELECT id FROM $table WHERE $in_lane AND claim_at IS NOT NULL $for_update",
    "demote": """UPDATE $table SET claim_at = NULL
WHERE $in_lane AND state = 'ready' AND claim_at IS NOT NULL""",
    "lane_of": "SELECT lane FROM $table WHERE id = :id",
    "decide": "SELECT state, attempts, audit, $now FROM $table WHERE id = :id $for_update",
    "was_settled": "SELECT state FROM $table WHERE id = :id AND token = :token",
    "redrive": """UPDATE $table SET $ready_now, token = '', attempts = 0, error = '', audit = :audit,
    ended_at = NULL WHERE id = :id""",
    "discard": "UPDATE $table SET state = 'discarded', token = '', audit = :audit, $ended_now WHERE id = :id",
    "get": "SELECT $columns FROM $table WHERE id = :id",
    "list": "SELECT $columns FROM $table WHERE id > :after $and_type $and_since ORDER BY id LIMIT :limit",
    "list_state": """SELECT $columns FROM $table
WHERE id > :after AND state = :state $and_type $and_since ORDER BY id LIMIT :limit""",
    "stats": """SELECT state, count(*),
    $now - min(CASE WHEN state = 'ready' AND due_at <= $now THEN due_at END)
FROM $table GROUP BY state""",
    "prune": """DELETE FROM $table WHERE id IN (SELECT id FROM (
    SELECT id FROM $table WHERE $prunable AND body_format IN (0, 1, 2) LIMIT :limit
) ended)""",
    "prune_bodies": """UPDATE $table SET body = $no_body, body_format = 0 WHERE id IN (SELECT id FROM (
    SELECT id FROM $table WHERE $prunable AND body_format IN (1, 2) LIMIT :limit
) ended)""",
    "next_claim": "SELECT min(claim_at) - $now FROM $table WHERE claim_at IS NOT NULL",
    "notify": "",
}

_UPDATE_RETURNING = """UPDATE $table SET state = 'running', attempts = attempts + 1, token = :token,
    $leased
WHERE id $in_picked RETURNING $columns"""

_PICKED = "SELECT id FROM $table WHERE claim_at <= $now ORDER BY claim_at, id LIMIT :limit $skip_locked"

_PARTIAL = {
    "where_claimable": " WHERE claim_at IS NOT NULL",
    "where_in_lane": " WHERE lane <> ''",
    "where_ended": " WHERE ended_at IS NOT NULL",
}

_WORDS = {
    "sqlite": {
        **_PARTIAL,
        "id": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "text": "TEXT",
        "short_text": "TEXT",
        "cast_text": "TEXT",
        "bytes": "BLOB",
        "body": ":body",
        "no_body": "x''",
        "notifying": "",
        "storage": "",
        "skip_locked": "",
        "for_update": "",
        "in_picked": f"IN ({_PICKED})",
    },
    "postgresql": {
        **_PARTIAL,
        "id": "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        "text": "TEXT",
        "short_text": 'TEXT COLLATE "C"',
        "cast_text": "TEXT",
        "bytes": "BYTEA",
        "body": ":body",
        "no_body": "''",
        # PostgreSQL commits one transaction with a notification at a time. So only the first entry that can
        # be claimed notifies. Workers that do not wait claim the others.
        "notifying": """,
    CASE WHEN claim_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM $table other WHERE other.claim_at <= $now)
        THEN CAST(pg_notify(:channel, '') AS TEXT) END""",
        "storage": "",
        "skip_locked": "FOR UPDATE SKIP LOCKED",
        "for_update": "FOR UPDATE",
        # An array is evaluated one time. Another plan could claim more entries than the limit.
        "in_picked": f"= ANY(ARRAY({_PICKED}))",
    },
    "mariadb": {
        **dict.fromkeys(_PARTIAL, ""),
        "id": "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY",
        "text": "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
        "short_text": "VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
        "cast_text": "CHAR",
        "bytes": "LONGBLOB",
        "body": "UNHEX(:body)",  # aiomysql 0.3 cannot pass bytes with a current PyMySQL
        "no_body": "''",
        "notifying": "",
        "storage": " ENGINE=InnoDB",
        "skip_locked": "FOR UPDATE SKIP LOCKED",
        "for_update": "FOR UPDATE",
    },
}

_OWN: dict[str, dict[str, str]] = {
    "sqlite": {"begin": "BEGIN IMMEDIATE", "claim": _UPDATE_RETURNING},
    "postgresql": {
        "claim": _UPDATE_RETURNING,
        "lock_lane": "SELECT pg_advisory_xact_lock(:lane_number)",
        "notify": "SELECT pg_notify(:channel, '')",
    },
    "mariadb": {
        # Only in this level a statement sees the commits during its wait for the lock of a lane.
        "isolate": "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "begin": "START TRANSACTION",
        "put": _COMMON["put"]
        .replace("INSERT", "INSERT IGNORE")
        .replace("\nON CONFLICT (entry_key) DO NOTHING", ""),
        "lock_lane": "SELECT GET_LOCK(:lane_name, 5)",
        "unlock_lane": "SELECT RELEASE_LOCK(:lane_name)",
    },
}


def _filled(text: str, names: dict[str, str]) -> str:
    return Template(text).substitute(names)
