"""The options of the workers of an inbox, the attempt at an entry, and the steps of its processing."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from webhook_verify.delivery import Delivery
from webhook_verify.inbox.entries import Entry
from webhook_verify.inbox.handlers import InboxHandler
from webhook_verify.inbox.observer import InboxObserver
from webhook_verify.replay.guard import checked_seconds
from webhook_verify.tracebacks import safe_repr

__all__ = [
    "DEFAULT_OPTIONS",
    "Attempt",
    "Idle",
    "Pause",
    "RunHandler",
    "Step",
    "Steps",
    "StoreCall",
    "WorkerOptions",
    "waits",
]

_MAX_WAIT_SECONDS = 1.0


@safe_repr
@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """The options of the workers of an inbox.

    Args:
        lease: How long a worker owns an entry, a timedelta or seconds. It is renewed while the handler runs,
            so it bounds only how long an entry waits whose worker was killed.
        grace: How long a stop waits for running handlers, a timedelta or seconds.
        poll: The maximum time between two looks for due entries, a timedelta or seconds.
        on_block: With "wait", an entry that waits for its retry blocks its lane. With "skip" it does not.
        observer: An `InboxObserver`, or an object with some of its hooks.

    Raises:
        TypeError: If a duration is neither a timedelta nor a number.
        ValueError: If a duration is not positive and finite, or `on_block` is invalid.
    """

    lease: timedelta | float = 60.0
    grace: timedelta | float = 30.0
    poll: timedelta | float = 1.0
    on_block: Literal["wait", "skip"] = "wait"
    observer: InboxObserver | None = None

    def __post_init__(self) -> None:
        for name in ("lease", "grace", "poll"):
            checked_seconds(getattr(self, name), name)
        if self.on_block not in {"wait", "skip"}:
            raise ValueError(f"on_block must be 'wait' or 'skip', not {self.on_block!r}")

    def seconds(self, name: Literal["lease", "grace", "poll"]) -> float:
        """Return a duration in seconds.

        Args:
            name: The name of the option.

        Returns:
            The seconds.
        """
        return checked_seconds(getattr(self, name), name)


DEFAULT_OPTIONS = WorkerOptions()


class Attempt:
    """A claimed entry whose handler runs.

    Args:
        entry: The entry, as it was claimed.
        token: The token of the claim.
        held_until: The end of the lease on this process's monotonic clock.
        owner: The inbox that processes it.

    Attributes:
        delivery: The delivery of the entry.
        handler: The handler of the delivery.
        is_done: Whether a transaction has recorded the entry as done.
        is_lost: Whether the claim no longer holds the entry.
        cancel: Cancels the handler, if that is possible.
    """

    delivery: Delivery
    handler: InboxHandler

    def __init__(self, entry: Entry, token: str, held_until: float, owner: object) -> None:
        self.entry: Entry = entry
        self.token: str = token
        self.held_until: float = held_until
        self.renew_at: float = -math.inf
        self.owner: object = owner
        self.is_done: bool = False
        self.is_lost: bool = False
        self.is_given_back: bool = False
        self.cancel: Callable[[], object] | None = None


@safe_repr
@dataclass(frozen=True, slots=True)
class StoreCall:
    """Call a method of the store. The result is that of the method."""

    name: str
    arguments: tuple[Any, ...] = ()
    options: dict[str, Any] | None = None


@safe_repr
@dataclass(frozen=True, slots=True)
class RunHandler:
    """Run the handler. The result is its exception, or None."""

    attempt: Attempt


@safe_repr
@dataclass(frozen=True, slots=True)
class Pause:
    """Wait: until the time is over, or until the workers stop ("stop") or have ended ("end")."""

    seconds: float
    until: Literal["stop", "end", ""] = ""


@safe_repr
@dataclass(frozen=True, slots=True)
class Idle:
    """Wait until an entry may be due. With `seconds` 0, wake another idle worker instead."""

    seconds: float


def waits(seconds: float) -> Iterator[float]:
    """Return the parts of a wait for an entry, so that a stop waits for one part only.

    Args:
        seconds: The time of all, in seconds.

    Yields:
        Seconds. A wait that ended early is the last, because then an entry may be due.
    """
    now = time.monotonic()
    until = now + seconds
    while now < until:
        part, started = min(until - now, _MAX_WAIT_SECONDS), now
        yield part
        now = time.monotonic()
        if now - started < part * 0.9:
            return


Step = StoreCall | RunHandler | Pause | Idle
Steps = Generator[Step, Any, None]
