"""The router: which handlers run, in which order, what their errors become, and what is answered."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import msgspec
import pytest

from tests.events.helpers import deliver
from tests.rows import rows
from webhook_verify import Delivery, UnreadableEvent
from webhook_verify.events import (
    Event,
    EventRouter,
    EventTypes,
    UnknownEvent,
    emporix,
    lithic,
    standard,
    svix,
)

DISABLED = {"type": "endpoint.disabled", "data": {"appId": "app_1", "endpointId": "ep_1"}}
CREATED = {"type": "endpoint.created", "data": {"appId": "app_1", "endpointId": "ep_1"}}
NEW = {"type": "endpoint.renamed", "data": {}}
BROKEN = {"type": "endpoint.disabled", "data": {"appId": 4111}}

Dispatch = Callable[..., int]


def dispatch_async(router: EventRouter, delivery: Delivery, **how: Any) -> int:
    return asyncio.run(router.dispatch_async(delivery, **how))


DISPATCHES: list[Any] = [EventRouter.dispatch, dispatch_async]


@pytest.fixture(params=DISPATCHES, ids=["sync", "async"])
def dispatch(request: pytest.FixtureRequest) -> Dispatch:
    chosen: Dispatch = request.param
    return chosen


def noting(seen: list[str], name: str) -> Callable[[Any, Delivery], None]:
    def handler(event: Any, delivery: Delivery) -> None:
        seen.append(name)

    handler.__qualname__ = name
    return handler


def failing(seen: list[str], name: str) -> Callable[[Any, Delivery], None]:
    def handler(event: Any, delivery: Delivery) -> None:
        seen.append(name)
        raise LookupError(name)

    handler.__qualname__ = name
    return handler


KEYS: list[tuple[Any, list[dict[str, Any]]]] = [
    (svix.EndpointDisabledEvent, [DISABLED]),
    (svix.EndpointCreatedEvent, [CREATED]),
    (UnknownEvent, [NEW]),
    (Event, [DISABLED, CREATED, NEW]),
    ("endpoint.disabled", [DISABLED]),
    ("endpoint.renamed", [NEW]),
    ("endpoint.*", [DISABLED, CREATED, NEW]),
    ("*", [DISABLED, CREATED, NEW]),
    ("endpoint", []),
    ("endpoint.disabled.*", []),
    ("message.*", []),
    ("Endpoint.*", []),
]


@rows(("key", "matched"), KEYS, ids=[getattr(key, "__name__", key) for key, _ in KEYS])
def test_a_handler_runs_for_what_it_is_registered_for(dispatch: Dispatch, key: Any, matched: Any) -> None:
    router, seen = EventRouter(svix), list[Event]()
    router.on(key)(seen.append)
    for payload in (DISABLED, CREATED, NEW):
        assert dispatch(router, deliver(payload)) == 204

    assert seen == [svix.parse(deliver(payload)) for payload in matched]


def test_several_handlers_run_in_the_order_of_registration(dispatch: Dispatch) -> None:
    router, seen = EventRouter(svix), list[str]()
    router.on("endpoint.*")(noting(seen, "prefix"))
    router.on(svix.EndpointDisabledEvent)(noting(seen, "class"))
    router.on("endpoint.created")(noting(seen, "other"))
    router.on("endpoint.disabled")(noting(seen, "type"))
    dispatch(router, deliver(DISABLED))

    assert seen == ["prefix", "class", "type"]


def test_a_handler_of_several_keys_runs_once(dispatch: Dispatch) -> None:
    router, seen = EventRouter(svix), list[str]()
    router.on("endpoint.disabled", "*", UnknownEvent)(lambda event: seen.append("any"))

    @router.on(svix.EndpointDisabledEvent, svix.EndpointCreatedEvent)
    def handler(event: svix.EndpointDisabledEvent | svix.EndpointCreatedEvent) -> None:
        seen.append(event.type)

    dispatch(router, deliver(DISABLED))
    dispatch(router, deliver(CREATED))
    assert seen == ["any", "endpoint.disabled", "any", "endpoint.created"]


class Callables:
    """Everything that can be called with an event, by what it is given."""

    def __init__(self, seen: list[tuple[Any, ...]]) -> None:
        self.seen = seen

    def method(self, event: Any, delivery: Delivery) -> None:
        self.seen.append((event, delivery))

    def event_alone(self, event: Any) -> None:
        self.seen.append((event,))

    def anything(self, *args: Any) -> None:
        self.seen.append(args)

    def optional(self, event: Any, delivery: Delivery | None = None) -> None:
        self.seen.append((event, delivery))

    def keyword(self, event: Any, *, times: int = 1) -> None:
        self.seen.append((event,))

    def __call__(self, event: Any) -> None:
        self.seen.append((event,))


@pytest.mark.parametrize(
    ("name", "takes_delivery"),
    [("method", True), ("event_alone", False), ("anything", True), ("optional", True), ("keyword", False)],
)
def test_a_handler_may_leave_out_the_delivery(dispatch: Dispatch, name: str, takes_delivery: bool) -> None:
    seen: list[tuple[Any, ...]] = []
    router, delivery = EventRouter(svix), deliver(DISABLED)
    router.on("*")(getattr(Callables(seen), name))
    router.on("*")(partial(getattr(Callables(seen), name)))
    dispatch(router, delivery)
    event = svix.parse(delivery)

    assert seen == [(event, delivery) if takes_delivery else (event,)] * 2


def test_an_object_may_be_a_handler(dispatch: Dispatch) -> None:
    seen: list[tuple[Any, ...]] = []
    router = EventRouter(svix)
    router.on("*")(Callables(seen))
    dispatch(router, deliver(DISABLED))

    assert len(seen) == 1


@pytest.mark.parametrize(
    "wrong", [lambda: None, lambda a, b, c: None, "name", None], ids=["0", "3", "str", "None"]
)
def test_what_takes_no_event_is_refused_at_once(wrong: Any) -> None:
    with pytest.raises(TypeError):
        EventRouter(svix).on("*")(wrong)


def test_a_decorated_function_stays_what_it_is() -> None:
    def handler(event: Any) -> str:
        return "called"

    assert EventRouter(svix).on("*")(handler) is handler


def test_all_handlers_run_and_all_errors_are_reported(dispatch: Dispatch) -> None:
    router, seen = EventRouter(svix), list[str]()
    router.before(noting(seen, "before"))
    router.on("*")(failing(seen, "one"))
    router.on("*")(noting(seen, "two"))
    router.on("*")(failing(seen, "three"))
    router.after(failing(seen, "after"))
    router.after(noting(seen, "last"))
    with pytest.raises(ExceptionGroup) as caught:
        dispatch(router, deliver(DISABLED))

    assert seen == ["before", "one", "two", "three", "after", "last"]
    assert [str(error) for error in caught.value.exceptions] == ["one", "three", "after"]
    assert [error.__notes__ for error in caught.value.exceptions] == [
        ["in the handler one"],
        ["in the handler three"],
        ["in the handler after"],
    ]


def test_a_hook_that_fails_before_stops_the_handlers(dispatch: Dispatch) -> None:
    router, seen = EventRouter(svix), list[str]()
    router.before(failing(seen, "before"))
    router.before(noting(seen, "second"))
    router.on("*")(noting(seen, "handler"))
    router.after(noting(seen, "after"))
    with pytest.raises(ExceptionGroup, match="a handler failed"):
        dispatch(router, deliver(DISABLED))

    assert seen == ["before"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_what_ends_the_process_ends_the_dispatch(stop: type[BaseException]) -> None:
    router, seen = EventRouter(svix), list[str]()

    @router.on("*")
    async def handler(event: Any) -> None:
        raise stop

    router.on("*")(noting(seen, "next"))

    async def main() -> None:
        with pytest.raises(stop):
            await router.dispatch_async(deliver(DISABLED))

    asyncio.run(main())
    assert seen == []


@pytest.mark.parametrize("payload", [CREATED, NEW], ids=["known", "unknown"])
def test_the_fallback_is_for_what_nobody_handles(dispatch: Dispatch, payload: Any) -> None:
    router, seen = EventRouter(svix), list[Any]()
    router.on(svix.EndpointDisabledEvent)(noting([], "other"))
    router.fallback(seen.append)
    dispatch(router, deliver(DISABLED))
    assert seen == []
    dispatch(router, deliver(payload))
    assert seen == [svix.parse(deliver(payload))]
    with pytest.raises(RuntimeError):
        router.fallback(seen.append)


def test_without_a_fallback_an_unhandled_event_is_done(dispatch: Dispatch) -> None:
    router, seen = EventRouter(svix), list[str]()
    router.before(noting(seen, "before"))
    router.after(noting(seen, "after"))

    assert dispatch(router, deliver(NEW)) == 204
    assert seen == ["before", "after"]


def test_async_and_plain_handlers_mix() -> None:
    router = EventRouter(svix)
    threads: list[tuple[str, bool]] = []

    def note(name: str) -> None:
        threads.append((name, threading.current_thread() is threading.main_thread()))

    class Object:
        async def __call__(self, event: Any, delivery: Delivery) -> None:
            note("object")

    @router.on("*")
    async def coroutine(event: Any) -> None:
        await asyncio.sleep(0)
        note("coroutine")

    @router.on("*")
    def plain(event: Any) -> None:
        note("plain")

    @router.on("*")
    def returns_awaitable(event: Any) -> Awaitable[None]:
        return coroutine(event)

    router.on("*")(Object())
    router.on("*")(partial(coroutine))
    dispatch_async(router, deliver(DISABLED))

    assert threads == [
        ("coroutine", True),
        ("plain", False),
        ("coroutine", True),
        ("object", True),
        ("coroutine", True),
    ]


@pytest.mark.parametrize("place", ["on", "before", "after", "fallback", "included"])
def test_dispatch_says_before_anything_runs_that_it_cannot_await(place: str) -> None:
    router, seen = EventRouter(svix), list[str]()
    router.on("*")(noting(seen, "plain"))

    async def needs_awaiting(event: Any) -> None: ...

    if place == "included":
        inner = EventRouter(svix)
        inner.on("message.*")(needs_awaiting)
        router.include(inner)
    else:
        (router.on("message.*") if place == "on" else getattr(router, place))(needs_awaiting)
    for _ in range(2):
        with pytest.raises(TypeError, match="needs_awaiting: use dispatch_async"):
            router.dispatch(deliver(DISABLED))
    assert seen == []


def test_an_awaitable_is_never_lost_in_silence() -> None:
    router = EventRouter(svix)

    async def work() -> None: ...

    router.on("*")(lambda event: work())
    with pytest.raises(ExceptionGroup) as caught:
        router.dispatch(deliver(DISABLED))
    assert isinstance(caught.value.exceptions[0], TypeError)


def test_registration_ends_with_the_first_dispatch(dispatch: Dispatch) -> None:
    router = EventRouter(svix)
    dispatch(router, deliver(DISABLED))
    for register in (router.on("*"), router.before, router.after, router.fallback):
        with pytest.raises(RuntimeError, match="registration is closed"):
            register(lambda event: None)
    with pytest.raises(RuntimeError, match="registration is closed"):
        router.include(EventRouter(svix))


def test_routers_compose(dispatch: Dispatch) -> None:
    seen: list[str] = []
    outer, endpoints, messages = EventRouter(svix), EventRouter(svix), EventRouter(svix)
    for router, name in ((outer, "outer"), (endpoints, "endpoints"), (messages, "messages")):
        router.before(noting(seen, f"before {name}"))
        router.after(noting(seen, f"after {name}"))
    endpoints.on("endpoint.*")(noting(seen, "endpoint"))
    messages.on("message.*")(noting(seen, "message"))
    outer.on("*")(noting(seen, "first"))
    outer.include(endpoints)
    outer.include(messages)
    outer.on("*")(noting(seen, "last"))
    dispatch(outer, deliver(DISABLED))

    assert seen == [
        "before outer", "first", "before endpoints", "endpoint", "after endpoints", "last", "after outer"
    ]  # fmt: skip


def test_a_hook_of_an_included_router_stops_its_own_handlers(dispatch: Dispatch) -> None:
    seen: list[str] = []
    outer, inner = EventRouter(svix), EventRouter(svix)
    inner.before(failing(seen, "before"))
    inner.on("*")(noting(seen, "inner"))
    outer.include(inner)
    outer.on("*")(noting(seen, "outer"))
    with pytest.raises(ExceptionGroup):
        dispatch(outer, deliver(DISABLED))

    assert seen == ["before", "outer"]


def test_the_fallback_knows_of_included_routers(dispatch: Dispatch) -> None:
    seen: list[str] = []
    outer, inner = EventRouter(svix), EventRouter(svix)
    inner.on("endpoint.created")(noting(seen, "inner"))
    outer.include(inner)
    outer.fallback(noting(seen, "fallback"))
    dispatch(outer, deliver(CREATED))
    dispatch(outer, deliver(DISABLED))

    assert seen == ["inner", "fallback"]


def test_a_router_that_is_included_is_closed_and_has_no_fallback() -> None:
    outer, inner, with_fallback = EventRouter(svix), EventRouter(svix), EventRouter(svix)
    with_fallback.fallback(lambda event: None)
    outer.include(inner)
    with pytest.raises(RuntimeError, match="included"):
        inner.on("*")(lambda event: None)
    with pytest.raises(ValueError, match="fallback"):
        outer.include(with_fallback)


def test_a_router_does_not_include_itself() -> None:
    outer, inner = EventRouter(svix), EventRouter(svix)
    with pytest.raises(ValueError, match="itself"):
        outer.include(outer)
    inner.include(outer)
    with pytest.raises(ValueError, match="itself"):
        outer.include(inner)


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

    assert seen == [{"type": "a"}] * 2, "a dict has no attribute that says its type"


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

    assert seen == [source.parse(deliver(body))]


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
