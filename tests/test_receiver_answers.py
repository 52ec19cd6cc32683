"""Responses, observer calls and log records of a receiver; the sender receives no details."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.request_heads import BODY, URL, Hearing, SignsURL, head, signed
from tests.signing import NOW, SECRET, VERIFIER
from webhook_verify import KeyUnavailable, Reason, Receiver, RejectedDelivery, Verifier
from webhook_verify.handshakes import EndpointCheck, Handshake
from webhook_verify.http import HandshakeResponse
from webhook_verify.receiver import IncompleteBody, RequestHead, WebhookResponse
from webhook_verify.schemes.key_cache import RETRY_DELAY

pytestmark = pytest.mark.usefixtures("each_path")


@pytest.mark.parametrize(
    ("reason", "status", "body"),
    [
        (Reason.MISSING_HEADER, 400, b'{"result":"malformed"}'),
        (Reason.DUPLICATE_HEADER, 400, b'{"result":"malformed"}'),
        (Reason.UNREADABLE_HEADER, 400, b'{"result":"malformed"}'),
        (Reason.BODY_TOO_LARGE, 413, b'{"result":"too_large"}'),
        (Reason.TOO_OLD, 401, b'{"result":"unauthorized"}'),
        (Reason.TOO_NEW, 401, b'{"result":"unauthorized"}'),
        (Reason.SIGNATURE_MISMATCH, 401, b'{"result":"unauthorized"}'),
        (Reason.NO_SECRET, 401, b'{"result":"unauthorized"}'),
    ],
)
def test_the_answer_tells_no_more_than_its_status(reason: Reason, status: int, body: bytes) -> None:
    answer = Receiver(VERIFIER).rejection_response(RejectedDelivery(reason, "a detail for the log"), head({}))
    assert answer == WebhookResponse(status, body, (("content-type", "application/json"),))


def test_who_cannot_be_verified_yet_is_asked_to_come_again() -> None:
    error = KeyUnavailable(Reason.KEY_UNAVAILABLE, "the certificate cannot be fetched")
    answer = Receiver(VERIFIER).rejection_response(error, head({}))

    assert (answer.status, answer.body) == (503, b'{"result":"unavailable"}')
    assert dict(answer.headers)["retry-after"] == f"{RETRY_DELAY:g}"


def test_every_reason_has_an_answer() -> None:
    for reason in Reason:
        assert (
            Receiver(VERIFIER).rejection_response(RejectedDelivery(reason, ""), head({})).status
            == reason.status_hint
        )


def test_the_log_tells_the_reason_once(caplog: pytest.LogCaptureFixture) -> None:
    Receiver(VERIFIER).rejection_response(RejectedDelivery(Reason.TOO_OLD, "310 s too old"), head({}))
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("webhook_verify", logging.WARNING)
    assert record.getMessage() == (
        "webhook rejected: POST /hook scheme=standard-webhooks reason=too_old id=-: 310 s too old"
    )
    assert (record.__dict__["reason"], record.__dict__["path"]) == ("too_old", "/hook")


def test_on_reject_may_answer_itself() -> None:
    teapot = WebhookResponse(418)

    def on_reject(error: RejectedDelivery, request: RequestHead) -> WebhookResponse | None:
        return teapot if request.path == "/tea" else None

    receiver = Receiver(VERIFIER, on_reject=on_reject)
    error = RejectedDelivery(Reason.TOO_OLD, "")
    assert receiver.rejection_response(error, head({}, "/tea")) is teapot
    assert receiver.rejection_response(error, head({})).status == 401


def test_an_observer_hears_of_a_check_as_it_was_asked(caplog: pytest.LogCaptureFixture) -> None:
    hearing = Hearing()
    receiver = Receiver(VERIFIER, handshake=EndpointCheck("HEAD"), observer=hearing)
    caplog.set_level(logging.INFO)
    answer = receiver.method_response("HEAD", "/hook?a=1", "/hook")

    assert answer is not None
    assert (answer.status, dict(answer.headers)) == (204, {"allow": "POST, HEAD"})
    assert hearing.heard == [("endpoint check", RequestHead("HEAD", "/hook", (), target="/hook?a=1"))]
    (record,) = caplog.records
    assert (record.levelno, record.__dict__["path"]) == (logging.INFO, "/hook")
    assert record.getMessage() == "webhook handshake: HEAD /hook: endpoint check: responded with 204"


@pytest.mark.parametrize("name", ["method_response", "handshake_response"])
def test_an_observer_hears_of_a_check_whose_target_is_not_needed(name: str) -> None:
    hearing = Hearing()
    receiver = Receiver(VERIFIER, handshake=EndpointCheck("HEAD"), observer=hearing)
    assert getattr(receiver, name)("HEAD").status == 204
    assert hearing.heard == [("endpoint check", RequestHead("HEAD", "", ()))]


class DeliveryCheck(Handshake):
    """Looks at every delivery, and finds no handshake."""

    handles_deliveries = True


@pytest.mark.parametrize("handshake", [None, Handshake(), DeliveryCheck()], ids=["none", "plain", "checked"])
def test_an_observer_hears_of_a_verified_delivery_and_its_request(handshake: Handshake | None) -> None:
    hearing = Hearing()
    receiver = Receiver(VERIFIER, handshake=handshake, observer=hearing)
    delivery = receiver.begin(head(signed())).finish(BODY)
    assert hearing.heard == [(delivery, head(signed()))]


@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS", "post", ""])
def test_another_method_is_not_allowed(method: str) -> None:
    allowed = Receiver(VERIFIER).method_response(method)
    assert allowed is not None
    assert (allowed.status, dict(allowed.headers)["allow"]) == (405, "POST")
    checked = Receiver(VERIFIER, handshake=EndpointCheck("HEAD")).method_response(method)
    assert checked is not None
    assert (checked.status, dict(checked.headers)["allow"]) == (405, "POST, HEAD")
    assert Receiver(VERIFIER).method_response("POST") is None


def test_the_log_of_a_body_that_did_not_arrive_says_why(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    hearing = Hearing()
    gone = IncompleteBody("client disconnected")
    answer = Receiver(VERIFIER, observer=hearing).rejection_response(gone, head({}))
    assert answer == WebhookResponse(400, b'{"result":"malformed"}', (("content-type", "application/json"),))
    assert hearing.heard == []
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("webhook_verify", logging.INFO)
    assert record.getMessage() == "incomplete request: POST /hook: client disconnected"


@pytest.mark.parametrize(
    ("verifier", "named", "shown"),
    [
        (VERIFIER, None, "standard-webhooks"),
        (VERIFIER, "its own", "its own"),
        (lambda head: VERIFIER, None, ""),
        (lambda head: VERIFIER, "its own", "its own"),
    ],
    ids=["of the receiver", "of the error", "of nobody", "of the error, looked up"],
)
def test_the_log_of_a_rejection_names_scheme_and_message(
    verifier: Any, named: str | None, shown: str, caplog: pytest.LogCaptureFixture
) -> None:
    error = RejectedDelivery(Reason.TOO_OLD, "310 s too old")
    if named is not None:
        error.with_context("msg_1", named)
    hearing = Hearing()
    Receiver(verifier, observer=hearing).rejection_response(error, head({}))
    (record,) = caplog.records
    assert (record.__dict__["scheme"], record.__dict__["message_id"]) == (shown, error.message_id)
    assert (error.scheme or "") == shown
    assert hearing.heard == [(error, head({}))]


class Revocation(Handshake):
    """Answers a GET, with a warning for the log."""

    methods = ("GET",)

    def respond_to_request(self, method: str, target: str) -> HandshakeResponse | None:
        return HandshakeResponse("revocation", WebhookResponse(204), "the provider gave up")


def test_the_log_of_a_handshake_with_a_warning_names_the_request(caplog: pytest.LogCaptureFixture) -> None:
    answer = Receiver(VERIFIER, handshake=Revocation()).method_response("GET", "/hook", "/hook")
    assert answer == WebhookResponse(204)
    (record,) = caplog.records
    assert (record.levelno, record.__dict__["path"]) == (logging.WARNING, "/hook")
    assert record.getMessage() == (
        "webhook handshake: GET /hook: revocation: responded with 204: the provider gave up"
    )


def logged(receiver: Receiver, reason: Reason, request: RequestHead, log: pytest.LogCaptureFixture) -> str:
    log.clear()
    receiver.rejection_response(RejectedDelivery(reason, "the detail"), request)
    (record,) = log.records
    scheme = "-" if receiver.scheme is None else receiver.scheme.name
    start = f"webhook rejected: POST /hook scheme={scheme} reason={reason} id=-: the detail"
    message = record.getMessage()
    assert message.startswith(start)
    return message.removeprefix(start)


@pytest.mark.parametrize(
    ("limit", "reason", "is_named"),
    [
        (None, Reason.BODY_TOO_LARGE, False),
        (99, Reason.BODY_TOO_LARGE, True),
        (100, Reason.BODY_TOO_LARGE, False),
        (101, Reason.BODY_TOO_LARGE, False),
        (99, Reason.TOO_OLD, False),
    ],
)
def test_the_log_says_whose_limit_it_was(
    limit: int | None, reason: Reason, is_named: bool, caplog: pytest.LogCaptureFixture
) -> None:
    request = head({})._replace(framework_body_limit=limit)
    more = logged(Receiver(VERIFIER, max_body_bytes=100), reason, request, caplog)
    assert ("max_body_bytes" in more) is is_named
    assert bool(more) is is_named


def signs_url(**options: Any) -> Receiver:
    verifier = Verifier(SECRET, scheme=SignsURL("url", brand="webhook"), clock=lambda: NOW)
    return Receiver(verifier, **{"public_url": "https://example.com", **options})


@pytest.mark.parametrize(
    ("receiver", "url", "target", "shown"),
    [
        (signs_url(), None, "/hook?token=secret", "https://example.com/hook?..."),
        (signs_url(), None, "/hook", "https://example.com/hook;"),
        (signs_url(), None, "/a?b?c", "https://example.com/a?..."),
        (signs_url(), "https://other.example", "/hook", "https://example.com/hook;"),
        (signs_url(), "https://other.example", "\xe4", "an unknown URL;"),
        (
            Receiver(lambda head: None, scheme=SignsURL("url", brand="webhook"), public_url=URL[:19]),
            None,
            "/hook?",
            "https://example.com/hook?...",
        ),
    ],
    ids=["query", "no query", "two marks", "another url", "no target", "lookup"],
)
def test_the_log_of_a_mismatch_shows_the_url_without_its_query(
    receiver: Receiver, url: str | None, target: str, shown: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Some senders have a secret in the query."""
    request = RequestHead("POST", "/hook", {}, url=url, target=target)
    more = logged(receiver, Reason.SIGNATURE_MISMATCH, request, caplog)
    assert f" {shown}" in more
    assert "token" not in more
    assert logged(receiver, Reason.TOO_OLD, request, caplog) == ""


def test_the_log_of_a_mismatch_without_a_signed_url_has_the_detail_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for receiver in (Receiver(VERIFIER), Receiver(lambda head: VERIFIER)):
        assert logged(receiver, Reason.SIGNATURE_MISMATCH, head({}), caplog) == ""


def test_on_reject_has_the_error_and_the_request() -> None:
    seen: list[tuple[RejectedDelivery, RequestHead]] = []

    def on_reject(error: RejectedDelivery, request: RequestHead) -> None:
        seen.append((error, request))

    error = RejectedDelivery(Reason.TOO_OLD, "")
    assert Receiver(VERIFIER, on_reject=on_reject).rejection_response(error, head({})).status == 401
    assert seen == [(error, head({}))]
