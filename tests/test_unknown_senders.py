"""A request without a verifier gets the same response as a forged delivery of a known sender.

The status, the body, the number of bytes that are read, and the approximate time are the same, so an attacker
cannot find out which tenants exist.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

from tests.providers.samples import SAMPLES
from tests.request_heads import Hearing
from tests.rows import rows
from webhook_verify import (
    AsyncReceiver,
    Delivery,
    InvalidSecret,
    MalformedDelivery,
    Reason,
    Receiver,
    RejectedDelivery,
    Verifier,
    schemes,
)
from webhook_verify.http import RequestHead, WebhookResponse
from webhook_verify.receiver.unknown_sender import decoy_verifier
from webhook_verify.schemes import StandardWebhooks

FORGED = {"webhook-id": "m", "webhook-timestamp": "1790000000", "webhook-signature": "v1," + "A" * 43 + "="}


class Body:
    """A body in pieces that counts what is read of it."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self.read = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.read += len(piece)
            yield piece


Answer = tuple[int, bytes, int]
Lookup = Any


def tenants(verifier: Verifier) -> Lookup:
    return lambda head: verifier if head.path == "/known" else None


def answers(receiver: Receiver, head: RequestHead, pieces: list[bytes]) -> list[Answer]:
    """The status, body and bytes read, for the known and for the unknown sender."""

    def answer(path: str) -> Answer:
        body = Body(pieces)
        response: Any = receiver.handle_request(head._replace(path=path), body, lambda delivery: 204, int)
        assert isinstance(response, WebhookResponse), "nothing here is genuine"
        return response.status, response.body, body.read

    return [answer("/known"), answer("/unknown")]


def forged(name: str) -> tuple[Receiver, RequestHead, bytes]:
    """A receiver of a scheme with one known tenant, and a delivery that is signed with another's secret."""
    sample = SAMPLES[name]
    now = int(time.time())
    body, headers = sample.signed(sample.other_secret, timestamp=now)
    receiver = Receiver(
        tenants(sample.verifier(now=now)),
        scheme=sample.scheme,
        public_url=sample.origin,
        max_body_bytes=100_000,
    )
    return receiver, RequestHead(sample.method or "POST", "/", headers, target=sample.target), body


BY_CREDENTIALS = ("ebay", "plaid")
"""The providers whose keys are requested with the credentials of the tenant."""
NAMES = [name for name in SAMPLES if name not in BY_CREDENTIALS]


@rows("name", NAMES)
def test_a_forged_delivery_is_answered_alike(name: str) -> None:
    receiver, head, body = forged(name)
    known, unknown = answers(receiver, head, [body])
    assert known == unknown
    assert known[0] == schemes.get(name).responses.rejection_status


@rows("pieces", [[b""], [b"no JSON, and no form"], [b"[]"], [b'{"a":' * 300], [b"a" * 50_000] * 4])
@rows("name", NAMES)
def test_other_bodies_are_answered_and_read_alike(name: str, pieces: list[bytes]) -> None:
    receiver, head, _ = forged(name)
    known, unknown = answers(receiver, head, pieces)
    assert known == unknown


@rows("name", NAMES)
def test_missing_headers_are_answered_alike(name: str) -> None:
    receiver, head, body = forged(name)
    known, unknown = answers(receiver, head._replace(headers={}), [body])
    assert known == unknown


@rows("name", BY_CREDENTIALS)
def test_no_key_is_requested_without_credentials(name: str) -> None:
    """So the time differs, which the page of the threat model says. The answer is that of a failed fetch."""
    sample = SAMPLES[name]
    now = int(time.time())
    receiver = Receiver(lambda head: None, scheme=name)
    body, headers = sample.signed(timestamp=now)
    response: Any = receiver.handle_request(RequestHead("POST", "/", headers), [body], lambda _: 204, int)
    assert response.status == 503


@rows("name", [*SAMPLES, "standard-webhooks"])
def test_each_scheme_has_a_decoy(name: str) -> None:
    assert decoy_verifier(schemes.get(name)) is not None


class OwnSecrets(StandardWebhooks):
    """A scheme that takes none of the decoys."""

    def verifying_key(self, secret: Any) -> Any:
        raise InvalidSecret("not this one")


@rows(("headers", "status"), [(FORGED, 401), ({}, 400)])
def test_a_scheme_without_a_decoy_refuses_by_the_headers(headers: dict[str, str], status: int) -> None:
    receiver = Receiver(lambda head: None, scheme=OwnSecrets("own", brand="webhook"))
    response: Any = receiver.handle_request(RequestHead("POST", "/", headers), [b"{}"], lambda _: 204, int)
    assert response.status == status


class OwnAddress(OwnSecrets):
    """Such a scheme, whose signature is malformed for any URL and method but its own."""

    signs_url = True

    def parse_headers(self, headers: Any, url: str | None, method: str | None) -> Any:
        if (url, method) != ("https://example.com/hook", "POST"):
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, "signed for another URL or method")
        return super().parse_headers(headers, None, None)


@rows(("target", "status"), [("/hook", 401), ("/other", 400)])
def test_a_scheme_without_a_decoy_reads_the_url_and_the_method(target: str, status: int) -> None:
    receiver = Receiver(
        lambda head: None, scheme=OwnAddress("own", brand="webhook"), public_url="https://example.com"
    )
    head = RequestHead("POST", "/", FORGED, target=target)
    response: Any = receiver.handle_request(head, [b"{}"], lambda _: 204, int)
    assert response.status == status


def test_the_observer_and_the_log_hear_that_the_sender_is_unknown(caplog: Any) -> None:
    hearing = Hearing()
    receiver, head, body = forged("github")
    receiver = Receiver(lambda head: None, scheme="github", observer=hearing)
    response: Any = receiver.handle_request(head, [body], lambda _: 204, int)
    assert response.status == 401
    [(error, _)] = hearing.heard
    assert isinstance(error, RejectedDelivery)
    assert (error.reason, error.scheme) == ("no_secret", "github")
    assert error.seconds > 0, "the time of the verification with the decoy"
    assert "no signing secret is configured for this request" in caplog.text


def test_a_genuine_delivery_of_a_decoy_is_rejected_too() -> None:
    """Nobody has the secrets of the decoys; but if somebody had, it would be of no use."""
    decoy = decoy_verifier(schemes.get("telegram"))
    assert decoy is not None
    [(_, secret, _)] = decoy._labelled_secrets
    headers = {"x-telegram-bot-api-secret-token": secret.reveal()}
    assert isinstance(decoy.verify(b"{}", headers), Delivery)
    receiver = Receiver(lambda head: None, scheme="telegram")
    response: Any = receiver.handle_request(RequestHead("POST", "/", headers), [b"{}"], lambda _: 204, int)
    assert response.status == 401


def test_an_unsigned_handshake_is_answered_for_every_sender() -> None:
    receiver = Receiver(lambda head: None, scheme="microsoft-graph")
    head = RequestHead("POST", "/hook", {}, target="/hook?validationToken=abc")
    response: Any = receiver.handle_request(head, [b""], lambda _: 204, int)
    assert (response.status, response.body) == (200, b"abc")


def test_a_coroutine_lookup_is_treated_alike() -> None:
    async def lookup(head: RequestHead) -> None:
        return None

    async def run() -> Any:
        receiver = AsyncReceiver(lookup, scheme="adyen")
        return await receiver.handle_request(RequestHead("POST", "/", {}), [b"no JSON"], run, int)  # type: ignore[arg-type]

    assert asyncio.run(run()).status == 400


def test_the_time_is_roughly_that_of_a_known_sender() -> None:
    """A body of 1 MiB takes its MAC in both cases: an answer at once would be a hundred times as fast."""
    sample = SAMPLES["github"]
    _, headers = sample.signed()
    receiver = Receiver(tenants(sample.verifier()), scheme="github")
    body = bytes(1_000_000)

    def seconds(path: str) -> float:
        start = time.thread_time()
        receiver.handle_request(RequestHead("POST", path, headers), [body], lambda _: 204, int)
        return time.thread_time() - start

    times = {path: min(seconds(path) for _ in range(5)) for path in ("/known", "/unknown")}
    assert times["/unknown"] > times["/known"] / 3
