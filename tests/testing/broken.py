"""A receiver as it is written by hand, and the faults that such receivers have.

Without a fault it keeps the contract. It is a WSGI application that uses nothing of the package, and
each fault is one line that is missing or wrong.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.test import Client

from webhook_verify.testing import TEST_SECRET, ReceiverContract

__all__ = ["FAULTS", "Broken", "contract_of"]

PATH = "/hook"
LIMIT = 10_000


class Refused(Exception):
    pass


class Broken:
    """The receiver. ``handled`` is how often its handler has run."""

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.handled = 0
        self.fails = False
        self.seen: set[str] = set()
        self.is_replayed = False

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
        self.is_replayed = self.fault == "marks every response"
        if environ["REQUEST_METHOD"] != "POST" and self.fault != "takes any method":
            return self.answer(start_response, 405)
        try:
            return self.answer(start_response, self.receive(environ))
        except Refused as refused:
            why = str(refused) if self.fault == "tells why" else "refused"
            return self.answer(start_response, 413 if str(refused) == "large" else 401, why)
        except Exception:
            return self.answer(start_response, 500)

    def answer(self, start_response: Callable[..., object], status: int, text: str = "") -> list[bytes]:
        headers = [("content-type", "text/plain")]
        if self.is_replayed:
            headers.append(("idempotent-replayed", "true"))
        start_response(f"{status} Status", headers)
        return [text.encode()]

    def receive(self, environ: dict[str, Any]) -> int:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if len(body) > LIMIT and self.fault != "has no limit":
            raise Refused("large")
        if self.fault == "handles before it verifies":
            self.handle()
        trio = [environ.get(f"HTTP_WEBHOOK_{part}", "") for part in ("ID", "TIMESTAMP", "SIGNATURE")]
        if self.fault == "takes the first of two headers":
            trio[:2] = [value.partition(",")[0] for value in trio[:2]]
        self.verify(body, *trio)
        return self.dispatch(trio[0])

    def verify(self, body: bytes, msg_id: str, timestamp: str, signatures: str) -> None:
        unsigned = not signatures.strip()
        if self.fault == "accepts everything" or (unsigned and self.fault == "accepts the unsigned"):
            return
        self.check_time(timestamp)
        if self.fault == "verifies parsed JSON":
            body = json.dumps(json.loads(body), separators=(",", ":")).encode()
        content = b".".join((msg_id.encode("latin-1"), timestamp.encode("latin-1"), body))
        expected = "v1," + b64encode(hmac.digest(KEY, content, hashlib.sha256)).decode()
        if not any(self.equal(expected, each) for each in signatures.split(" ")):
            raise Refused("signature")

    def check_time(self, timestamp: str) -> None:
        if self.fault == "checks no time":
            return
        if self.fault != "fails at a timestamp that is no number" and not (
            timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 13
        ):
            raise Refused("malformed")
        age = time.time() - int(timestamp)
        if age > 300 or (age < -300 and self.fault != "accepts the future"):
            raise Refused("time")

    def equal(self, expected: str, given: str) -> bool:
        if self.fault == "compares a prefix":
            return expected.startswith(given) and given != ""
        return hmac.compare_digest(expected.encode(), given.encode("latin-1"))

    def dispatch(self, msg_id: str) -> int:
        if msg_id in self.seen and self.fault != "remembers nothing":
            self.is_replayed = self.fault != "marks no duplicate"
            return 409 if self.fault == "answers a duplicate with 409" else 200
        if self.fault == "remembers before it has handled":
            self.seen.add(msg_id)
        self.handle()
        self.seen.add(msg_id)
        return 200

    def handle(self) -> None:
        self.handled += 1
        if self.fails:
            raise RuntimeError


GENUINE = "test_a_genuine_delivery_is_accepted"
ONCE = "test_a_duplicate_is_handled_once"
MARKED = "test_a_suppressed_duplicate_is_marked"
STALE, FUTURE = "test_a_forgery_is_refused[stale]", "test_a_forgery_is_refused[from the future]"

FAULTS: dict[str, set[str]] = {
    "": set(),
    "accepts everything": {"test_a_forgery_is_refused[signed with another secret]"},
    "accepts the unsigned": {"test_a_forgery_is_refused[unsigned]"},
    "answers a duplicate with 409": {ONCE},
    "accepts the future": {FUTURE},
    "checks no time": {STALE, FUTURE},
    "compares a prefix": {"test_a_malformed_header_is_refused[a version alone]"},
    "fails at a timestamp that is no number": {"test_a_malformed_header_is_refused[a word]"},
    "handles before it verifies": {GENUINE, "test_a_forgery_is_refused[body changed]"},
    "has no limit": {"test_a_body_over_the_limit_is_refused"},
    "marks every response": {MARKED},
    "marks no duplicate": {MARKED},
    "remembers before it has handled": {"test_a_failure_is_not_remembered"},
    "remembers nothing": {ONCE},
    "takes any method": {"test_another_method_is_refused"},
    "takes the first of two headers": {"test_a_forgery_is_refused[a duplicate header with another value]"},
    "tells why": {"test_refusals_tell_nothing_apart"},
    "verifies parsed JSON": {"test_the_body_counts_as_it_was_sent"},
}
"""Each fault, and the tests of the contract that must fail for it; without a fault none does."""

KEY = b64decode(TEST_SECRET.removeprefix("whsec_"))


def contract_of(fault: str) -> type[ReceiverContract]:
    """The contract over a receiver with this fault, to be put into a test module."""
    receiver = Broken(fault)

    class Contract(ReceiverContract):
        path = PATH
        client = Client(receiver)
        max_body_bytes = LIMIT

        def handled(self) -> int:
            return receiver.handled

        @contextmanager
        def failing(self) -> Iterator[None]:
            receiver.fails = True
            yield
            receiver.fails = False

    return Contract
