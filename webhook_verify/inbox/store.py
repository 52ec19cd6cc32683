"""The calls of an inbox store. All times are those of the store's clock, all durations are seconds.

A claimed entry is settled with its token: by one call of `finish`, `retry`, `give_back` or `bury`. These, and
`renew`, return False and change nothing if the token does not hold the entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from webhook_verify.errors import WebhookVerifyError
from webhook_verify.inbox.entries import Entry, EntryState, NewEntry, PutOutcome

__all__ = ["InboxStore", "LeaseLost"]


class LeaseLost(WebhookVerifyError):
    """The claim no longer holds the entry: its lease ended, and it was claimed again or settled."""


class InboxStore(Protocol):
    """A store for synchronous code. An `AsyncInboxStore` has the same methods as coroutines."""

    def put(self, entry: NewEntry) -> PutOutcome:
        """Store an entry durably, unless its key is there already, in whatever state.

        Args:
            entry: The entry.

        Returns:
            The number of the row, and whether it is new.
        """
        ...

    def claim(
        self, token: str, *, lease: float, limit: int = 1, skip_blocked: bool = False
    ) -> Sequence[Entry]:
        """Claim entries for a worker, the oldest first, and count the attempt of each.

        An entry can be claimed if it is ready and due, or if its lease has ended. If it has a lane, no older
        entry of the lane may be ready (due or not) or running; with `skip_blocked`, one that waits for its
        retry does not block the lane.

        Args:
            token: The token of the claim.
            lease: The length of the lease in seconds, from now.
            limit: The maximum number of entries.
            skip_blocked: Whether an entry that waits for its retry does not block its lane.

        Returns:
            The claimed entries.
        """
        ...

    def renew(self, id: int, token: str, *, lease: float) -> bool:
        """Extend the lease of a claimed entry to `lease` seconds from now.

        Args:
            id: The number of the row.
            token: The token of the claim.
            lease: The length of the lease in seconds, from now.

        Returns:
            Whether the token holds the entry.
        """
        ...

    def finish(self, id: int, token: str) -> bool:
        """Record that the handler succeeded.

        Args:
            id: The number of the row.
            token: The token of the claim.

        Returns:
            Whether the token held the entry.
        """
        ...

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
        ...

    def give_back(self, id: int, token: str) -> bool:
        """Make the entry ready at once, and do not count the attempt: the worker stops.

        Args:
            id: The number of the row.
            token: The token of the claim.

        Returns:
            Whether the token held the entry.
        """
        ...

    def bury(self, id: int, token: str, *, error: str) -> bool:
        """Make the entry a dead letter.

        Args:
            id: The number of the row.
            token: The token of the claim.
            error: The failure: class, message and a short traceback.

        Returns:
            Whether the token held the entry.
        """
        ...

    def transaction(self, id: int, token: str) -> AbstractContextManager[Any]:
        """Open a transaction, hand over its connection, and commit it with the entry as done.

        If the token does not hold the entry at the commit, everything is rolled back and `LeaseLost` raised.

        Args:
            id: The number of the row.
            token: The token of the claim.

        Returns:
            A context manager, which returns the connection.

        Raises:
            LeaseLost: If the token does not hold the entry when the transaction is committed.
        """
        ...

    def get(self, id: int) -> Entry | None:
        """Return an entry, or None.

        Args:
            id: The number of the row.

        Returns:
            The entry, or None.
        """
        ...

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
        ...

    def stats(self) -> dict[str, Any]:
        """Return the number of entries by state, and the seconds since the oldest was due, `oldest_ready`.

        Returns:
            The numbers.
        """
        ...

    def redrive(self, ids: Sequence[int], *, by: str = "") -> int:
        """Make dead or discarded entries ready with no attempts, and note it in their audit.

        Args:
            ids: The numbers of the rows.
            by: The name of the person.

        Returns:
            The number of entries that were made ready.
        """
        ...

    def discard(self, ids: Sequence[int], *, by: str = "") -> int:
        """Discard dead or ready entries, and note it in their audit.

        Args:
            ids: The numbers of the rows.
            by: The name of the person.

        Returns:
            The number of entries that were discarded.
        """
        ...

    def prune(self, *, ended_before: float, bodies_only: bool = False, limit: int = 1000) -> int:
        """Delete done and discarded entries that ended before that time, or only their bodies.

        Args:
            ended_before: Unix seconds.
            bodies_only: Whether to keep the rows, without their bodies.
            limit: The maximum number of entries.

        Returns:
            The number of entries.
        """
        ...

    def wait(self, seconds: float) -> None:
        """Wait until an entry may be ready, at most for that long.

        Args:
            seconds: The maximum time in seconds.
        """
        ...
