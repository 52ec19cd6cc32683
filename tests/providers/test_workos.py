"""WorkOS: its library accepts our signatures, and its header format is accepted."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.providers.interop import interop
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign


@interop("workos", by="workos (PyPI)")
@pytest.mark.slow
def test_workos() -> None:
    verification = sdk("workos.webhooks._verification")

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        signature = headers["workos-signature"]
        return verification.verify_header(event_body=body.encode(), event_signature=signature, secret=secret)

    they_take_what_we_sign("workos", in_python(judge))


def test_workos_is_read_with_and_without_the_blank_after_the_comma() -> None:
    sample = SAMPLES["workos"]
    body, headers = sample.signed()
    assert ", v1=" in headers["workos-signature"]

    tight = {"workos-signature": headers["workos-signature"].replace(", ", ",")}
    assert sample.verifier().verify(body, tight) == sample.verifier().verify(body, headers)
