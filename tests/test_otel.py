"""The OpenTelemetry observer, with the real SDK."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from tests.signing import NOW, SECRET
from webhook_verify import Delivery, Receiver, Signer, Verifier
from webhook_verify.handshakes import EndpointCheck
from webhook_verify.otel import OpenTelemetryObserver
from webhook_verify.receiver import RequestHead, WebhookResponse
from webhook_verify.replay import MemoryStore, ReplayGuard


def signed(timestamp: int = NOW) -> dict[str, str]:
    return Signer(SECRET).sign(b"{}", id="msg_1", timestamp=timestamp)


def points(reader: InMemoryMetricReader, name: str) -> dict[frozenset[Any], Any]:
    """The data points of an instrument, by their attributes."""
    collected = reader.get_metrics_data()
    assert collected is not None
    return {
        frozenset((point.attributes or {}).items()): point
        for resource in collected.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        if metric.name == name
        for point in metric.data.data_points
    }


def attributes(**pairs: str) -> frozenset[Any]:
    return frozenset(pairs.items())


def served(receiver: Receiver, headers: dict[str, str]) -> Delivery | WebhookResponse:
    head = RequestHead("POST", "/", headers)
    return receiver.handle_request(head, [b"{}"], lambda delivery: delivery, lambda _: 200)


@pytest.fixture
def reader() -> InMemoryMetricReader:
    """What was reported of two genuine deliveries, a stale one and one without headers."""
    reader = InMemoryMetricReader()
    observer = OpenTelemetryObserver(MeterProvider(metric_readers=[reader]))
    receiver = Receiver(Verifier(SECRET, clock=lambda: NOW), observer=observer)
    for headers in (signed(), signed()):
        assert isinstance(served(receiver, headers), Delivery)
    for headers in (signed(NOW - 301), {}):
        assert isinstance(served(receiver, headers), WebhookResponse)
    return reader


def test_deliveries_are_counted_by_scheme_and_reason(reader: InMemoryMetricReader) -> None:
    counted = {key: point.value for key, point in points(reader, "webhook_verify.deliveries").items()}
    assert counted == {
        attributes(scheme="standard-webhooks", reason="verified"): 2,
        attributes(scheme="standard-webhooks", reason="too_old"): 1,
        attributes(scheme="standard-webhooks", reason="missing_header"): 1,
    }


def test_the_time_of_verifying_is_a_histogram(reader: InMemoryMetricReader) -> None:
    measured = points(reader, "webhook_verify.duration")
    verified = measured[attributes(scheme="standard-webhooks", verdict="verified")]
    assert verified.count == 2
    assert 0 < verified.sum < 1


def test_duplicates_and_expired_leases_are_counted() -> None:
    reader, clock = InMemoryMetricReader(), [0.0]
    observer = OpenTelemetryObserver(MeterProvider(metric_readers=[reader]))
    guard = ReplayGuard(MemoryStore(clock=lambda: clock[0]), lease=60)
    verifier = Verifier(SECRET, clock=lambda: NOW)
    receiver = Receiver(verifier, observer=observer, replay=guard)

    delivery = verifier.verify(b"{}", signed())
    guard.store.claim(
        guard.storage_key("", delivery), "a worker's", lease=60, retention=600
    )  # which is killed
    for seconds in (0, 60, 0, 0):
        clock[0] += seconds
        served(receiver, signed())

    duplicates = points(reader, "webhook_verify.duplicates")
    assert {key: point.value for key, point in duplicates.items()} == {
        attributes(scheme="standard-webhooks", state="in_flight"): 1,
        attributes(scheme="standard-webhooks", state="completed"): 2,
    }
    ((key, expired),) = points(reader, "webhook_verify.expired_leases").items()
    assert (key, expired.value) == (attributes(scheme="standard-webhooks"), 1)


def test_without_an_sdk_it_does_nothing() -> None:
    receiver = Receiver(Verifier(SECRET, clock=lambda: NOW), observer=OpenTelemetryObserver())
    assert isinstance(served(receiver, signed()), Delivery)


def test_handshakes_are_counted_by_kind() -> None:
    reader = InMemoryMetricReader()
    receiver = Receiver(
        Verifier(SECRET),
        handshake=EndpointCheck("HEAD"),
        observer=OpenTelemetryObserver(MeterProvider(metric_readers=[reader])),
    )

    assert receiver.method_response("HEAD") == WebhookResponse(204, headers=(("allow", "POST, HEAD"),))
    assert receiver.method_response("GET") is not None

    counted = points(reader, "webhook_verify.handshakes")
    assert {kind: point.value for kind, point in counted.items()} == {attributes(kind="endpoint check"): 1}
