"""Properties of every client: equal sync and async variants, a complete table, and short operations."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

import webhook_verify
from tests.api.emporix import operations as of_emporix
from tests.api.helpers import fewest_arguments, method_of, some_json
from tests.api.lithic import operations as of_lithic
from tests.api.svix import operations as of_svix
from tests.rows import rows
from webhook_verify.api._resource import Resource
from webhook_verify.api._sender import AsyncSender, Sender
from webhook_verify.api.emporix import AsyncEmporix, Emporix
from webhook_verify.api.lithic import AsyncLithic, Lithic
from webhook_verify.api.svix import AsyncSvix, Svix

PROVIDERS: dict[str, tuple[Any, Any, Any]] = {
    "emporix": (of_emporix, Emporix("acme", "me", "s"), AsyncEmporix("acme", "me", "s")),
    "lithic": (of_lithic, Lithic("k"), AsyncLithic("k")),
    "svix": (of_svix, Svix("t"), AsyncSvix("t")),
}
# Names for what other operations do too, or several of them one after the other.
BESIDES = {
    "emporix": {"event_subscriptions.apply"},
    "lithic": {"event_subscriptions.modify"},
    "svix": {"application.get_or_create", "endpoint.headers"},
}
GIVEN = {"tenant": "acme"}
each_provider = pytest.mark.parametrize("provider", PROVIDERS)
each_row = rows(
    ("provider", "row"),
    [(name, row) for name, (table, *_) in PROVIDERS.items() for row in table.OPERATIONS],
    ids=lambda value: value if isinstance(value, str) else value.name,
)


@each_row
@rows("world", ["WIRE", "ASYNC_WIRE"])
def test_an_operation_is_sent_as_the_table_says(provider: str, row: Any, world: str) -> None:
    wire = getattr(PROVIDERS[provider][0], world)
    takes = wire.parameters_of(row.name)
    wire.response = httpx2.Response(200, content=msgspec.json.encode(some_json(takes.returns)))
    if row.name == "event_subscriptions.manage":
        wire.response = httpx2.Response(207, content=b"[]")
    wire.called(row.name, fewest_arguments(takes), {})

    sent = wire.request
    filled = re.sub(r"\{(\w+)\}", lambda found: GIVEN.get(found[1], "x"), row.path)
    assert (sent.method, sent.url.raw_path.decode()) == (row.method, filled)
    assert [name for name in re.findall(r"\{(\w+)\}", row.path) if name not in GIVEN] == takes.ids
    assert ("idempotency-key" in sent.headers) == (provider == "svix" and row.method == "POST")
    assert ("content-type" in sent.headers) == (takes.body is not None) == bool(sent.content)


@each_row
def test_an_id_is_one_segment_and_no_keyword_is_unknown(provider: str, row: Any) -> None:
    wire = PROVIDERS[provider][0].WIRE
    takes = wire.parameters_of(row.name)
    args = fewest_arguments(takes)
    for place in range(len(takes.ids)):
        for bad in ("", ".", "..", None, 7):
            with pytest.raises((ValueError, TypeError), match="id must"):
                wire.called(row.name, [*args[:place], bad, *args[place + 1 :]], {})
    with pytest.raises(TypeError, match="unexpected keyword argument 'limti'"):
        wire.called(row.name, args, {"limti": 3})


def resources(client: object) -> dict[str, Resource[Any]]:
    """All resources by their dotted name, those inside others included."""
    found: dict[str, Resource[Any]] = {}
    for name in dir(client):
        value = None if name.startswith("_") else getattr(client, name)
        if isinstance(value, Resource):
            found |= {name: value} | {f"{name}.{inner}": each for inner, each in resources(value).items()}
    return found


def methods(resource: object) -> dict[str, Any]:
    return {name: getattr(resource, name) for name in dir(resource) if not name.startswith("_")}


@each_provider
def test_both_clients_have_the_same_resources_names_parameters_and_results(provider: str) -> None:
    _, one, other = PROVIDERS[provider]
    blocking, asyncio = resources(one), resources(other)

    assert blocking.keys() == asyncio.keys()
    for name in blocking:
        ours, theirs = methods(blocking[name]), methods(asyncio[name])
        assert ours.keys() == theirs.keys()
        assert isinstance(blocking[name].sender, Sender)
        assert isinstance(asyncio[name].sender, AsyncSender)
        for method in ours:
            if inspect.ismethod(ours[method]):
                assert inspect.signature(ours[method]) == inspect.signature(theirs[method])
                assert ours[method].__doc__ == theirs[method].__doc__ != ""


@each_provider
def test_the_table_has_every_method_of_the_client(provider: str) -> None:
    table, client, _ = PROVIDERS[provider]
    there = {
        f"{name}.{method}"
        for name, resource in resources(client).items()
        for method, value in methods(resource).items()
        if inspect.ismethod(value)
    }
    assert there == {row.name for row in table.OPERATIONS} | BESIDES[provider]


@each_provider
def test_the_docstring_of_an_operation_is_complete(provider: str) -> None:
    """Also that of a declaration with one line."""
    table, client, _ = PROVIDERS[provider]
    for row in table.OPERATIONS:
        method = method_of(client, row.name)
        text = inspect.getdoc(method) or ""
        arguments, _, results = text.partition("Returns:\n")
        assert re.search("\nRaises:\n(.*\n)*    APIError: ", results), row.name
        for name in inspect.signature(method).parameters:
            assert re.search(rf"^    (\*\*)?{name}: \S", arguments, re.MULTILINE), (row.name, name)


@each_provider
def test_an_operation_is_short(provider: str) -> None:
    package = Path(webhook_verify.__file__).parent / "api" / provider
    with_operations = [path for path in package.glob("*.py") if "@operation" in path.read_text("utf-8")]
    texts = [path.read_text("utf-8") for path in with_operations]
    operations = sum(text.count("    @operation\n") + text.count("    @paged\n") for text in texts)
    assert sum(map(code_lines, texts)) / operations <= 10.5


def code_lines(text: str) -> int:
    """Return the number of lines without docstrings, which are as long as their content requires."""
    literals = [
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    return len(text.splitlines()) - sum((each.end_lineno or 0) - each.lineno + 1 for each in literals)
