"""Parsing: a payload becomes its event, an UnknownEvent or an UnreadableEvent, and nothing else.

Each event schema of the providers is tested with 200 valid and 200 damaged payloads. The name of a test
contains its seed, so that a failure can be repeated.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.effort import THOROUGH
from tests.events.helpers import deliver, description, encoded
from tests.events.payloads import mutated, valid
from tests.rows import rows
from webhook_verify import UnreadableEvent
from webhook_verify.events import Event, EventTypes, UnknownEvent, emporix, lithic, standard, svix

COUNT = 200 if THOROUGH else 40

OLD_SVIX = [
    "BackgroundTaskFinishedEvent",
    "EndpointCreatedEvent",
    "EndpointDeletedEvent",
    "EndpointDisabledEvent",
    "EndpointUpdatedEvent",
    "MessageAttemptExhaustedEvent",
    "MessageAttemptFailingEvent",
]
NEW_SVIX = [
    *OLD_SVIX,
    "EndpointEnabledEvent",
    "IngestEndpointDisabledEvent",
    "IngestMessageAttemptExhaustedEvent",
    "IngestMessageAttemptFailingEvent",
    "IngestMessageAttemptRecoveredEvent",
    "MessageAttemptLogEvent",
    "MessageAttemptRecoveredEvent",
]
SCHEMAS = [
    *(("svix-1.4.openapi.json", name) for name in OLD_SVIX),
    *(("svix-current.openapi.json", name) for name in NEW_SVIX),
]


def schemas_of(file: str) -> Any:
    return description(file)["components"]["schemas"]


@pytest.mark.parametrize(
    ("file", "names"), [("svix-1.4.openapi.json", OLD_SVIX), ("svix-current.openapi.json", NEW_SVIX)]
)
def test_these_are_all_events_of_the_description(file: str, names: list[str]) -> None:
    hooks = description(file)["x-webhooks"].values()
    content = [hook["post"]["requestBody"]["content"]["application/json"] for hook in hooks]

    assert sorted(each["schema"]["$ref"].rpartition("/")[2] for each in content) == sorted(names)


@pytest.mark.parametrize(("file", "name"), SCHEMAS, ids=lambda value: value.removesuffix(".openapi.json"))
def test_a_valid_payload_is_its_event(file: str, name: str) -> None:
    schemas = schemas_of(file)
    for seed in range(COUNT):
        payload = valid(schemas[name], schemas, Random(seed))
        event = svix.parse_unverified(encoded(payload))

        assert type(event).__name__ == name, seed
        assert event.type == payload["type"]
        again = msgspec.json.encode(event)
        assert svix.parse_unverified(again) == event
        assert is_part(json.loads(again), payload), "what is encoded back was in the payload"


def is_part(part: Any, whole: Any) -> bool:
    """Whether every member of the part is in the whole, with the same value; times only by their minute."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            key in whole and is_part(part[key], whole[key]) for key in part
        )
    if isinstance(part, list):
        return len(part) == len(whole) and all(map(is_part, part, whole))
    if isinstance(part, str) and part != whole:
        return bool(part[:16] == whole[:16].upper())  # encoded as msgspec writes a time
    return bool(part == whole)


def judge(parse: Callable[[bytes], object], body: bytes, wanted: tuple[type[Any], ...]) -> str:
    """What became of a payload, in a word. Anything that the law does not allow is raised."""
    try:
        event = parse(body)
    except UnreadableEvent:
        return "unreadable"
    assert isinstance(event, wanted)
    return "unknown" if isinstance(event, UnknownEvent) else "event"


@pytest.mark.parametrize(("file", "name"), SCHEMAS, ids=lambda value: value.removesuffix(".openapi.json"))
def test_a_mutated_payload_keeps_the_law(file: str, name: str) -> None:
    schemas = schemas_of(file)
    verdicts: Counter[str] = Counter()
    for seed in range(COUNT):
        rng = Random(seed)
        body = mutated(valid(schemas[name], schemas, rng), rng)
        verdicts[judge(svix.parse_unverified, body, (Event,))] += 1

    assert verdicts["unreadable"] > COUNT / 5, "the accidents are serious"
    assert verdicts["event"] > 0
    assert verdicts["unknown"] > 0


FREE = {"type": "object"}


@rows("event_type", lithic.EVENT_TYPES)
def test_a_lithic_payload_is_its_event(event_type: str) -> None:
    verdicts: Counter[str] = Counter()
    for seed in range(COUNT):
        rng = Random(f"{event_type}{seed}")
        payload = {**valid(FREE, {}, rng), "event_type": event_type}
        event = lithic.parse_unverified(encoded(payload), token="msg_1")

        assert event == lithic.LithicEvent("msg_1", event_type, payload)
        verdicts[judge(lithic.parse_unverified, mutated(payload, rng), (Event,))] += 1

    assert verdicts["unreadable"] > 0


def test_an_emporix_payload_is_its_event() -> None:
    """No resource has a schema, so what counts is that no type is treated in another way."""
    for seed in range(COUNT):
        for event_type in ("", "new", *emporix.EVENT_TYPES):
            payload = {"id": event_type, "new": seed}
            event = emporix.parse_unverified(encoded(payload), event_type=event_type)
            assert event == emporix.EmporixEvent(event_type, payload)
        rng = Random(seed)
        judge(emporix.parse_unverified, mutated(valid(FREE, {}, rng), rng), (emporix.EmporixEvent,))


PARSERS: dict[str, Callable[[Any], object]] = {
    "svix": svix.parse,
    "lithic": lithic.parse,
    "emporix": emporix.parse,
    "standard": standard.parse,
    "no type": EventTypes[Any](type_field=None).parse,
}


@pytest.mark.parametrize("name", PARSERS)
@given(
    body=st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["type", "data", "event_type", "timestamp"]) | st.text(), inner, max_size=4
            )
        ),
        max_leaves=10,
    ).map(lambda value: json.dumps(value).encode())
)
@example(body=b"[" * 200_000)
@example(body=b'{"type":"x","data":' * 50_000)
@example(body=b'{"type":"x","event_type":"x","data":"' + b"x" * 1_000_000 + b'"}')
@example(body=b'{"type":"x","event_type":"x","timestamp":NaN}')
@example(body=b"1" * 100_000)
@example(body=b'{"type":"x","type":"y","event_type":"x","event_type":1,"data":1,"data":2}')
def test_every_body_keeps_the_law(name: str, body: bytes) -> None:
    judge(lambda raw: PARSERS[name](deliver(raw)), body, (Event,))
