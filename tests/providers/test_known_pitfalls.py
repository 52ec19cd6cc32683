"""Known pitfalls of providers, as a table of the signed message ids."""

from __future__ import annotations

import pytest

from tests.providers.samples import SAMPLES

# What dedupes: an id in the signed body, or the digest of what is signed where there is none.
IDS = {
    "stripe": True,
    "square": True,
    "paddle": True,
    "slack": True,
    "intercom": True,
    "shopify": False,
    "shopify-events": False,
    "github": False,
    "gitlab-token": False,
    "bitbucket": False,
    "zoom": False,
    "linear": False,
    "zendesk": False,
    "sentry": False,
}


@pytest.mark.parametrize("name", IDS)
def test_which_ids_are_signed(name: str) -> None:
    sample = SAMPLES[name]
    body, headers = sample.signed()
    delivery = sample.verify(sample.verifier(), body, headers)
    assert delivery.id_is_signed == IDS[name]

    # Another id in a header is another delivery to nobody.
    others = {header: "msg_2" if value == "msg_1" else value for header, value in headers.items()}
    replayed = sample.verify(sample.verifier(), body, others)
    assert replayed.signed_content_digest == delivery.signed_content_digest
