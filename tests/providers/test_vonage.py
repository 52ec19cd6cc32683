"""Vonage: its library for Node verifies the signature of our tokens."""

from __future__ import annotations

from tests.providers.interop import interop
from tests.providers.npm import node
from tests.providers.sample import NOW
from tests.providers.samples.vonage import SAMPLE
from tests.providers.verdicts import accepts
from webhook_verify import Verifier
from webhook_verify.schemes.providers.vonage import SCHEME

_VERIFY = """
const { verifySignature } = require('@vonage/jwt');
return verifySignature(given.token, given.secret);
"""


@interop("vonage", by="@vonage/jwt (npm)")
def test_vonages_library_verifies_what_we_sign() -> None:
    _, headers = SAMPLE.signed()
    token = headers["authorization"].removeprefix("Bearer ")

    assert node(_VERIFY, {"token": token, "secret": SAMPLE.secret}) is True
    assert node(_VERIFY, {"token": token, "secret": SAMPLE.other_secret}) is False


def test_a_claim_of_the_account_can_be_required() -> None:
    body, headers = SAMPLE.signed()
    scheme = SCHEME.with_options(claims={"api_key": "a1b2c3"})
    verifier = Verifier(SAMPLE.secret, scheme=scheme, clock=lambda: NOW)

    assert not accepts(lambda: verifier.verify(body, headers))
