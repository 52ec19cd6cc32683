"""The router: the handlers that run, their order, their errors, and nested routers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable
from functools import partial
from typing import Any

import pytest

from tests.events.dispatching import CREATED, DISABLED, NEW, Dispatch, dispatch_async, failing, noting
from tests.events.helpers import deliver
from tests.rows import rows
from webhook_verify import Delivery
from webhook_verify.events import Event, EventRouter, UnknownEvent, UntypedEvent, svix

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

    assert seen == [
        UntypedEvent("endpoint.renamed", {}) if key == "endpoint.renamed" else svix.parse(deliver(payload))
        for payload in matched
    ]


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
