"""@hookflo/tern, a third-party library for several providers, accepts our signatures."""

from __future__ import annotations

import time

import pytest

from tests.providers.interop import interop
from tests.providers.npm import node
from tests.providers.samples.fal_ai import SAMPLE, fal_jwks
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


FAL = """
    globalThis.fetch = async () => new Response(given.jwks);
    const { WebhookVerificationService } = await import('@hookflo/tern');
    const verdicts = [];
    for (const { body, headers } of given.requests) {
        const request = new Request('https://example.com/', { method: 'POST', headers, body });
        verdicts.push(await WebhookVerificationService.verifyWithPlatformConfig(request, 'falai', ''));
    }
    return verdicts.map((verdict) => verdict.isValid);
"""


@pytest.mark.network
@interop("fal-ai", by="@hookflo/tern (npm, third party)")
def test_tern_accepts_the_deliveries_of_our_sample_of_fal() -> None:
    body, headers = SAMPLE.signed(timestamp=int(time.time()))
    other = {**headers, "x-fal-webhook-user-id": "github|1002"}
    requests = [{"body": body.decode(), "headers": each} for each in (headers, other)]
    assert node(FAL, {"jwks": fal_jwks(0).decode(), "requests": requests}) == [True, False]
