"""The agreement of the two paths of a receiver, see `webhook_verify.receiver.flat_path`."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.fuzz import oracle, providers
from webhook_verify import Delivery, Receiver, RejectedDelivery, Verifier
from webhook_verify.receiver import RequestHead
from webhook_verify.receiver.flat_path import FlatPath

__all__ = ["check_receiver_paths"]

_LIMIT = 1_048_576


def check_receiver_paths(hostile: oracle.Hostile | providers.Hostile, rng: Random) -> bool | None:
    """Send a delivery through both paths, with any stated length, limit and chunks. Raises `Failure`.

    Returns:
        Whether the delivery was verified, None if its scheme has no flat path.
    """
    verifier, request = _request(hostile)
    scheme = verifier.scheme
    if scheme.parses_body or scheme.fetches_keys or scheme.has_signature_in_body:
        return None
    body = hostile.body
    request = request._replace(
        content_length=rng.choice(("", "", str(len(body)), "99", "x", "9" * 30)),
        framework_body_limit=rng.choice((None, None, len(body) + 1, 100)),
    )
    size = rng.choice((1, 7, 64, 100_000, 100_000, 100_000))
    chunks = [body[start : start + size] for start in range(0, len(body), size)] or [b""]
    flat = _shown(oracle.verdict_of(lambda: FlatPath(verifier, _LIMIT).receive(request, chunks)))
    general = _shown(oracle.verdict_of(lambda: _general(verifier, request, chunks)))
    if flat != general:
        raise oracle.Failure(f"DISAGREES: {flat[1]!r} by the flat path, {general[1]!r} by the general one")
    return flat[0] is Delivery


def _request(hostile: oracle.Hostile | providers.Hostile) -> tuple[Verifier, RequestHead]:
    if isinstance(hostile, providers.Hostile):
        sample = hostile.target.sample
        return hostile.target.verifier, RequestHead(
            sample.method or "POST", "/hook", hostile.headers, url=sample.url
        )
    return hostile.genuine.receiver.verifier, RequestHead("POST", "/hook", hostile.headers)


def _general(verifier: Verifier, request: RequestHead, chunks: list[bytes]) -> Delivery:
    receiver = Receiver(
        verifier,
        max_body_bytes=_LIMIT,
        public_url="https://example.com" if verifier.scheme.signs_url else None,
    )
    verification = verifier.begin(request.headers, request.url, request.method, receiver.body_limit(request))
    for chunk in chunks:
        verification.update(chunk)
    return verification.finish()


def _shown(verdict: Delivery | RejectedDelivery) -> tuple[Any, ...]:
    """Return all that a result consists of, its class first."""
    if isinstance(verdict, Delivery):
        parts = verdict.id_is_signed, verdict.timestamp, verdict.signed_content_digest, verdict.event_type
        return Delivery, verdict, parts
    return type(verdict), verdict.args, vars(verdict), verdict.__context__, verdict.__cause__
