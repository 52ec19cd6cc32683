"""What type checkers see of the events. Not run: mypy and pyright check it in strict mode.

``assert_never`` proves that a ``match`` is exhaustive, an ignore comment that something is an error: both
checkers complain of an ignore that ignores nothing.
"""
# pyright: reportUnnecessaryTypeIgnoreComment=true, reportUnusedFunction=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never, assert_type

from webhook_verify import Delivery
from webhook_verify.events import EventRouter, EventTypes, UnknownEvent, emporix, lithic, standard, svix


def every_event(delivery: Delivery) -> str:
    event = svix.parse(delivery)
    assert_type(event, svix.OperationalEvent | UnknownEvent)
    match event:
        case svix.EndpointCreatedEvent(data=data):
            return data.endpoint_id
        case (
            svix.EndpointUpdatedEvent(data)
            | svix.EndpointDeletedEvent(data)
            | svix.EndpointEnabledEvent(data)
        ):
            return data.app_id
        case svix.EndpointDisabledEvent():
            assert_type(event.data.fail_since, datetime | None)
            assert_type(event.data.app_uid, str | None)
            return event.data.trigger
        case (
            svix.MessageAttemptExhaustedEvent()
            | svix.MessageAttemptFailingEvent()
            | svix.MessageAttemptRecoveredEvent()
        ):
            assert_type(event.data.last_attempt, svix.MessageAttemptFailedData)
            assert_type(event.data.last_attempt.timestamp, datetime)
            return event.data.msg_id
        case svix.BackgroundTaskFinishedEvent():
            assert_type(event.data.data, dict[str, Any])
            return event.data.task
        case svix.MessageAttemptLogEvent():
            assert_type(event.data, tuple[svix.MessageAttemptLog, ...])
            return event.data[0].org_id
        case svix.IngestEndpointDisabledEvent():
            return event.data.source_id
        case (
            svix.IngestMessageAttemptExhaustedEvent()
            | svix.IngestMessageAttemptFailingEvent()
            | svix.IngestMessageAttemptRecoveredEvent()
        ):
            return event.data.source_id
        case UnknownEvent():
            assert_type(event.raw, bytes)
            return event.type
        case _:
            assert_never(event)


def one_is_missing(event: svix.EndpointCreatedEvent | svix.EndpointDisabledEvent) -> str:
    match event:
        case svix.EndpointCreatedEvent():
            return event.data.endpoint_id
        case _:
            assert_never(event)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def operational_events_alone(event: svix.EndpointCreatedEvent | svix.EndpointDisabledEvent) -> None:
    if event.type == "endpoint.disabled":
        assert_type(event, svix.EndpointDisabledEvent)


svix.parse(b"{}")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
assert_type(svix.parse_unverified(b"{}"), svix.OperationalEvent | UnknownEvent)
svix.EndpointCreatedEventData(app_id="a", endpoint_id="e", app_uid=None)
svix.EndpointCreatedEventData(app_id="a")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def providers(delivery: Delivery) -> None:
    assert_type(lithic.parse(delivery), lithic.LithicEvent | UnknownEvent)
    assert_type(emporix.parse(delivery, event_type="order.created"), emporix.EmporixEvent)
    assert_type(standard.parse(delivery), standard.Envelope[Any])
    hint: lithic.EventType = "card.created"
    wrong: lithic.EventType = "card.craeted"  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    print(hint, wrong)


@dataclass
class Invoice:
    id: str


class InvoicePaid(standard.Envelope[Invoice], frozen=True):
    pass


types: EventTypes[InvoicePaid] = EventTypes({"invoice.paid": InvoicePaid})


@types.register("invoice.voided")
@dataclass
class InvoiceVoided:
    id: str


def own(delivery: Delivery) -> None:
    event = types.parse(delivery)
    assert_type(event, InvoicePaid | UnknownEvent)
    if isinstance(event, InvoicePaid):
        assert_type(event.data, Invoice)
    assert_type(InvoiceVoided("in_1").id, str)


router = EventRouter(svix)
EventRouter(types)
EventRouter(svix.parse)
EventRouter(
    lithic, unreadable_status=200, on_unreadable=lambda error, delivery: print(error.path, delivery.id)
)
EventRouter("svix")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@router.on(svix.EndpointDisabledEvent)
def both(event: svix.EndpointDisabledEvent, delivery: Delivery) -> None: ...


@router.on(svix.EndpointDisabledEvent)
async def alone(event: svix.EndpointDisabledEvent) -> int:
    return 1


@router.on(svix.EndpointDisabledEvent, svix.EndpointCreatedEvent)
def of_two(event: svix.EndpointDisabledEvent | svix.EndpointCreatedEvent) -> None: ...


@router.on(svix.EndpointDisabledEvent)
def of_more(event: svix.OperationalEvent) -> None: ...


@router.on(svix.EndpointDisabledEvent, svix.EndpointCreatedEvent)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
def of_one_of_two(event: svix.EndpointDisabledEvent) -> None: ...


@router.on("endpoint.*", "message.*")
@router.before
@router.after
def of_a_text(event: object, delivery: Delivery) -> None: ...


@router.fallback
def rest(event: Any) -> None: ...


both(svix.EndpointDisabledEvent(svix.EndpointDisabledEventData(app_id="a", endpoint_id="e")), Delivery())


async def stays_what_it_is(event: svix.EndpointDisabledEvent) -> None:
    assert_type(await alone(event), int)


@router.on(svix.EndpointDisabledEvent)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
def of_another_event(event: svix.EndpointCreatedEvent) -> None: ...


@router.on(svix.EndpointDisabledEvent)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
def of_another_event_with_delivery(event: svix.EndpointCreatedEvent, delivery: Delivery) -> None: ...


@router.on(svix.EndpointDisabledEvent)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
def without_event() -> None: ...


@router.on(svix.EndpointDisabledEvent)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
def with_too_much(event: svix.EndpointDisabledEvent, delivery: Delivery, more: int) -> None: ...


@router.on("endpoint.*")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
def of_bytes(event: Any, body: bytes) -> None: ...


@router.fallback  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
def fallback_without_event() -> None: ...


router.on(1)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]


def dispatched(delivery: Delivery) -> int:
    router.dispatch(b"{}")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return router.dispatch(delivery)


async def dispatched_async(delivery: Delivery) -> int:
    assert_type(await router.dispatch_async(delivery), int)
    return router.dispatch_async(delivery)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]
