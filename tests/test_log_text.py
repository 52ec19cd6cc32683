"""Requests cannot forge lines of the log: line breaks and escape sequences are escaped everywhere."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.rows import rows
from webhook_verify import Delivery, Receiver, RejectedDelivery, Signer, UnreadableEvent, Verifier
from webhook_verify.events.router import EventRouter
from webhook_verify.http import RequestHead, WebhookResponse
from webhook_verify.log_text import log_text
from webhook_verify.otel import OpenTelemetryObserver
from webhook_verify.replay import MemoryStore, ReplayGuard

SECRET = "k" * 32
FORGED_PATH = "/hooks\nINFO delivery verified path=/hooks id=1"
FORGED_ID = "\x1b[2J\x1b[31mred\x9b\u202e"
BODY = b'{"type":"a"}'


@rows(
    ("text", "escaped"),
    [
        ("", ""),
        ("/hooks/café?x=1", "/hooks/café?x=1"),
        ("a\nb\r\n", "a\\nb\\r\\n"),
        ("\x1b[2J\x9b\x7f\0", "\\x1b[2J\\x9b\\x7f\\x00"),
        ("\u202e\u2028\u200b\ud800\U000e0001", "\\u202e\\u2028\\u200b\\ud800\\U000e0001"),
    ],
)
def test_text_that_is_not_printable_is_escaped(text: str, escaped: str) -> None:
    assert log_text(text) == escaped


class BrokenStore(MemoryStore):
    def claim(self, *arguments: Any, **named: Any) -> Any:
        raise OSError(f"cannot claim {FORGED_ID}")


def answered(receiver: Receiver, headers: dict[str, str]) -> WebhookResponse:
    head = RequestHead("POST", FORGED_PATH, headers)
    response = WebhookResponse(200)
    return receiver.handle_request(head, [BODY], lambda delivery: response, lambda one: one.status)


def signed(id: str = "1") -> dict[str, str]:
    return {**Signer(SECRET, scheme="github").sign(BODY), "x-github-delivery": id}


FORGERY = {**signed(FORGED_ID), "x-hub-signature-256": "sha256=" + "0" * 64}


def parse(delivery: Delivery) -> object:
    raise UnreadableEvent(f"no {FORGED_ID}", FORGED_PATH)


def rejected() -> None:
    answered(Receiver(Verifier(SECRET, scheme="github")), FORGERY)


def store_fails() -> None:
    guard = ReplayGuard(BrokenStore())
    receiver = Receiver(Verifier(SECRET, scheme="github"), replay=guard)
    assert answered(receiver, signed(FORGED_ID)).status == 503


def explained() -> None:
    answered(Receiver(Verifier(SECRET, scheme="github"), diagnose=True), {})


def event_is_unreadable() -> None:
    delivery = Verifier(SECRET, scheme="github").verify(BODY, signed(FORGED_ID))
    assert EventRouter(parse).dispatch(delivery) == 422


@pytest.mark.parametrize("cause", [rejected, store_fails, explained, event_is_unreadable])
def test_no_record_has_a_character_that_is_not_printable(
    cause: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="webhook_verify"):
        cause()
    assert caplog.records
    for record in caplog.records:
        extra = (vars(record).get(key) for key in ("path", "message_id", "reason"))
        texts = [record.getMessage(), *(value for value in extra if isinstance(value, str))]
        assert [text for text in texts if not text.isprintable()] == []
        if record.levelno == logging.ERROR or cause in (rejected, explained):
            assert any("\\x1b" in text or "\\n" in text for text in texts)


def test_an_id_that_is_not_printable_is_not_in_the_error() -> None:
    with pytest.raises(RejectedDelivery) as raised:
        Verifier(SECRET, scheme="github").begin(FORGERY).finish(BODY)
    assert raised.value.message_id is None


def test_the_attributes_of_spans_are_printable() -> None:
    spans = InMemorySpanExporter()
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    observer = OpenTelemetryObserver(tracer_provider=tracers)
    guard = ReplayGuard(MemoryStore())
    receiver = Receiver(Verifier(SECRET, scheme="github"), replay=guard, observer=observer)

    answered(receiver, signed(FORGED_ID))

    ids = [dict(span.attributes or {})["webhook_verify.message_id"] for span in spans.get_finished_spans()]
    assert len(ids) == 2
    assert all(str(one).isprintable() and "\\x1b" in str(one) for one in ids)
