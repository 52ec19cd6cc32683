"""Hostile deliveries of every provider: the samples of the tests, with random changes and a check.

A scheme defines its signed content, so the same check works for all: an accepted delivery must have the
signed content of a delivery that was recently signed with a valid secret.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random
from typing import Any

from tests.fuzz.bodies import BODIES
from tests.fuzz.header_containers import SHAPES
from tests.fuzz.json_bodies import hostile_body
from tests.fuzz.mutation_case import Effect, Table
from tests.fuzz.oracle import Failure, texts_in, verdict_of
from tests.fuzz.provider_mutations import TOUCHES, ProviderDraft
from tests.providers.attacks import scheme_of, signature_headers
from tests.providers.sample import NOW, Sample, Signed
from tests.providers.samples import SAMPLES
from webhook_verify import (
    Delivery,
    KeyUnavailable,
    Receiver,
    RejectedDelivery,
    Secret,
    UnreadableEvent,
    Verifier,
)
from webhook_verify.http import RequestHead
from webhook_verify.receiver import WebhookResponse
from webhook_verify.replay import ReplayGuard
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["TARGETS", "Hostile", "judge", "make", "streamed", "used"]

logging.getLogger("webhook_verify").addHandler(logging.NullHandler())  # a receiver logs its rejections

_SHAPE_WEIGHTS = [weight for _, weight, _, _ in SHAPES]
_PLAIN = Table([change for change in BODIES if change.effect is Effect.HARMLESS])
_FORGED = Table([change for change in BODIES if change.effect is Effect.FORGED])
_TOUCHES = Table(TOUCHES)


@dataclass(slots=True)
class Target:
    """A sample, its receivers, and the content that was signed with a valid secret or another one."""

    sample: Sample
    verifier: Verifier
    receiver: Receiver
    good: list[Signed]
    bad: list[Signed]
    digests: set[bytes]
    shown: list[str]  # the values of the signature headers


@dataclass(slots=True)
class Hostile:
    """A delivery for the verifier. ``anew`` is the newly signed content, if it is not that of a sample."""

    target: Target
    effect: Effect
    headers: Any
    body: Any
    anew: Signed | None = None


def _target(sample: Sample) -> Target:
    now = datetime.fromtimestamp(NOW, UTC)
    secrets = [Secret(sample.secret, label="new"), Secret(sample.other_secret, label="old", expires_at=now)]
    verifier = sample.verifier(secrets)
    late = NOW - int(scheme_of(sample).tolerance) - 1
    good = [sample.signed(), sample.signed(id="msg_22"), sample.signed(timestamp=NOW - 5)]
    bad = [sample.signed(sample.other_secret), sample.signed(sample.other_secret, id="msg_22")]
    if scheme_of(sample).signs_timestamp:
        bad.append(sample.signed(timestamp=late))
    digests = {sample.verify(verifier, *each).signed_content_digest for each in good}
    shown = [headers[name].split(" ")[-1] for _, headers in good for name in signature_headers(sample)]
    if not scheme_of(sample).signs_timestamp and scheme_of(sample).has_signature_in_body:
        shown.append(str(sample.secret))  # the token in the body
    return Target(sample, verifier, Receiver(verifier, public_url=sample.origin), good, bad, digests, shown)


def _targets() -> list[Target]:
    """Return the targets. What was signed with a secret is genuine for every sample with that secret."""
    targets = [_target(sample) for sample in SAMPLES.values()]
    by_secret: dict[object, set[bytes]] = {}
    for target in targets:
        by_secret.setdefault(target.sample.secret, set()).update(target.digests)
    for target in targets:
        target.digests = by_secret[target.sample.secret]
    return targets


TARGETS = _targets()


def make(rng: Random) -> tuple[Hostile, list[str]]:
    """Return a hostile delivery, and the names of its changes."""
    target = rng.choice(TARGETS)
    names, effect = [f"provider: {target.sample.name}"], Effect.HARMLESS
    signed, anew = rng.choice(target.good), None
    kind = rng.random()
    if kind < 0.1:
        signed, effect = rng.choice(target.bad), Effect.EITHER
        names.append("signed by another, or long ago")
    elif kind < 0.4 and (anew := _signed_anew(target, rng)) is not None:
        signed, effect = anew, Effect.EITHER
        names.append("a hostile body that is signed")
    draft = ProviderDraft(target.sample, signed, target.good + target.bad, rng)
    changes = _TOUCHES.draw(rng, rng.choice((0, 1, 1, 2, 3)))
    if rng.random() < 0.3:
        changes += (_PLAIN if rng.random() < 0.5 else _FORGED).draw(rng)
    for change in changes:
        change.apply(draft)  # type: ignore[arg-type]  # of which these changes use what both drafts have
    shape, _, hand_over, shape_effect = rng.choices(SHAPES, weights=_SHAPE_WEIGHTS)[0]
    if effect is not Effect.HARMLESS or any(one.effect is not Effect.HARMLESS for one in changes):
        effect = Effect.EITHER
    if shape_effect is not Effect.HARMLESS:
        effect = Effect.EITHER
    headers = hand_over(draft.pairs, rng)
    hostile = Hostile(target, effect, headers, draft.body, anew)
    return hostile, [*names, shape, *(change.name for change in changes)]


def _signed_anew(target: Target, rng: Random) -> Signed | None:
    """Return an unexpected body with a valid signature. Its fields are read after verification."""
    body = hostile_body(rng.choice(target.good)[0], rng)
    sample = replace(target.sample, body=lambda timestamp, msg_id: body)
    try:
        return sample.signed()
    except Exception:  # the sample's own code cannot sign it
        return None


def judge(hostile: Hostile, rng: Random, *, search_for_leaks: bool) -> str:
    """Return the result (``verified`` or the reason). Raises `Failure`."""
    target = hostile.target
    at_once = verdict_of(lambda: target.sample.verify(target.verifier, hostile.body, hostile.headers))
    in_chunks = verdict_of(lambda: streamed(hostile, rng))
    shown = verdict_of(lambda: (repr(at_once), repr(in_chunks)))
    if isinstance(at_once, KeyUnavailable) and isinstance(in_chunks, KeyUnavailable):
        return str(at_once.reason)  # the second error reports that the fetch failed recently
    if shown[0] != shown[1] or at_once.__class__ is not in_chunks.__class__:
        raise Failure("DISAGREES: {} at once, {} in chunks".format(*shown))
    if rng.random() < 0.25:
        verdict_of(lambda: _received(hostile))
    if isinstance(at_once, Delivery):
        _check_genuine(hostile, at_once)
        verdict_of(lambda: used(at_once))
        return "verified"
    if hostile.effect is Effect.HARMLESS:
        raise Failure(f"REFUSED: a good delivery, because {at_once}")
    if at_once.__context__ is not None or at_once.__cause__ is not None:
        raise Failure(f"CONTEXT: {at_once!r} drags {at_once.__context__!r} along")
    if search_for_leaks:
        _check_leaks(target, at_once)
    return str(at_once.reason)


def streamed(hostile: Hostile, rng: Random) -> Delivery:
    """Verify the same delivery in chunks."""
    sample, body, start = hostile.target.sample, hostile.body, 0
    verification = hostile.target.verifier.begin(hostile.headers, sample.url, sample.method)
    while start < len(body):
        end = start + rng.choice((0, 1, 7, 64, 1_000, 100_000))
        verification.update(body[start:end])
        start = end
    return verification.finish()


def _received(hostile: Hostile) -> object:
    """Send the delivery to a receiver, whose handshakes also read it."""
    sample = hostile.target.sample
    head = RequestHead(sample.method or "POST", "/hook", hostile.headers, target=sample.target)
    run, pieces = lambda delivery: WebhookResponse(204), [bytes(hostile.body)]
    return hostile.target.receiver.handle_request(head, pieces, run, lambda answer: answer.status)


def used(delivery: Delivery) -> object:
    """Read the attributes that a receiver reads, without an exception."""
    with suppress(UnreadableEvent):
        delivery.json()
    told = delivery.id, delivery.id_is_signed, delivery.timestamp, delivery.signed_body, delivery.event_type
    return told, ReplayGuard.storage_key("", delivery), repr(delivery), hash(delivery)


def _check_genuine(hostile: Hostile, delivery: Delivery) -> None:
    """Check that the content was signed, or for a token, that the request contains it."""
    target, scheme = hostile.target, scheme_of(hostile.target.sample)
    if delivery.secret_label != "new" or delivery.body != bytes(hostile.body):
        raise Failure(f"ACCEPTED: {delivery!r}, by a secret that is not valid, or with another body")
    signs_parts = scheme.signs_timestamp or scheme.signs_id or scheme.signs_event_type
    in_body = scheme.has_signature_in_body and signs_parts
    signs_other_content = isinstance(scheme, HeaderScheme) and scheme.algorithm.signs
    if scheme.signs_body or in_body or signs_other_content:
        if (
            delivery.signed_content_digest not in target.digests
            and delivery.signed_content_digest != _digest_of(hostile)
        ):
            raise Failure(f"ACCEPTED: {delivery!r}, which was never signed, or not lately")
    elif not any(value in text for value in target.shown for text in _texts_of(hostile)):
        raise Failure(f"ACCEPTED: {delivery!r} without what its sender shows")


def _texts_of(hostile: Hostile) -> list[str]:
    """Return the texts to search for signatures: the body, and the headers if the scheme reads any."""
    in_headers = texts_in(hostile.headers) if scheme_of(hostile.target.sample).header_names else []
    return [*in_headers, bytes(hostile.body).decode("utf-8", "replace")]


def _digest_of(hostile: Hostile) -> bytes | None:
    """Return the digest of the newly signed content."""
    if hostile.anew is None:
        return None
    body, headers = hostile.anew
    genuine = verdict_of(lambda: hostile.target.sample.verify(hostile.target.verifier, body, headers))
    return genuine.signed_content_digest if isinstance(genuine, Delivery) else None


def _check_leaks(target: Target, rejection: RejectedDelivery) -> None:
    told = {name: value for name, value in vars(rejection).items() if name != "message_id"}
    # The message id is part of the message, with any text of the sender.
    shown = " ".join((str(rejection), repr(rejection), repr(rejection.args), repr(told)))
    secrets = (str(target.sample.secret), str(target.sample.other_secret))
    for hidden in (*secrets, *(value for value in target.shown if len(value) > 16)):
        if hidden in shown:
            raise Failure(f"LEAKS: a secret or signature in {shown}")
