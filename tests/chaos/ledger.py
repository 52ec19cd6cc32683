"""The steps of all workers in order, in a file that survives the SIGKILL of a worker.

A record is a line that is written with one ``os.write`` to a file in append mode. So lines of many processes
do not mix, and the kernel has a written line even if its writer is killed. All lines have a length that
divides a page, because SIGKILL can only truncate a write between two pages. Times are from CLOCK_MONOTONIC,
which all processes of a machine share.
"""

from __future__ import annotations

import os
import time
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

__all__ = ["Event", "Ledger", "Note", "Reading"]


_LENGTH = 128


class Event(StrEnum):
    """The recorded steps of a claim, which is identified by its token."""

    CLAIMED = "claimed"
    """The store has granted the claim. Recorded with the time of the request, and the key."""
    TAKEN_OVER = "taken_over"
    """As CLAIMED, after the lease of another claim had expired."""
    BEGUN = "begun"
    """The handler runs. Recorded with the number of the message."""
    ENDED = "ended"
    """The handler has finished its work."""
    EXTENDED = "extended"
    """The lease was extended. Recorded with the time of the request."""
    COMPLETING = "completing"
    COMPLETED = "completed"
    REFUSED = "refused"
    """complete() returned False."""
    UNHEARD = "unheard"
    """complete() raised an exception. Whether the store received the call is unknown."""
    RELEASING = "releasing"
    KILLED = "killed"
    """The process kills itself. Recorded with the place instead of a token."""


class Note(NamedTuple):
    """A line: the time in seconds, the process, the step, the claim, and details."""

    at: float
    pid: int
    event: Event
    token: str
    more: tuple[str, ...] = ()

    @classmethod
    def read(cls, line: str) -> Note:
        """Parse a line."""
        at, pid, event, token, *more = line.split()
        return cls(float(at), int(pid), Event(event), token, tuple(more))


class Ledger:
    """The writer of a worker. Each forked process opens the file again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pid, self._descriptor = 0, -1

    def note(self, event: Event, token: str, *more: object) -> None:
        """Append a line."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        line = " ".join(map(str, (f"{time.monotonic():.6f}", self._pid, event, token, *more)))
        assert len(line) < _LENGTH, line
        os.write(self._descriptor, line.ljust(_LENGTH - 1).encode() + b"\n")


class Reading:
    """A reader of the growing ledger."""

    def __init__(self, path: Path) -> None:
        path.touch()
        self._file = path.open("rb")
        self.notes: list[Note] = []
        self._handlers: dict[str, int] = {}

    def go_on(self) -> None:
        """Read the new lines."""
        for line in self._file:
            note = Note.read(line.decode())
            self.notes.append(note)
            if note.event is Event.BEGUN:
                self._handlers[note.token] = note.pid
            elif note.event in (Event.ENDED, Event.RELEASING):
                self._handlers.pop(note.token, None)

    def running(self) -> set[int]:
        """Return the processes in which a handler runs, according to the lines that were read."""
        return set(self._handlers.values())

    def forget(self, pid: int) -> bool:
        """Return whether a killed process was in the middle of a handler."""
        lost = [token for token, its in self._handlers.items() if its == pid]
        for token in lost:
            del self._handlers[token]
        return bool(lost)

    def close(self) -> None:
        self._file.close()
