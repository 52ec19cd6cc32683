"""An observer that counts, measures and traces with OpenTelemetry. It needs the extra ``otel``::

    receiver = Receiver(verifier, observer=OpenTelemetryObserver())

It uses the API package alone: without an SDK set up in the application it does nothing, at no cost.
"""

from __future__ import annotations

from time import time_ns

from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery
from webhook_verify.http import RequestHead
from webhook_verify.log_text import log_text
from webhook_verify.receiver.observer import Observer
from webhook_verify.replay.store import ClaimState

try:
    from opentelemetry.metrics import MeterProvider, get_meter
    from opentelemetry.trace import Span, SpanKind, Status, StatusCode, TracerProvider, get_tracer
except ImportError as missing:
    raise ImportError("this observer needs OpenTelemetry: pip install 'webhook-verify[otel]'") from missing

__all__ = ["OpenTelemetryObserver"]


class OpenTelemetryObserver(Observer):
    """Reports every verdict as instruments of the meter ``webhook_verify``.

    ``webhook_verify.deliveries`` counts, by ``scheme`` and ``reason`` (``verified``, or why a delivery
    was rejected); ``webhook_verify.duration`` is a histogram of the time that verifying took, in
    seconds, by ``scheme`` and ``verdict``. Two counters tell of replay protection:
    ``webhook_verify.duplicates``, by ``scheme`` and ``state``, and ``webhook_verify.expired_leases``, by
    ``scheme``; ``webhook_verify.handshakes`` counts those that were answered, by ``kind``.

    Two spans are children of the request's, if there is one: ``webhook_verify.verify``, and
    ``webhook_verify.handle`` of the handler. Their attributes are ``webhook_verify.scheme``,
    ``webhook_verify.message_id``, ``webhook_verify.reason`` as above, and ``http.response.status_code`` of
    the handler's response.

    Args:
        provider: Where the meter is from, by default the application's own provider.
        tracer_provider: Where the tracer is from, by default the application's own provider.
    """

    def __init__(
        self, provider: MeterProvider | None = None, tracer_provider: TracerProvider | None = None
    ) -> None:
        self._tracer = get_tracer("webhook_verify", tracer_provider=tracer_provider)
        meter = get_meter("webhook_verify", meter_provider=provider)
        self._deliveries = meter.create_counter(
            "webhook_verify.deliveries", unit="{delivery}", description="Deliveries by scheme and reason"
        )
        self._duration = meter.create_histogram(
            "webhook_verify.duration", unit="s", description="Time that verifying a delivery took"
        )

        self._duplicates = meter.create_counter(
            "webhook_verify.duplicates",
            unit="{delivery}",
            description="Deliveries that were not handled again",
        )
        self._expired = meter.create_counter(
            "webhook_verify.expired_leases",
            unit="{delivery}",
            description="Deliveries whose worker was too late",
        )

        self._handshakes = meter.create_counter(
            "webhook_verify.handshakes", unit="{handshake}", description="Handshakes that were answered"
        )

    def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
        """See :class:`webhook_verify.receiver.observer.Observer`."""
        self._record(delivery.scheme, "verified", "verified", seconds)
        span = self._start_span("verify", delivery.scheme, delivery.id, seconds)
        span.set_attribute("webhook_verify.reason", "verified")
        span.end()

    def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None:
        """See :class:`webhook_verify.receiver.observer.Observer`."""
        # No path and no id: what a sender chooses must not become a dimension.
        self._record(error.scheme or "unknown", str(error.reason), "rejected", seconds)
        span = self._start_span("verify", error.scheme or "unknown", error.message_id or "", seconds)
        span.set_attribute("webhook_verify.reason", str(error.reason))
        span.end()

    def on_handled(self, delivery: Delivery, head: RequestHead, status: int | None, seconds: float) -> None:
        """See :class:`webhook_verify.receiver.observer.Observer`."""
        span = self._start_span("handle", delivery.scheme, delivery.id, seconds)
        if status is not None:
            span.set_attribute("http.response.status_code", status)
        if status is None or status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end()

    def on_duplicate(self, delivery: Delivery, head: RequestHead, state: ClaimState) -> None:
        """See :class:`webhook_verify.receiver.observer.Observer`."""
        self._duplicates.add(1, {"scheme": delivery.scheme, "state": str(state)})

    def on_lease_expired(self, delivery: Delivery, head: RequestHead) -> None:
        """See :class:`webhook_verify.receiver.observer.Observer`."""
        self._expired.add(1, {"scheme": delivery.scheme})

    def on_handshake(self, kind: str, head: RequestHead) -> None:
        """See :class:`webhook_verify.receiver.observer.Observer`."""
        self._handshakes.add(1, {"kind": kind})

    def _start_span(self, step: str, scheme: str, message_id: str, seconds: float) -> Span:
        """Start the span of a step that has just ended."""
        started = time_ns() - int(seconds * 1e9)
        attributes = {"webhook_verify.scheme": scheme, "webhook_verify.message_id": log_text(message_id)}
        return self._tracer.start_span(
            f"webhook_verify.{step}", kind=SpanKind.INTERNAL, attributes=attributes, start_time=started
        )

    def _record(self, scheme: str, reason: str, verdict: str, seconds: float) -> None:
        self._deliveries.add(1, {"scheme": scheme, "reason": reason})
        self._duration.record(seconds, {"scheme": scheme, "verdict": verdict})
