"""Parsing of an operational event of Svix: ours, msgspec alone, and Pydantic on the same payload.

- bare: ``msgspec.json.decode(body, type=cls)``, into the same struct. It gets the class as an argument and
  decodes only. Ours finds the class by the payload, accepts a delivery and stores the bytes.
- pydantic: ``Model.model_validate_json(body)`` of a model with the same fields, for a known class, too.
- svix: ``Webhook(secret).verify(body, headers)`` and ``json.loads(body)``, which returns a dict. It is
  compared with our ``svix.parse(verifier.verify(body, headers))``.

The payloads are the examples in the documentation of Svix, as compact JSON.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal

import msgspec
import svix.webhooks
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from rich.console import Console
from rich.table import Table

from benchmarks._deliveries import SECRET, signed
from benchmarks._measure import Call, Series, Target, interleaved
from webhook_verify import Verifier
from webhook_verify.events import svix as events

ROUNDS = 300

OURS, BARE, PYDANTIC = "ours: parse", "bare msgspec", "pydantic"
OURS_ALL, SVIX_ALL = "ours: verify, parse", "svix: verify, json.loads"


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class _EndpointData(_Model):
    app_id: str
    app_uid: str | None = None
    endpoint_id: str
    endpoint_uid: str | None = None


class _DisabledData(_EndpointData):
    fail_since: datetime | None = None
    trigger: str = "automatic"


class _LastAttempt(_Model):
    id: str
    response_status_code: int
    timestamp: datetime


class _AttemptData(_Model):
    app_id: str
    app_uid: str | None = None
    endpoint_id: str
    msg_id: str
    msg_event_id: str | None = None
    last_attempt: _LastAttempt


class _Created(_Model):
    type: Literal["endpoint.created"]
    data: _EndpointData


class _Disabled(_Model):
    type: Literal["endpoint.disabled"]
    data: _DisabledData


class _Failing(_Model):
    type: Literal["message.attempt.failing"]
    data: _AttemptData


_ENDPOINT = {
    "appId": "app_1srOrx2ZWZBpBUvZwXKQmoEYga2",
    "appUid": "unique-app-identifier",
    "endpointId": "ep_1srOrx2ZWZBpBUvZwXKQmoEYga2",
}
_UID = {"endpointUid": "unique-endpoint-identifier"}
_TIME = "2022-11-06T15:04:05Z"
_LAST = {"id": "atmpt_1srOrx2ZWZBpBUvZwXKQmoEYga2", "responseStatusCode": 500, "timestamp": _TIME}
_MESSAGE = {
    "lastAttempt": _LAST,
    "msgEventId": "unique-msg-identifier",
    "msgId": "msg_1srOrx2ZWZBpBUvZwXKQmoEYga2",
}

_CASES: list[tuple[type[Any], type[_Model], dict[str, Any]]] = [
    (events.EndpointCreatedEvent, _Created, {**_ENDPOINT, **_UID}),
    (
        events.EndpointDisabledEvent,
        _Disabled,
        {**_ENDPOINT, **_UID, "failSince": _TIME, "trigger": "automatic"},
    ),
    (events.MessageAttemptFailingEvent, _Failing, {**_ENDPOINT, **_MESSAGE}),
]


def run(console: Console) -> list[Target]:
    """Measure, print one table, and return the targets."""
    measured = {
        cls.type: interleaved(_contenders(cls, model, data), rounds=ROUNDS) for cls, model, data in _CASES
    }
    console.print(_table(measured))
    return [target for name, series in measured.items() for target in _targets(name, series)]


def _contenders(cls: type[Any], model: type[_Model], data: dict[str, Any]) -> dict[str, Call]:
    body = json.dumps({"data": data, "type": cls.type}, separators=(",", ":")).encode()
    sent = signed(body)
    verify = Verifier(SECRET).verify
    delivery = verify(body, sent.webhook)
    parse, decode, validate = events.parse, msgspec.json.decode, model.model_validate_json
    theirs = svix.webhooks.Webhook(SECRET).verify
    return {
        # All contenders are lambdas, because a partial with a keyword would add its cost to the bare decoder.
        OURS: lambda: parse(delivery),
        BARE: lambda: decode(body, type=cls),
        PYDANTIC: lambda: validate(body),
        OURS_ALL: lambda: parse(verify(body, sent.svix)),
        SVIX_ALL: lambda: (theirs(body, sent.svix), json.loads(body)),
    }


def _targets(name: str, series: Series) -> list[Target]:
    return [
        Target(f"{name}: parse / bare msgspec", series.ratio(OURS, BARE), "<=", 2),
        Target(f"{name}: pydantic / parse", series.ratio(PYDANTIC, OURS), ">=", 2),
        Target(f"{name}: svix / ours, verify and parse", series.ratio(SVIX_ALL, OURS_ALL), ">", 1),
    ]


def _table(measured: dict[str, Series]) -> Table:
    table = Table("contender", title="events: microseconds per call", title_justify="left")
    for name in measured:
        table.add_column(name, justify="right")
    for contender in next(iter(measured.values())).rounds:
        table.add_row(contender, *(f"{each.median(contender) / 1000:.2f}" for each in measured.values()))
    return table
