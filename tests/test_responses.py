"""Statuses of a receiver that the provider or the application changes."""

from __future__ import annotations

import copy
import pickle
import time
from typing import Any

import pytest

from tests.rows import rows
from webhook_verify import Receiver, Signer, Verifier, schemes
from webhook_verify.http import RequestHead, WebhookResponse
from webhook_verify.replay import ClaimOutcome, ClaimState, MemoryStore, ReplayGuard
from webhook_verify.schemes import HeaderScheme, ResponseRules

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
JSON = ("content-type", "application/json")


class InFlight(MemoryStore):
    """A store in which every delivery is in flight for another 7 seconds."""

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        return ClaimOutcome(ClaimState.IN_FLIGHT, 6.5)


class Gone(MemoryStore):
    """A store that cannot be reached."""

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        raise ConnectionError


def acme(**options: Any) -> HeaderScheme:
    return HeaderScheme("acme", signature_header="x-acme", body_is_unique=True, **options)


def respond(receiver: Receiver, scheme: Any = "standard-webhooks", body: bytes = b"{}") -> Any:
    headers = Signer(SECRET, scheme=scheme).sign(b"{}")
    return receiver.handle_request(RequestHead("POST", "/hook", headers), [body], lambda delivery: 200, int)


@rows(("option", "status"), [({}, 503), ({"in_flight_status": 409}, 409), ({"in_flight_status": 425}, 425)])
def test_in_flight_is_503_unless_the_receiver_is_given_another_status(
    option: dict[str, Any], status: int
) -> None:
    receiver = Receiver(Verifier(SECRET), replay=ReplayGuard(InFlight()), **option)
    assert respond(receiver) == WebhookResponse(
        status, b'{"result":"in_flight"}', (JSON, ("retry-after", "7"))
    )


def test_a_providers_own_status_in_flight_is_that_of_its_row_and_the_receivers_wins() -> None:
    scheme = acme(responses=ResponseRules(in_flight_status=406))
    verifier = Verifier(SECRET, scheme=scheme)
    guard = ReplayGuard(InFlight())
    assert respond(Receiver(verifier, replay=guard), scheme).status == 406
    assert respond(Receiver(verifier, replay=guard, in_flight_status=429), scheme).status == 429
    lookup = Receiver(lambda head: verifier, scheme=scheme, replay=guard, namespace=lambda head: head.path)
    assert respond(lookup, scheme).status == 406


def test_a_provider_that_takes_no_body_has_none_in_any_response() -> None:
    scheme = acme(responses=ResponseRules(has_body=False))
    verifier = Verifier(SECRET, scheme=scheme)
    assert respond(Receiver(verifier), scheme, b"changed") == WebhookResponse(401)
    for store, header in ((InFlight(), "7"), (Gone(), "30")):
        expected = WebhookResponse(503, b"", (("retry-after", header),))
        assert respond(Receiver(verifier, replay=ReplayGuard(store)), scheme) == expected
    handled = Receiver(verifier, replay=ReplayGuard(MemoryStore()))
    assert [respond(handled, scheme) for _ in range(2)] == [
        200,
        WebhookResponse(200, b"", (("idempotent-replayed", "true"),)),
    ]


def test_the_status_of_a_rejection_is_the_providers_and_malformed_stays_malformed() -> None:
    scheme = acme(responses=ResponseRules(rejection_status=403))
    receiver = Receiver(Verifier(SECRET, scheme=scheme))
    assert respond(receiver, scheme, b"changed") == WebhookResponse(
        403, b'{"result":"unauthorized"}', (JSON,)
    )
    head = RequestHead("POST", "/hook", {})
    assert receiver.handle_request(head, [b"{}"], lambda delivery: 200, int) == WebhookResponse(
        400, b'{"result":"malformed"}', (JSON,)
    )


def test_only_a_rejection_that_no_retry_can_change_gets_the_final_status() -> None:
    """Mailgun retries after any status but 200 and 406."""
    receiver = Receiver(Verifier("key-of-an-account", scheme="mailgun"))
    now = int(time.time())
    signer = Signer("key-of-an-account", scheme="mailgun")
    rows: list[tuple[bytes, int]] = [
        (signer.sign_body(b"{}", id="t" * 50, timestamp=now), 200),
        (signer.sign_body(b"{}", id="t" * 50, timestamp=now - 29_101), 406),
        (signer.sign_body(b"{}", id="t" * 50, timestamp=now - 1_000), 401),
        (signer.sign_body(b"{}", id="t" * 50, timestamp=now + 1_000), 401),
        (
            Signer("key-of-another-account", scheme="mailgun").sign_body(b"{}", id="t" * 50, timestamp=now),
            401,
        ),
        (b"not JSON", 400),
        (b"{}", 400),
    ]
    for body, status in rows:
        head = RequestHead("POST", "/hook", {})
        answer = receiver.handle_request(head, [body], lambda delivery: WebhookResponse(200), lambda _: 200)
        assert answer.status == status
    oversized = RequestHead("POST", "/hook", {}, str(10**9))
    answer = receiver.handle_request(oversized, [], lambda delivery: WebhookResponse(200), lambda _: 200)
    assert answer.status == 413


def test_what_on_reject_returns_is_sent_as_it_is() -> None:
    own = WebhookResponse(401, b"no")
    scheme = acme(responses=ResponseRules(rejection_status=403, has_body=False))
    receiver = Receiver(Verifier(SECRET, scheme=scheme), on_reject=lambda error, head: own)
    assert respond(receiver, scheme, b"changed") is own


@rows(
    ("options", "error"),
    [
        ({"in_flight_status": 200}, ValueError),
        ({"in_flight_status": 399}, ValueError),
        ({"in_flight_status": 600}, ValueError),
        ({"in_flight_status": True}, TypeError),
        ({"in_flight_status": "503"}, TypeError),
        ({"rejection_status": 302}, ValueError),
        ({"final_status": 200}, ValueError),
        ({"has_body": 1}, TypeError),
    ],
)
def test_rules_that_would_lose_messages_are_refused(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match=next(iter(options))):
        ResponseRules(**options)
    if "in_flight_status" in options:
        with pytest.raises(error, match="in_flight_status"):
            Receiver(Verifier(SECRET), replay=ReplayGuard(MemoryStore()), **options)


def test_rules_are_frozen_and_may_be_copied() -> None:
    rules = ResponseRules(in_flight_status=409, rejection_status=406, has_body=False, final_status=410)
    with pytest.raises(AttributeError, match="frozen"):
        rules.has_body = True
    for twin in (copy.deepcopy(rules), pickle.loads(pickle.dumps(rules))):
        assert repr(twin) == repr(rules) != repr(ResponseRules())


def test_a_row_takes_no_other_rules() -> None:
    with pytest.raises(TypeError, match="ResponseRules"):
        acme(responses=409)


def test_no_provider_takes_a_4xx_for_a_delivery_in_flight_as_final() -> None:
    for name in schemes.names():
        assert schemes.get(name).responses.in_flight_status == 503
