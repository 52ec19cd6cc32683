"""Chargebee: its library accepts our credentials."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.sdk_calls import Case, in_node
from webhook_verify import Signer

SCRIPT = """
    const { basicAuthValidator } = await import('chargebee');
    const validate = basicAuthValidator((user, password) => `${user}:${password}` === secret);
    await validate(headers);
"""


@pytest.mark.network
@interop("chargebee", by="chargebee (npm)")
def test_chargebee() -> None:
    right, other = "hook:a:long:password", "hook:another:long:password"
    headers = Signer(right, scheme="chargebee").sign(b"{}")

    cases: list[Case] = [{"secret": each, "body": "{}", "headers": headers} for each in (right, other)]

    assert in_node(SCRIPT)(cases) == [True, False]
