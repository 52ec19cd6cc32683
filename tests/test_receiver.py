"""The receivers: what is refused before the body is read, how it is counted, and who is asked.

:class:`Receiver` and :class:`AsyncReceiver` must decide alike, so most tests run against both.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.signing import NOW, SECRET, VERIFIER
from webhook_verify import (
    AsyncReceiver,
    Delivery,
    KeyUnavailable,
    MalformedDelivery,
    Reason,
    Receiver,
    RejectedDelivery,
    SignatureMismatch,
    Signer,
    TimestampOutsideTolerance,
    Verifier,
)
from webhook_verify.receiver import RequestHead, WebhookResponse
from webhook_verify.schemes.key_cache import RETRY_DELAY

BODY = b'{"type": "invoice.paid"}'

Receive = Callable[..., Delivery]


def signed(body: bytes = BODY, timestamp: int = NOW) -> dict[str, str]:
    return Signer(SECRET).sign(body, id="msg_1", timestamp=timestamp)


def head(headers: dict[str, str], path: str = "/hook") -> RequestHead:
    return RequestHead("POST", path, headers, headers.get("content-length", ""))


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


def test_a_lookup_chooses_the_verifier_of_the_request(receive: Receive) -> None:
    tenants = {"acme": VERIFIER}

    def lookup(request: RequestHead) -> Verifier | None:
        return tenants.get(request.header("X-Tenant"))

    assert receive(lookup, signed() | {"x-tenant": "acme"}).id == "msg_1"
    with pytest.raises(SignatureMismatch) as caught:
        receive(lookup, signed() | {"x-tenant": "nobody"})
    assert caught.value.reason == Reason.NO_SECRET


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
    assert record.getMessage() == "delivery rejected: too_old: 310 s too old"
    assert (record.__dict__["reason"], record.__dict__["path"]) == ("too_old", "/hook")


def test_on_reject_may_answer_itself() -> None:
    teapot = WebhookResponse(418)

    def on_reject(error: RejectedDelivery, request: RequestHead) -> WebhookResponse | None:
        return teapot if request.path == "/tea" else None

    receiver = Receiver(VERIFIER, on_reject=on_reject)
    error = RejectedDelivery(Reason.TOO_OLD, "")
    assert receiver.rejection_response(error, head({}, "/tea")) is teapot
    assert receiver.rejection_response(error, head({})).status == 401
