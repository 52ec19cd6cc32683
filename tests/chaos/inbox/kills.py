"""Kills at exact places: a process that arrives at a place with an order kills itself with SIGKILL.

An order is a file with the name of the place. Only one process can delete it, and that one obeys.
"""

from __future__ import annotations

import os
import signal
from enum import StrEnum
from pathlib import Path

from tests.chaos.ledger import Event, Ledger

__all__ = ["RECEIVING", "KillOrders", "Place"]


class Place(StrEnum):
    """The places where a process can be killed."""

    BEFORE_INSERT = "before_insert"
    BEFORE_RESPONSE = "before_response"
    """After the commit of the insert, before the response."""
    AFTER_CLAIM = "after_claim"
    IN_HANDLER = "in_handler"
    BEFORE_SETTLE = "before_settle"
    """After the work of the handler, before the commit of the work and the end of the entry."""


RECEIVING = (Place.BEFORE_INSERT, Place.BEFORE_RESPONSE)


class KillOrders:
    """The orders in a folder."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self._folder = folder
        self._ledger = ledger

    def pass_by(self, place: Place) -> None:
        """Kill this process if there is an order for the place."""
        try:
            (self._folder / place).unlink()
        except FileNotFoundError:
            return
        self._ledger.note(Event.KILLED, place)
        os.kill(os.getpid(), signal.SIGKILL)

    def give(self, place: Place) -> None:
        """Give an order for a place."""
        (self._folder / place).touch()

    def pending(self) -> set[str]:
        """Return the places with an order."""
        return {path.name for path in self._folder.iterdir()}
