"""An observer that reports metrics and traces to OpenTelemetry. It needs the extra `otel`.

    receiver = Receiver(verifier, observer=OpenTelemetryObserver())

It uses only the API package. Unless the application configures an SDK, it does nothing.
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
    raise ImportError(
        "OpenTelemetryObserver needs OpenTelemetry: pip install 'webhook-verify[otel]'"
    ) from missing

__all__ = ["OpenTelemetryObserver"]


class OpenTelemetryObserver(Observer):
    """An observer that reports every result to the meter and the tracer `webhook_verify`.

    Metrics:

    - `webhook_verify.deliveries`: a counter by `scheme` and `reason` (`verified`, or the reason of the
      rejection).
    - `webhook_verify.duration`: a histogram of the verification time in seconds, by `scheme` and `verdict`.
    - `webhook_verify.duplicates`: a counter of duplicates by `scheme` and `state`.
    - `webhook_verify.expired_leases`: a counter by `scheme`.
    - `webhook_verify.handshakes`: a counter by `kind`.

    The spans `webhook_verify.verify` and `webhook_verify.handle` are children of the request's span, if there
    is one. Their attributes are `webhook_verify.scheme`, `webhook_verify.message_id`, `webhook_verify.reason`
    as above, and the handler's `http.response.status_code`.

    Args:
        provider: The provider of the meter, by default the global provider.
        tracer_provider: The provider of the tracer, by default the global provider.
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
            "webhook_verify.duration", unit="s", description="Duration of the verification of a delivery"
        )

        self._duplicates = meter.create_counter(
            "webhook_verify.duplicates",
            unit="{delivery}",
            description="Deliveries that were not handled again",
        )
        self._expired = meter.create_counter(
            "webhook_verify.expired_leases",
            unit="{delivery}",
            description="Deliveries whose lease expired before completion",
        )

        self._handshakes = meter.create_counter(
            "webhook_verify.handshakes", unit="{handshake}", description="Handshakes with a response"
        )

    def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
        """Report a verified delivery.

        Args:
            delivery: The verified delivery.
            head: The head of the request.
            seconds: The duration of the verification, in seconds.
        """
        self._record(delivery.scheme, "verified", "verified", seconds)
        span = self._start_span("verify", delivery.scheme, delivery.id, seconds)
        span.set_attribute("webhook_verify.reason", "verified")
        span.end()

    def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None:
        """Report a rejection.

        Args:
            error: The rejection.
            head: The head of the request.
            seconds: The duration of the verification, in seconds.
        """
        # Neither path nor id, because a dimension must not have values that the sender chooses.
        self._record(error.scheme or "unknown", str(error.reason), "rejected", seconds)
        span = self._start_span("verify", error.scheme or "unknown", error.message_id or "", seconds)
        span.set_attribute("webhook_verify.reason", str(error.reason))
        span.end()

    def on_handled(self, delivery: Delivery, head: RequestHead, status: int | None, seconds: float) -> None:
        """Report the end of the handler.

        Args:
            delivery: The verified delivery.
            head: The head of the request.
            status: The status code of the handler's response, or None if the handler raised an error.
            seconds: The duration of the handler, in seconds.
        """
        span = self._start_span("handle", delivery.scheme, delivery.id, seconds)
        if status is not None:
            span.set_attribute("http.response.status_code", status)
        if status is None or status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end()

    def on_duplicate(self, delivery: Delivery, head: RequestHead, state: ClaimState) -> None:
        """Report a duplicate.

        Args:
            delivery: The verified delivery.
            head: The head of the request.
            state: The state of the delivery in the replay store.
        """
        self._duplicates.add(1, {"scheme": delivery.scheme, "state": str(state)})

    def on_lease_expired(self, delivery: Delivery, head: RequestHead) -> None:
        """Report a lease that expired before the handler finished.

        Args:
            delivery: The verified delivery.
            head: The head of the request.
        """
        self._expired.add(1, {"scheme": delivery.scheme})

    def on_handshake(self, kind: str, head: RequestHead) -> None:
        """Report a handshake.

        Args:
            kind: The name of the handshake.
            head: The head of the request.
        """
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
