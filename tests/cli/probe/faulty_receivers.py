"""Receivers that are broken in one way each, as people write them, and the rows that must find it."""

from __future__ import annotations

import json
import time
import traceback
from base64 import b64decode
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.cli.probe.reference_receiver import KEY, Receiver, Refused

__all__ = ["BROKEN", "Broken"]


class NoTimestampCheck(Receiver):
    tolerance = future = None


class NoFutureCheck(Receiver):
    future = None


class NoClockSkew(Receiver):
    future = 0


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


class VerifiesParsedJson(Receiver):
    def content(self, msg_id: str, timestamp: str, body: bytes) -> bytes:
        try:
            body = json.dumps(json.loads(body), separators=(",", ":")).encode()
        except ValueError:
            raise Refused(400, "no JSON") from None
        return super().content(msg_id, timestamp, body)


class VerifiesPythonsJson(Receiver):
    """As ``json.dumps(request.json)`` does."""

    def content(self, msg_id: str, timestamp: str, body: bytes) -> bytes:
        try:
            body = json.dumps(json.loads(body)).encode()
        except ValueError:
            raise Refused(400, "no JSON") from None
        return super().content(msg_id, timestamp, body)


class ParsesFirst(Receiver):
    def verify(self, headers: Any, body: bytes) -> str:
        json.loads(body)
        return super().verify(headers, body)


class ReadsTimestampByInt(Receiver):
    def seconds(self, timestamp: str) -> int:
        return int(timestamp)


class ReadsTimestampByFloat(Receiver):
    def seconds(self, timestamp: str) -> int:
        try:
            return int(float(timestamp))
        except ValueError:
            raise Refused(400, "no number") from None


class DecodesUnchecked(Receiver):
    """It compares what base64 decodes to, and fails on what does not decode."""

    def equal(self, entry: str, right: str) -> bool:
        return b64decode(entry) == b64decode(right)


class LeaksTraceback(ReadsTimestampByInt):
    def crash(self, error: Exception) -> tuple[int, bytes]:
        return 500, "".join(traceback.format_exception(error)).encode()


class ComparesByStartswith(Receiver):
    def equal(self, entry: str, right: str) -> bool:
        return right.startswith(entry)


class ComparesFirstEight(Receiver):
    def equal(self, entry: str, right: str) -> bool:
        return entry[:8] == right[:8]


class ComparesByZip(Receiver):
    def equal(self, entry: str, right: str) -> bool:
        return all(one == other for one, other in zip(entry, right, strict=False))


class ComparesWithoutCase(Receiver):
    def equal(self, entry: str, right: str) -> bool:
        return entry.lower() == right.lower()


class TakesZeros(Receiver):
    """A buffer for the expected signature that an error leaves empty."""

    def equal(self, entry: str, right: str) -> bool:
        return entry == "A" * 43 + "=" or super().equal(entry, right)


class EmptySecret(Receiver):
    """The variable of the old secret is not set."""

    keys = (*Receiver.keys, b"")


class NoneSecret(Receiver):
    keys = (*Receiver.keys, b64decode("None"))


class WithoutTimestampIsFine(Receiver):
    def header(self, headers: Any, name: str) -> str:
        if name == "webhook-timestamp" and name not in headers:
            return ""
        return super().header(headers, name)

    def check_time(self, timestamp: str) -> None:
        if timestamp:
            super().check_time(timestamp)

    def content(self, msg_id: str, timestamp: str, body: bytes) -> bytes:
        return super().content(msg_id, timestamp, body) if timestamp else b""

    def check_signature(self, signatures: str, content: bytes) -> None:
        if content:
            super().check_signature(signatures, content)


class AcceptsUnsigned(Receiver):
    def answer(self, headers: Any, body: bytes) -> tuple[int, bytes]:
        return super().answer(headers, body) if "webhook-signature" in headers else self.once("", body)


class AcceptsEmptySignature(Receiver):
    def header(self, headers: Any, name: str) -> str:
        if name == "webhook-signature" and not (headers.get(name) or "").strip():
            return ""
        return super().header(headers, name)

    def check_signature(self, signatures: str, content: bytes) -> None:
        if signatures:
            super().check_signature(signatures, content)


class AcceptsEverything(Receiver):
    def answer(self, headers: Any, body: bytes) -> tuple[int, bytes]:
        return 200, b""


class AnswersBeforeItVerifies(Receiver):
    """It answers 401 to a forgery, but the job is in the queue already."""

    def answer(self, headers: Any, body: bytes) -> tuple[int, bytes]:
        status, answer = super().answer(headers, body)
        if status == 401:
            self.handled.append("forged")
        return status, answer


class NeverVerifies(Receiver):
    def check_signature(self, signatures: str, content: bytes) -> None:
        """It was to be switched on later."""


class OnlyFirstSignature(Receiver):
    def entries(self, signatures: str) -> list[str]:
        return super().entries(signatures)[:1]


class IgnoresVersion(Receiver):
    def entries(self, signatures: str) -> list[str]:
        return [entry.rpartition(",")[2] for entry in signatures.split(" ")]


class ForgotOldSecret(Receiver):
    keys = (KEY,)


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


@dataclass(frozen=True)
class Broken:
    """A receiver, and the rows that must find its fault, and no others.

    ``counts``: with a count of what was handled, without which nobody could see it. ``only``: the rows to
    send, where all the others would take long.
    """

    receiver: type[Receiver]
    rows: frozenset[str]
    counts: bool = False
    only: tuple[str, ...] = ()
    timeout: float = 5.0

    def __str__(self) -> str:
        return self.receiver.__name__


def _broken(
    receiver: type[Receiver], rows: str, *, counts: bool = False, only: str = "", timeout: float = 5.0
) -> Broken:
    return Broken(receiver, frozenset(rows.split()), counts, tuple(only.split()), timeout)


_ANY_SIGNATURE = (
    "empty-signature tampered-body changed-id changed-timestamp wrong-secret empty-secret zero-signature "
    "cut-signature signature-case unknown-version malformed-signature malformed-header forged-garbage"
)
_ANYTHING = f"{_ANY_SIGNATURE} unsigned missing-header stale future header-twice"

BROKEN = [
    _broken(NoTimestampCheck, "stale future"),
    _broken(NoFutureCheck, "future"),
    _broken(NoClockSkew, "clock-skew"),
    _broken(NoDedupe, "duplicate retry in-flight", counts=True),
    _broken(DedupesBeforeHandling, "after-failure"),
    _broken(ChecksThenActs, "in-flight", counts=True, only="duplicate in-flight"),
    _broken(DedupesBySignature, "retry", counts=True),
    _broken(DuplicateIsAConflict, "duplicate retry in-flight"),
    _broken(FailsOnTwoAtOnce, "in-flight", only="duplicate in-flight"),
    _broken(VerifiesParsedJson, "raw-body tampered-body forged-garbage"),
    _broken(VerifiesPythonsJson, "raw-body tampered-body forged-garbage"),
    _broken(ParsesFirst, "forged-garbage tampered-body empty-body no-utf8"),
    _broken(ReadsTimestampByInt, "malformed-header"),
    _broken(ReadsTimestampByFloat, "malformed-header"),
    _broken(DecodesUnchecked, "malformed-signature cut-signature"),
    _broken(FailsOnLongHeaders, "long-header"),
    _broken(LeaksTraceback, "no-trace malformed-header"),
    _broken(ComparesByStartswith, "cut-signature empty-signature malformed-signature"),
    _broken(ComparesFirstEight, "cut-signature"),
    _broken(ComparesByZip, "cut-signature empty-signature malformed-signature"),
    _broken(ComparesWithoutCase, "signature-case"),
    _broken(TakesZeros, "zero-signature"),
    _broken(EmptySecret, "empty-secret"),
    _broken(NoneSecret, "empty-secret"),
    _broken(WithoutTimestampIsFine, "missing-header"),
    _broken(AcceptsUnsigned, "unsigned missing-header"),
    _broken(AcceptsEmptySignature, "missing-header empty-signature malformed-signature"),
    _broken(AcceptsEverything, _ANYTHING),
    _broken(AnswersBeforeItVerifies, "not-handled", counts=True),
    _broken(NeverVerifies, _ANY_SIGNATURE),
    _broken(OnlyFirstSignature, "signature-list"),
    _broken(IgnoresVersion, "unknown-version"),
    _broken(ForgotOldSecret, "old-secret"),
    _broken(HeaderNamesHaveCase, "header-names"),
    _broken(FirstHeaderWins, "header-twice"),
    _broken(NoLimit, "oversize-body"),
    _broken(FailsOnLargeBodies, "oversize-body"),
    _broken(KnowsNoChunks, "chunked-body"),
    _broken(KnowsNoExpect, "expect-continue"),
    _broken(ReadsOnce, "dripped-body cut-body", only="dripped-body cut-body still-alive"),
    _broken(HangsOnSlowBodies, "dripped-body", only="dripped-body still-alive", timeout=0.5),
    _broken(FailsOnSlowBodies, "slow-body", only="dripped-body slow-body"),
    _broken(TakesWhatCame, "cut-body"),
    _broken(FailsWithoutBody, "empty-body"),
    _broken(FailsOnNoUtf8, "no-utf8"),
    _broken(AnswersAnyMethod, "wrong-method"),
    _broken(AnswersGetByOk, "wrong-method"),
    _broken(Redirects, "genuine"),
    _broken(RedirectsToLogin, _ANYTHING),
    _broken(TellsTheReason, "one-refusal"),
    _broken(TellsTheRightSignature, "no-oracle"),
    _broken(TellsTheSecret, "no-oracle"),
    _broken(LocksOut, "still-alive", only="malformed-header still-alive"),
]
