"""The inbox for synchronous code."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from os import PathLike
from typing import TYPE_CHECKING, Any

from webhook_verify.delivery import Delivery
from webhook_verify.http import RequestHead
from webhook_verify.inbox.base import BackfillOutcome, BaseInbox, PruneOutcome, Received
from webhook_verify.inbox.database import blocking_store
from webhook_verify.inbox.entries import Entry, EntryState, PutOutcome
from webhook_verify.inbox.processing import InboxProcessing
from webhook_verify.inbox.steps import DEFAULT_OPTIONS, WorkerOptions
from webhook_verify.inbox.store import InboxStore
from webhook_verify.replay.identity import IdempotencyKey
from webhook_verify.verifier import Verifier

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

__all__ = ["Inbox"]

_BATCH = 500


class Inbox(InboxProcessing, BaseInbox):
    """Verified deliveries that are stored before they are acknowledged, for synchronous code.

    Args:
        database: The path of a SQLite file, which is created; a URL or an `Engine` of SQLAlchemy, whose table
            `create_table` creates; or a store.
        lane: Returns the lane of a delivery. Entries of one lane are processed one after the other. By
            default no entry has a lane.
        headers: The names of headers to store in addition to the signed ones, such as `traceparent`.
        namespace: The namespace of deliveries if the receiver has no namespace.
        trust_unsigned_ids: Whether an unsigned message id distinguishes messages, as in a `ReplayGuard`.
        clock: Returns the current time in Unix seconds.
        worker_options: The options of its workers.

    Attributes:
        store: The store.
        worker_options: The options of its workers.

    Raises:
        ImportError: If SQLAlchemy or the driver of the URL is not installed.
        TypeError: If an argument has the wrong type.
        ValueError: If the database is not supported, or `headers` contains a header with credentials.
    """

    def __init__(
        self,
        database: str | PathLike[str] | URL | Engine | InboxStore,
        *,
        lane: Callable[[Delivery], str] | None = None,
        headers: Iterable[str] = (),
        namespace: str = "",
        trust_unsigned_ids: bool = True,
        clock: Callable[[], float] = time.time,
        worker_options: WorkerOptions = DEFAULT_OPTIONS,
    ) -> None:
        super().__init__(
            lane=lane,
            headers=headers,
            namespace=namespace,
            trust_unsigned_ids=trust_unsigned_ids,
            clock=clock,
        )
        self.worker_options: WorkerOptions = worker_options
        self.store: InboxStore = blocking_store(database)

    def create_table(self) -> None:
        """Create the table of the store, unless it exists or the store does not need one.

        Raises:
            Exception: Any exception of the store.
        """
        if create := getattr(self.store, "create_table", None):
            create()

    def close(self) -> None:
        """Close the connections of the store, if they are its own."""
        if close := getattr(self.store, "close", None):
            close()

    def accept(
        self, delivery: Delivery, head: RequestHead, namespace: str = "", idempotency_key: str = ""
    ) -> PutOutcome:
        """Store a delivery durably. A receiver calls this before it responds.

        Args:
            delivery: The verified delivery.
            head: The request head.
            namespace: The namespace of the receiver.
            idempotency_key: The application's key of the delivery, "" for the default key.

        Returns:
            The number of the row, and whether it is new.

        Raises:
            Exception: Any exception of the store or of the function `lane`. Then the sender must retry.
        """
        return self.store.put(self.new_entry(delivery, head, namespace, idempotency_key=idempotency_key))

    def get(self, id: int) -> Entry | None:
        """Return an entry, or None.

        Args:
            id: The number of the row.

        Returns:
            The entry, or None.

        Raises:
            Exception: Any exception of the store.
        """
        return self.store.get(id)

    def list(
        self,
        *,
        state: EntryState | str | None = None,
        event_type: str | None = None,
        since: datetime | float | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> Sequence[Entry]:
        """Return entries in the order of arrival, with ids greater than `after`.

        Args:
            state: Only entries in this state.
            event_type: Only entries of this event type.
            since: Only entries that were received at or after this time, a datetime or Unix seconds.
            after: Only entries with a greater id.
            limit: The maximum number of entries.

        Returns:
            The entries.

        Raises:
            TypeError: If `since` is neither a datetime nor a number.
            ValueError: If the state is unknown, or `since` is a naive datetime.
            Exception: Any exception of the store.
        """
        filters = self._filters(state, event_type, since)
        return self.store.list(**filters, after=after, limit=limit)

    def stats(self) -> dict[str, Any]:
        """Return the number of entries by state, and the seconds since the oldest was due, `oldest_ready`.

        Returns:
            The numbers.

        Raises:
            Exception: Any exception of the store.
        """
        return self.store.stats()

    def redrive(
        self,
        id: int | None = None,
        *,
        event_type: str | None = None,
        since: datetime | float | None = None,
        limit: int | None = None,
        by: str = "",
    ) -> int:
        """Make dead letters ready again, with no attempts, and note it in their audit.

        Args:
            id: The number of a row, dead or discarded. By default all dead letters that the filters match.
            event_type: Only entries of this event type.
            since: Only entries that were received at or after this time, a datetime or Unix seconds.
            limit: The maximum number of entries. By default all.
            by: The name of the person.

        Returns:
            The number of entries that were made ready.

        Raises:
            TypeError: If `since` is neither a datetime nor a number.
            ValueError: If `since` is a naive datetime.
            Exception: Any exception of the store.
        """
        return self._decide(self.store.redrive, id, event_type, since, limit, by)

    def discard(
        self,
        id: int | None = None,
        *,
        event_type: str | None = None,
        since: datetime | float | None = None,
        limit: int | None = None,
        by: str = "",
    ) -> int:
        """Discard dead letters, and note it in their audit. They are then deleted by `prune`.

        Args:
            id: The number of a row, dead or ready. By default all dead letters that the filters match.
            event_type: Only entries of this event type.
            since: Only entries that were received at or after this time, a datetime or Unix seconds.
            limit: The maximum number of entries. By default all.
            by: The name of the person.

        Returns:
            The number of entries that were discarded.

        Raises:
            TypeError: If `since` is neither a datetime nor a number.
            ValueError: If `since` is a naive datetime.
            Exception: Any exception of the store.
        """
        return self._decide(self.store.discard, id, event_type, since, limit, by)

    def _decide(
        self,
        decide: Callable[..., int],
        id: int | None,
        event_type: str | None,
        since: datetime | float | None,
        limit: int | None,
        by: str,
    ) -> int:
        if id is not None:
            return decide([id], by=by)
        changed, after = 0, 0
        while limit is None or changed < limit:
            size = _BATCH if limit is None else min(_BATCH, limit - changed)
            found = self.list(
                state=EntryState.DEAD, event_type=event_type, since=since, after=after, limit=size
            )
            if not found:
                break
            changed += decide([entry.id for entry in found], by=by)
            after = found[-1].id
        return changed

    def prune(
        self,
        *,
        done_older_than: timedelta | float | None = None,
        bodies_older_than: timedelta | float | None = None,
    ) -> PruneOutcome:
        """Delete done and discarded entries, or their bodies. A dead letter is never deleted.

        A sender that sends a deleted entry again is processed again, so keep entries for longer than the
        sender retries.

        Args:
            done_older_than: Delete entries that ended longer ago, a timedelta or seconds.
            bodies_older_than: Delete the bodies of entries that ended longer ago, a timedelta or seconds.

        Returns:
            How many entries and bodies were deleted.

        Raises:
            TypeError: If an age is neither a timedelta nor a number.
            ValueError: If an age is not positive and finite.
            Exception: Any exception of the store.
        """
        entries = bodies = 0
        if done_older_than is not None:
            entries = self._prune(self._ended_before(done_older_than, "done_older_than"), bodies_only=False)
        if bodies_older_than is not None:
            bodies = self._prune(self._ended_before(bodies_older_than, "bodies_older_than"), bodies_only=True)
        return PruneOutcome(entries, bodies)

    def _prune(self, ended_before: float, *, bodies_only: bool) -> int:
        pruned = count = self.store.prune(ended_before=ended_before, bodies_only=bodies_only, limit=_BATCH)
        while count == _BATCH:
            count = self.store.prune(ended_before=ended_before, bodies_only=bodies_only, limit=_BATCH)
            pruned += count
        return pruned

    def backfill(
        self,
        deliveries: Iterable[Delivery | Received],
        *,
        verifier: Verifier | None = None,
        namespace: str = "",
        idempotency_key: IdempotencyKey | None = None,
    ) -> BackfillOutcome:
        """Store deliveries that were missed. An entry that is there already is left alone.

        Args:
            deliveries: Verified deliveries, such as those that `delivery_from_message` of
                `webhook_verify.api.svix.deliveries` returns, or tuples of a body, its headers and the time of
                receipt.
            verifier: The verifier for the tuples.
            namespace: The namespace of the receiver.
            idempotency_key: The function of the receiver, None for the default key.

        Returns:
            How many were stored, were there already, and were rejected.

        Raises:
            TypeError: If there are tuples but no verifier.
            Exception: Any exception of the iterable, the store or the function `lane`.
        """
        new = known = rejected = 0
        for item in deliveries:
            entry = self._backfilled(item, verifier, namespace, idempotency_key)
            if entry is None:
                rejected += 1
            elif self.store.put(entry).is_new:
                new += 1
            else:
                known += 1
        return BackfillOutcome(new, known, rejected)
