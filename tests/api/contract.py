"""An operation against its specification: what is sent is allowed, and what is allowed is understood."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import httpx2
import msgspec
from openapi_core.testing import MockRequest, MockResponse
from werkzeug.datastructures import MultiDict

from tests.api.helpers import Parameters, Wire, fewest_arguments
from tests.api.spec import Generator, Specification
from tests.effort import THOROUGH

__all__ = ["Contract", "Row", "rows"]

REQUESTS = 6 if THOROUGH else 2
RESPONSES = 50 if THOROUGH else 10
VALIDATED = 5 if THOROUGH else 2  # of the responses: enough to prove the generator, which is the slower half


class Row(NamedTuple):
    """One operation: its name on the client, its method and path, and the APIs that have it."""

    name: str
    method: str
    path: str
    versions: tuple[str, ...] = ()


def rows(table: str, prefix: str = "") -> list[Row]:
    """A table with a line for each operation."""
    split = (line.split() for line in table.strip().splitlines())
    return [Row(name, method, prefix + path, tuple(rest)) for name, method, path, *rest in split]


@dataclass(frozen=True)
class Contract:
    """A client and the specification that it is held to.

    ``names``: what a parameter is called in Python, where that differs. ``bodiless``: operations whose
    body the client does not take as one. ``given``: what every path has that no operation takes.
    ``times``: keys with a datetime. ``own``: keys with what is the sender's own: payloads and the like.
    """

    specification: Specification
    wire: Wire
    times: Collection[str]
    own: Collection[str]
    names: Mapping[str, str] = field(default_factory=dict)
    bodiless: Collection[str] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    takes_keys: bool = False

    def check_parameters(self, row: Row) -> None:
        """Every parameter of the specification can be given."""
        takes, told = self.wire.parameters_of(row.name), self._told(row)
        taken = {each["name"] for each in told["parameters"] if each["in"] == "query"} | set(self.names)
        told_names = taken & {each["name"] for each in told["parameters"]}
        assert {self.names.get(name, name) for name in told_names} <= set(takes.query)
        assert ("idempotency_key" in takes.call) == (self.takes_keys and row.method == "POST")
        assert ("requestBody" in told and row.name not in self.bodiless) == (takes.body is not None)

    def check_requests(self, row: Row) -> None:
        """What is sent is what the specification allows, and all that was given."""
        told, takes = self._told(row), self.wire.parameters_of(row.name)
        generator = Generator(self.specification, f"requests {row.name}")
        key = {"idempotency_key": "order-17"} if "idempotency_key" in takes.call else {}
        for _ in range(REQUESTS):
            ids, options, body = self._arguments(row, told, takes, generator)
            args = [*ids.values()] if body is None else [*ids.values(), msgspec.convert(body, takes.body)]
            self.wire.response = _some_response(told, generator)
            self.wire.called(row.name, args, {**options, **key})
            sent = self.wire.request

            self.specification.openapi.validate_request(self._as_validated(sent))
            assert sent.url.path == row.path.format(**self.given, **ids)
            in_query = {each["name"] for each in told["parameters"] if each["in"] == "query"}
            given = {name for name in in_query if options.get(self.names.get(name, name)) not in ([], None)}
            assert set(sent.url.params) == given
            assert self._plain(json.loads(sent.content) if sent.content else None) == self._plain(body)

    def check_responses(self, row: Row) -> None:
        """Responses that the specification allows are understood, each key of them."""
        told, takes = self._told(row), self.wire.parameters_of(row.name)
        generator = Generator(self.specification, f"responses {row.name}")
        statuses = sorted(status for status in told["responses"] if status < "300")
        for number in range(RESPONSES):
            status = statuses[number % len(statuses)]
            content = told["responses"][status].get("content")
            value = generator.value(content["application/json"]["schema"]) if content else None
            body = json.dumps(value).encode() if content else b""
            if number < VALIDATED and content:
                request = MockRequest(
                    self.specification.server, row.method.lower(), row.path, path_pattern=row.path
                )
                self.specification.openapi.validate_response(request, MockResponse(body, int(status)))

            self.wire.response = httpx2.Response(int(status), content=body)
            result = self.wire.called(row.name, fewest_arguments(takes), {})
            if takes.returns is not type(None):
                assert _told_by(result, value) == self._plain(value)

    def _told(self, row: Row) -> dict[str, Any]:
        return self.specification.operation(row.method, row.path)

    def _arguments(
        self, row: Row, told: dict[str, Any], takes: Parameters, generator: Generator
    ) -> tuple[dict[str, str], dict[str, Any], Any]:
        """Ids, options and body that the specification allows. What needs a type gets it."""
        schemas = {each["name"]: each["schema"] for each in told["parameters"]}
        # The validator counts the characters of the encoded id, so that a bounded one has none to encode.
        bounded = {name for name in takes.ids if "maxLength" in schemas[name]}
        plain = {"pattern": r"^[a-zA-Z0-9\-_.]+$"}
        ids = {
            name: generator.value((plain if name in bounded else {}) | schemas[name]) for name in takes.ids
        }
        refused = {"", ".", ".."}  # with reason
        ids = {name: "x" if value in refused else value for name, value in ids.items()}
        options = {
            name: msgspec.convert(generator.value({"minLength": 1, **schema}), takes.query[name])
            for name, schema in ((self.names.get(each, each), schemas[each]) for each in schemas)
            if name in takes.query and not generator.is_left_out()
        }
        if takes.body is None:
            return ids, options, None
        return ids, options, generator.value(told["requestBody"]["content"]["application/json"]["schema"])

    def _as_validated(self, request: httpx2.Request) -> MockRequest:
        raw_path = request.url.raw_path.decode().partition("?")[0]
        return MockRequest(
            self.specification.server,
            request.method.lower(),
            raw_path,
            args=MultiDict(parse_qsl(request.url.query.decode(), keep_blank_values=True)),
            headers=dict(request.headers),
            data=request.content or None,
            content_type=request.headers.get("content-type", ""),
        )

    def _plain(self, value: Any, *, key: str = "") -> Any:
        """The JSON with its times read as times, but for what is the sender's own."""
        if isinstance(value, dict):
            return {
                name: each if name in self.own else self._plain(each, key=name)
                for name, each in value.items()
            }
        if isinstance(value, list):
            return [self._plain(each, key=key) for each in value]
        if key in self.times and isinstance(value, str):
            return datetime.fromisoformat(value).astimezone(UTC)
        return value


def _some_response(told: dict[str, Any], generator: Generator) -> httpx2.Response:
    status, response = min((item for item in told["responses"].items()), key=lambda item: item[0])
    content = response.get("content")
    body = json.dumps(generator.value(content["application/json"]["schema"])).encode() if content else b""
    return httpx2.Response(int(status), content=body)


def _told_by(result: Any, value: Any) -> Any:
    """Of a result, what the answer had: every key must have its field."""
    if isinstance(result, msgspec.Struct) and isinstance(value, list):  # an array with something to ask it
        (result,) = (getattr(result, name) for name in result.__struct_fields__)
    if isinstance(result, msgspec.Struct) and isinstance(value, dict):
        fields = {each.encode_name: each.name for each in msgspec.structs.fields(result)}
        assert set(value) <= set(fields), f"no field for {set(value) - set(fields)}"
        return {key: _told_by(getattr(result, fields[key]), each) for key, each in value.items()}
    if isinstance(result, list):
        return [_told_by(*pair) for pair in zip(result, value, strict=True)]
    if isinstance(result, dict) and any(isinstance(each, msgspec.Struct) for each in result.values()):
        return {key: _told_by(each, value[key]) for key, each in result.items()}
    if isinstance(result, Enum):
        return result.value
    return result.astimezone(UTC) if isinstance(result, datetime) else result
