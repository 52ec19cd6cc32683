"""The Lambda adapter with the events of API Gateway (both formats), function URLs and load balancers."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.adapters.helpers import IN_FLIGHT, Ledger
from tests.rows import rows
from tests.signing import BODY, NOW, VERIFIER, signed
from webhook_verify import (
    AsyncReceiver,
    Delivery,
    Reason,
    Receiver,
    RejectedDelivery,
    SignatureMismatch,
    Verifier,
)
from webhook_verify.adapters.aws_lambda import Event, webhook
from webhook_verify.receiver import Observer, RequestHead, WebhookResponse


def http_api(headers: dict[str, str], method: str = "POST") -> Event:
    """Format 2.0, which a function URL has as well."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/hook",
        "rawQueryString": "",
        "cookies": ["a=b"],
        "headers": {name.lower(): value for name, value in headers.items()},
        "requestContext": {
            "accountId": "1",
            "http": {"method": method, "path": "/hook"},
            "stage": "$default",
        },
    }


def rest_api(headers: dict[str, str], method: str = "POST") -> Event:
    return {
        "resource": "/{proxy+}",
        "path": "/hook",
        "httpMethod": method,
        "headers": headers or None,
        "multiValueHeaders": {name: [value] for name, value in headers.items()} or None,
        "requestContext": {"httpMethod": method, "stage": "prod"},
    }


def load_balancer(headers: dict[str, str], method: str = "POST") -> Event:
    context = {"elb": {"targetGroupArn": "arn"}}
    return {"requestContext": context, "httpMethod": method, "path": "/hook", "headers": headers}


def load_balancer_multi(headers: dict[str, str], method: str = "POST") -> Event:
    event = load_balancer({}, method)
    del event["headers"]
    return event | {"multiValueHeaders": {name: [value] for name, value in headers.items()}}


def as_text(event: Event, body: bytes) -> Event:
    return event | {"body": body.decode(), "isBase64Encoded": False}


def as_base64(event: Event, body: bytes) -> Event:
    return event | {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


SHAPES = pytest.mark.parametrize(
    "shape", [http_api, rest_api, load_balancer, load_balancer_multi], ids=lambda shape: shape.__name__
)
ENCODINGS = pytest.mark.parametrize("encode", [as_text, as_base64], ids=lambda encode: encode.__name__)

Shape = Callable[..., Event]
Encode = Callable[[Event, bytes], Event]


class Function:
    """A Lambda function that remembers its deliveries."""

    def __init__(self, receiver: Receiver, response: Any = None, fault: BaseException | None = None) -> None:
        self.seen: list[Delivery] = []
        self.function = webhook(receiver)(self.handler)
        self.response = {"statusCode": 200, "body": "done"} if response is None else response
        self.fault = fault

    def handler(self, delivery: Delivery, event: Event, context: Any) -> Any:
        self.seen.append(delivery)
        if self.fault is not None:
            raise self.fault
        return self.response

    def __call__(self, event: Any) -> dict[str, Any]:
        answer = self.function(event, None)
        assert json.loads(json.dumps(answer)) == answer, "Lambda makes JSON of it"
        return answer


def call(event: Event, receiver: Receiver | None = None) -> dict[str, Any]:
    return Function(receiver or Receiver(VERIFIER))(event)


@SHAPES
@ENCODINGS
def test_the_handler_gets_the_delivery_and_the_exact_body(shape: Shape, encode: Encode) -> None:
    function = Function(Receiver(VERIFIER))
    assert function(encode(shape(signed()), BODY)) == {"statusCode": 200, "body": "done"}
    assert function.seen[0].body == BODY


@SHAPES
@ENCODINGS
@rows(
    ("body", "headers", "status"),
    [
        pytest.param(BODY + b" ", signed(), 401, id="tampered"),
        pytest.param(BODY, signed(timestamp=NOW - 301), 401, id="stale"),
        pytest.param(BODY, signed(timestamp=NOW + 301), 401, id="future"),
        pytest.param(BODY, {}, 400, id="unsigned"),
        pytest.param(b"x" * 1001, signed(b"x" * 1001), 413, id="oversize"),
        pytest.param(BODY, signed() | {"Content-Length": "9999999"}, 413, id="oversize by its length"),
    ],
)
def test_a_bad_delivery_is_refused(
    shape: Shape, encode: Encode, body: bytes, headers: dict[str, str], status: int
) -> None:
    function = Function(Receiver(VERIFIER, max_body_bytes=1000))
    answer = function(encode(shape(headers), body))
    assert answer["statusCode"] == status
    assert answer["headers"] == {"content-type": "application/json"}
    assert set(json.loads(answer["body"])) == {"result"}
    assert answer["isBase64Encoded"] is False
    assert not function.seen


@SHAPES
@pytest.mark.parametrize("changes", [{"body": None}, {"body": ""}, {}], ids=["None", "blank", "left out"])
def test_an_empty_body_can_be_genuine(shape: Shape, changes: dict[str, Any]) -> None:
    assert call(shape(signed(b"")) | changes)["statusCode"] == 200


@SHAPES
@pytest.mark.parametrize(
    ("body", "more"),
    [
        pytest.param(b"\xff\xfe\x00", {}, id="no UTF-8"),
        pytest.param(b"a=1&b=%20", {"content-type": "application/x-www-form-urlencoded"}, id="form"),
        pytest.param(b"\x1f\x8b", {"content-encoding": "gzip"}, id="gzip header"),
    ],
)
def test_a_genuine_body_of_any_kind_is_left_as_it_is(shape: Shape, body: bytes, more: dict[str, str]) -> None:
    function = Function(Receiver(VERIFIER))
    function(as_base64(shape(signed(body) | more), body))
    assert function.seen[0].body == body


@SHAPES
def test_the_letter_case_of_headers_does_not_matter(shape: Shape) -> None:
    headers = {name.title(): value for name, value in signed().items()}
    assert call(as_text(shape(headers), BODY))["statusCode"] == 200


@SHAPES
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_another_method_is_405_with_allow(shape: Shape, method: str) -> None:
    answer = call(shape({}, method))
    assert answer["statusCode"] == 405
    assert answer["headers"]["allow"] == "POST"
    assert answer["body"] == ("" if method == "HEAD" else '{"result":"method_not_allowed"}')


@pytest.mark.parametrize("shape", [rest_api, load_balancer_multi])
@pytest.mark.parametrize("name", ["webhook-id", "content-length"])
def test_a_header_that_stands_twice_is_400(shape: Shape, name: str) -> None:
    event = as_text(shape(signed() | {"content-length": "46"}), BODY)
    event["multiValueHeaders"][name].append("7")
    assert call(event)["statusCode"] == 400


def test_a_header_that_the_gateway_joined_is_refused() -> None:
    assert call(as_text(http_api(signed() | {"webhook-id": "msg_1,msg_2"}), BODY))["statusCode"] in (400, 401)


@pytest.mark.parametrize("body", ["{}", "e30", "e30=\n", "e30==", "Zoë", "\ud800"], ids=ascii)
def test_a_body_that_is_said_to_be_base64_and_is_not_is_malformed(body: str) -> None:
    event = http_api(signed()) | {"body": body, "isBase64Encoded": True}
    assert call(event)["statusCode"] == 400


@pytest.mark.parametrize("body", [chr(0xD800), chr(0xFFFD)], ids=ascii)
def test_a_body_that_the_gateway_garbled_is_no_crash(body: str) -> None:
    assert call(http_api(signed(b"\xff")) | {"body": body})["statusCode"] == 401


@pytest.mark.parametrize(
    "event",
    [
        pytest.param({"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}, id="SQS"),
        pytest.param({"version": "0", "detail-type": "x", "source": "y", "detail": {}}, id="EventBridge"),
        pytest.param({"requestContext": {"connectionId": "x"}, "body": ""}, id="WebSocket API"),
        pytest.param({"requestContext": None, "headers": None}, id="nothing in it"),
        pytest.param({"requestContext": {"http": "x"}, "httpMethod": 1, "path": "/"}, id="odd types"),
        pytest.param({}, id="empty"),
        pytest.param([], id="list"),
        pytest.param(None, id="None"),
    ],
)
def test_an_event_that_is_no_http_request_is_a_clear_error(event: Any) -> None:
    with pytest.raises(TypeError, match="event must be an HTTP request"):
        Function(Receiver(VERIFIER))(event)


def test_a_body_that_somebody_parsed_is_a_clear_error() -> None:
    with pytest.raises(TypeError, match="must be the raw body, a str or None, not 'dict'"):
        call(http_api(signed()) | {"body": {"type": "invoice.paid"}})


def test_with_multi_value_headers_the_answer_has_them_too() -> None:
    answer = call(load_balancer_multi({"a": "b"}))
    assert answer["multiValueHeaders"] == {"content-type": ["application/json"]}
    assert "multiValueHeaders" not in call(load_balancer({"a": "b"}))


GOOD = as_text(http_api(signed()), BODY)


@pytest.mark.parametrize(
    ("status", "outcome"), [(200, "complete"), (204, "complete"), (302, "release"), (500, "release")]
)
def test_the_claim_is_settled_by_the_handlers_status(status: int, outcome: str) -> None:
    ledger = Ledger()
    function = Function(Receiver(VERIFIER, replay=ledger), {"statusCode": status})
    assert function(GOOD)["statusCode"] == status
    assert ledger.outcome == [outcome]


def test_a_handler_that_returns_none_answers_204() -> None:
    ledger = Ledger()

    @webhook(Receiver(VERIFIER, replay=ledger))
    def handler(delivery: Delivery, event: Event, context: object) -> None: ...

    assert handler(GOOD, None) == {"statusCode": 204}
    assert ledger.outcome == ["complete"]


@pytest.mark.parametrize("response", [{"body": "x"}, {"statusCode": "200"}, {"statusCode": True}, "ok"])
def test_a_response_without_a_status_is_an_error_and_the_claim_is_released(response: Any) -> None:
    ledger = Ledger()
    with pytest.raises(TypeError, match="statusCode"):
        Function(Receiver(VERIFIER, replay=ledger), response)(GOOD)
    assert ledger.outcome == ["release"]


@pytest.mark.parametrize(
    "fault",
    [RuntimeError("boom"), SignatureMismatch(Reason.NO_SECRET, "of another delivery")],
    ids=["an error", "a rejection of its own"],
)
def test_what_the_handler_raises_is_lambdas_and_the_claim_is_released(fault: Exception) -> None:
    ledger = Ledger()
    with pytest.raises(type(fault)):
        Function(Receiver(VERIFIER, replay=ledger), fault=fault)(GOOD)
    assert ledger.outcome == ["release"]


def test_the_guards_answer_is_sent_without_running_the_handler() -> None:
    function = Function(Receiver(VERIFIER, replay=Ledger(IN_FLIGHT)))
    answer = function(GOOD)
    assert answer["statusCode"] == 503
    assert answer["headers"] == {"content-type": "application/json", "retry-after": "5"}
    assert not function.seen


@SHAPES
def test_a_verifier_for_each_request(shape: Shape) -> None:
    def lookup(head: RequestHead) -> Verifier | None:
        return VERIFIER if (head.path, head.header("x-tenant")) == ("/hook", "acme") else None

    receiver = Receiver(lookup)
    assert call(as_text(shape(signed() | {"X-Tenant": "acme"}), BODY), receiver)["statusCode"] == 200
    assert call(as_text(shape(signed()), BODY), receiver)["statusCode"] == 401


@pytest.mark.parametrize(
    ("body", "sent", "is_encoded"), [(b"gone", "gone", False), (b"\xff", "/w==", True)], ids=["text", "bytes"]
)
def test_on_reject_may_answer_itself(body: bytes, sent: str, is_encoded: bool) -> None:
    receiver = Receiver(VERIFIER, on_reject=lambda error, head: WebhookResponse(410, body))
    answer = call(http_api({}), receiver)
    assert (answer["statusCode"], answer["body"], answer["isBase64Encoded"]) == (410, sent, is_encoded)


class Counter(Observer):
    def __init__(self) -> None:
        self.verdicts: list[str] = []

    def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
        self.verdicts.append(delivery.id)

    def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None:
        self.verdicts.append(str(error.reason))


def test_an_observer_is_told() -> None:
    counter = Counter()
    receiver = Receiver(VERIFIER, observer=counter)
    call(GOOD, receiver)
    call(http_api({}), receiver)
    call(http_api(signed()) | {"body": "no base64", "isBase64Encoded": True}, receiver)
    assert counter.verdicts == ["msg_1", "missing_header", "unreadable_header"]


async def async_handler(delivery: Delivery, event: Event, context: object) -> Mapping[str, Any]:
    return {"statusCode": 200}


@pytest.mark.parametrize(
    ("receiver", "handler", "text"),
    [
        pytest.param(AsyncReceiver(VERIFIER), print, "not 'AsyncReceiver'", id="async receiver"),
        pytest.param(VERIFIER, print, "not 'Verifier'", id="verifier"),
        pytest.param(Receiver(VERIFIER), async_handler, "not a coroutine function", id="async handler"),
    ],
)
def test_misuse_is_told_at_decoration(receiver: Any, handler: Any, text: str) -> None:
    with pytest.raises(TypeError, match=text):
        webhook(receiver)(handler)
