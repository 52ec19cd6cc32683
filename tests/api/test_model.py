"""The base struct of all payloads: aware times, open enums, hidden secrets."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest

from webhook_verify.api._model import UNSET, Model, OpenIntEnum, OpenStrEnum, UnsetType

WRITTEN: Any = msgspec.defstruct("Written", [("at", datetime)], bases=(Model,), frozen=True, kw_only=True)


class Level(OpenIntEnum):
    LOW = 1


class Word(OpenStrEnum):
    YES = "yes"


class Event(Model, frozen=True, kw_only=True):
    happened_at: datetime
    seen_at: datetime | UnsetType | None = UNSET
    level: Level = Level.LOW
    word: Word = Word.YES
    api_key: str | None = None
    payload: dict[str, Any] | UnsetType = UNSET

    redacted_fields = frozenset({"api_key", "payload"})


class LaterEvent(Event, frozen=True, kw_only=True):
    ended_at: datetime | None = None


NAIVE, AWARE = datetime(2026, 1, 2, 3), datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=2)))


def test_every_time_is_aware_given_or_received() -> None:
    made = LaterEvent(happened_at=NAIVE, seen_at=AWARE, ended_at=NAIVE)
    assert made.happened_at == made.ended_at == NAIVE.replace(tzinfo=UTC)
    assert made.seen_at == AWARE
    sent = msgspec.json.decode(msgspec.json.encode(made))
    assert (sent["happenedAt"], sent["seenAt"]) == ("2026-01-02T03:00:00Z", "2026-01-02T03:00:00+02:00")
    read = msgspec.json.decode(b'{"happenedAt": "2026-01-02T03:00:00", "endedAt": null}', type=LaterEvent)
    assert (read.happened_at, read.ended_at, read.seen_at) == (NAIVE.replace(tzinfo=UTC), None, UNSET)


def test_it_does_not_matter_how_the_annotation_is_written() -> None:
    assert WRITTEN(at=NAIVE).at.tzinfo is UTC


def test_a_time_in_a_payload_is_left_alone() -> None:
    assert Event(happened_at=NAIVE, payload={"at": NAIVE}).payload == {"at": NAIVE}


@pytest.mark.parametrize(("kind", "known", "new"), [(Level, Level.LOW, 7), (Word, Word.YES, "maybe")])
def test_an_unknown_value_is_kept_and_equals_itself(kind: Any, known: Any, new: Any) -> None:
    value = kind(new)
    assert isinstance(value, kind)
    assert value == value.value == new
    assert hash(value) == hash(new)
    assert value != known
    assert pickle.loads(pickle.dumps(value)) == copy.deepcopy(value) == new
    assert f"{value}" == f"{new}"
    assert list(kind) == [known]
    assert msgspec.json.decode(msgspec.json.encode(value), type=kind) == new


@pytest.mark.parametrize(("kind", "bad"), [(Level, "low"), (Word, 7)])
def test_a_value_of_another_kind_is_an_error(kind: Any, bad: Any) -> None:
    with pytest.raises(ValueError, match="not a valid"):
        kind(bad)


def test_a_repr_shows_what_is_set_and_no_secret() -> None:
    event = Event(happened_at=AWARE, api_key="t0ps3cret", payload={"card": "4242"})
    assert repr(event).endswith("level=<Level.LOW: 1>, word=<Word.YES: 'yes'>, api_key=..., payload=...)")
    assert "seen_at" not in repr(event)
    assert "api_key=None" in repr(Event(happened_at=AWARE))
