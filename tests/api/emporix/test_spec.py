"""Every operation of the client, checked against Emporix's specification. See `tests.api.contract`.

24 of the 94 examples in that specification violate its schemas, for three reasons that are corrected here:
a configuration may have any of the providers' forms, a patched value is an object although it is a text,
and a path with an id is only allowed with the braces.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.contract import Contract, Row
from tests.api.emporix.operations import OPERATIONS, WIRE
from tests.api.spec import Specification

SERVER = "https://api.emporix.io"


def repair(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    schemas["EmptyConfiguration"]["additionalProperties"] = False
    schemas["WebhookConfigUpdate"] = {"oneOf": [_config(*pair) for pair in _PROVIDERS.items()]}
    schemas["WebhookConfigCreation"] = {
        "oneOf": [_config(*pair, code=schemas["ConfigCode"]) for pair in _PROVIDERS.items()]
    }
    patch = schemas["WebhookConfigPartialUpdate"]["properties"]
    del patch["value"]["type"]
    patch["value"]["anyOf"].append({"$ref": "#/components/schemas/HttpHeadersConfig"})
    templates = patch["path"].pop("enum")
    patch["path"]["enum"] = [*(path.format(eventType="order.created", entryId="e1") for path in templates)]
    schemas["WebhookConfigPartialUpdates"]["minItems"] = 1  # an empty one is refused
    (language,) = document["paths"]["/webhook/{tenant}/event-subscriptions"]["get"]["parameters"]
    language["schema"]["pattern"] = "^[a-z]{2,8}$"
    for path in document["paths"].values():  # the validator knows no OAuth 2: test_client_credentials has it
        for operation in path.values():
            if isinstance(operation, dict):
                operation.pop("security", None)


_PROVIDERS = {"SVIX_SHARED": "EmptyConfiguration", "SVIX": "SvixConfig", "HTTP": "HttpConfig"}


def _config(provider: str, configuration: str, **more: Any) -> dict[str, Any]:
    properties = {
        "provider": {"type": "string", "enum": [provider]},
        "active": {"type": "boolean"},
        "configuration": {"$ref": f"#/components/schemas/{configuration}"},
        **more,
    }
    return {"type": "object", "required": ["provider", *more], "properties": properties}


SPECIFICATION = Specification("emporix-webhook.openapi.json", SERVER, repair)
CONTRACT = Contract(
    SPECIFICATION,
    WIRE,
    times={"createdAt", "modifiedAt"},
    own={"eventSchema"},
    names={
        "fromYearMonth": "from_year_month",
        "toYearMonth": "to_year_month",
        "Accept-Language": "language",
    },
    given={"tenant": "acme"},
)
each_row = pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)


def test_the_table_has_all_operations() -> None:
    assert {(row.method, row.path) for row in OPERATIONS} == SPECIFICATION.operations()
    assert len(OPERATIONS) == 10


@each_row
def test_every_parameter_of_the_specification_can_be_given(row: Row) -> None:
    CONTRACT.check_parameters(row)


@each_row
def test_what_is_sent_is_what_the_specification_allows(row: Row) -> None:
    CONTRACT.check_requests(row)


@each_row
def test_responses_that_the_specification_allows_are_understood(row: Row) -> None:
    CONTRACT.check_responses(row)
