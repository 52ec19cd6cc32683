"""The common parts of `Inbox` and `AsyncInbox`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from inspect import iscoroutinefunction
from typing import Any, NamedTuple

from webhook_verify._times import unix_time
from webhook_verify.body import BytesLike
from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery
from webhook_verify.headers import Headers
from webhook_verify.http import RequestHead
from webhook_verify.inbox.entries import Entry, EntryState, NewEntry
from webhook_verify.inbox.stored_deliveries import (
    checked_header_names,
    new_entry,
    restored_delivery,
    signed_request,
)
from webhook_verify.replay.guard import checked_bool, checked_seconds
from webhook_verify.replay.identity import IdempotencyKey, own_key
from webhook_verify.verifier import Verifier

__all__ = ["BackfillOutcome", "BaseInbox", "PruneOutcome", "Received"]

Received = tuple[BytesLike, Headers, float | datetime]
"""The body, the headers and the time of receipt of a request."""

_MAX_LANE_BYTES = 200


class BackfillOutcome(NamedTuple):
    """The result of `backfill`.

    Attributes:
        new: How many deliveries were stored.
        known: How many were there already.
        rejected: How many the verifier rejected.
    """

    new: int = 0
    known: int = 0
    rejected: int = 0


class PruneOutcome(NamedTuple):
    """The result of `prune`.

    Attributes:
        entries: How many entries were deleted.
        bodies: How many bodies were deleted.
    """

    entries: int = 0
    bodies: int = 0


class BaseInbox:
    """The options of an inbox, and what does not need its store.

    Args:
        lane: Returns the lane of a delivery, or None if no entry has a lane.
        headers: The names of headers to store in addition to the signed ones.
        namespace: The namespace of deliveries if the receiver has no namespace.
        trust_unsigned_ids: Whether an unsigned message id distinguishes messages, as in a `ReplayGuard`.
        clock: Returns the current time in Unix seconds.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If `headers` contains a header with credentials.
    """

    def __init__(
        self,
        *,
        lane: Callable[[Delivery], str] | None = None,
        headers: Iterable[str] = (),
        namespace: str = "",
        trust_unsigned_ids: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        for name, function in {"lane": lane, "clock": clock}.items():
            if function is not None and not callable(function):
                raise TypeError(f"{name} must be a function, not {type(function).__name__!r}")
        if iscoroutinefunction(lane):
            raise TypeError("lane must be a function of the Delivery, not a coroutine function")
        if namespace.__class__ is not str:
            raise TypeError(f"namespace must be a str, not {type(namespace).__name__!r}")
        self.namespace: str = namespace
        self._trust_unsigned_ids = checked_bool(trust_unsigned_ids, "trust_unsigned_ids")
        self._lane = lane
        self._headers = checked_header_names(headers)
        self._clock = clock

    @property
    def identity(self) -> object:
        """The identity of the table, which is equal for all inboxes of this process that use it."""
        store: object = getattr(self, "store", None)
        return getattr(store, "identity", None) or id(store)

    def delivery(self, entry: Entry) -> Delivery:
        """Return the delivery of an entry.

        Args:
            entry: The entry.

        Returns:
            A delivery that is equal to the stored one.

        Raises:
            ValueError: If the body was pruned.
        """
        return restored_delivery(entry)

    def verify_again(self, entry: Entry, verifier: Verifier) -> Delivery:
        """Verify the stored request as of the time of its receipt.

        This needs the signed headers. The header of a scheme with a token is not stored, and neither is
        `Authorization`.

        Args:
            entry: The entry.
            verifier: The verifier.

        Returns:
            The verified delivery.

        Raises:
            RejectedDelivery: If the stored request is not genuine, or lacks a signed header.
            ValueError: If the body was pruned.
        """
        body, headers, url, method = signed_request(entry)
        return verifier.verify_at(body, headers, received_at=entry.stored.received_at, url=url, method=method)

    def new_entry(
        self,
        delivery: Delivery,
        head: RequestHead | None = None,
        namespace: str = "",
        received_at: float | None = None,
        idempotency_key: str = "",
    ) -> NewEntry:
        """Return the entry of a delivery, without storing it.

        Args:
            delivery: The delivery.
            head: The request head, or None without a request.
            namespace: The namespace of the receiver.
            received_at: Unix seconds. By default the current time.
            idempotency_key: The application's key of the delivery, "" for the default key.

        Returns:
            The entry.

        Raises:
            TypeError: If the lane is not a str.
            Exception: Any exception of the function `lane`.
        """
        return new_entry(
            delivery,
            head,
            namespace=namespace or self.namespace,
            lane="" if self._lane is None else _checked_lane(self._lane(delivery)),
            allowed=self._headers,
            received_at=self._clock() if received_at is None else received_at,
            idempotency_key=idempotency_key,
            trust_unsigned_ids=self._trust_unsigned_ids,
        )

    def _backfilled(
        self,
        item: Delivery | Received,
        verifier: Verifier | None,
        namespace: str,
        idempotency_key: IdempotencyKey | None,
    ) -> NewEntry | None:
        """Return the entry of an item, or None if it is rejected."""
        head: RequestHead | None = None
        if isinstance(item, Delivery):
            delivery, when = item, item.timestamp.timestamp()
        elif verifier is None:
            raise TypeError("verifier is required for requests. Pass the verifier of the receiver")
        else:
            body, headers, received_at = item
            head, when = RequestHead("POST", "", headers), unix_time(received_at)
            try:
                delivery = verifier.verify_at(body, headers, received_at=when)
            except RejectedDelivery:
                return None
        key = "" if idempotency_key is None else own_key(idempotency_key, delivery)
        return self.new_entry(delivery, head, namespace, when, key)

    @staticmethod
    def _filters(
        state: EntryState | str | None, event_type: str | None, since: datetime | float | None
    ) -> dict[str, Any]:
        """Return the filters of a store's list."""
        return {
            "state": None if state is None else EntryState(state),
            "event_type": event_type,
            "since": None if since is None else unix_time(since),
        }

    def _ended_before(self, age: timedelta | float, name: str) -> float:
        return self._clock() - checked_seconds(age, name)


def _checked_lane(lane: object) -> str:
    """Return a lane that every store accepts: the hash of a long one, or of one with unusual characters."""
    if not isinstance(lane, str):
        raise TypeError(f"lane must return a str, not {type(lane).__name__!r}")
    encoded = lane.encode("utf-8", "surrogatepass")
    # A database escapes a text that begins with a backslash, so a short one could be too long for it.
    is_plain = lane.isprintable() and not lane.startswith("\\")
    if len(encoded) <= _MAX_LANE_BYTES and is_plain:
        return lane
    return f"sha256:{sha256(encoded).hexdigest()}"
