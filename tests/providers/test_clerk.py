"""Clerk: its library accepts our signatures."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_node, they_take_what_we_sign


@pytest.mark.network
@interop("clerk", by="@clerk/backend (npm)")
def test_clerk() -> None:
    script = """
        const { verifyWebhook } = await import('@clerk/backend/webhooks');
        const request = new Request('https://example.com', { method: 'POST', headers, body });
        await verifyWebhook(request, { signingSecret: secret });
    """
    they_take_what_we_sign("clerk", in_node(script))
