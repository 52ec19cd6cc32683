"""The metrics and spans of an inbox, with the SDK of OpenTelemetry."""

from __future__ import annotations

from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.inbox.inboxes import MemoryInbox
from webhook_verify import Delivery
from webhook_verify.inbox import LeaseLost, Poison, WorkerOptions
from webhook_verify.otel import OpenTelemetryObserver

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_metrics_and_spans() -> None:
    reader, spans = InMemoryMetricReader(), InMemorySpanExporter()
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    observer = OpenTelemetryObserver(MeterProvider([reader]), tracers)
    inbox = MemoryInbox()
    errors = {"retry": ValueError("secret-text"), "dead": Poison("secret-text"), "lost": LeaseLost()}

    @inbox.handler("*")
    def handle(delivery: Delivery) -> None:
        if delivery.event_type in errors:
            raise errors[delivery.event_type]

    inbox.put("done", headers=(("Traceparent", TRACE), ("webhook-id", "msg_1")))
    inbox.put("done", headers=(("traceparent", "garbage"),))
    for event_type in (*errors, "unknown"):
        inbox.put(event_type)
    observer.on_stats(inbox.store.stats())
    inbox.drain(options=WorkerOptions(observer=observer))

    finished = spans.get_finished_spans()
    assert [span.attributes["webhook_verify.outcome"] for span in finished if span.attributes] == [
        "done",
        "done",
        "retry",
        "dead",
        "done",
    ]
    assert {span.name for span in finished} == {"webhook_verify.process"}
    assert [len(span.links) for span in finished] == [1, 0, 0, 0, 0]
    assert f"{finished[0].links[0].context.trace_id:032x}" == TRACE[3:35]
    assert [span.attributes.get("error.type") for span in finished if span.attributes] == [
        None,
        None,
        "ValueError",
        "Poison",
        None,
    ]
    data: Any = reader.get_metrics_data()
    found = {
        (
            metric.name.removeprefix("webhook_verify."),
            *sorted(map(str, point.attributes.values())),
        ): point.value
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        for point in metric.data.data_points
    }
    scheme = "standard-webhooks"
    assert found["inbox_dead", scheme] == 1
    outcomes = {"done": 3, "retry": 1, "dead": 1, "lost": 1}
    assert {name: found["inbox_attempts", *sorted((name, scheme))] for name in outcomes} == outcomes
    assert found["inbox_entries", "dead"] in (0, 1)
    assert "inbox_oldest_ready" in {name for name, *_ in found}
    assert "secret-text" not in str([span.to_json() for span in finished])
