"""A failure of the corpora, and what the diagnosis says of many of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.diagnosis.redaction import said
from webhook_verify import RejectedDelivery, Verifier
from webhook_verify.diagnosis import Confidence, Diagnosis, explain

__all__ = ["Diagnosed", "Failure", "diagnosed", "explained", "is_rejected", "missed", "wrongly_certain"]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What reached the verifier, and the causes of which each would be a right answer.

    Args:
        causes: The names of the causes.
        how: What went wrong, in words.
        verifier: The receiver's.
        body: As the receiver gives it to the verifier.
        headers: As the receiver gives them to the verifier.
        url: The URL that the receiver believes to have been called.
        method: The method of the request.
        made_of: The delivery that it was before.
        cause: What went wrong, of ``causes``; "" if it is not known to the corpus.
    """

    causes: frozenset[str]
    how: str
    verifier: Verifier
    body: bytes | str
    headers: Any
    url: str | None = None
    method: str | None = None
    made_of: str = ""
    cause: str = ""

    def __str__(self) -> str:
        return f"{'|'.join(sorted(self.causes))}: {self.how} ({self.made_of})"


class Diagnosed(NamedTuple):
    """A failure, the names of the causes in the diagnosis, how sure the first is, and all that is said."""

    failure: Failure
    names: tuple[str, ...]
    confidence: Confidence
    text: str


def explained(failure: Failure) -> Diagnosis:
    """Return what the diagnosis says of a failure."""
    return explain(failure.verifier, failure.body, failure.headers, url=failure.url, method=failure.method)


def is_rejected(failure: Failure) -> bool:
    """Return whether it is a failure at all: some of what people do to a delivery does no harm."""
    body = failure.body.encode() if isinstance(failure.body, str) else failure.body
    try:
        failure.verifier.verify(body, failure.headers, url=failure.url or "", method=failure.method or "POST")
    except RejectedDelivery:
        return True
    return False


def diagnosed(failures: Iterable[Failure]) -> tuple[Diagnosed, ...]:
    """Return what the diagnosis says of each failure."""
    results: list[Diagnosed] = []
    for failure in failures:
        diagnosis = explained(failure)
        names = tuple(cause.name for cause in diagnosis.causes)
        results.append(Diagnosed(failure, names, diagnosis.cause.confidence, said(diagnosis)))
    return tuple(results)


def missed(results: Iterable[Diagnosed], count: int) -> list[str]:
    """Return the failures of which no true cause is among the first so many that are named."""
    return [
        f"{failure} -> {', '.join(names[:3])}"
        for failure, names, *_ in results
        if not failure.causes & {*names[:count]}
    ]


def wrongly_certain(results: Iterable[Diagnosed]) -> list[str]:
    """Return the failures of which a cause is called certain that is not true."""
    return [
        f"{failure} -> {names[0]}"
        for failure, names, confidence, _ in results
        if confidence is Confidence.CERTAIN and names[0] not in failure.causes
    ]
