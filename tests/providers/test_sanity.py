"""Sanity: interoperability with its library, in both directions."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.npm import node
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import in_node, they_take_what_we_sign, we_take_what_they_sign


@pytest.mark.network
@interop("sanity", by="@sanity/webhook (npm)")
def test_sanity() -> None:
    script = """
        const { isValidSignature } = require('@sanity/webhook');
        return await isValidSignature(body, headers['sanity-webhook-signature'], secret);
    """
    they_take_what_we_sign("sanity", in_node(script))


@pytest.mark.network
@interop("sanity", by="@sanity/webhook (npm), which signs")
def test_what_sanity_signs() -> None:
    script = "return await require('@sanity/webhook').encodeSignatureHeader(...given)"
    body, now = '{"_id": "grün"}', 1_790_000_000
    header = node(script, [body, now * 1_000 + 999, SAMPLES["sanity"].secret])

    delivery = we_take_what_they_sign(
        "sanity", body.encode(), {"sanity-webhook-signature": header}, now=now + 300
    )
    assert delivery.timestamp.timestamp() == now
