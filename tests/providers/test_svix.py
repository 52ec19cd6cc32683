"""Svix: its library accepts our signatures. More tests are in tests/conformance."""

from __future__ import annotations

import svix.webhooks

from tests.providers.interop import interop
from tests.providers.standard_family import assert_official_library_takes


@interop("svix", by="svix (PyPI)")
def test_the_official_library_takes_what_we_sign() -> None:
    assert_official_library_takes("svix", svix.webhooks.Webhook)
