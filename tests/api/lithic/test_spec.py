"""Every operation of the client, checked against Lithic's specification. See `tests.api.contract`."""

from __future__ import annotations

import pytest

from tests.api.contract import Contract, Row
from tests.api.lithic.operations import OPERATIONS, WIRE
from tests.api.spec import Specification

SPECIFICATION = Specification("lithic-events.openapi.json", "https://api.lithic.com")
CONTRACT = Contract(
    SPECIFICATION,
    WIRE,
    times={"created", "begin", "end"},
    own={"payload"},
    # An empty object, which Lithic's own client does not send either; and an event type, given by keyword.
    bodiless={
        *("events.resend", "event_subscriptions.delete", "event_subscriptions.recover"),
        "simulate.send_example",
    },
)
each_row = pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)


def test_the_table_has_all_operations() -> None:
    assert {(row.method, row.path) for row in OPERATIONS} == SPECIFICATION.operations()
    assert len(OPERATIONS) == 15


@each_row
def test_every_parameter_of_the_specification_can_be_given(row: Row) -> None:
    CONTRACT.check_parameters(row)


@each_row
def test_what_is_sent_is_what_the_specification_allows(row: Row) -> None:
    CONTRACT.check_requests(row)


@each_row
def test_responses_that_the_specification_allows_are_understood(row: Row) -> None:
    CONTRACT.check_responses(row)
