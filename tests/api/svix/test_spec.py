"""Every operation against the specification: what is sent is allowed, and what is allowed is understood."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl

import httpx2
import msgspec
import pytest
from openapi_core.testing import MockRequest, MockResponse
from werkzeug.datastructures import MultiDict

from tests.api.svix.operations import OPERATIONS, Row
from tests.api.svix.parts import Parameters, Wire, fewest_arguments, parameters_of
from tests.api.svix.spec import FILES, Generator, document, openapi, operation_of
from webhook_verify.api import svix

pytestmark = pytest.mark.skipif(
    not FILES["now"].exists(), reason="../shared is not beside this repository: test_operations has the table"
)

WIRE = Wire()
REQUESTS = 6
RESPONSES = 50
VALIDATED = 5  # of the responses: enough to prove the generator, which is the slower half

CASES = [(version, row) for row in OPERATIONS for version in row.versions]
each_case = pytest.mark.parametrize(("version", "row"), CASES, ids=[f"{v}-{row.name}" for v, row in CASES])

# Of today's API, what receivers need. The rest is for those who build on the provider's other products.
ADDED = 23


def test_the_table_has_all_of_api_1_4_and_what_was_added() -> None:
    told = {
        (method.upper(), path)
        for path, item in document("1.4")["paths"].items()
        for method in item
        if method in {"get", "post", "put", "patch", "delete"}
    }
    assert len(told) == 53
    assert {(row.method, row.path) for row in OPERATIONS if "1.4" in row.versions} == told
    assert len([row for row in OPERATIONS if row.versions == ("now",)]) == ADDED
    assert len([row for row in OPERATIONS if row.versions == ("1.4",)]) == 4


@each_case
def test_every_parameter_of_the_specification_can_be_given(version: str, row: Row) -> None:
    takes = parameters_of(row.name)
    told = operation_of(version, row.method, row.path)
    in_query = {each["name"] for each in told.get("parameters", ()) if each["in"] == "query"}

    assert in_query <= set(takes.query)
    assert ("idempotency_key" in takes.call) == (row.method == "POST")
    assert ("requestBody" in told) == (takes.body is not None)


@each_case
def test_what_is_sent_is_what_the_specification_allows(version: str, row: Row) -> None:
    told = operation_of(version, row.method, row.path)
    takes = parameters_of(row.name)
    generator = Generator(version, f"requests {version} {row.name}")
    key = {"idempotency_key": "order-17"} if row.method == "POST" else {}
    for _ in range(REQUESTS):
        ids, query, body = _arguments(told, takes, generator)
        args = [*ids.values()] if body is None else [*ids.values(), msgspec.convert(body, takes.body)]
        WIRE.response = _some_response(told, generator)
        WIRE.called(row.name, args, {**query, **key})
        sent = WIRE.request

        openapi(version).validate_request(_as_validated(sent))
        assert sent.url.path == row.path.format(**ids)
        assert set(sent.url.params) == {name for name, value in query.items() if value not in ([], None)}
        assert _plain(json.loads(sent.content) if sent.content else None) == _plain(body)


@each_case
def test_responses_that_the_specification_allows_are_understood(version: str, row: Row) -> None:
    told = operation_of(version, row.method, row.path)
    takes = parameters_of(row.name)
    generator = Generator(version, f"responses {version} {row.name}")
    statuses = sorted(status for status in told["responses"] if status < "300")
    for number in range(RESPONSES):
        status = statuses[number % len(statuses)]
        content = told["responses"][status].get("content")
        schema = content["application/json"]["schema"] if content else None
        value = generator.value(schema) if schema else None
        body = json.dumps(value).encode() if schema else b""
        if number < VALIDATED:
            _validate_response(version, row, int(status), body, has_schema=schema is not None)

        WIRE.response = httpx2.Response(int(status), content=body)
        result = WIRE.called(row.name, fewest_arguments(takes), {})
        if takes.returns is not type(None):
            assert _told_by(result, value) == _plain(value)


def _arguments(
    told: dict[str, Any], takes: Parameters, generator: Generator
) -> tuple[dict[str, str], dict[str, Any], Any]:
    """Ids, query and body that the specification allows. What needs a type gets it."""
    schemas = {each["name"]: each for each in told.get("parameters", ())}
    ids = {name: generator.value(schemas[name]["schema"]) or "x" for name in takes.ids}
    ids = {
        name: "x" if value in {".", ".."} else value for name, value in ids.items()
    }  # refused, with reason
    query = {
        name: msgspec.convert(generator.value({"minLength": 1, **each["schema"]}), takes.query[name])
        for name, each in schemas.items()
        if each["in"] == "query" and not generator.is_left_out()
    }
    body = told.get("requestBody")
    return ids, query, generator.value(body["content"]["application/json"]["schema"]) if body else None


def _some_response(told: dict[str, Any], generator: Generator) -> httpx2.Response:
    status, response = min((item for item in told["responses"].items()), key=lambda item: item[0])
    content = response.get("content")
    body = json.dumps(generator.value(content["application/json"]["schema"])).encode() if content else b""
    return httpx2.Response(int(status), content=body)


def _as_validated(request: httpx2.Request) -> MockRequest:
    raw_path = request.url.raw_path.decode().partition("?")[0]
    return MockRequest(
        "https://api.svix.com",
        request.method.lower(),
        raw_path,
        args=MultiDict(parse_qsl(request.url.query.decode(), keep_blank_values=True)),
        headers=dict(request.headers),
        data=request.content or None,
        content_type=request.headers.get("content-type", ""),
    )


def _validate_response(version: str, row: Row, status: int, body: bytes, *, has_schema: bool) -> None:
    if has_schema:
        request = MockRequest("https://api.svix.com", row.method.lower(), row.path, path_pattern=row.path)
        openapi(version).validate_response(request, MockResponse(body, status))


def _told_by(result: Any, value: Any) -> Any:
    """Of a result, what the answer had: every key must have its field."""
    if isinstance(result, msgspec.Struct) and isinstance(value, dict):
        fields = {each.encode_name: each.name for each in msgspec.structs.fields(result)}
        assert set(value) <= set(fields), f"no field for {set(value) - set(fields)}"
        return {key: _told_by(getattr(result, fields[key]), each) for key, each in value.items()}
    if isinstance(result, list):
        return [_told_by(*pair) for pair in zip(result, value, strict=True)]
    if isinstance(result, Enum):
        return result.value
    return result.astimezone(UTC) if isinstance(result, datetime) else result


def _plain(value: Any, *, key: str = "") -> Any:
    """The answer with its times read as times, but for what is the sender's own: payloads and the like."""
    if isinstance(value, dict):
        return {name: each if name in _OWN else _plain(each, key=name) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, key=key) for each in value]
    if key in _TIMES and isinstance(value, str):
        return datetime.fromisoformat(value).astimezone(UTC)
    return value


_OWN = {"payload", "schemas", "settings", "metadata", "headers", "variables", "any"}
_TIMES = {
    *("createdAt", "updatedAt", "timestamp", "nextAttempt", "transformationUpdatedAt"),
    *("since", "until", "after", "deliverAt"),
}


def test_every_enum_of_the_specification_is_known() -> None:
    for version in FILES:
        for name, schema in document(version)["components"]["schemas"].items():
            kind = getattr(svix, name, None)
            if "enum" in schema and kind is not None:
                assert set(schema["enum"]) <= {each.value for each in kind}, name
