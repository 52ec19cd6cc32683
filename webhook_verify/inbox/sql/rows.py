"""The rows of the table: how an entry is stored in columns."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any

from webhook_verify.inbox.entries import Entry, EntryState, NewEntry

__all__ = [
    "COLUMNS",
    "MAX_LANE_BYTES",
    "STORED_COLUMNS",
    "entry_of",
    "stored_values",
    "text_of",
]

STORED_COLUMNS = (
    "entry_key",
    "namespace",
    "lane",
    "message_id",
    "event_type",
    "scheme",
    "secret_label",
    "received_at",
    "headers",
    "parts",
    "body",
    "body_format",
)
"""The columns of a `NewEntry`."""

COLUMNS = ("id", *STORED_COLUMNS, "state", "attempts", "due_at", "leased_until", "token", "error", "audit")
"""The columns of an `Entry`."""

MAX_LANE_BYTES = 255
"""The largest lane in UTF-8. An index of a database has a limit."""

_PRUNED, _RAW, _COMPRESSED = 0, 1, 2

_MIN_BODY_BYTES = 1_000
_MAX_RATIO = 0.8


def stored_values(entry: NewEntry) -> dict[str, Any]:
    """Return the values of the `STORED_COLUMNS`.

    Args:
        entry: The entry.

    Returns:
        The values by name.

    Raises:
        ValueError: If the lane is longer than `MAX_LANE_BYTES`.
    """
    lane = text_of(entry.lane)
    if len(lane.encode()) > MAX_LANE_BYTES:
        raise ValueError(f"lane must have at most {MAX_LANE_BYTES} bytes in UTF-8: use a hash of it")
    body, body_format = _stored_body(entry.body)
    return {
        "entry_key": entry.key,
        "namespace": text_of(entry.namespace),
        "lane": lane,
        "message_id": text_of(entry.message_id),
        "event_type": None if entry.event_type is None else text_of(entry.event_type),
        "scheme": text_of(entry.scheme),
        "secret_label": text_of(entry.secret_label),
        "received_at": float(entry.received_at),
        "headers": json.dumps(entry.headers, separators=(",", ":")),
        "parts": json.dumps(entry.parts, separators=(",", ":")),
        "body": body,
        "body_format": body_format,
    }


def entry_of(row: Sequence[Any]) -> Entry:
    """Return the entry of a row.

    Args:
        row: The values of the `COLUMNS`.

    Returns:
        The entry.
    """
    number, key, namespace, lane, message_id, event_type, scheme, label, received_at = row[:9]
    headers, parts, body, body_format, state, attempts, due_at, leased_until, token, error, audit = row[9:]
    stored = NewEntry(
        key=key,
        namespace=_original_text(namespace),
        lane=_original_text(lane),
        message_id=_original_text(message_id),
        event_type=None if event_type is None else _original_text(event_type),
        scheme=_original_text(scheme),
        secret_label=_original_text(label),
        received_at=received_at,
        headers=tuple((name, value) for name, value in json.loads(headers)),
        parts=json.loads(parts),
        body=_original_body(bytes(body), body_format),
    )
    return Entry(
        id=number,
        stored=stored,
        state=EntryState(state),
        attempts=attempts,
        due_at=due_at,
        leased_until=leased_until,
        token=token if state == EntryState.RUNNING else "",
        error=_original_text(error),
        audit=tuple(json.loads(audit)),
    )


def text_of(text: str) -> str:
    """Return a text that every database accepts: PostgreSQL has no NUL, and none has half a surrogate pair.

    Args:
        text: Any text. The sender of a signed body chooses some of them.

    Returns:
        The text itself, or for such a text a backslash and its JSON.
    """
    if "\0" in text or text.startswith("\\") or not _is_encodable(text):
        return "\\" + json.dumps(text)
    return text


def _original_text(stored: str) -> str:
    return str(json.loads(stored[1:])) if stored.startswith("\\") else stored


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _stored_body(body: bytes) -> tuple[bytes, int]:
    if len(body) >= _MIN_BODY_BYTES:
        compressed = zlib.compress(body, 1)
        if len(compressed) <= _MAX_RATIO * len(body):
            return compressed, _COMPRESSED
    return body, _RAW


def _original_body(stored: bytes, body_format: int) -> bytes:
    return zlib.decompress(stored) if body_format == _COMPRESSED else stored
