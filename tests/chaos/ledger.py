"""What every worker did, in the order in which it did it, in one file that outlives a worker's SIGKILL.

A note is one line, written with one ``os.write`` to a file that was opened to append: lines of many
processes do not mix, and what was written is in the kernel's hands, whatever becomes of its writer. All
lines are of one length that divides a page, for only between two pages may SIGKILL cut a write off. Times
are those of CLOCK_MONOTONIC, which all processes of a machine share.
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
    """What is noted of one claim, which its token names."""

    CLAIMED = "claimed"
    """The store has given the claim; with when it was asked for, and the key."""
    TAKEN_OVER = "taken_over"
    """As CLAIMED, after another's lease had run out."""
    BEGUN = "begun"
    """The handler runs; with the number of the message."""
    ENDED = "ended"
    """The handler has done its work."""
    EXTENDED = "extended"
    """The lease runs anew; with when that was asked for."""
    COMPLETING = "completing"
    COMPLETED = "completed"
    REFUSED = "refused"
    """complete() gave False."""
    UNHEARD = "unheard"
    """complete() raised: nobody knows whether the store heard it."""
    RELEASING = "releasing"


class Note(NamedTuple):
    """One line: when (seconds), which process, what, of which claim, and more where there is more."""

    at: float
    pid: int
    event: Event
    token: str
    more: tuple[str, ...] = ()

    @classmethod
    def read(cls, line: str) -> Note:
        """The note of a line."""
        at, pid, event, token, *more = line.split()
        return cls(float(at), int(pid), Event(event), token, tuple(more))


class Ledger:
    """The file as a worker writes it. Opened anew in each process that forked."""

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
    """The ledger as it is read while it grows."""

    def __init__(self, path: Path) -> None:
        path.touch()
        self._file = path.open("rb")
        self.notes: list[Note] = []
        self._handlers: dict[str, int] = {}

    def go_on(self) -> None:
        """Read what has been written since."""
        for line in self._file:
            note = Note.read(line.decode())
            self.notes.append(note)
            if note.event is Event.BEGUN:
                self._handlers[note.token] = note.pid
            elif note.event in (Event.ENDED, Event.RELEASING):
                self._handlers.pop(note.token, None)

    def running(self) -> set[int]:
        """The processes in which a handler runs, as far as has been read."""
        return set(self._handlers.values())

    def forget(self, pid: int) -> bool:
        """Of a process that was killed: whether it was in the middle of a handler."""
        lost = [token for token, its in self._handlers.items() if its == pid]
        for token in lost:
            del self._handlers[token]
        return bool(lost)

    def close(self) -> None:
        self._file.close()
