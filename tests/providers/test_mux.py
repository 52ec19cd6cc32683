"""Mux: its library accepts our signatures."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_node, they_take_what_we_sign


@pytest.mark.network
@interop("mux", by="@mux/mux-node (npm)")
def test_mux() -> None:
    script = """
        const { Mux } = require('@mux/mux-node');
        const mux = new Mux({ tokenId: 'a', tokenSecret: 'b', webhookSecret: secret });
        await mux.webhooks.verifySignature(body, headers);
    """
    they_take_what_we_sign("mux", in_node(script))
