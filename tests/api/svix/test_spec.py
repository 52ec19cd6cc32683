"""Every operation of the client, checked against both specifications of Svix. See `tests.api.contract`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.contract import Contract, Row
from tests.api.spec import Specification
from tests.api.svix.operations import OPERATIONS, WIRE
from tests.rows import rows
from webhook_verify.api import svix

SERVER = "https://api.svix.com"


def _as_sent(document: dict[str, Any]) -> None:
    """A kind without a configuration is sent with an empty one, as the official SDK does."""
    schemas = document["components"]["schemas"]
    schemas["EmptyResponse"]["additionalProperties"] = False
    for name in ("IngestSourceIn", "StreamSinkIn", "StreamSinkPatch"):
        for kind in schemas[name]["oneOf"]:
            if "config" not in kind["properties"]:
                kind["properties"]["config"] = {"type": "object", "additionalProperties": False}
                kind["required"] = ["config", "type"]


SPECIFICATIONS = {
    "1.4": Specification("svix-1.4.openapi.json", SERVER),
    "now": Specification("svix-current.openapi.json", SERVER, _as_sent),
}

TIMES = {
    *("createdAt", "updatedAt", "timestamp", "nextAttempt", "transformationUpdatedAt"),
    *("since", "until", "after", "deliverAt", "expiresAt", "nextRetryAt"),
}
OWN = {"payload", "schemas", "settings", "metadata", "headers", "variables", "any"}
CONTRACTS = {
    version: Contract(specification, WIRE, TIMES, OWN, takes_keys=True)
    for version, specification in SPECIFICATIONS.items()
}

CASES = [(version, row) for row in OPERATIONS for version in row.versions if version in SPECIFICATIONS]
each_case = rows(("version", "row"), CASES, ids=[f"{v}-{row.name}" for v, row in CASES])


def test_the_table_has_all_operations_of_both_specifications() -> None:
    for version, count in {"1.4": 53, "now": 128}.items():
        operations = SPECIFICATIONS[version].operations()
        assert len(operations) == count
        assert {(row.method, row.path) for row in OPERATIONS if version in row.versions} == operations
    assert len([row for row in OPERATIONS if row.versions == ("1.4",)]) == 4


@each_case
def test_every_parameter_of_the_specification_can_be_given(version: str, row: Row) -> None:
    CONTRACTS[version].check_parameters(row)


@each_case
def test_what_is_sent_is_what_the_specification_allows(version: str, row: Row) -> None:
    CONTRACTS[version].check_requests(row)


@each_case
@pytest.mark.slow
def test_responses_that_the_specification_allows_are_understood(version: str, row: Row) -> None:
    CONTRACTS[version].check_responses(row)


def test_every_enum_of_the_specification_is_known() -> None:
    for specification in SPECIFICATIONS.values():
        for name, schema in specification.document["components"]["schemas"].items():
            kind = getattr(svix, name, None)
            if "enum" in schema and kind is not None:
                assert set(schema["enum"]) <= {each.value for each in kind}, name
