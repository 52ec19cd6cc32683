"""`Delivery.event_type` of a custom scheme, and the handlers that an `EventRouter` runs by it."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from tests.events.dispatching import DISPATCHES, Dispatch
from tests.providers.every_sample import delivered, genuine
from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import Delivery, Signer, UnreadableEvent, Verifier
from webhook_verify.events import EventRouter, EventTypes, UnknownEvent, UntypedEvent
from webhook_verify.schemes import HeaderScheme, StandardWebhooks

# --- rows of one's own ------------------------------------------------------------------------------

KEY = "a secret that is long enough"


def own(body: bytes, **options: Any) -> Delivery:
    row = HeaderScheme("own", signature_header="x-sign", **options)
    headers = Signer(KEY, scheme=row).sign(body, id="msg_1", timestamp=NOW)
    return Verifier(KEY, scheme=row, clock=lambda: NOW).verify(body, headers)


ALL_SIGNED = {
    "signed_content": "{id}.{timestamp}.{body}",
    "id_header": "x-id",
    "timestamp_header": "x-time",
}


@rows("more", [{}, ALL_SIGNED, {"timestamp_in_body": "at"}, {"id_in_body": "id"}], ids=str)
def test_a_row_names_one_path_or_several(more: dict[str, Any]) -> None:
    body = b'{"kind": "a", "data": {"kind": "b"}, "at": %d, "id": "1"}' % NOW
    for paths, event_type in {
        "kind": "a",
        "data.kind": "b",
        ("data.kind", "kind"): "b",
        ("none", "kind"): "a",
        "none": None,
        "": None,
        (): None,
    }.items():
        delivery = own(body, event_type_in_body=paths, **more)
        assert (delivery.event_type, delivery.event_type_is_signed) == (event_type, event_type is not None)


@rows(
    ("options", "error", "message"),
    [
        ({"event_type_in_body": "a..b"}, ValueError, "event_type_in_body must be a path"),
        ({"event_type_in_body": [""]}, ValueError, "event_type_in_body must be a path"),
        ({"event_type_in_body": 5}, TypeError, "event_type_in_body must be a path .* not 'int'"),
        ({"event_type_in_body": ["a", None]}, TypeError, "event_type_in_body must be a path .* 'NoneType'"),
        ({"event_type_in_body": "a", "event_type_header": "x-type"}, ValueError, "exclude each other"),
        ({"json_form_field": None}, TypeError, "json_form_field must be a str, not 'NoneType'"),
    ],
    ids=str,
)
def test_an_invalid_row_is_refused(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        HeaderScheme("own", signature_header="x-sign", **options)


def test_a_standard_scheme_of_ones_own_names_its_path() -> None:
    assert StandardWebhooks("own", brand="webhook").event_type_in_body == ("type",)
    assert StandardWebhooks("own", brand="webhook", event_type_in_body="").event_type_in_body == ()
    not_a_path: Any = 5
    with pytest.raises(TypeError, match="event_type_in_body"):
        StandardWebhooks("own", brand="webhook", event_type_in_body=not_a_path)


# --- routing ----------------------------------------------------------------------------------------


class Started(msgspec.Struct):
    event: str


MENTION = b'{"type": "event_callback", "event": {"type": "app_mention"}}'


@rows(
    ("name", "body", "event_type"),
    [
        ("stripe", b'{"type": "invoice.paid", "data": 1}', "invoice.paid"),
        ("slack", MENTION, "app_mention"),
        ("zoom", b'{"event": "meeting.started", "data": 1}', "meeting.started"),
        ("lithic", b'{"event_type": "card.created"}', "card.created"),
        ("slack", b"payload=%7B%22type%22%3A%22block_actions%22%7D", "block_actions"),
    ],
)
def test_a_router_runs_the_handler_of_a_type_without_a_class(name: str, body: bytes, event_type: str) -> None:
    seen: list[Any] = []
    router = EventRouter(EventTypes[Any]())
    router.on(event_type)(seen.append)
    router.on(UnknownEvent)(lambda event: seen.append("unknown"))
    router.fallback(lambda event: seen.append("fallback"))

    assert router.dispatch(delivered(name, body)) == 204
    assert [type(event) for event in seen] == [UntypedEvent]
    assert seen[0].type == event_type


@rows("dispatch", DISPATCHES)
def test_a_router_of_a_function_routes_by_the_signed_type(dispatch: Dispatch) -> None:
    router, seen = EventRouter(lambda delivery: delivery.json()), list[Any]()
    router.on("app_mention")(seen.append)
    router.on("event_callback")(seen.append)
    dispatch(router, delivered("slack", MENTION))

    assert seen == [json.loads(MENTION)]


def test_a_router_does_not_route_by_an_unsigned_type() -> None:
    sample, seen = SAMPLES["mailgun"], list[Any]()
    router = EventRouter(lambda delivery: delivery.json())
    router.on("opened")(seen.append)
    router.fallback(lambda event: seen.append("fallback"))
    router.dispatch(genuine(sample))

    assert seen == ["fallback"]


def test_an_included_router_counts_as_registered() -> None:
    outer, inner, seen = EventRouter(EventTypes[Any]()), EventRouter(EventTypes[Any]()), list[Any]()
    inner.on("meeting.started")(seen.append)
    outer.include(inner)
    outer.dispatch(genuine(SAMPLES["zoom"]))

    assert [type(event) for event in seen] == [UntypedEvent]


def test_a_pattern_and_an_unregistered_type_get_an_unknown_event() -> None:
    router, seen = EventRouter(EventTypes[Any]()), list[Any]()
    router.on("invoice.*")(seen.append)
    router.dispatch(genuine(SAMPLES["stripe"]))

    assert [type(event) for event in seen] == [UnknownEvent]


def test_a_class_is_found_by_the_signed_type() -> None:
    types = EventTypes[Any]({"meeting.started": Started})

    assert types.parse(genuine(SAMPLES["zoom"])) == Started("meeting.started")
    with pytest.raises(UnreadableEvent, match="type: is missing"):
        types.parse(genuine(SAMPLES["telegram"]))


def test_a_field_that_is_named_is_the_only_source() -> None:
    types = EventTypes[Any]({"meeting.started": Started}, type_field="kind")

    with pytest.raises(UnreadableEvent, match="kind: is missing"):
        types.parse(genuine(SAMPLES["zoom"]))
