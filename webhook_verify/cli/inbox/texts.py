"""The texts of entries: rows of a table, facts, and JSON, without secrets and signatures."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from webhook_verify import schemes
from webhook_verify.cli.report.reduced_headers import is_secret_header
from webhook_verify.cli.secret_shape import HIDDEN
from webhook_verify.inbox.entries import Entry

__all__ = ["COLUMNS", "as_dict", "as_row", "body_text", "entry_facts", "shown_headers"]

COLUMNS = ("id", "state", "received", "event", "attempts", "message id", "error")


def as_row(entry: Entry) -> tuple[object, ...]:
    """Return the cells of an entry, as in `COLUMNS`."""
    stored = entry.stored
    received = _time(stored.received_at)
    error = entry.error.split("\n", 1)[0]
    event_type, message_id = stored.event_type or "-", stored.message_id or "-"
    return entry.id, str(entry.state), received, event_type, entry.attempts, message_id, error


def as_dict(entry: Entry) -> dict[str, Any]:
    """Return an entry for JSON, without its headers and its body."""
    stored = entry.stored
    return {
        "id": entry.id,
        "state": str(entry.state),
        "received_at": stored.received_at,
        "due_at": entry.due_at,
        "leased_until": entry.leased_until,
        "attempts": entry.attempts,
        "event_type": stored.event_type,
        "message_id": stored.message_id,
        "scheme": stored.scheme,
        "secret_label": stored.secret_label,
        "namespace": stored.namespace,
        "lane": stored.lane,
        "bytes": len(stored.body),
        "error": entry.error,
        "audit": list(entry.audit),
    }


def entry_facts(entry: Entry) -> Iterator[tuple[str, object]]:
    """Yield the names and values of an entry for people."""
    stored = entry.stored
    lease = f"until {_time(entry.leased_until)}" if entry.leased_until is not None else ""
    facts = [
        ("state", str(entry.state)),
        ("received", _time(stored.received_at)),
        ("due", _time(entry.due_at)),
        ("lease", lease),
        ("attempts", entry.attempts),
        ("event type", stored.event_type),
        ("message id", stored.message_id),
        ("scheme", stored.scheme),
        ("secret", stored.secret_label),
        ("namespace", stored.namespace),
        ("lane", stored.lane),
        ("body", f"{len(stored.body)} bytes" if stored.body else "empty, or pruned"),
    ]
    yield from ((name, value) for name, value in facts if value not in ("", None))
    for name, value in shown_headers(entry):
        yield f"header {name}", value
    for number, line in enumerate(entry.error.splitlines()):
        yield "" if number else "error", line.strip()
    for note in entry.audit:
        by = f" by {note['by']}" if note.get("by") else ""
        yield "audit", f"{_time(note['at'])} {note['action']}{by}, after {note.get('attempts', 0)} attempts"


def shown_headers(entry: Entry) -> list[tuple[str, str]]:
    """Return the stored headers. The value of a header that may be a secret or a signature is hidden."""
    scheme = entry.stored.scheme
    known = schemes.get(scheme) if scheme in schemes.names() else None
    return [
        (name, HIDDEN if is_secret_header(name, known) else value) for name, value in entry.stored.headers
    ]


def body_text(body: bytes) -> tuple[str, bool]:
    """Return a body as text, or in hex if it is not text, and whether it is text."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return body.hex(" ", 2), False
    is_text = all(character.isprintable() or character in "\n\r\t" for character in text)
    return (text, True) if is_text else (body.hex(" ", 2), False)


def _time(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))
