"""Which handler processes a delivery, and which functions can be handlers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests.inbox.inboxes import MemoryInbox
from tests.rows import rows
from webhook_verify import Delivery
from webhook_verify.events import EventTypes, UnknownEvent, svix
from webhook_verify.events.standard import Envelope
from webhook_verify.inbox import Backoff
from webhook_verify.inbox.entries import Entry
from webhook_verify.testing import delivery


class InvoicePaid(Envelope[int], frozen=True):
    """An event of the application."""


TYPES = EventTypes({"invoice.paid": InvoicePaid})


def is_paid(delivery: Delivery) -> bool:
    return (delivery.event_type or "").endswith("paid")


KEYS: dict[str, tuple[Any, Any]] = {
    "predicate": (is_paid, None),
    "type": ("invoice.paid", None),
    "class": (InvoicePaid, TYPES),
    "base class": (Envelope, TYPES),
    "long pattern": ("invoice.p*", None),
    "short pattern": ("invoice.*", None),
    "inner pattern": ("*.paid", None),
    "any": ("*", None),
}


def handlers(*names: str) -> MemoryInbox:
    inbox = MemoryInbox()
    for name in names:
        key, source = KEYS[name]
        inbox.handler(key, source=source)(partial(_named, name))
    return inbox


def _named(name: str, delivery: Delivery) -> None:
    pass


def found(inbox: MemoryInbox, event_type: str | None) -> str | None:
    payload = {"data": 1} if event_type is None else {"type": event_type, "data": 1}
    return name_of(inbox, payload)


def name_of(inbox: MemoryInbox, payload: object) -> str | None:
    handler = inbox.handlers.find(delivery(payload))
    if handler is None:
        return None
    assert isinstance(handler.function, partial)
    return str(handler.function.args[0])


@rows(
    "names, event_type, handler",
    [
        (["any", "short pattern", "long pattern", "class", "type", "predicate"], "invoice.paid", "predicate"),
        (["any", "short pattern", "long pattern", "class", "type"], "invoice.paid", "type"),
        (["any", "short pattern", "long pattern", "base class", "class"], "invoice.paid", "class"),
        (["any", "short pattern", "long pattern", "base class"], "invoice.paid", "base class"),
        (["any", "short pattern", "long pattern"], "invoice.paid", "long pattern"),
        (["any", "short pattern", "long pattern"], "invoice.voided", "short pattern"),
        (["any", "short pattern"], "invoice", "any"),
        (["any", "short pattern"], "invoice.", "short pattern"),
        (["inner pattern"], "invoice.paid", "inner pattern"),
        (["inner pattern"], "invoice.paid.later", None),
        (["type"], "invoice.PAID", None),
        (["type"], "invoice.paid\n", None),
        (["short pattern"], "xinvoice.paid", None),
        (["short pattern"], None, None),
        (["any"], None, "any"),
        (["predicate"], None, None),
        ([], "invoice.paid", None),
    ],
)
def test_the_most_specific_handler_is_found(names: list[str], event_type: str | None, handler: str) -> None:
    assert found(handlers(*names), event_type) == handler
    if "base class" not in names:
        assert found(handlers(*reversed(names)), event_type) == handler


def test_the_first_of_equal_handlers_is_found() -> None:
    inbox = MemoryInbox()
    for name in ("first", "second"):
        inbox.handler("invoice.*")(partial(_named, name))
    assert found(inbox, "invoice.paid") == "first"


def test_a_star_matches_a_separator_of_any_provider() -> None:
    inbox = MemoryInbox()
    inbox.handler("orders/*")(partial(_named, "orders"))
    assert found(inbox, "orders/create") == "orders"
    assert found(inbox, "orders-create") is None


def test_a_class_of_a_module_needs_no_source() -> None:
    inbox = MemoryInbox()
    inbox.handler(svix.EndpointDeletedEvent)(partial(_named, "deleted"))
    inbox.handler(UnknownEvent, source=svix)(partial(_named, "unknown"))
    data = {"appId": "app_1", "endpointId": "ep_1"}
    payload = {"type": "endpoint.deleted", "data": data}
    assert name_of(inbox, payload) == "deleted"
    assert found(inbox, "other") == "unknown"


class Callable1:
    def __call__(self, delivery: Delivery) -> None: ...

    def method(self, delivery: Delivery, entry: Entry) -> None: ...


class AsyncCallable:
    async def __call__(self, delivery: Delivery) -> None: ...


def plain(delivery: Delivery) -> None: ...


def with_entry(delivery: Delivery, entry: Entry) -> None: ...


def with_optional_entry(delivery: Delivery, entry: Entry | None = None) -> None: ...


def with_other_default(delivery: Delivery, retries: int = 3) -> None: ...


def with_keyword(delivery: Delivery, *, event_type: str | None = None) -> None: ...


async def coroutine(delivery: Delivery) -> None: ...


@rows(
    "function, takes_entry, is_async",
    [
        (plain, False, False),
        (with_entry, True, False),
        (with_optional_entry, True, False),
        (with_other_default, False, False),
        (with_keyword, False, False),
        (coroutine, False, True),
        (partial(coroutine), False, True),
        (partial(with_entry), True, False),
        (Callable1(), False, False),
        (Callable1().method, True, False),
        (AsyncCallable(), False, True),
        (print, False, False),
    ],
)
def test_the_parameters_of_a_handler(function: Callable[..., Any], takes_entry: bool, is_async: bool) -> None:
    inbox = MemoryInbox()
    assert inbox.handler("*")(function) is function
    handler = inbox.handlers.find(delivery())
    assert handler is not None
    assert (handler.takes_entry, handler.is_async) == (takes_entry, is_async)


async def async_predicate(delivery: Delivery) -> bool:
    return True


@rows(
    "arguments, error, text",
    [
        (((5,), {}), TypeError, "key must be"),
        (((None,), {}), TypeError, "key must be"),
        ((("",), {}), ValueError, "key must be"),
        (((async_predicate,), {}), TypeError, "synchronous predicate"),
        (((dict,), {}), TypeError, "source must be"),
        (((InvoicePaid,), {"source": 5}), TypeError, "source must be"),
        ((("*",), {"source": svix}), TypeError, "source is for the class"),
        ((("*",), {"retry": 5}), TypeError, "retry must be a Backoff"),
    ],
)
def test_an_invalid_registration_is_refused(
    arguments: tuple[Any, dict[str, Any]], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        MemoryInbox().handler(*arguments[0], **arguments[1])


@rows("function", [lambda: None, lambda one, two, three: None])
def test_a_function_without_a_delivery_is_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="handler must accept"):
        MemoryInbox().handler("*")(function)


def test_a_handler_has_its_backoff() -> None:
    inbox = MemoryInbox()
    inbox.handler("*", retry=Backoff(max_attempts=3))(plain)
    handler = inbox.handlers.find(delivery())
    assert handler is not None
    assert handler.retry.max_attempts == 3
