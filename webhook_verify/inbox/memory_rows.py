"""The rows of the inbox store in memory: their states, and which of them can be claimed. Not thread-safe."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from webhook_verify.inbox.entries import Entry, EntryState, NewEntry, PutOutcome

__all__ = ["InboxRows"]

_ACTIVE = (EntryState.READY, EntryState.RUNNING)


class InboxRows:
    """The rows of an inbox in memory.

    Attributes:
        entries: The entries by their number, in the order of arrival.
        ended: When done, dead and discarded entries ended, in Unix seconds.
    """

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.ended: dict[int, float] = {}
        self._active: dict[int, None] = {}  # the numbers of ready and running entries, in ascending order
        self._numbers: dict[str, int] = {}
        self._last_number = 0

    def add(self, stored: NewEntry, now: float) -> PutOutcome:
        """Add an entry, unless its key is there already.

        Args:
            stored: The entry.
            now: Unix seconds.

        Returns:
            The number of the row, and whether it is new.
        """
        known = self._numbers.get(stored.key)
        if known is not None:
            return PutOutcome(known, False)
        self._last_number += 1
        number = self._numbers[stored.key] = self._last_number
        self.entries[number] = Entry(number, stored, EntryState.READY, 0, now, None, "", "", ())
        self._active[number] = None
        return PutOutcome(number, True)

    def remove(self, number: int) -> None:
        """Delete a row that has ended.

        Args:
            number: The number of the row.
        """
        del self._numbers[self.entries.pop(number).stored.key], self.ended[number]

    def change(self, number: int, now: float, **changes: Any) -> Entry:
        """Change columns of a row.

        Args:
            number: The number of the row.
            now: Unix seconds.
            **changes: The new values.

        Returns:
            The changed entry.
        """
        entry = self.entries[number] = replace(self.entries[number], **changes)
        if entry.state in _ACTIVE:
            self.ended.pop(number, None)
            if number not in self._active:
                self._active = dict.fromkeys(sorted((*self._active, number)))
        elif "state" in changes:
            self._active.pop(number, None)
            self.ended[number] = now
        return entry

    def is_held(self, number: int, token: str) -> bool:
        """Return whether a claim holds an entry: also after its lease, until another claim takes it.

        Args:
            number: The number of the row.
            token: The token of the claim.

        Returns:
            Whether the entry runs under that token.
        """
        entry = self.entries.get(number)
        return entry is not None and entry.state is EntryState.RUNNING and entry.token == token

    def claimable(self, now: float, *, skip_blocked: bool) -> Iterator[int]:
        """Yield the entries that can be claimed, the oldest first, at most one of each lane.

        A lane is also blocked by a younger entry that runs, as after a redrive: two entries of a lane never
        run at the same time.

        Args:
            now: Unix seconds.
            skip_blocked: Whether an entry that waits for its retry does not block its lane.

        Yields:
            The numbers of the rows.
        """
        waiting = self.active()
        blocked = {entry.stored.lane for entry in waiting if _is_leased(entry, now)}
        for entry in waiting:
            lane = entry.stored.lane
            if _is_leased(entry, now) or (lane and lane in blocked):
                continue
            is_due = entry.state is EntryState.RUNNING or entry.due_at <= now
            if is_due or not skip_blocked:
                blocked.add(lane)
            if is_due:
                yield entry.id

    def active(self) -> Sequence[Entry]:
        """Return the ready and the running entries.

        Returns:
            The entries in the order of arrival.
        """
        return [self.entries[number] for number in self._active]

    def seconds_to_next(self, now: float) -> float:
        """Return the time until a retry is due or a lease ends.

        Args:
            now: Unix seconds.

        Returns:
            The seconds, infinite if neither will happen.
        """
        times = [entry.leased_until or entry.due_at for entry in self.active()]
        return min((at - now for at in times if at > now), default=math.inf)


def _is_leased(entry: Entry, now: float) -> bool:
    return entry.state is EntryState.RUNNING and entry.leased_until is not None and entry.leased_until > now
