"""@hookflo/tern, a third-party library for several providers, accepts our signatures."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_node, they_take_what_we_sign

SCRIPT = """
    const { WebhookVerificationService } = await import('@hookflo/tern');
    const request = new Request('https://example.com/', { method: 'POST', headers, body });
    const answer = await WebhookVerificationService.verifyWithPlatformConfig(request, 'PLATFORM', secret);
    return answer.isValid;
"""


@pytest.mark.network
@interop("doppler", by="@hookflo/tern (npm, third party)")
def test_tern() -> None:
    they_take_what_we_sign("doppler", in_node(SCRIPT.replace("PLATFORM", "doppler")))
