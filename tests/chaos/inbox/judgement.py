"""The check of the guarantees of the inbox, by the rows of the database and the ledger.

For every message, regardless of killed workers and restarts of the database:

- If the sender got a 2xx response, the entry is stored.
- A stored entry ends: it is done, or a dead letter for a reason.
- The work of a handler, in the transaction with the end of its entry, is committed one time for each entry
  that is done, and not for others.
- The entries of a lane are begun and committed in the order in which they were stored.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from tests.chaos.inbox.databases import Row, Work
from tests.chaos.inbox.kills import Place
from tests.chaos.invariants import Verdict
from tests.chaos.ledger import Event, Note
from tests.chaos.messages import Message
from tests.chaos.provider import Sent
from webhook_verify.inbox import EntryState

__all__ = ["judge"]


def judge(
    notes: Sequence[Note],
    sent: Sent,
    messages: Sequence[Message],
    rows: Sequence[Row],
    works: Sequence[Work],
    *,
    lease: float,
) -> Verdict:
    """Check the guarantees."""
    done = {row.id for row in rows if row.state is EntryState.DONE}
    dead = [row for row in rows if row.state is EntryState.DEAD]
    worked = Counter(work.entry for work in works)
    stored = {row.message_id for row in rows}
    begun = [note for note in notes if note.event is Event.BEGUN]
    laws = {
        "deliveries without a 2xx response": len(sent.given_up),
        "wrong responses": len(sent.wrong),
        "acknowledged and not stored": sum(f"msg_{number}" not in stored for number in sent.handled),
        "forgeries stored": len(stored - {message.id for message in messages}),
        "stored and not ended as done or dead": len(rows) - len(done) - len(dead),
        "dead without a reason": len(_without_reason(dead, messages)),
        "work committed two times": sum(count > 1 for count in worked.values()),
        "done without work, or work without done": len(done ^ set(worked)),
        "work committed out of order in a lane": _disorder((work.lane, work.entry) for work in works),
        "begun out of order in a lane": _disorder(_in_time(notes, lease)),
    }
    killed = Counter(note.token for note in notes if note.event is Event.KILLED)
    figures = {
        **{f"killed {place.replace('_', ' ')}": killed[place] for place in Place},
        "messages": sent.messages,
        "attempts of the sender": sent.attempts,
        "broken connections": sent.broken,
        "503 responses": sent.answers[503],
        "200 responses to duplicates": sent.handled_before.total(),
        "entries stored": len(rows),
        "handler runs started": len(begun),
        "entries with two or more runs": sum(
            count > 1 for count in Counter(note.more[0] for note in begun).values()
        ),
        "done": len(done),
        "dead letters": len(dead),
    }
    broken = [f"{count} {law}" for law, count in laws.items() if count]
    return Verdict(figures | laws, broken + sent.wrong[:5])


def _without_reason(dead: Iterable[Row], messages: Iterable[Message]) -> list[int]:
    """Return the dead letters whose handler does not always fail, and whose workers were not killed."""
    failing = {message.id for message in messages if message.fails == 1}
    return [
        row.id
        for row in dead
        if row.message_id not in failing and "attempts ended without a result" not in row.error
    ]


def _in_time(notes: Iterable[Note], lease: float) -> list[tuple[str, int]]:
    """Return the lane and the entry of each run that began during its first lease."""
    asked = {note.token: float(note.more[0]) for note in notes if note.event is Event.CLAIMED}
    return [
        (note.more[1], int(note.more[0]))
        for note in sorted(notes)
        if note.event is Event.BEGUN and note.at < asked[note.token] + lease
    ]


def _disorder(entries: Iterable[tuple[str, int]]) -> int:
    """Return how many entries follow a later one of their lane."""
    last: dict[str, int] = defaultdict(int)
    count = 0
    for lane, entry in entries:
        count += entry < last[lane]
        last[lane] = max(last[lane], entry)
    return count
