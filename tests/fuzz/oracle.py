"""The check of the verifier's guarantees for a delivery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.fuzz.genuine import MARK, NOW, TOLERANCE, Genuine, Receiver
from tests.fuzz.mutation_case import Effect
from webhook_verify import Delivery, RejectedDelivery


@dataclass(slots=True)
class Hostile:
    """A delivery for the verifier. ``effect`` is the effect of its changes on the result."""

    genuine: Genuine
    effect: Effect
    headers: Any
    body: Any


class Failure(Exception):
    """A violated guarantee, which the first word of the message names."""


def judge(hostile: Hostile, rng: Random, *, search_for_leaks: bool) -> str:
    """Return the result (``verified`` or the reason). Raises `Failure`."""
    verifier = hostile.genuine.receiver.verifier
    at_once = verdict_of(lambda: verifier.verify(hostile.body, hostile.headers))
    in_chunks = verdict_of(lambda: streamed(hostile, rng))
    _check_agreement(at_once, in_chunks)
    if isinstance(at_once, Delivery):
        _check_genuine(hostile, at_once)
        return "verified"
    if hostile.effect is Effect.HARMLESS and hostile.genuine.good:
        raise Failure(f"REFUSED: a good delivery, because {at_once}")
    for rejection in (at_once, in_chunks):
        if rejection.__context__ is not None or rejection.__cause__ is not None:
            raise Failure(f"CONTEXT: {rejection!r} drags {rejection.__context__!r} along")
        if search_for_leaks:
            _check_leaks(hostile, rejection)
    return str(at_once.reason)


def verdict_of(call: Callable[[], object]) -> Any:
    """Return the result of the call, or the rejection. Raises `Failure` for any other exception."""
    try:
        return call()
    except RejectedDelivery as rejection:
        return rejection
    except KeyboardInterrupt:
        raise
    except BaseException as escaped:
        raise Failure(f"ESCAPED: {type(escaped).__name__}: {escaped}"[:200]) from escaped


def streamed(hostile: Hostile, rng: Random) -> Delivery:
    verification = hostile.genuine.receiver.verifier.begin(hostile.headers)
    body, start = hostile.body, 0
    while start < len(body):
        end = start + rng.choice((0, 1, 7, 64, 1_000, 100_000))
        verification.update(body[start:end])
        start = end
    return verification.finish()


def _check_agreement(at_once: Any, in_chunks: Any) -> None:
    if isinstance(at_once, Delivery):
        same = at_once == in_chunks
    else:
        same = type(at_once) is type(in_chunks) and at_once.args == in_chunks.args
    if not same:
        raise Failure(f"DISAGREES: {at_once!r} at once, {in_chunks!r} in chunks")


def _check_genuine(hostile: Hostile, delivery: Delivery) -> None:
    """Check that the content was signed, is fresh, and matches a signature in the headers."""
    if hostile.effect is Effect.FORGED or (hostile.effect is Effect.HARMLESS and not hostile.genuine.good):
        raise Failure(f"ACCEPTED: {delivery!r}, which is forged")
    seconds = int(delivery.timestamp.timestamp())
    content = f"{delivery.id}.{seconds}.".encode() + delivery.body
    entries = hostile.genuine.receiver.signed.get(content)
    if entries is None or delivery.body != bytes(hostile.body) or abs(seconds - NOW) > TOLERANCE:
        raise Failure(f"ACCEPTED: {delivery!r}, which was never signed, or not lately")
    if hostile.effect is not Effect.HARMLESS:
        headers = texts_in(hostile.headers)
        if not any(entry in text for entry in entries for text in headers):
            raise Failure(f"ACCEPTED: {delivery!r} without any of its signatures")


def texts_in(headers: Any) -> list[str]:
    """Return all texts in the headers, at any depth that a verifier reads."""
    pairs = headers.items() if hasattr(headers, "items") else headers
    texts: list[str] = []
    for pair in pairs:
        for part in pair[-1] if isinstance(pair[-1], list | tuple) else pair[-1:]:
            texts.append(
                part.decode("latin-1")
                if isinstance(part, bytes)
                else str(part)
                if isinstance(part, str)
                else ""
            )
    return texts


def _check_leaks(hostile: Hostile, rejection: RejectedDelivery) -> None:
    shown = " ".join((str(rejection), repr(rejection), repr(rejection.args), repr(vars(rejection))))
    for name, hidden in _hidden(hostile.genuine.receiver, hostile.genuine):
        if hidden in shown:
            raise Failure(f"LEAKS: {name} in {shown}")


def _hidden(receiver: Receiver, genuine: Genuine) -> list[tuple[str, str]]:
    signatures = [entry.partition(",")[2] for entry in genuine.signature.split(" ")]
    return [
        *(("a secret", secret.partition("_")[2]) for secret in receiver.secrets),
        *(("a signature", signature) for signature in signatures),
        ("the body", MARK.decode()),
    ]
