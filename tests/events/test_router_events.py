"""The events of a router: the response to an unreadable event, custom types, and keys."""

from __future__ import annotations

import logging
from typing import Any

import msgspec
import pytest

from tests.events.dispatching import BROKEN, Dispatch, noting
from tests.events.helpers import deliver
from webhook_verify import Delivery, UnreadableEvent
from webhook_verify.events import (
    EventRouter,
    EventTypes,
    UnknownEvent,
    UntypedEvent,
    emporix,
    lithic,
    standard,
    svix,
)


@pytest.mark.parametrize("status", [422, 200, 204, 299])
def test_an_unreadable_event_is_answered_as_one_chooses(
    dispatch: Dispatch, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[tuple[str, str]] = []
    seen: list[str] = []
    router = EventRouter(
        svix,
        unreadable_status=status,
        on_unreadable=lambda error, delivery: told.append((error.path, delivery.id)),
    )
    router.before(noting(seen, "before"))
    router.on("*")(noting(seen, "handler"))
    with caplog.at_level(logging.ERROR, logger="webhook_verify"):
        assert dispatch(router, deliver(BROKEN)) == status

    assert (told, seen) == ([("data.appId", "msg_1")], [])
    (record,) = caplog.records
    assert vars(record)["path"] == "data.appId"
    assert (vars(record)["message_id"], vars(record)["scheme"]) == ("msg_1", "standard-webhooks")
    assert "4111" not in record.getMessage()


def test_an_unreadable_event_may_be_raised(dispatch: Dispatch) -> None:
    router = EventRouter(svix, unreadable_status=None)
    with pytest.raises(UnreadableEvent, match=r"data\.appId"):
        dispatch(router, deliver(BROKEN))


def test_an_unreadable_event_is_422_if_nothing_is_said(dispatch: Dispatch) -> None:
    assert dispatch(EventRouter(svix), deliver(BROKEN)) == 422


def test_what_a_handler_cannot_read_is_the_handlers_error(dispatch: Dispatch) -> None:
    """Its own UnreadableEvent is not taken for the router's."""
    router = EventRouter(emporix)

    @router.on("*")
    def handler(event: Any, delivery: Delivery) -> None:
        svix.parse(delivery)

    with pytest.raises(ExceptionGroup) as caught:
        dispatch(router, deliver("[]"))
    assert isinstance(caught.value.exceptions[0], UnreadableEvent)


class Placed(msgspec.Struct):
    n: int


def own_types() -> EventTypes[Any]:
    types = EventTypes[Any]({"order.placed": Placed}, describes="data")
    types.register("order.type")(type("Named", (Placed,), {}))
    return types


def test_a_router_takes_types_of_ones_own(dispatch: Dispatch) -> None:
    body = {"type": "order.placed", "data": {"n": 1}}
    for source in (own_types(), own_types().parse):
        router, seen = EventRouter(source), list[Any]()
        router.on(Placed)(seen.append)
        router.on("order.placed")(seen.append)
        router.on("order.*")(seen.append)
        router.on("order.type")(seen.append)
        dispatch(router, deliver(body))
        assert seen == [Placed(1)] * 3


def test_a_router_takes_any_function_that_parses(dispatch: Dispatch) -> None:
    router, seen = EventRouter(lambda delivery: delivery.json()), list[Any]()
    router.on(dict)(seen.append)
    router.on("*")(seen.append)
    router.on("a")(seen.append)
    dispatch(router, deliver({"type": "a"}))

    assert seen == [{"type": "a"}] * 3, "the signed type, as a dict has no attribute for it"


@pytest.mark.parametrize(
    ("source", "body", "key"),
    [
        (lithic, {"event_type": "card.updated"}, lithic.LithicEvent),
        (lithic, {"event_type": "card.updated"}, "card.*"),
        (lithic, {"event_type": "brand.new"}, "brand.new"),
        (standard, {"type": "user.created", "data": 1}, "user.created"),
        (standard, {"type": "user.created", "data": 1}, standard.Envelope),
    ],
    ids=["class", "prefix", "unknown", "standard type", "standard class"],
)
def test_a_router_takes_every_provider(dispatch: Dispatch, source: Any, body: Any, key: Any) -> None:
    router, seen = EventRouter(source), list[Any]()
    router.on(key)(seen.append)
    dispatch(router, deliver(body))

    event = source.parse(deliver(body))
    assert seen == [UntypedEvent(event.type, event.data) if isinstance(event, UnknownEvent) else event]


def test_a_hint_of_the_event_type_reaches_the_parser(dispatch: Dispatch) -> None:
    router, seen = EventRouter(emporix), list[Any]()
    router.on("order.*")(seen.append)
    dispatch(router, deliver('{"id":"1"}'), event_type="order.created")

    assert seen == [emporix.EmporixEvent("order.created", {"id": "1"})]


@pytest.mark.parametrize(
    "key", ["", "**", "order*", "*.created", "order.*.created", "order.**", ".*.", None, 1]
)
def test_a_key_that_would_match_nothing_is_refused(key: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        EventRouter(svix).on(key)


def test_a_class_that_the_source_never_gives_is_refused() -> None:
    with pytest.raises(ValueError, match="LithicEvent"):
        EventRouter(svix).on(lithic.LithicEvent)
    types = EventTypes[Any]()
    with pytest.raises(ValueError, match="Placed"):
        EventRouter(types).on(Placed)
    types.register("order.placed")(Placed)
    EventRouter(types).on(Placed)
    EventRouter(svix.parse).on(Placed)  # what a function gives cannot be known


@pytest.mark.parametrize("source", [None, object(), "svix"], ids=["None", "object", "str"])
def test_a_source_that_cannot_parse_is_refused(source: Any) -> None:
    with pytest.raises(TypeError, match="source"):
        EventRouter(source)


@pytest.mark.parametrize("status", [500, "200", 300, 199, 404, True])
def test_a_status_that_makes_no_sense_is_refused(status: Any) -> None:
    with pytest.raises(ValueError, match="unreadable_status"):
        EventRouter(svix, unreadable_status=status)


def test_only_a_delivery_is_dispatched(dispatch: Dispatch) -> None:
    with pytest.raises(TypeError, match="Delivery"):
        dispatch(EventRouter(svix), b"{}")
