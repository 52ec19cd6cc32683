"""A row of the contract, the answers that it may expect, and what a server does before any app has a say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from tests.integrations.wire import Sending

__all__ = [
    "ACCEPTED",
    "FAILED",
    "MALFORMED",
    "NOT_ALLOWED",
    "NOT_FOUND",
    "NO_ANSWER",
    "NO_CONTENT",
    "REFUSALS",
    "REFUSED",
    "TOO_LARGE",
    "UNAUTHORIZED",
    "But",
    "Expected",
    "Row",
    "Trait",
]


class Trait(StrEnum):
    """What a server does to a request before any app sees it."""

    JOINS = "joins a header that stands twice by a comma"
    UNFOLDS = "takes a header that goes on in the next line, and puts a blank in between"
    READS_FIRST = "reads the whole body before it calls the app"
    CRASH_IS_502 = "answers 502 when the function raises"
    PREFERS_CHUNKS = "takes chunks where there is a length, too, as RFC 9112 section 6.3 allows"
    ANY_METHOD = "takes any token for a method"
    UPPER_METHOD = "puts the method in upper case"
    NOTHING_AFTER = "refuses what comes behind the last request of a connection"
    CLOSES_WITH = "closes without an answer when the client sends no more"
    HEADERS_431 = "answers headers that are too large with their own status"


class Expected(NamedTuple):
    """An answer: ``status`` 0 is none at all; ``body`` None is the app's or the server's own."""

    status: int
    body: bytes | None = None
    handled: bool = False
    allow: str = ""


class But(NamedTuple):
    """What is expected of a server with this trait instead; None: the row says nothing there."""

    trait: Trait
    expected: Expected | None
    because: str


@dataclass(frozen=True)
class Row:
    """One request and its answer."""

    name: str
    sending: Callable[[], Sending]
    expected: Expected
    buts: tuple[But, ...] = ()

    def expected_of(self, traits: Iterable[Trait]) -> Expected | But:
        """The answer of a server with these traits; a But if the row says nothing there."""
        for but in self.buts:
            if but.trait in traits:
                return but.expected or but
        return self.expected


ACCEPTED = Expected(200, handled=True)
MALFORMED = Expected(400, b'{"result":"malformed"}')
UNAUTHORIZED = Expected(401, b'{"result":"unauthorized"}')
TOO_LARGE = Expected(413, b'{"result":"too_large"}')
REFUSALS = (MALFORMED, UNAUTHORIZED, TOO_LARGE)
NOT_ALLOWED = Expected(405, allow="POST")
NOT_FOUND = Expected(404)
FAILED = Expected(500, handled=True)
NO_CONTENT = Expected(204, b"", handled=True)
REFUSED = Expected(400)  # by the server, in its own words
NO_ANSWER = Expected(0)
