"""The hostile requests of ``python -m benchmarks worst`` can be sent by an attacker, and are rejected."""

from __future__ import annotations

import pytest

from benchmarks._hostile import MAX_BODY_BYTES, MAX_HEADER_BYTES, hostile_requests
from benchmarks.worst import is_plain_hmac, worst_of
from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import schemes


@rows("name", ["adyen", "hubspot"])
def test_a_request_is_within_the_limits_of_servers(name: str) -> None:
    shapes = []
    for request in hostile_requests(SAMPLES[name]):
        shapes.append(request.shape)
        assert len(request.body) <= MAX_BODY_BYTES, request.shape
        size = sum(len(header) + len(value) + 4 for header, value in request.headers)
        assert size <= MAX_HEADER_BYTES, (request.shape, size)
        assert len(request.target or "") <= MAX_HEADER_BYTES, request.shape
    assert len(set(shapes)) == len(shapes) > 30


@pytest.mark.slow
def test_none_is_accepted() -> None:
    """`worst_of` raises for one that is."""
    costs = worst_of(SAMPLES["github"], rounds=1)
    assert costs[0][0] >= costs[-1][0] > 0


def test_the_lower_limit_is_for_schemes_that_parse_nothing_before_the_signature() -> None:
    plain = {name for name in schemes.names() if is_plain_hmac(name)}
    assert {"standard-webhooks", "github", "stripe", "linear"} <= plain
    assert not plain & {"adyen", "emporix", "mailgun", "twilio", "discord", "sendgrid", "telegram"}
