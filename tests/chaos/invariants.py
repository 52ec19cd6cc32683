"""The check of the guarantees, by the ledger and the records of the store.

The guarantees for every message, regardless of killed workers and outages of the store:

- A run of its handler has finished, and every delivery eventually got a 2xx response.
- At most one claim was completed, according to the workers and to the store.
- The result that a worker received is equal to the record of the store.
- No claim was granted during the lease of another claim that had not been released.
- Another finished run of the handler has a reason: see `Why`.
- No forgery reached a handler, no valid delivery was rejected, and only completed messages were reported as
  duplicates.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations, product

from tests.chaos.ledger import Event, Note
from tests.chaos.messages import Message
from tests.chaos.provider import Sent
from tests.chaos.stores import Completions

__all__ = ["Claim", "Verdict", "Why", "claims_of", "judge"]


class Why(StrEnum):
    """The reason why a finished run did not complete its claim, so that another run was correct."""

    KILLED = "worker killed before the completion"
    UNHEARD = "store unavailable at the completion"
    LATE = "handler longer than its lease"
    UNEXPLAINED = "unexplained"


@dataclass
class Claim:
    """A claim, and the steps of its worker. Times are in seconds, and 0 means never."""

    token: str
    pid: int
    key: str
    taken_over: bool
    leases: list[tuple[float, float]]
    """The times of the request and the grant of each lease: that of the claim, and its extensions."""
    number: int | None = None
    events: dict[Event, float] = field(default_factory=dict[Event, float])

    @property
    def has_ended(self) -> bool:
        return Event.ENDED in self.events

    @property
    def is_completed(self) -> bool:
        return Event.COMPLETED in self.events

    def why_not_completed(self, killed: set[int]) -> Why:
        """Return the reason why a claim that has ended was not completed."""
        if Event.UNHEARD in self.events:
            return Why.UNHEARD
        if Event.REFUSED in self.events:
            return Why.LATE
        is_cut_off = not self.is_completed and Event.RELEASING not in self.events
        return Why.KILLED if is_cut_off and self.pid in killed else Why.UNEXPLAINED


def claims_of(notes: Iterable[Note]) -> dict[str, Claim]:
    """Return the claims by token."""
    claims: dict[str, Claim] = {}
    for note in notes:
        if note.event in (Event.CLAIMED, Event.TAKEN_OVER):
            asked, key = note.more
            is_late = note.event is Event.TAKEN_OVER
            claims[note.token] = Claim(note.token, note.pid, key, is_late, [(float(asked), note.at)])
            continue
        claim = claims[note.token]
        claim.events[note.event] = note.at
        if note.event is Event.BEGUN:
            claim.number = int(note.more[0])
        elif note.event is Event.EXTENDED:
            claim.leases.append((float(note.more[0]), note.at))
    return claims


@dataclass
class Verdict:
    """The figures, and a description of each violation."""

    figures: dict[str, int] = field(default_factory=dict[str, int])
    breaches: list[str] = field(default_factory=list[str])


def judge(
    notes: Sequence[Note],
    sent: Sent,
    messages: Sequence[Message],
    *,
    lease: float,
    killed: set[int],
    on_disk: Completions,
) -> Verdict:
    """Check the guarantees, with the killed processes and the records of the store (``on_disk``)."""
    claims = claims_of(notes)
    by_key = _by_key(claims.values())
    why = Counter(_reasons(by_key, killed))
    overlaps = list(_overlaps(by_key, lease))
    numbers = {message.number for message in messages}
    laws = {
        "deliveries without a 2xx response": len(sent.given_up),
        "wrong responses": len(sent.wrong),
        "claims granted during another lease": len(overlaps),
        "finished handler runs without a reason": why[Why.UNEXPLAINED],
        **_breaches_of_handling(claims.values(), numbers),
        **_breaches_of_completion(claims, by_key, sent, on_disk),
    }
    figures = {
        **_of_sending(sent),
        **_of_handling(claims.values(), by_key),
        **{f"  of those runs, {reason}": why[reason] for reason in Why},
        "messages completed": len(on_disk),
    }
    broken = [f"{count} {law}" for law, count in laws.items() if count]
    return Verdict(figures | laws, broken + sent.wrong[:5] + overlaps[:5])


def _of_sending(sent: Sent) -> dict[str, int]:
    return {
        "messages": sent.messages,
        "deliveries": sent.deliveries,
        "attempts": sent.attempts,
        "forged deliveries": sent.hostile,
        "broken connections": sent.broken,
        "requests aborted by the sender": sent.hung_up,
        "no response within 10 seconds": sent.timed_out,
        "409 responses": sent.answers[409],
        "500 responses": sent.answers[500],
        "503 responses": sent.answers[503],
        "200 responses to duplicates": sent.handled_before.total(),
    }


def _of_handling(claims: Iterable[Claim], by_key: dict[str, list[Claim]]) -> dict[str, int]:
    claims = list(claims)
    return {
        "handler runs started": sum(claim.number is not None for claim in claims),
        "handler runs finished": sum(claim.has_ended for claim in claims),
        "leases taken over": sum(claim.taken_over for claim in claims),
        "messages with two finished handler runs": sum(
            sum(claim.has_ended for claim in of_one) > 1 for of_one in by_key.values()
        ),
    }


def _breaches_of_handling(claims: Iterable[Claim], numbers: set[int]) -> dict[str, int]:
    begun = [claim for claim in claims if claim.number is not None]
    return {
        "messages never handled": len(numbers - {claim.number for claim in begun if claim.has_ended}),
        "forgeries handled": sum(claim.number not in numbers for claim in begun),
    }


def _breaches_of_completion(
    claims: dict[str, Claim], by_key: dict[str, list[Claim]], sent: Sent, on_disk: Completions
) -> dict[str, int]:
    told = {token for token, claim in claims.items() if claim.is_completed}
    kept = {token for tokens in on_disk.values() for token in tokens}
    done = {claim.number for token, claim in claims.items() if token in kept}
    twice = (
        len({claim.token for claim in of_one if claim.is_completed} | on_disk.get(key, set())) > 1
        for key, of_one in by_key.items()
    )
    return {
        "messages completed more than once": sum(twice),
        "completions lost by the store": len(told - kept),
        "messages reported as duplicates but not completed": len(set(sent.handled_before) - done),
    }


def _by_key(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        found[claim.key].append(claim)
    return found


def _reasons(by_key: dict[str, list[Claim]], killed: set[int]) -> Iterator[Why]:
    """Return why each of several finished runs of a message did not complete the claim."""
    for claims in by_key.values():
        ended = [claim for claim in claims if claim.has_ended]
        if len(ended) > 1:
            yield from (claim.why_not_completed(killed) for claim in ended if not claim.is_completed)


def _overlaps(by_key: dict[str, list[Claim]], lease: float) -> Iterator[str]:
    """Return the leases of two claims of a message that overlapped.

    The store granted each between its request and its record. If all four times are less than a lease apart,
    both overlapped, in any order, unless the first was released.
    """
    for claims in by_key.values():
        for one, other in combinations(claims, 2):
            for mine, its in product(one.leases, other.leases):
                apart = max(mine[1], its[1]) - min(mine[0], its[0])
                if apart < lease and not _has_released(one, its[1]) and not _has_released(other, mine[1]):
                    yield f"{one.token} and {other.token} were granted within {apart:.3f} s"


def _has_released(claim: Claim, by: float) -> bool:
    return claim.events.get(Event.RELEASING, by) < by
