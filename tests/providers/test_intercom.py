"""Intercom: a library accepts our signatures, and those of providers with the same header are rejected."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.pitfalls import SignedBy, assert_refused, mac
from tests.providers.sdk_calls import library_on_npm_takes_what_we_sign

INTERCOM = """
const { verify } = require('@activepieces/piece-intercom').intercom.events;
return given.bodies.map(rawBody => verify({
  payload: { rawBody, headers: given.headers, body: JSON.parse(rawBody) }, webhookSecret: given.secret,
}));
"""


@pytest.mark.network
@interop("intercom", by="Activepieces' @activepieces/piece-intercom (npm)")
def test_a_library_on_npm_takes_what_we_sign() -> None:
    library_on_npm_takes_what_we_sign("intercom", INTERCOM)


# What an attacker, or a careless reader of the documentation, sends for the body.
FOREIGN: dict[str, SignedBy] = {
    "Intercom with the SHA-256 of Bitbucket": lambda body: {
        "x-hub-signature": f"sha256={mac('intercom', body).hex()}"
    },
}


@pytest.mark.parametrize("signed", FOREIGN.values(), ids=FOREIGN)
def test_what_another_would_have_signed_does_not_pass(signed: SignedBy) -> None:
    assert_refused("intercom", signed)
