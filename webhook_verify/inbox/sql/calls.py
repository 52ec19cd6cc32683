"""The calls of an inbox store on a connection, in terms of its statements.

A call that changes which entry of a lane can be claimed runs in a transaction, and locks the lane before any
row. A claim locks rows only, and skips those that are locked. So no two calls wait for each other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from sqlalchemy import Connection

from webhook_verify.inbox.entries import Entry, EntryState, NewEntry, PutOutcome
from webhook_verify.inbox.sql.rows import entry_of, stored_values, text_of
from webhook_verify.inbox.sql.table import InboxTable
from webhook_verify.sql.execution import TransientFailure

__all__ = ["InboxCalls", "Settlement"]

_T = TypeVar("_T")

_SETTLED_STATES = {"finish": "done", "retry": "ready", "give_back": "ready", "bury": "dead"}


class InboxCalls:
    """The calls of a store on a connection in autocommit.

    Args:
        table: The table of the store.
        connection: The connection.
    """

    def __init__(self, table: InboxTable, connection: Connection) -> None:
        self._table = table
        self._connection = connection

    def put(self, entry: NewEntry) -> PutOutcome:
        """Store an entry, unless its key is there already.

        Args:
            entry: The entry.

        Returns:
            The number of the row, and whether it is new.
        """
        values = {**self._stored_values(entry), "channel": self._table.channel, "is_blocked": 0}
        if not values["lane"]:
            return self._put(values)

        def step() -> PutOutcome:
            (taken,), *_ = self._rows("lane_is_taken", lane=values["lane"])
            return self._put({**values, "is_blocked": int(taken)})

        return self._in_lanes([str(values["lane"])], step)

    def _stored_values(self, entry: NewEntry) -> dict[str, Any]:
        values = stored_values(entry)
        if self._table.dialect_name == "mariadb":
            values["body"] = values["body"].hex()
        return values

    def _put(self, values: Mapping[str, Any]) -> PutOutcome:
        while True:
            if rows := self._rows("put", **values):
                return PutOutcome(rows[0][0], is_new=True)
            if rows := self._rows("find_key", **values):  # it may be deleted since the first statement
                return PutOutcome(rows[0][0], is_new=False)

    def claim(self, token: str, lease: float, limit: int, *, skip_blocked: bool) -> Sequence[Entry]:
        """Claim entries, and count the attempt of each.

        Args:
            token: The token of the claim.
            lease: The length of the lease in seconds.
            limit: The maximum number of entries.
            skip_blocked: Whether an entry that waits for its retry does not block its lane.

        Returns:
            The claimed entries, the one that was due first first.
        """
        values = {"token": token, "lease": float(lease), "limit": limit}
        if self._table.texts.claim:
            entries = [entry_of(row) for row in self._rows("claim", **values)]
        else:
            entries = self._in_transaction(lambda: self._pick(values))
        if skip_blocked and len(entries) < limit:
            left = {**values, "limit": limit - len(entries)}
            entries += self._in_transaction(lambda: self._pick_blocked(left))
        return sorted(entries, key=lambda entry: (entry.due_at, entry.id))

    def _pick(self, values: Mapping[str, Any]) -> list[Entry]:
        ids = [row[0] for row in self._rows("pick", **values)]
        return [self._take(each, values) for each in ids]

    def _pick_blocked(self, values: Mapping[str, Any]) -> list[Entry]:
        entries: list[Entry] = []
        for holder, blocked in self._rows("pick_blocked", **values):
            # Both rows are locked, so that no other claim takes the holder at the same time.
            if len(self._rows("skip", holder=holder, id=blocked)) == 2:
                self._run("step_back", holder=holder)
                entries.append(self._take(blocked, values))
        return entries

    def _take(self, id: int, values: Mapping[str, Any]) -> Entry:
        self._run("take", **{**values, "id": id})
        return entry_of(self._rows("get", id=id)[0])

    def renew(self, id: int, token: str, lease: float) -> bool:
        """Extend the lease of a claimed entry.

        Args:
            id: The number of the row.
            token: The token of the claim.
            lease: The length of the lease in seconds, from now.

        Returns:
            Whether the token holds the entry.
        """
        return self._run("renew", id=id, token=token, lease=float(lease)) == 1

    def settle(self, call: str, id: int, token: str, delay: float = 0.0, error: str = "") -> bool:
        """Settle a claimed entry.

        Args:
            call: `finish`, `retry`, `give_back` or `bury`.
            id: The number of the row.
            token: The token of the claim.
            delay: The seconds until it is due, for `retry`.
            error: The failure, for `retry` and `bury`.

        Returns:
            Whether the token held the entry.
        """
        values = {"id": id, "token": token, "delay": float(delay), "error": text_of(error)}
        if self._run(call, **values, any_lane=0) == 1:
            return True
        lanes = [row[0] for row in self._rows("lane_of", id=id) if row[0]]
        return bool(lanes) and self._in_lanes(lanes, lambda: self._settle(call, values, lanes[0]))

    def was_settled(self, call: str, id: int, token: str) -> bool:
        """Return whether a claim was settled by this call, and no other claim has followed.

        Args:
            call: `finish`, `retry`, `give_back` or `bury`.
            id: The number of the row.
            token: The token of the claim.

        Returns:
            Whether the entry is in the state after the call.
        """
        return [row[0] for row in self._rows("was_settled", id=id, token=token)] == [_SETTLED_STATES[call]]

    def finish_within(self, id: int, token: str) -> bool:
        """Record that the handler succeeded, in the transaction of the connection.

        Args:
            id: The number of the row.
            token: The token of the claim.

        Returns:
            Whether the token held the entry.
        """
        lanes = [row[0] for row in self._rows("lane_of", id=id)]
        if lanes and lanes[0]:
            self._run("lock_lane", **self._table.lane_lock(lanes[0]))
        return bool(lanes) and self._settle("finish", {"id": id, "token": token}, lanes[0])

    def unlock_lane_of(self, id: int) -> None:
        """Unlock the lane after the transaction of `finish_within`, in a database that does not do it itself.

        Args:
            id: The number of the row.
        """
        if not self._table.texts.unlock_lane:
            return
        with suppress(Exception):  # the lock ends with a broken connection
            for (lane,) in self._rows("lane_of", id=id):
                self._run("unlock_lane", **self._table.lane_lock(lane))

    def _settle(self, call: str, values: Mapping[str, Any], lane: str) -> bool:
        if self._run(call, **values, any_lane=1) != 1:
            return False
        if lane:
            self._run("promote", lane=lane)
        return True

    def get(self, id: int) -> Entry | None:
        """Return an entry, or None.

        Args:
            id: The number of the row.

        Returns:
            The entry, or None.
        """
        rows = self._rows("get", id=id)
        return entry_of(rows[0]) if rows else None

    def find(
        self, state: EntryState | None, event_type: str | None, since: float | None, after: int, limit: int
    ) -> Sequence[Entry]:
        """Return entries in the order of arrival.

        Args:
            state: Only entries in this state.
            event_type: Only entries of this event type.
            since: Only entries that were received at or after this time, in Unix seconds.
            after: Only entries with a greater id.
            limit: The maximum number of entries.

        Returns:
            The entries.
        """
        values: dict[str, Any] = {"after": after, "limit": limit}
        values["since"] = -1e18 if since is None else float(since)
        values["event_type"] = None if event_type is None else text_of(event_type)
        values["state"] = None if state is None else state.value
        name = "list" if state is None else "list_state"
        return [entry_of(row) for row in self._rows(name, **values)]

    def stats(self) -> dict[str, Any]:
        """Return the number of entries by state, and the age of the oldest that is due.

        Returns:
            The numbers.
        """
        rows = self._rows("stats")
        counts = {state.value: 0 for state in EntryState} | {row[0]: row[1] for row in rows}
        ages = [row[2] for row in rows if row[2] is not None]
        return {**counts, "oldest_ready": float(max(ages)) if ages else 0.0}

    def redrive(self, ids: Sequence[int], by: str) -> int:
        """Make dead or discarded entries ready.

        Args:
            ids: The numbers of the rows.
            by: The name of the person.

        Returns:
            The number of entries that were made ready.
        """
        return self._decide("redrive", ids, by, (EntryState.DEAD, EntryState.DISCARDED))

    def discard(self, ids: Sequence[int], by: str) -> int:
        """Discard dead or ready entries.

        Args:
            ids: The numbers of the rows.
            by: The name of the person.

        Returns:
            The number of entries that were discarded.
        """
        return self._decide("discard", ids, by, (EntryState.DEAD, EntryState.READY))

    def _decide(self, action: str, ids: Sequence[int], by: str, states: tuple[EntryState, ...]) -> int:
        ordered = sorted({int(each) for each in ids})
        lanes = {row[0] for each in ordered for row in self._rows("lane_of", id=each)} - {""}

        def step() -> int:
            for lane in sorted(lanes):
                self._rows("lock_holder", lane=lane)
            changed = sum(self._decide_one(action, each, by, states) for each in ordered)
            for lane in sorted(lanes):
                self._run("demote", lane=lane)
                self._run("promote", lane=lane)
            self._rows("notify", channel=self._table.channel)
            return changed

        return self._in_lanes(lanes, step) if ordered else 0

    def _decide_one(self, action: str, id: int, by: str, states: tuple[EntryState, ...]) -> int:
        for state, attempts, audit, now in self._rows("decide", id=id):
            if EntryState(state) in states:
                line = {"at": now, "action": action, "by": by, "attempts": attempts}
                return self._run(action, id=id, audit=json.dumps([*json.loads(audit), line]))
        return 0

    def prune(self, ended_before: float, limit: int, *, bodies_only: bool) -> int:
        """Delete done and discarded entries, or only their bodies.

        Args:
            ended_before: Unix seconds.
            limit: The maximum number of entries.
            bodies_only: Whether to keep the rows, without their bodies.

        Returns:
            The number of entries.
        """
        name = "prune_bodies" if bodies_only else "prune"
        return self._run(name, ended_before=float(ended_before), limit=limit)

    def seconds_to_next(self) -> float | None:
        """Return the time until an entry can be claimed.

        Returns:
            Seconds, not positive if one can be claimed now, or None if none waits.
        """
        (seconds,), *_ = self._rows("next_claim")
        return None if seconds is None else float(seconds)

    def begin(self) -> None:
        """Begin a transaction."""
        self._run("isolate")
        self._run("begin")

    def _in_lanes(self, lanes: Collection[str], step: Callable[[], _T]) -> _T:
        """Run a step in a transaction that has locked these lanes, in an order that all have."""
        locks = [self._table.lane_lock(lane) for lane in lanes]
        locks.sort(key=lambda lock: str(lock["lane_name"]))

        def locked() -> _T:
            for lock in locks:
                self._lock(lock)
            return step()

        try:
            return self._in_transaction(locked)
        finally:
            with suppress(Exception):  # the lock ends with a broken connection
                for lock in locks:
                    self._run("unlock_lane", **lock)

    def _lock(self, lock: Mapping[str, Any]) -> None:
        rows = self._rows("lock_lane", **lock)
        if rows and rows[0][0] == 0:
            raise TransientFailure(TimeoutError("the lane is locked"), disconnected=False)

    def _in_transaction(self, step: Callable[[], _T]) -> _T:
        self.begin()
        try:
            result = step()
        except TransientFailure:
            raise
        except BaseException as error:
            self._connection.invalidate(error)  # its transaction ends with it
            raise
        self._run("commit")
        return result

    def _rows(self, name: str, **values: Any) -> Sequence[Sequence[Any]]:
        return self._table.run(self._connection, name, values)[0]

    def _run(self, name: str, **values: Any) -> int:
        return self._table.run(self._connection, name, values)[1]


class Settlement:
    """The step that settles a claimed entry. `run` may repeat it.

    If an attempt has lost its connection, the database may have committed it. So the next one, which cannot
    settle the entry, looks whether it was.

    Args:
        table: The table of the store.
        call: `finish`, `retry`, `give_back` or `bury`.
        id: The number of the row.
        token: The token of the claim.
        delay: The seconds until it is due, for `retry`.
        error: The failure, for `retry` and `bury`.
    """

    def __init__(
        self, table: InboxTable, call: str, id: int, token: str, delay: float = 0.0, error: str = ""
    ) -> None:
        self._table = table
        self._claim = call, id, token
        self._details = delay, error
        self._is_repeated = False

    def __call__(self, connection: Connection) -> bool:
        """Settle the entry on a connection.

        Args:
            connection: The connection, in autocommit.

        Returns:
            Whether the token held the entry.
        """
        calls = InboxCalls(self._table, connection)
        is_repeated, self._is_repeated = self._is_repeated, True
        return calls.settle(*self._claim, *self._details) or (is_repeated and calls.was_settled(*self._claim))
