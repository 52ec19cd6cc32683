"""Signed requests and their variants: the result of a verifier for each, in every scheme that can sign."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.rows import rows
from tests.testing.apps import KINDS, PATH, Handler, client_of
from webhook_verify import Reason, RejectedDelivery, Signer, TimestampOutsideTolerance, Verifier
from webhook_verify.errors import InvalidSecret
from webhook_verify.schemes import names, resolve
from webhook_verify.testing import TEST_SECRET, Clock, SignedRequest, payload_of, post, signed
from webhook_verify.testing.clients import content_of, is_client, url_of
from webhook_verify.testing.forgeries import DEFECTS, FORGERIES, Genuine, NotApplicable

OTHER_SECRET = "whsec_bm90IHRoZSBzZWNyZXQgb2YgdGhpcyByZWNlaXZlci4="
URL = "https://example.com/webhooks"
PAYLOAD = {"type": "invoice.paid", "amount": 9}
BODY = b'{"type":"invoice.paid","amount":9}'


def verify(request: SignedRequest, scheme: str = "standard-webhooks", secret: str = TEST_SECRET) -> str:
    """ "verified", or the reason why not."""
    headers = [*request.headers]
    try:
        Verifier(secret, scheme=scheme).verify(request.body, headers, url=URL, method="POST")
    except RejectedDelivery as rejected:
        return rejected.reason
    return "verified"


@pytest.fixture
def request_(webhook_signer: Signer) -> SignedRequest:
    return signed(PAYLOAD, webhook_signer)


@pytest.mark.parametrize(
    ("variant", "verdict"),
    [
        (lambda request: request, "verified"),
        (SignedRequest.retried, "verified"),
        (SignedRequest.tampered, Reason.SIGNATURE_MISMATCH),
        (SignedRequest.stale, Reason.TOO_OLD),
        (SignedRequest.future, Reason.TOO_NEW),
        (SignedRequest.unsigned, Reason.MISSING_HEADER),
        (lambda request: request.without("webhook-id"), Reason.MISSING_HEADER),
        (lambda request: request.replaced("webhook-timestamp", "soon"), Reason.UNREADABLE_HEADER),
        (lambda request: request.doubled("webhook-id", "msg_2"), Reason.DUPLICATE_HEADER),
        (lambda request: request.with_body(b"{}"), Reason.SIGNATURE_MISMATCH),
        (lambda request: request.with_headers(()), Reason.MISSING_HEADER),
    ],
)
def test_a_variant_has_its_verdict(request_: SignedRequest, variant: object, verdict: str) -> None:
    assert callable(variant)
    assert verify(variant(request_)) == verdict


def test_a_retry_has_the_same_id_and_a_duplicate_is_the_same(webhook_signer: Signer) -> None:
    first = signed(PAYLOAD, webhook_signer, timestamp=webhook_signer.now() - 60)
    assert first.retried().id == first.id == dict(first.headers)["webhook-id"]
    assert dict(first.retried().headers)["webhook-timestamp"] == str(webhook_signer.now())
    assert first.id != signed(PAYLOAD, webhook_signer).id


@pytest.mark.parametrize("body", [BODY, b'{"done":true}', b"{}", b"", b"x", b"\xff\xfe"])
def test_a_tampered_body_is_another(webhook_signer: Signer, body: bytes) -> None:
    assert signed(body, webhook_signer).tampered().body != body


def test_a_tampered_body_stays_json(request_: SignedRequest) -> None:
    assert request_.tampered().body == BODY.replace(b"9", b"1")


@pytest.mark.parametrize(
    ("payload", "body"),
    [
        (BODY, BODY),
        (bytearray(BODY), BODY),
        (memoryview(BODY), BODY),
        (PAYLOAD, BODY),
        (["Zoë", 1, None], '["Zoë",1,null]'.encode()),
        (None, b"null"),
    ],
)
def test_a_payload_is_bytes_or_json(payload: object, body: bytes) -> None:
    assert payload_of(payload) == body


@pytest.mark.parametrize("payload", ["{}", object(), {1, 2}, type], ids=["text", "object", "set", "class"])
def test_another_payload_is_a_type_error(payload: object) -> None:
    with pytest.raises(TypeError):
        payload_of(payload)


def test_a_request_shows_neither_signature_nor_body(request_: SignedRequest) -> None:
    names = "['webhook-id', 'webhook-timestamp', 'webhook-signature']"
    assert repr(request_) == f"SignedRequest(id={request_.id!r}, headers={names}, body=<34 bytes>)"


# Every scheme that signs with a text


def genuine_of(scheme: str) -> Genuine:
    signer, stranger = Signer(TEST_SECRET, scheme=scheme), Signer(OTHER_SECRET, scheme=scheme)
    return Genuine(signed(PAYLOAD, signer, url=URL), signer, lambda: stranger, resolve(scheme).tolerance, URL)


def signs_with_a_text(scheme: str) -> bool:
    """Whether the Signer signs for it with a text, and all that it signs: some want more in the body."""
    try:
        return verify(genuine_of(scheme).request, scheme) == "verified"
    except (InvalidSecret, ValueError):
        return False


SCHEMES = [name for name in names() if signs_with_a_text(name)]


def test_most_schemes_are_among_them() -> None:
    assert {"standard-webhooks", "svix", "emporix", "github", "stripe", "linear", "mailgun"} <= {*SCHEMES}


@rows("scheme", SCHEMES)
@rows("forgery", FORGERIES)
def test_a_forgery_is_rejected_in_every_scheme(scheme: str, forgery: str) -> None:
    genuine = genuine_of(scheme)
    try:
        verdicts = [verify(request, scheme) for request in FORGERIES[forgery](genuine)]
    except NotApplicable:
        verdicts = [Reason.SIGNATURE_MISMATCH]  # it does not sign what the row is about
    assert "verified" not in verdicts
    assert verdicts


@rows("scheme", SCHEMES)
def test_a_defect_is_rejected_in_every_scheme(scheme: str) -> None:
    genuine = genuine_of(scheme)
    assert genuine.covered or resolve(scheme).has_signature_in_body
    for name in genuine.covered:
        for value in DEFECTS.values():
            assert verify(genuine.request.replaced(name, value), scheme) != "verified", (name, value)


def test_what_is_not_signed_is_not_covered() -> None:
    assert genuine_of("standard-webhooks").covered == ["webhook-id", "webhook-timestamp", "webhook-signature"]
    assert genuine_of("github").covered == ["x-hub-signature-256"]


# Every client


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "async" not in kind])
@pytest.mark.parametrize("payload", [PAYLOAD, BODY])
def test_it_posts_through_every_client(kind: str, payload: object, webhook_signer: Signer) -> None:
    handler = Handler()
    with client_of(kind, Verifier(TEST_SECRET), handler) as client:
        response = post(client, PATH, payload, webhook_signer, id="msg_1")
        refused = post(client, PATH, signed(payload, webhook_signer).tampered())

    assert (response.status_code, content_of(response)) == (200, b"msg_1")
    assert refused.status_code == 401
    assert [delivery.body for delivery in handler.deliveries] == [BODY]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "async" in kind])
def test_an_async_client_is_awaited(kind: str, webhook_signer: Signer) -> None:
    with client_of(kind, Verifier(TEST_SECRET), Handler()) as client:
        response = asyncio.run(awaited(post(client, PATH, PAYLOAD, webhook_signer)))
    assert response.status_code == 200


async def awaited(response: Any) -> Any:
    return await response


@pytest.mark.parametrize("kind", KINDS)
def test_a_client_is_known_by_what_it_can_do(kind: str) -> None:
    with client_of(kind, Verifier(TEST_SECRET), Handler()) as client:
        assert is_client(client)
        assert not is_client(type(client))


@pytest.mark.parametrize(
    ("url", "kind"), [("http://testserver/hook", "starlette"), ("http://localhost/hook", "flask")]
)
def test_a_scheme_that_signs_the_url_gets_the_clients(url: str, kind: str) -> None:
    with client_of(kind, Verifier(TEST_SECRET), Handler()) as client:
        assert url_of(client, "/hook") == url


class Silent:
    """A client that keeps what it is asked to send."""

    base_url = "http://testserver"
    build_request = None

    def request(self, method: str, path: str, **sent: Any) -> Any:
        return method, path, sent


def test_headers_that_stand_twice_are_sent_twice(webhook_signer: Signer) -> None:
    request = signed(PAYLOAD, webhook_signer, id="msg_1").doubled("webhook-id", "msg_2")
    _, _, sent = post(Silent(), PATH, request, content_type="text/plain")
    assert [value for name, value in sent["headers"] if name == "webhook-id"] == [b"msg_1", b"msg_2"]
    assert sent["headers"][-1] == ("content-type", b"text/plain")


@pytest.mark.parametrize(
    ("client", "payload", "options", "says"),
    [
        (object(), PAYLOAD, {"signer": Signer(TEST_SECRET)}, "client must be a test client .*, not 'object'"),
        (Silent(), PAYLOAD, {}, "payload needs a signer"),
        (Silent(), signed({}, Signer(TEST_SECRET)), {"signer": Signer(TEST_SECRET)}, "signed already"),
        (Silent(), signed({}, Signer(TEST_SECRET)), {"id": "msg_1"}, "signed already"),
        (Silent(), "{}", {"signer": Signer(TEST_SECRET)}, "encode"),
    ],
)
def test_misuse_is_a_type_error(client: object, payload: object, options: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        post(client, PATH, payload, **options)


# The clock


def test_a_clock_runs_until_it_is_set() -> None:
    clock = Clock()
    assert abs(clock() - time.time()) < 5
    clock.set(1_790_000_000)
    assert clock() == 1_790_000_000.0
    assert clock.now == datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
    assert repr(clock) == "Clock(2026-09-21T14:13:20+00:00)"


def test_a_clock_is_moved_whether_it_runs_or_stands() -> None:
    clock = Clock()
    clock.move(-3600)
    assert abs(clock() - time.time() + 3600) < 5
    clock.set(datetime(2026, 1, 1, tzinfo=UTC))
    clock.move(timedelta(minutes=5))
    assert clock.now == datetime(2026, 1, 1, 0, 5, tzinfo=UTC)
    with pytest.raises(ValueError, match="not a naive datetime"):
        clock.set(datetime(2026, 1, 1))


def test_signer_and_verifier_share_a_clock(webhook_clock: Clock, webhook_signer: Signer) -> None:
    verifier = Verifier(TEST_SECRET, clock=webhook_clock)
    webhook_clock.set(1_790_000_000)
    request = signed(PAYLOAD, webhook_signer)
    webhook_clock.move(300)
    assert verifier.verify(request.body, dict(request.headers)).timestamp.timestamp() == 1_790_000_000
    webhook_clock.move(1)
    with pytest.raises(TimestampOutsideTolerance):
        verifier.verify(request.body, dict(request.headers))
