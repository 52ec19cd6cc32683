"""The receivers: rejections before the body is read, observers, and the lookup of the verifier.

`Receiver` and `AsyncReceiver` must have the same results, so most tests run for both. Responses and log
records are in ``test_receiver_answers.py``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import pytest

from tests.request_heads import BODY, Hearing, SignsURL, head, signed
from tests.signing import NOW, SECRET, VERIFIER
from webhook_verify import (
    AsyncReceiver,
    Delivery,
    MalformedDelivery,
    Reason,
    Receiver,
    RejectedDelivery,
    SignatureMismatch,
    TimestampOutsideTolerance,
    Verifier,
)
from webhook_verify.handshakes import EndpointCheck, Handshake
from webhook_verify.http import HandshakeResponse
from webhook_verify.receiver import Incoming, RequestHead, WebhookResponse

pytestmark = pytest.mark.usefixtures("each_path")

Receive = Callable[..., Delivery]


def receive_blocking(
    verifier: Any, headers: dict[str, str], chunks: Iterable[bytes] = (BODY,), **options: Any
) -> Delivery:
    verification = Receiver(verifier, **options).begin(head(headers))
    for chunk in chunks:
        verification.update(chunk)
    return verification.finish()


def receive_asyncio(
    verifier: Any, headers: dict[str, str], chunks: Iterable[bytes] = (BODY,), **options: Any
) -> Delivery:
    async def receive() -> Delivery:
        verification = await AsyncReceiver(verifier, **options).begin(head(headers))
        for chunk in chunks:
            verification.update(chunk)
        return verification.finish()

    return asyncio.run(receive())


@pytest.fixture(params=[receive_blocking, receive_asyncio], ids=["Receiver", "AsyncReceiver"])
def receive(request: pytest.FixtureRequest) -> Receive:
    chosen: Receive = request.param
    return chosen


def test_a_genuine_delivery_comes_out_with_its_exact_body(receive: Receive) -> None:
    assert receive(VERIFIER, signed(), [BODY[:5], b"", BODY[5:]]).body == BODY


@pytest.mark.parametrize(
    "options", [{}, {"observer": Hearing()}, {"diagnose": True}], ids=["plain", "observer", "diagnose"]
)
def test_what_begins_is_an_incoming_delivery(options: dict[str, Any]) -> None:
    assert isinstance(Receiver(VERIFIER, **options).begin(head(signed())), Incoming)


@pytest.mark.parametrize(
    ("headers", "error", "reason"),
    [
        ({}, MalformedDelivery, Reason.MISSING_HEADER),
        (signed() | {"webhook-timestamp": "soon"}, MalformedDelivery, Reason.UNREADABLE_HEADER),
        (signed(timestamp=NOW - 301), TimestampOutsideTolerance, Reason.TOO_OLD),
        (signed() | {"webhook-signature": "v2,abc"}, SignatureMismatch, Reason.SIGNATURE_MISMATCH),
        (signed() | {"content-length": "101"}, MalformedDelivery, Reason.BODY_TOO_LARGE),
        (signed() | {"content-length": "9" * 5000}, MalformedDelivery, Reason.BODY_TOO_LARGE),
    ],
    ids=["missing", "unreadable", "stale", "no v1 entry", "too long", "absurdly long"],
)
def test_refused_before_the_body_is_read(
    headers: dict[str, str], error: type[RejectedDelivery], reason: Reason
) -> None:
    with pytest.raises(error) as caught:
        Receiver(VERIFIER, max_body_bytes=100).begin(head(headers))
    assert caught.value.reason == reason


def test_the_limit_itself_is_inside(receive: Receive) -> None:
    body = b"x" * 100
    headers = signed(body) | {"content-length": "100"}
    assert receive(VERIFIER, headers, [body], max_body_bytes=100).body == body


def test_a_body_without_a_true_length_is_refused_while_it_arrives(receive: Receive) -> None:
    body = b"x" * 101
    for stated in ({}, {"content-length": "10"}, {"content-length": "a"}):
        headers = signed(body) | stated
        with pytest.raises(MalformedDelivery) as caught:
            receive(VERIFIER, headers, [body[:50], body[50:]], max_body_bytes=100)
        assert caught.value.status_hint == 413


@pytest.mark.parametrize(
    ("limit", "framework_body_limit", "bound"),
    [(100, None, 100), (100, 50, 50), (100, 100, 100), (100, 101, 100), (100, 0, 0)],
)
def test_the_lower_limit_counts(limit: int, framework_body_limit: int | None, bound: int) -> None:
    receiver = Receiver(VERIFIER, max_body_bytes=limit)
    body = b"x" * bound
    request = head(signed(body))._replace(framework_body_limit=framework_body_limit)
    assert receiver.begin(request).finish(body).body == body
    for stated in (str(bound + 1), None):
        headers = signed(body) | {"Content-Length": str(bound + 1)}
        long = request._replace(headers=headers, content_length=stated)
        with pytest.raises(MalformedDelivery) as caught:
            receiver.begin(long)
        assert caught.value.reason is Reason.BODY_TOO_LARGE
        assert str(bound) in caught.value.detail
    with pytest.raises(MalformedDelivery):
        receiver.begin(request).update(body + b"x")


@pytest.mark.parametrize("stated", ["", "a", "-1", "1.5", "24", "0" * 16 + "24"], ids=repr)
def test_a_stated_length_within_the_limit_or_none_is_left_to_the_server(stated: str) -> None:
    request = head(signed())._replace(content_length=stated)
    assert Receiver(VERIFIER, max_body_bytes=100).begin(request).finish(BODY).body == BODY


@pytest.mark.parametrize("digits", [19, 20, 5_000])
def test_a_stated_length_of_more_than_18_digits_is_too_large(digits: int) -> None:
    request = head(signed())._replace(content_length="24".zfill(digits))
    with pytest.raises(MalformedDelivery) as caught:
        Receiver(VERIFIER, max_body_bytes=100).begin(request)
    assert caught.value.reason is Reason.BODY_TOO_LARGE


def test_a_lookup_chooses_the_verifier_of_the_request(receive: Receive) -> None:
    tenants = {"acme": VERIFIER}

    def lookup(request: RequestHead) -> Verifier | None:
        return tenants.get(request.header("X-Tenant"))

    assert receive(lookup, signed() | {"x-tenant": "acme"}).id == "msg_1"
    with pytest.raises(SignatureMismatch) as caught:
        receive(lookup, signed() | {"x-tenant": "nobody"})
    assert caught.value.reason == Reason.NO_SECRET


def test_nobody_is_looked_up_for_a_body_over_the_limit(receive: Receive) -> None:
    def lookup(request: RequestHead) -> Verifier:
        raise AssertionError("looked up")

    with pytest.raises(MalformedDelivery) as caught:
        receive(lookup, signed() | {"content-length": "101"}, max_body_bytes=100)
    assert caught.value.reason is Reason.BODY_TOO_LARGE


def test_an_asyncio_lookup_is_awaited() -> None:
    async def lookup(request: RequestHead) -> Verifier:
        await asyncio.sleep(0)
        return VERIFIER

    assert receive_asyncio(lookup, signed()).id == "msg_1"


def test_a_lookup_that_fails_is_not_the_senders_fault(receive: Receive) -> None:
    def lookup(request: RequestHead) -> Verifier:
        raise LookupError("the database is down")

    with pytest.raises(LookupError):
        receive(lookup, signed())


def test_a_lookup_that_returns_something_else_is_told_so(receive: Receive) -> None:
    with pytest.raises(TypeError, match="must return a Verifier"):
        receive(lambda request: SECRET, signed())


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"verifier": SECRET}, TypeError),
        ({"verifier": None}, TypeError),
        ({"verifier": VERIFIER, "max_body_bytes": 0}, ValueError),
        ({"verifier": VERIFIER, "max_body_bytes": -1}, ValueError),
        ({"verifier": VERIFIER, "max_body_bytes": True}, TypeError),
        ({"verifier": VERIFIER, "max_body_bytes": 1e6}, TypeError),
        ({"verifier": VERIFIER, "on_reject": 401}, TypeError),
    ],
)
@pytest.mark.parametrize("kind", [Receiver, AsyncReceiver])
def test_misuse_is_told_at_construction(kind: Any, arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        kind(**arguments)


def test_without_replay_protection_there_is_nothing_to_claim() -> None:
    receiver = Receiver(VERIFIER)
    assert not receiver.has_replay_protection
    with pytest.raises(RuntimeError, match="no replay protection"):
        receiver.claim(VERIFIER.verify(BODY, signed()), head({}))


@pytest.mark.parametrize("kind", [Receiver, AsyncReceiver])
@pytest.mark.parametrize("diagnose", [1, None, "yes"], ids=repr)
def test_diagnose_is_a_bool(kind: Any, diagnose: Any) -> None:
    with pytest.raises(TypeError, match="diagnose"):
        kind(VERIFIER, diagnose=diagnose)


@pytest.mark.parametrize("observer", [None, object()], ids=["plain", "observed"])
def test_a_diagnosed_delivery_has_the_same_verdict(observer: Any, caplog: pytest.LogCaptureFixture) -> None:
    receiver = Receiver(VERIFIER, diagnose=True, observer=observer)
    assert receiver.begin(head(signed())).finish(BODY).body == BODY
    with pytest.raises(SignatureMismatch):
        receiver.begin(head(signed())).finish(b"altered")
    with pytest.raises(MalformedDelivery):
        receiver.begin(head({})).finish(BODY)
    assert [record.name for record in caplog.records] == ["webhook_verify.diagnosis"] * 2
    assert [record.__dict__["scheme"] for record in caplog.records] == ["standard-webhooks"] * 2


@pytest.mark.parametrize(
    "handshake", [None, EndpointCheck("HEAD"), Handshake()], ids=lambda value: type(value).__name__
)
@pytest.mark.parametrize("is_looked_up", [False, True])
@pytest.mark.parametrize("is_observed", [False, True])
def test_the_signed_url_is_the_public_one(
    handshake: Handshake | None, is_looked_up: bool, is_observed: bool
) -> None:
    verifier = Verifier(SECRET, scheme=SignsURL("url", brand="webhook"), clock=lambda: NOW)
    receiver = Receiver(
        (lambda request: verifier) if is_looked_up else verifier,
        handshake=handshake,
        public_url="https://example.com",
        observer=Hearing() if is_observed else None,
    )
    assert receiver.needs_request_target
    request = RequestHead("POST", "/hook", signed(), target="/hook?tenant=1")
    assert receiver.begin(request).finish(BODY).body == BODY
    with pytest.raises(SignatureMismatch):
        receiver.begin(request._replace(target="/hook?tenant=2"))


def test_an_unknown_sender_is_refused_after_its_headers_are_read() -> None:
    receiver = Receiver(
        lambda request: None, scheme=SignsURL("url", brand="webhook"), public_url="https://example.com"
    )
    for target in ("/hook?tenant=1", "/hook?tenant=2"):
        with pytest.raises(SignatureMismatch) as caught:
            receiver.begin(RequestHead("POST", "/hook", signed(), target=target))
        assert caught.value.reason is Reason.NO_SECRET
        assert len(caught.value.detail) > 10


class Uninterested(Handshake):
    def respond_to_request(self, method: str, target: str) -> HandshakeResponse | None:
        raise AssertionError("asked about a request")

    def respond_to_delivery(self, delivery: Delivery, mac: Any) -> HandshakeResponse | None:
        raise AssertionError("asked about a delivery")


def test_a_handshake_is_only_asked_about_what_it_reads() -> None:
    receiver = Receiver(VERIFIER, handshake=Uninterested())
    assert receiver.begin(head(signed())).finish(BODY).body == BODY
    answer = receiver.method_response("GET")
    assert answer is not None
    assert answer.status == 405


def test_a_url_that_is_not_signed_is_not_needed() -> None:
    """A lookup may have tenants of schemes with and without a signed URL."""
    receiver = Receiver(lambda request: VERIFIER, public_url="https://example.com")
    assert receiver.begin(RequestHead("POST", "/hook", signed(), target="")).finish(BODY).body == BODY


async def _arriving(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        await asyncio.sleep(0)
        yield piece


@pytest.mark.parametrize("arrange", [list, _arriving], ids=["iterable", "async iterable"])
@pytest.mark.parametrize(("body", "status"), [(BODY, 204), (b"altered", 401)], ids=["genuine", "altered"])
def test_an_async_receiver_takes_pieces_of_both_kinds(
    arrange: Callable[[list[bytes]], Any], body: bytes, status: int
) -> None:
    async def run(delivery: Delivery) -> WebhookResponse:
        assert delivery.body == body
        return WebhookResponse(204)

    pieces = arrange([body[:5], body[5:]])
    answer = AsyncReceiver(VERIFIER).handle_request(head(signed()), pieces, run, lambda answer: answer.status)
    assert asyncio.run(answer).status == status


def test_a_receiver_has_the_parts_that_an_adapter_needs() -> None:
    plain = Receiver(VERIFIER)
    assert (plain.scheme, plain.max_body_bytes, plain.handshake_methods) == (VERIFIER.scheme, 1_048_576, ())
    assert not plain.needs_request_target

    limited = Receiver(lambda head: VERIFIER, max_body_bytes=1, handshake=EndpointCheck("HEAD", "PUT"))
    assert (limited.scheme, limited.max_body_bytes, limited.handshake_methods) == (None, 1, ("HEAD", "PUT"))

    named = Receiver(lambda head: VERIFIER, scheme="svix")
    assert named.scheme is not None
    assert named.scheme.name == "svix"
    with pytest.raises(ValueError, match="scheme"):
        Receiver(VERIFIER, scheme="svix")


def test_a_receiver_without_replay_protection_says_so() -> None:
    with pytest.raises(RuntimeError, match="no replay protection"):
        _ = Receiver(Verifier(SECRET)).replay_protection
