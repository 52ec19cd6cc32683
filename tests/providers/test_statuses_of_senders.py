"""Responses for senders that read a status in their own way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from webhook_verify import Delivery, Signer, Verifier
from webhook_verify.http import RequestHead, WebhookResponse
from webhook_verify.receiver import Receiver
from webhook_verify.replay import MemoryStore, ReplayGuard

SENDERS = Path(__file__).parents[1] / "data" / "senders"
SECRET = "0123456789abcdef0123456789abcdef"
BODY = '{"event": {"id": "01A", "event_type": "incident.triggered"}, "name": "Zoë"}'.encode()


def respond(receiver: Receiver, headers: dict[str, str], body: bytes = BODY) -> WebhookResponse | int:
    head = RequestHead("POST", "/hook", headers)
    return receiver.handle_request(head, [body], lambda delivery: 204, int)


def test_a_retry_in_flight_never_gets_a_final_status_of_formance() -> None:
    """Formance gives up after any 4xx but 408 and 429: here, during a handler that fails later."""
    case = json.loads((SENDERS / "go-formance-409-final.json").read_text("utf-8"))
    receiver = Receiver(Verifier(case["secret"], scheme="formance"), replay=ReplayGuard(MemoryStore()))
    signer = Signer(case["secret"], scheme="formance")
    first, retry, last = (signer.sign(BODY, id="msg_1") for _ in range(3))
    during: list[WebhookResponse | int] = []

    def slow_and_failing(delivery: Delivery) -> int:
        during.append(respond(receiver, retry))
        return 500

    head = RequestHead("POST", "/hook", first)
    assert receiver.handle_request(head, [BODY], slow_and_failing, int) == 500
    (response,) = during
    assert isinstance(response, WebhookResponse)
    assert response.status == 503
    assert int(dict(response.headers)["retry-after"]) > 0
    assert respond(receiver, last) == 204


def _signature_headers(value: str) -> dict[str, str]:
    return {"x-pagerduty-signature": value}


RIGHT = Signer(SECRET, scheme="pagerduty").sign(BODY)["x-pagerduty-signature"]

STATUSES: dict[str, tuple[dict[str, str], bytes, int]] = {
    "a right signature": (_signature_headers(RIGHT), BODY, 204),
    "one of two signatures": (_signature_headers(f"v1={'0' * 64},{RIGHT}"), BODY, 204),
    "a wrong signature": (_signature_headers(f"v1={'0' * 64}"), BODY, 403),
    "another body": (_signature_headers(RIGHT), BODY + b" ", 403),
    "an unknown version": (_signature_headers(RIGHT.replace("v1", "v2")), BODY, 403),
    "no header": ({}, BODY, 400),
    "an empty header": (_signature_headers(""), BODY, 400),
    "only whitespace": (_signature_headers(" \t"), BODY, 400),
}


@pytest.mark.parametrize(("headers", "body", "status"), STATUSES.values(), ids=STATUSES)
def test_the_statuses_of_pagerduty(headers: dict[str, str], body: bytes, status: int) -> None:
    receiver = Receiver(Verifier(SECRET, scheme="pagerduty"), replay=ReplayGuard(MemoryStore()))
    response = respond(receiver, headers, body)
    assert (response if isinstance(response, int) else response.status) == status
