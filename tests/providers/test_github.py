"""GitHub: the vector of its documentation, two libraries, and its older signature."""

from __future__ import annotations

import gidgethub
import pytest
from gidgethub.sansio import Event as GitHubEvent

from tests.providers.interop import interop
from tests.providers.npm import node
from tests.providers.pitfalls import SignedBy, assert_refused, assert_taken_when_late, mac
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import signed_now
from tests.providers.verdicts import assert_vector


@interop("github", by="GitHub's documentation")
def test_the_vector_of_the_documentation() -> None:
    signature = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    headers = {"X-Hub-Signature-256": f"sha256={signature}"}
    assert_vector("github", "It's a Secret to Everybody", b"Hello, World!", headers)


@interop("github", by="gidgethub (PyPI)")
def test_gidgethub_takes_what_we_sign() -> None:
    body, changed, headers = signed_now("github")
    sent = {"content-type": "application/json", "x-github-event": "push"} | headers

    assert GitHubEvent.from_http(sent, body, secret=SAMPLES["github"].secret).delivery_id == "msg_1"
    with pytest.raises(gidgethub.ValidationFailure):
        GitHubEvent.from_http(sent, changed, secret=SAMPLES["github"].secret)


OCTOKIT = """
const { sign, verify } = await import('@octokit/webhooks-methods');
const { secret, body, changed, signature } = given;
return {
  verdicts: [await verify(secret, body, signature), await verify(secret, changed, signature)],
  signed: await sign(secret, body),
};
"""


@pytest.mark.network
@interop("github", by="@octokit/webhooks-methods (npm)")
def test_octokit_takes_what_we_sign_and_signs_the_same() -> None:
    secret = SAMPLES["github"].secret
    body, changed, headers = signed_now("github")
    signature = headers["x-hub-signature-256"]

    given = {"secret": secret, "body": body.decode(), "changed": changed.decode(), "signature": signature}
    assert node(OCTOKIT, given) == {"verdicts": [True, False], "signed": signature}


# What an attacker, or a careless reader of the documentation, sends for the body.
FOREIGN: dict[str, SignedBy] = {
    "GitHub's older SHA-1, in its own header": lambda body: {
        "x-hub-signature": f"sha1={mac('github', body, 'sha1').hex()}"
    },
    "GitHub's older SHA-1, in the newer header": lambda body: {
        "x-hub-signature-256": f"sha1={mac('github', body, 'sha1').hex()}"
    },
}


@pytest.mark.parametrize("signed", FOREIGN.values(), ids=FOREIGN)
def test_what_another_would_have_signed_does_not_pass(signed: SignedBy) -> None:
    assert_refused("github", signed)


@pytest.mark.parametrize(("late", "taken"), [(10**8, True)])
def test_how_late_a_delivery_may_be(late: int, taken: bool) -> None:
    assert_taken_when_late("github", late, taken)
