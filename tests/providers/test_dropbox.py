"""Dropbox: the challenge of its handshake."""

from __future__ import annotations

import pytest

from tests.providers.handshake_calls import checked
from webhook_verify.handshakes import DropboxChallenge
from webhook_verify.http import WebhookResponse


@pytest.mark.parametrize(
    "query",
    [
        "challenge=a&challenge=b",
        "challenge=%ff",
        "challenge",
        "challenge=",
    ],
)
def test_a_challenge_that_is_not_one_text_is_malformed(query: str) -> None:
    assert checked(DropboxChallenge(), "GET", f"/?{query}") == WebhookResponse.for_status(400)


@pytest.mark.parametrize(
    "target", ["/", "/?", "", "/?challenge=" + "a" * 9000, "/?" + "&".join(["a=1"] * 40) + "&challenge=a"]
)
def test_a_query_without_one_or_without_bounds_is_no_challenge(target: str) -> None:
    assert checked(DropboxChallenge(), "GET", target) is None
