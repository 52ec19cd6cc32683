"""An observer that reports metrics and traces to OpenTelemetry.

```python
receiver = Receiver(verifier, observer=OpenTelemetryObserver())
```

It needs the extra `otel`. It uses only the API package: if the application does not configure an SDK, nothing
is reported, at almost no cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from time import time_ns
from typing import Any

from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery
from webhook_verify.http import RequestHead
from webhook_verify.inbox.entries import Entry
from webhook_verify.inbox.observer import InboxObserver
from webhook_verify.log_text import log_text
from webhook_verify.receiver.observer import Observer
from webhook_verify.replay.store import ClaimState

try:
    from opentelemetry.metrics import CallbackOptions, MeterProvider, Observation, get_meter
    from opentelemetry.trace import (
        Link,
        Span,
        SpanKind,
        Status,
        StatusCode,
        TracerProvider,
        get_current_span,
        get_tracer,
    )
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
except ImportError as _missing:
    raise ImportError(
        "OpenTelemetryObserver needs OpenTelemetry: pip install 'webhook-verify[otel]'"
    ) from _missing

__all__ = ["OpenTelemetryObserver"]


class OpenTelemetryObserver(Observer, InboxObserver):
    """An observer with the meter and tracer `webhook_verify`.

    Counters:

    - `webhook_verify.deliveries`: deliveries, by `scheme` and `reason` (`verified` or the reason of the
      rejection).
    - `webhook_verify.duplicates`: duplicate deliveries, by `scheme` and `state`.
    - `webhook_verify.expired_leases`: deliveries handled again after an expired lease, by `scheme`.
    - `webhook_verify.stored`: deliveries that the inbox has stored, by `scheme`.
    - `webhook_verify.handshakes`: completed handshakes, by `kind`.
    - `webhook_verify.inbox_attempts`: ended attempts at entries of an inbox, by `scheme` and `outcome`
      (`done`, `retry`, `dead`, `lost`).
    - `webhook_verify.inbox_dead`: new dead letters, by `scheme`.

    The gauges `webhook_verify.inbox_oldest_ready` (seconds since the oldest waiting entry was due) and
    `webhook_verify.inbox_entries` (by `state`) are those that the workers of an inbox read every 15 seconds.

    The histogram `webhook_verify.duration` contains the duration of verification in seconds, by `scheme` and
    `verdict`.

    The spans `webhook_verify.verify`, `webhook_verify.store` (the inbox) and `webhook_verify.handle` (the
    handler) are children of the request's span, if it has one. Their attributes are `webhook_verify.scheme`,
    `webhook_verify.message_id`, `webhook_verify.reason` as above, and `http.response.status_code` of the
    handler's response. The span `webhook_verify.process` of an attempt is linked to the request's span, if
    the inbox stores the header `traceparent`.

    Args:
        provider: The provider of the meter. By default the application's provider.
        tracer_provider: The provider of the tracer. By default the application's provider.
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
            description="Duplicate deliveries, which were not handled again",
        )
        self._expired = meter.create_counter(
            "webhook_verify.expired_leases",
            unit="{delivery}",
            description="Deliveries handled again because the lease of an earlier claim expired",
        )

        self._stored = meter.create_counter(
            "webhook_verify.stored", unit="{delivery}", description="Deliveries that the inbox has stored"
        )

        self._handshakes = meter.create_counter(
            "webhook_verify.handshakes", unit="{handshake}", description="Completed handshakes"
        )

        self._attempts = meter.create_counter(
            "webhook_verify.inbox_attempts", unit="{attempt}", description="Ended attempts by their outcome"
        )
        self._dead = meter.create_counter(
            "webhook_verify.inbox_dead", unit="{entry}", description="New dead letters of an inbox"
        )
        self._stats: Mapping[str, Any] = {}
        meter.create_observable_gauge(
            "webhook_verify.inbox_oldest_ready",
            [self._oldest_ready],
            unit="s",
            description="Seconds since the oldest waiting entry was due",
        )
        meter.create_observable_gauge(
            "webhook_verify.inbox_entries",
            [self._entries_by_state],
            unit="{entry}",
            description="Entries by state",
        )

    def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
        """Report a verified delivery.

        Args:
            delivery: The delivery.
            head: The request head.
            seconds: The duration of the verification in seconds.
        """
        self._record(delivery.scheme, "verified", "verified", seconds)
        span = self._start_span("verify", delivery.scheme, delivery.id, seconds)
        span.set_attribute("webhook_verify.reason", "verified")
        span.end()

    def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None:
        """Report a rejected delivery.

        Args:
            error: The rejection.
            head: The request head.
            seconds: The duration of the verification in seconds.
        """
        # Without path and id, because a value that the sender chooses must not become a metric attribute.
        self._record(error.scheme or "unknown", str(error.reason), "rejected", seconds)
        span = self._start_span("verify", error.scheme or "unknown", error.message_id or "", seconds)
        span.set_attribute("webhook_verify.reason", str(error.reason))
        span.end()

    def on_handled(self, delivery: Delivery, head: RequestHead, status: int | None, seconds: float) -> None:
        """Report the end of a handler.

        Args:
            delivery: The delivery.
            head: The request head.
            status: The status code of the handler's response, or None if the handler raised an exception or
                its response was interrupted.
            seconds: The duration of the handler in seconds.
        """
        span = self._start_span("handle", delivery.scheme, delivery.id, seconds)
        if status is not None:
            span.set_attribute("http.response.status_code", status)
        if status is None or status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end()

    def on_duplicate(self, delivery: Delivery, head: RequestHead, state: ClaimState) -> None:
        """Report a duplicate delivery.

        Args:
            delivery: The delivery.
            head: The request head.
            state: Whether the message is completed or in flight.
        """
        self._duplicates.add(1, {"scheme": delivery.scheme, "state": str(state)})

    def on_stored(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
        """Report a delivery that the inbox has stored.

        Args:
            delivery: The delivery.
            head: The request head.
            seconds: The duration of storing it in seconds.
        """
        self._stored.add(1, {"scheme": delivery.scheme})
        self._start_span("store", delivery.scheme, delivery.id, seconds).end()

    def on_lease_expired(self, delivery: Delivery, head: RequestHead) -> None:
        """Report a delivery that is handled again because the lease of an earlier claim expired.

        Args:
            delivery: The delivery.
            head: The request head.
        """
        self._expired.add(1, {"scheme": delivery.scheme})

    def on_handshake(self, kind: str, head: RequestHead) -> None:
        """Report a completed handshake.

        Args:
            kind: The kind of the handshake, such as `slack url_verification`.
            head: The request head.
        """
        self._handshakes.add(1, {"kind": kind})

    def on_done(self, entry: Entry, seconds: float) -> None:
        """Report a processed entry of an inbox.

        Args:
            entry: The entry.
            seconds: The duration of the handler in seconds.
        """
        self._report_attempt(entry, "done", seconds)

    def on_retry(self, entry: Entry, error: BaseException, delay: float, seconds: float) -> None:
        """Report a failed attempt that is retried.

        Args:
            entry: The entry.
            error: The exception of the handler.
            delay: The seconds until the entry is due again.
            seconds: The duration of the handler in seconds.
        """
        self._report_attempt(entry, "retry", seconds, type(error).__qualname__)

    def on_dead(self, entry: Entry, error: str, seconds: float) -> None:
        """Report a new dead letter.

        Args:
            entry: The entry.
            error: The stored error, of which only the class is reported.
            seconds: The duration of the handler in seconds.
        """
        self._dead.add(1, {"scheme": entry.stored.scheme})
        self._report_attempt(entry, "dead", seconds, _class_name(error))

    def on_lost(self, entry: Entry) -> None:
        """Report a lost lease.

        Args:
            entry: The entry.
        """
        self._attempts.add(1, {"scheme": entry.stored.scheme, "outcome": "lost"})

    def on_stats(self, stats: Mapping[str, Any]) -> None:
        """Store the numbers of an inbox for the gauges.

        Args:
            stats: The numbers.
        """
        self._stats = stats

    def _oldest_ready(self, options: CallbackOptions) -> Iterable[Observation]:
        return [Observation(self._stats["oldest_ready"])] if "oldest_ready" in self._stats else []

    def _entries_by_state(self, options: CallbackOptions) -> Iterable[Observation]:
        counts = {state: count for state, count in self._stats.items() if state != "oldest_ready"}
        return [Observation(count, {"state": state}) for state, count in counts.items()]

    def _report_attempt(self, entry: Entry, outcome: str, seconds: float, error: str = "") -> None:
        stored = entry.stored
        self._attempts.add(1, {"scheme": stored.scheme, "outcome": outcome})
        attributes: dict[str, str | int] = {
            "messaging.system": "webhook_verify",
            "messaging.operation.type": "process",
            "messaging.message.id": log_text(stored.message_id),
            "webhook_verify.scheme": stored.scheme,
            "webhook_verify.event_type": log_text(stored.event_type or ""),
            "webhook_verify.attempt": entry.attempts,
            "webhook_verify.outcome": outcome,
        }
        span = self._tracer.start_span(
            "webhook_verify.process",
            kind=SpanKind.CONSUMER,
            attributes=attributes,
            links=_links(entry),
            start_time=time_ns() - int(seconds * 1e9),
        )
        if outcome != "done":
            span.set_attribute("error.type", error)
            span.set_status(Status(StatusCode.ERROR))
        span.end()

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


def _links(entry: Entry) -> list[Link]:
    """Return a link to the span of the request, if the inbox stores its header."""
    headers = {name.lower(): value for name, value in entry.stored.headers}
    carrier = {name: headers[name] for name in ("traceparent", "tracestate") if name in headers}
    context = get_current_span(TraceContextTextMapPropagator().extract(carrier)).get_span_context()
    return [Link(context)] if context.is_valid and "traceparent" in carrier else []


def _class_name(error: str) -> str:
    """Return the class at the beginning of a stored error, "" for a text without one."""
    name = error.split("\n", 1)[0].partition(":")[0]
    return name if name.replace(".", "_").isidentifier() else ""
