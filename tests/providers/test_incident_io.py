"""incident.io sends through Svix, whose library verifies and signs the same deliveries."""

from __future__ import annotations

from tests.providers.interop import interop
from tests.providers.standard_family import they_and_we_agree


@interop("incident-io", by="svix (PyPI)")
def test_the_library_of_svix_and_we_agree() -> None:
    they_and_we_agree("incident-io", "svix.webhooks")
