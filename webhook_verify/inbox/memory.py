"""An inbox store in memory, for tests: all rules of a store, no persistence.

A claim takes time in proportion to the number of waiting entries.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from itertools import islice
from typing import Any

from webhook_verify.inbox.entries import Entry, EntryState, NewEntry, PutOutcome
from webhook_verify.inbox.memory_rows import InboxRows
from webhook_verify.inbox.store import LeaseLost

__all__ = ["MemoryInboxStore"]

_UNCLAIMED = {"token": "", "leased_until": None}
_POLL_SECONDS = 0.005


class MemoryInboxStore:
    """An inbox store in the memory of one process, for tests. The entries end with the process.

    Args:
        clock: Returns the current time in Unix seconds.
        connect: Opens a transaction of the application, such as `engine.begin`: a function that returns a
            context manager, which returns the connection, commits at the end, and rolls back after an
            exception. `transaction` hands over its connection. By default None.
    """

    may_block = False
    """Whether a call other than `wait` may wait for I/O. Never, so it may be called on an event loop."""
    is_shared_by_processes = False
    """Whether all processes have the same entries."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        connect: Callable[[], AbstractContextManager[Any]] = nullcontext,
    ) -> None:
        self._clock = clock
        self._connect = connect
        self._changed = threading.Condition(threading.RLock())
        self._rows = InboxRows()
        self.version: int = 0
        """A number that increases with each change that may make an entry ready."""

    def put(self, entry: NewEntry) -> PutOutcome:
        """Store an entry, unless its key is there already, in whatever state.

        Args:
            entry: The entry.

        Returns:
            The number of the row, and whether it is new.
        """
        with self._changed:
            outcome = self._rows.add(entry, self._clock())
            if outcome.is_new:
                self._notify()
            return outcome

    def claim(
        self, token: str, *, lease: float, limit: int = 1, skip_blocked: bool = False
    ) -> Sequence[Entry]:
        """Claim entries for a worker, the oldest first, and count the attempt of each.

        Args:
            token: The token of the claim.
            lease: The length of the lease in seconds, from now.
            limit: The maximum number of entries.
            skip_blocked: Whether an entry that waits for its retry does not block its lane.

        Returns:
            The claimed entries.
        """
        with self._changed:
            now = self._clock()
            claimed: list[Entry] = []
            for number in list(islice(self._rows.claimable(now, skip_blocked=skip_blocked), limit)):
                attempts = self._rows.entries[number].attempts + 1
                columns = {"state": EntryState.RUNNING, "attempts": attempts, "token": token}
                claimed.append(self._rows.change(number, now, **columns, leased_until=now + lease))
            return claimed

    def renew(self, id: int, token: str, *, lease: float) -> bool:
        """Extend the lease of a claimed entry to `lease` seconds from now.

        Args:
            id: The number of the row.
            token: The token of the claim.
            lease: The length of the lease in seconds, from now.

        Returns:
            Whether the token holds the entry.
        """
        with self._changed:
            holds = self._rows.is_held(id, token)
            if holds:
                now = self._clock()
                self._rows.change(id, now, leased_until=now + lease)
            return holds

    def finish(self, id: int, token: str) -> bool:
        """Record that the handler succeeded.

        Args:
            id: The number of the row.
            token: The token of the claim.

        Returns:
            Whether the token held the entry.
        """
        return self._settle(id, token, state=EntryState.DONE)

    def retry(self, id: int, token: str, *, delay: float, error: str) -> bool:
        """Make the entry ready again after `delay` seconds.

        Args:
            id: The number of the row.
            token: The token of the claim.
            delay: The seconds until it is due.
            error: The failure: class, message and a short traceback.

        Returns:
            Whether the token held the entry.
        """
        due_at = self._clock() + delay
        return self._settle(id, token, state=EntryState.READY, due_at=due_at, error=error)

    def give_back(self, id: int, token: str) -> bool:
        """Make the entry ready at once, and do not count the attempt: the worker stops.

        Args:
            id: The number of the row.
            token: The token of the claim.

        Returns:
            Whether the token held the entry.
        """
        with self._changed:
            entry = self._rows.entries.get(id)
            attempts = 0 if entry is None else max(entry.attempts - 1, 0)
            return self._settle(id, token, state=EntryState.READY, due_at=self._clock(), attempts=attempts)

    def bury(self, id: int, token: str, *, error: str) -> bool:
        """Make the entry a dead letter.

        Args:
            id: The number of the row.
            token: The token of the claim.
            error: The failure: class, message and a short traceback.

        Returns:
            Whether the token held the entry.
        """
        return self._settle(id, token, state=EntryState.DEAD, error=error)

    @contextmanager
    def transaction(self, id: int, token: str) -> Generator[Any]:
        """Open a transaction of `connect`, hand over its connection, and commit it with the entry as done.

        Args:
            id: The number of the row.
            token: The token of the claim.

        Yields:
            The connection.

        Raises:
            LeaseLost: If the token does not hold the entry when the transaction is committed.
        """
        manager = self._connect()
        connection = manager.__enter__()
        try:
            yield connection
        except BaseException as error:
            if not manager.__exit__(type(error), error, error.__traceback__):
                raise
            return
        with self._changed:  # until the commit, so that no other claim takes the entry in between
            if not self._rows.is_held(id, token):
                lost = LeaseLost(f"the claim no longer holds entry {id}: its transaction is rolled back")
                manager.__exit__(LeaseLost, lost, None)
                raise lost
            manager.__exit__(None, None, None)
            self._settle(id, token, state=EntryState.DONE)

    def get(self, id: int) -> Entry | None:
        """Return an entry, or None.

        Args:
            id: The number of the row.

        Returns:
            The entry, or None.
        """
        with self._changed:
            return self._rows.entries.get(id)

    def list(
        self,
        *,
        state: EntryState | None = None,
        event_type: str | None = None,
        since: float | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> Sequence[Entry]:
        """Return entries in the order of arrival, with ids greater than `after`.

        Args:
            state: Only entries in this state.
            event_type: Only entries of this event type.
            since: Only entries that were received at or after this time, in Unix seconds.
            after: Only entries with a greater id.
            limit: The maximum number of entries.

        Returns:
            The entries.
        """
        with self._changed:
            found = [
                entry
                for entry in self._rows.entries.values()
                if entry.id > after
                and state in (None, entry.state)
                and event_type in (None, entry.stored.event_type)
                and (since is None or entry.stored.received_at >= since)
            ]
        return found[:limit]

    def stats(self) -> dict[str, Any]:
        """Return the number of entries by state, and the seconds since the oldest was due, `oldest_ready`.

        Returns:
            The numbers.
        """
        with self._changed:
            now = self._clock()
            entries = list(self._rows.entries.values())
        due = [entry.due_at for entry in entries if entry.state is EntryState.READY and entry.due_at <= now]
        numbers: dict[str, Any] = dict.fromkeys(map(str, EntryState), 0)
        for entry in entries:
            numbers[str(entry.state)] += 1
        return {**numbers, "oldest_ready": now - min(due) if due else 0.0}

    def redrive(self, ids: Sequence[int], *, by: str = "") -> int:
        """Make dead or discarded entries ready with no attempts, and note it in their audit.

        Args:
            ids: The numbers of the rows.
            by: The name of the person.

        Returns:
            The number of entries that were made ready.
        """
        states = (EntryState.DEAD, EntryState.DISCARDED)
        return self._decide("redrive", ids, by, states, state=EntryState.READY, attempts=0)

    def discard(self, ids: Sequence[int], *, by: str = "") -> int:
        """Discard dead or ready entries, and note it in their audit.

        Args:
            ids: The numbers of the rows.
            by: The name of the person.

        Returns:
            The number of entries that were discarded.
        """
        states = (EntryState.DEAD, EntryState.READY)
        return self._decide("discard", ids, by, states, state=EntryState.DISCARDED)

    def prune(self, *, ended_before: float, bodies_only: bool = False, limit: int = 1000) -> int:
        """Delete done and discarded entries that ended before that time, or only their bodies.

        Args:
            ended_before: Unix seconds.
            bodies_only: Whether to keep the rows, without their bodies.
            limit: The maximum number of entries.

        Returns:
            The number of entries.
        """
        with self._changed:
            entries = self._rows.entries
            ended = [
                number
                for number, ended_at in self._rows.ended.items()
                if ended_at < ended_before
                and entries[number].state is not EntryState.DEAD
                and (not bodies_only or entries[number].stored.body)
            ][:limit]
            for number in ended:
                if bodies_only:
                    stored = replace(entries[number].stored, body=b"")
                    self._rows.change(number, self._clock(), stored=stored)
                else:
                    self._rows.remove(number)
            return len(ended)

    def wait(self, seconds: float) -> None:
        """Wait until an entry may be ready, at most for that long.

        Args:
            seconds: The maximum time in seconds.
        """
        with self._changed:
            if not self.has_claimable():
                self._changed.wait(min(seconds, self.seconds_to_next()))

    def has_claimable(self) -> bool:
        """Return whether a claim would return an entry now.

        Returns:
            Whether an entry is due and not blocked by its lane.
        """
        with self._changed:
            return next(self._rows.claimable(self._clock(), skip_blocked=False), None) is not None

    def seconds_to_next(self) -> float:
        """Return the time until an entry becomes claimable without a change of the store.

        Returns:
            The seconds until the next retry is due or the next lease ends. At least 5 ms.
        """
        with self._changed:
            return max(min(self._rows.seconds_to_next(self._clock()), threading.TIMEOUT_MAX), _POLL_SECONDS)

    def _settle(self, number: int, token: str, **changes: Any) -> bool:
        with self._changed:
            holds = self._rows.is_held(number, token)
            if holds:
                self._rows.change(number, self._clock(), **changes, **_UNCLAIMED)
                self._notify()
            return holds

    def _decide(
        self, action: str, ids: Iterable[int], by: str, states: Sequence[EntryState], **changes: Any
    ) -> int:
        with self._changed:
            now = self._clock()
            entries = [self._rows.entries.get(number) for number in dict.fromkeys(ids)]
            chosen = [entry for entry in entries if entry is not None and entry.state in states]
            for entry in chosen:
                note = {"at": now, "action": action, "by": by, "attempts": entry.attempts}
                self._rows.change(entry.id, now, **changes, due_at=now, audit=(*entry.audit, note))
            self._notify()
            return len(chosen)

    def _notify(self) -> None:
        self.version += 1
        self._changed.notify_all()
