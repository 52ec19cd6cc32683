"""Members of the family whose users verify with the library of the standard or of Svix."""

from __future__ import annotations

import standardwebhooks
import svix.webhooks

from tests.providers.interop import interop
from tests.providers.standard_family import assert_official_library_takes
from tests.rows import rows


@interop("argilla", "formbricks", "loops", "recall-ai", "render", by="standardwebhooks (PyPI)")
@rows("name", ["argilla", "formbricks", "loops", "recall-ai", "render"])
def test_the_library_of_the_standard_takes_what_we_sign(name: str) -> None:
    assert_official_library_takes(name, standardwebhooks.Webhook)


@interop("stytch", "svix-ingest", "vanta", by="svix (PyPI)")
@rows("name", ["stytch", "svix-ingest", "vanta"])
def test_the_library_of_svix_takes_what_we_sign(name: str) -> None:
    assert_official_library_takes(name, svix.webhooks.Webhook)
