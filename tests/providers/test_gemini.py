"""Google's Gemini API implements Standard Webhooks, whose library verifies and signs the same deliveries."""

from __future__ import annotations

from tests.providers.interop import interop
from tests.providers.standard_family import they_and_we_agree


@interop("gemini", by="standardwebhooks (PyPI)")
def test_the_library_of_standard_webhooks_and_we_agree() -> None:
    they_and_we_agree("gemini", "standardwebhooks")
