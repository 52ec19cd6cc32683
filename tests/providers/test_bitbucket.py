"""Bitbucket: the vector of its documentation, and signatures of other providers with the same header."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.pitfalls import SignedBy, assert_refused, mac
from tests.providers.verdicts import assert_vector


@interop("bitbucket", by="Atlassian's documentation")
def test_the_vector_of_the_documentation() -> None:
    signature = "a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
    headers = {"X-Hub-Signature": f"sha256={signature}"}
    assert_vector("bitbucket", "It's a Secret to Everybody", b"Hello World!", headers)


# What an attacker, or a careless reader of the documentation, sends for the body.
FOREIGN: dict[str, SignedBy] = {
    "Bitbucket with the SHA-1 of Intercom, which has the same header": lambda body: {
        "x-hub-signature": f"sha1={mac('bitbucket', body, 'sha1').hex()}"
    },
}


@pytest.mark.parametrize("signed", FOREIGN.values(), ids=FOREIGN)
def test_what_another_would_have_signed_does_not_pass(signed: SignedBy) -> None:
    assert_refused("bitbucket", signed)
