"""The rows of an inbox: a stored delivery, and the progress of its processing."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from webhook_verify.tracebacks import safe_repr

__all__ = ["Entry", "EntryState", "NewEntry", "PutOutcome"]


class EntryState(StrEnum):
    """The state of an entry."""

    READY = "ready"
    """Waits for a worker, from its due time on."""
    RUNNING = "running"
    """A worker has it under a lease. After the lease it can be claimed again."""
    DONE = "done"
    """Its handler succeeded."""
    DEAD = "dead"
    """It failed for the last time. It is kept until a person redrives or discards it."""
    DISCARDED = "discarded"
    """A person decided that it is not processed."""


@safe_repr
@dataclass(frozen=True, slots=True)
class NewEntry:
    """A verified delivery, to be stored. Its `repr` shows neither headers nor body."""

    key: str
    """The key of its namespace, scheme and idempotency key, unique in the inbox: 43 ASCII characters."""
    namespace: str
    """The namespace of the receiver."""
    lane: str
    """Entries with the same lane are processed one after the other, in the order of arrival. "" for none."""
    message_id: str
    """The message id, or ""."""
    event_type: str | None
    """The event type, or None."""
    scheme: str
    """The name of the scheme."""
    secret_label: str
    """The label of the secret that matched."""
    received_at: float
    """The time of the request in Unix seconds."""
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    """The signed headers and those on the allow-list, so that the delivery can be verified again."""
    parts: dict[str, Any] = field(repr=False)
    """All of the delivery except its body, as values of JSON."""
    body: bytes = field(repr=False)
    """The received bytes."""


@safe_repr
@dataclass(frozen=True, slots=True)
class Entry:
    """A stored delivery, and the progress of its processing."""

    id: int
    """The number of the row, in the order of arrival."""
    stored: NewEntry
    """The stored delivery. Its body is b"" if it was pruned."""
    state: EntryState
    attempts: int
    """How many times a worker has claimed it since it was stored or redriven."""
    due_at: float
    """The time from which it can be claimed, in Unix seconds of the store's clock."""
    leased_until: float | None
    """The end of the lease in Unix seconds, or None if no worker has it."""
    token: str = field(repr=False)
    """The token of the claim that has it, or ""."""
    error: str
    """The last failure: class, message and a short traceback, or ""."""
    audit: tuple[dict[str, Any], ...]
    """The decisions of people: `{"at": seconds, "action": "redrive", "by": name, "attempts": 5}`."""


@safe_repr
@dataclass(frozen=True, slots=True)
class PutOutcome:
    """The result of storing an entry."""

    id: int
    """The number of the row: the new one, or the one that was there."""
    is_new: bool
    """Whether the entry was stored now. False for a duplicate."""
