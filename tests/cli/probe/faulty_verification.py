"""Receivers that verify wrongly, as people write them: a fault in one step each, or no step at all."""

from __future__ import annotations

import json
import traceback
from base64 import b64decode
from typing import Any

from tests.cli.probe.reference_receiver import KEY, Receiver, Refused

__all__ = [
    "AcceptsEmptySignature",
    "AcceptsEverything",
    "AcceptsUnsigned",
    "AnswersBeforeItVerifies",
    "ComparesByStartswith",
    "ComparesByZip",
    "ComparesFirstEight",
    "ComparesWithoutCase",
    "DecodesUnchecked",
    "EmptySecret",
    "ForgotOldSecret",
    "IgnoresVersion",
    "LeaksTraceback",
    "NeverVerifies",
    "NoClockSkew",
    "NoFutureCheck",
    "NoTimestampCheck",
    "NoneSecret",
    "OnlyFirstSignature",
    "ParsesFirst",
    "ReadsTimestampByFloat",
    "ReadsTimestampByInt",
    "TakesZeros",
    "VerifiesParsedJson",
    "VerifiesPythonsJson",
    "WithoutTimestampIsFine",
]


class NoTimestampCheck(Receiver):
    tolerance = future = None


class NoFutureCheck(Receiver):
    future = None


class NoClockSkew(Receiver):
    future = 0


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
