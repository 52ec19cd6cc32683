"""GitLab: its tokens with gidgetlab, and its signatures with the library that its tests use."""

from __future__ import annotations

import pytest
from gidgetlab.exceptions import ValidationFailure
from gidgetlab.sansio import Event as GitLabEvent

from tests.providers.interop import interop
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import signed_now
from tests.providers.standard_family import they_and_we_agree
from webhook_verify import SignatureMismatch, Verifier


@interop("gitlab", by="standardwebhooks (PyPI), used by the tests of GitLab's merge request 230944")
def test_the_library_that_gitlab_refers_to() -> None:
    they_and_we_agree("gitlab", "standardwebhooks")


@interop("gitlab-token", by="gidgetlab (PyPI)")
def test_gidgetlab_takes_what_we_send() -> None:
    sample = SAMPLES["gitlab-token"]
    body, _, headers = signed_now("gitlab-token")
    sent = {"content-type": "application/json", "x-gitlab-event": "Push Hook"} | headers

    assert GitLabEvent.from_http(sent, body, secret=sample.secret).data["object_kind"] == "push"
    with pytest.raises(ValidationFailure):
        GitLabEvent.from_http(sent, body, secret=sample.other_secret)


def test_a_token_in_another_case_is_another_token() -> None:
    sample = SAMPLES["gitlab-token"]
    body, headers = sample.signed()
    verifier = Verifier(sample.secret.swapcase(), scheme="gitlab-token")
    with pytest.raises(SignatureMismatch):
        verifier.verify(body, headers)
