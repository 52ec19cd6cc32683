"""The official SDK as a witness: its operations, names, fields and requests are ours."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from types import NoneType
from typing import Any, get_args, get_origin

import msgspec
import pydantic
from svix import api as sdk
from svix import models as sdk_models
from svix.api.errors.http_error import HttpError

from tests.api.fake_server import Asked, StandIn
from tests.api.helpers import Parameters, method_of
from tests.api.svix.operations import OPERATIONS
from webhook_verify.api import svix as ours
from webhook_verify.api._pages import Pages
from webhook_verify.api.svix import Svix
from webhook_verify.api.svix.models import autoconfig
from webhook_verify.api.svix.models.kinds import KindModel
from webhook_verify.errors import APIStatusError

# Operations of the SDK under another name: its own older names of the same request.
OTHER_NAMES = {"endpoint.transformation_partial_update": "endpoint.transformation.patch"}
# Classes of the SDK that have no counterpart, and why.
WITHOUT_CLASS = {
    "ListResponse": "a list is `Page[...]`",
    "EmptyResponse": "the result is None",
    "CreateStreamEventsOut": "the result is None",
    "EndpointTransformationIn": "the older name of EndpointTransformationPatch",
}
OWN_NAMES = {
    "Status": "AutoConfigStatus",
    "OrumIoConfigOut": "OrumIoConfig",
    "TelnyxConfigOut": "TelnyxConfig",
}


def sdk_operations(resource: Any = None, prefix: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the public operations of the installed SDK, by their dotted names."""
    resource = sdk.Svix("t") if resource is None else resource
    for name in dir(type(resource)):
        value = inspect.getattr_static(type(resource), name)
        if name.startswith("_"):
            continue
        if isinstance(value, property):
            yield from sdk_operations(getattr(resource, name), f"{prefix}{name}.")
        elif inspect.isfunction(value):
            yield prefix + name, value


SDK = dict(sdk_operations())


def test_every_operation_of_the_sdk_has_a_method() -> None:
    client = Svix("t")
    missing = []
    for name in SDK:
        try:
            method_of(client, OTHER_NAMES.get(name, name))
        except AttributeError:
            missing.append(name)
    assert missing == []
    assert len(SDK) >= 143  # 141 requests, application.get_or_create and an older name


def test_our_table_has_no_other_names_than_the_sdk() -> None:
    """But for what the API dropped, and for the SDK's lack of a ping."""
    dropped = {row.name for row in OPERATIONS if row.versions == ("1.4",)}
    assert {row.name for row in OPERATIONS} - dropped - SDK.keys() == {"health.ping"}


def test_arguments_have_the_names_of_the_sdk() -> None:
    client, different = Svix("t"), {}
    for name, theirs in SDK.items():
        if name not in OTHER_NAMES:
            ours_ = [each.name for each in positional(method_of(client, name))]
            expected = [each.name for each in positional(theirs) if each.name not in {"self", "options"}]
            if ours_ != expected:
                different[name] = ours_
    assert different == {"endpoint.rotate_secret": ["app_id", "endpoint_id", "rotation"]}


def test_options_of_the_sdk_are_keyword_arguments() -> None:
    client = Svix("t")
    for name, theirs in SDK.items():
        options = inspect.signature(theirs).parameters.get("options")
        if options is not None and name not in OTHER_NAMES:
            takes = Parameters(method_of(client, name))
            assert set(vars(options.default)) <= {*takes.query, *takes.call}, name


def positional(method: Callable[..., Any]) -> list[inspect.Parameter]:
    parameters = inspect.signature(method).parameters.values()
    return [each for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]


def test_every_class_of_the_sdk_has_ours_with_all_its_fields() -> None:
    lacking = {}
    for name, theirs in vars(sdk_models).items():
        if not inspect.isclass(theirs) or any(name.startswith(each) for each in WITHOUT_CLASS):
            continue
        kind = class_of(OWN_NAMES.get(name, name))
        assert kind is not None, name
        if issubclass(theirs, pydantic.BaseModel) and kind is not dict:
            known = {field.encode_name for field in msgspec.structs.fields(kind)}
            lacks = {field.alias or at for at, field in theirs.model_fields.items()} - known
        elif issubclass(theirs, Enum):
            lacks = {each.value for each in theirs} - {each.value for each in kind}
        else:
            lacks = set()
        if lacks:
            lacking[name] = sorted(lacks)
    assert lacking == {}


def class_of(name: str) -> Any:
    """Our class of a name; `dict` for a received configuration that has no fields."""
    kind = getattr(ours, name, None) or getattr(autoconfig, name, None)
    if kind is None and name.endswith("ConfigOut"):
        assert not getattr(sdk_models, name).model_fields, f"{name} has fields"
        return dict
    return kind


class Recorder(StandIn):
    """A server that answers everything with an error, and records it."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Asked] = []

    def answer(self, asked: Asked) -> tuple[int, object]:
        self.requests.append(asked)
        return 400, {"code": "recorded", "detail": ""}

    def recorded(self, call: Callable[[], object]) -> tuple[str, str, Any]:
        """Return the method, path and body of the request that a call sends."""
        with suppress(APIStatusError, HttpError):
            call()
        (asked,) = self.requests
        self.requests.clear()
        path = re.sub(
            r"[?&](with_content=false|expanded_statuses=true)", "", asked.path
        )  # the SDK's defaults
        return asked.method, path, asked.json() if asked.body else None


def test_a_request_is_what_the_sdk_sends() -> None:
    """Each operation with a body that has every field, and one body for each kind of sink and source."""
    with Recorder() as server, Svix("t", server_url=server.url, retries=0) as client:
        theirs = sdk.Svix("t", sdk.SvixOptions(server_url=server.url, retry_schedule=[]))
        for name, declared in SDK.items():
            if name in OTHER_NAMES:
                continue
            method = method_of(client, name)
            for args in every_body(method):
                sent = server.recorded(lambda: called(method, args))  # noqa: B023
                expected = server.recorded(lambda: method_of(theirs, name)(*as_sdk(declared, args)))  # noqa: B023
                assert sent == expected, name
        theirs._httpx_client.close()


def every_body(method: Callable[..., Any]) -> Iterator[list[Any]]:
    """Yield the arguments of an operation, with each kind of body."""
    takes = Parameters(method)
    ids = ["x"] * len(takes.ids)
    if takes.body is None:
        yield ids
    elif issubclass(takes.body, KindModel):
        for kind, config in takes.body.kinds.items():
            filled_config = {} if config is None else filled(config)
            yield [*ids, msgspec.structs.replace(filled(takes.body), type=kind, config=filled_config)]
    else:
        yield [*ids, filled(takes.body)]


def filled(kind: Any) -> Any:
    """Return a value of a type. A struct has a value in every field but those of API 1.4."""
    kinds = [each for each in get_args(kind) or [kind] if each not in {NoneType, msgspec.UnsetType}]
    if get_origin(kind) is list:
        return [filled(kinds[0])]
    if get_origin(kind) is dict:
        return {"k": filled(kinds[1])}
    kind = kinds[0]
    if get_origin(kind) is not None:
        return filled(kind)
    if kind in SAMPLES:
        return SAMPLES[kind]
    if issubclass(kind, Enum):
        return next(iter(kind))
    fields = [each for each in msgspec.structs.fields(kind) if each.name not in OF_API_1_4]
    return kind(**{each.name: {} if each.name == "config" else filled(each.type) for each in fields})


SAMPLES: dict[Any, Any] = {str: "x", int: 1, bool: True, datetime: datetime(2026, 1, 2, tzinfo=UTC), Any: 1.5}
OF_API_1_4 = {"rate_limit", "filter_types", "feature_flag", "version"}


def as_sdk(method: Callable[..., Any], args: list[Any]) -> list[Any]:
    """Return the same arguments as objects of the SDK."""
    kinds = [each.annotation for each in positional(method) if each.name not in {"self", "options"}]
    return [
        kind.model_validate_json(msgspec.json.encode(arg)) if isinstance(arg, msgspec.Struct) else arg
        for kind, arg in zip(kinds, args, strict=True)
    ]


def called(method: Callable[..., Any], args: list[Any]) -> None:
    """Send the request of an operation; of a list the first page."""
    result = method(*args)
    if isinstance(result, Pages):
        result.first_page()
