"""Receivers that handle a delivery twice, or read, refuse or answer requests wrongly: one fault in each."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.cli.probe.reference_receiver import Receiver, Refused

__all__ = [
    "AnswersAnyMethod",
    "AnswersGetByOk",
    "ChecksThenActs",
    "DedupesBeforeHandling",
    "DedupesBySignature",
    "DuplicateIsAConflict",
    "FailsOnLargeBodies",
    "FailsOnLongHeaders",
    "FailsOnNoUtf8",
    "FailsOnSlowBodies",
    "FailsOnTwoAtOnce",
    "FailsWithoutBody",
    "FirstHeaderWins",
    "HangsOnSlowBodies",
    "HeaderNamesHaveCase",
    "KnowsNoChunks",
    "KnowsNoExpect",
    "LocksOut",
    "NoDedupe",
    "NoLimit",
    "ReadsOnce",
    "Redirects",
    "RedirectsToLogin",
    "TakesWhatCame",
    "TellsTheReason",
    "TellsTheRightSignature",
    "TellsTheSecret",
]


class NoDedupe(Receiver):
    def once(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        return self.handle(msg_id, body)


class DedupesBeforeHandling(Receiver):
    def once(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        with self.lock:
            if msg_id in self.states:
                return 200, b""
            self.states[msg_id] = "done"
        return self.handle(msg_id, body)


class ChecksThenActs(Receiver):
    """It asks whether the id is known, handles it, and writes it down then."""

    def once(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        if msg_id in self.states:
            return 200, b""
        time.sleep(0.15)
        answered = self.handle(msg_id, body)
        self.states[msg_id] = "done"
        return answered


class DedupesBySignature(NoDedupe):
    def check_signature(self, signatures: str, content: bytes) -> None:
        super().check_signature(signatures, content)
        with self.lock:
            self.last = signatures

    def once(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        return Receiver.once(self, self.last, body)


class DuplicateIsAConflict(Receiver):
    def once(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        if self.states.get(msg_id) == "done":
            return 409, b"known"
        return super().once(msg_id, body)


class FailsOnTwoAtOnce(Receiver):
    """The second to write a unique id gets an error from the database."""

    def once(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        status, answer = super().once(msg_id, body)
        return (500, b"IntegrityError") if status == 409 else (status, answer)

    def handle(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        time.sleep(0.15)
        return super().handle(msg_id, body)


class HeaderNamesHaveCase(Receiver):
    def header(self, headers: Any, name: str) -> str:
        return super().header(headers, name) if name in {*headers.keys()} else self._missing(name)

    def _missing(self, name: str) -> str:
        raise Refused(400, f"{name} is missing")


class FirstHeaderWins(Receiver):
    def header(self, headers: Any, name: str) -> str:
        value = headers.get(name, "")
        return value if value.strip() else super().header(headers, name)


class NoLimit(Receiver):
    limit = None


class FailsOnLargeBodies(Receiver):
    def body(self, request: BaseHTTPRequestHandler) -> bytes:
        try:
            return super().body(request)
        except Refused as refused:
            raise MemoryError if refused.status == 413 else refused from None


class KnowsNoChunks(Receiver):
    chunks = False


class KnowsNoExpect(Receiver):
    expects = False


class ReadsOnce(Receiver):
    """It takes what one read gives for the body."""

    def exactly(self, request: BaseHTTPRequestHandler, length: int) -> bytes:
        return request.rfile.read1(length) if length else b""


class HangsOnSlowBodies(Receiver):
    def exactly(self, request: BaseHTTPRequestHandler, length: int) -> bytes:
        body: bytes = request.rfile.read1(length) if length else b""
        if len(body) < length:
            time.sleep(1.5)
        return body + request.rfile.read(length - len(body))


class FailsOnSlowBodies(Receiver):
    def exactly(self, request: BaseHTTPRequestHandler, length: int) -> bytes:
        started = time.monotonic()
        body = super().exactly(request, length)
        if time.monotonic() - started > 0.7:
            raise TimeoutError
        return body


class TakesWhatCame(Receiver):
    def exactly(self, request: BaseHTTPRequestHandler, length: int) -> bytes:
        return request.rfile.read(length)


class FailsOnLongHeaders(Receiver):
    long_header_status = 500


class FailsWithoutBody(Receiver):
    def handle(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        if not body:
            raise IndexError
        return super().handle(msg_id, body)


class FailsOnNoUtf8(Receiver):
    def handle(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        body.decode()
        return super().handle(msg_id, body)


class AnswersAnyMethod(Receiver):
    methods = ("POST", "GET", "PUT", "PATCH", "DELETE")


class AnswersGetByOk(Receiver):
    page = True


class Redirects(Receiver):
    def answer(self, headers: Any, body: bytes) -> tuple[int, bytes]:
        return 308, b""


class RedirectsToLogin(Receiver):
    def refusal(self, refused: Refused) -> tuple[int, bytes]:
        return 302, b""


class TellsTheReason(Receiver):
    def refusal(self, refused: Refused) -> tuple[int, bytes]:
        return refused.status, str(refused).encode()


class TellsTheRightSignature(Receiver):
    def equal(self, entry: str, right: str) -> bool:
        if super().equal(entry, right):
            return True
        self.expected = right
        return False

    def refusal(self, refused: Refused) -> tuple[int, bytes]:
        return refused.status, f"expected {getattr(self, 'expected', '')}".encode()


class TellsTheSecret(Receiver):
    def crash(self, error: Exception) -> tuple[int, bytes]:
        return 500, f"failed with keys {[key.hex() for key in self.keys]}".encode()


class LocksOut(Receiver):
    """After many refusals it refuses everybody."""

    refusals = 0

    def refusal(self, refused: Refused) -> tuple[int, bytes]:
        self.refusals += 1
        return super().refusal(refused)

    def verify(self, headers: Any, body: bytes) -> str:
        if self.refusals > 20:
            raise Refused(403, "locked out")
        return super().verify(headers, body)
