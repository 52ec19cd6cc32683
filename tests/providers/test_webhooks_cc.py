"""webhooks-cc, a toolkit that verifies and signs for several providers, in both directions."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.providers.interop import interop
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign, we_take_what_they_sign

TOOLKIT_HAS = [
    ("calendly", "calendly", "verify_calendly_signature", "calendly-webhook-signature"),
    (
        "coinbase-commerce",
        "coinbase-commerce",
        "verify_coinbase_commerce_signature",
        "x-cc-webhook-signature",
    ),
    ("docusign", "docusign", "verify_docusign_signature", "x-docusign-signature-1"),
    ("lemon-squeezy", "lemonsqueezy", "verify_lemon_squeezy_signature", "x-signature"),
    ("typeform", "typeform", "verify_typeform_signature", "typeform-signature"),
    ("vercel", "vercel", "verify_vercel_signature", "x-vercel-signature"),
    ("workos", "workos", "verify_workos_signature", "workos-signature"),
    ("meta", "meta", "verify_meta_signature", "x-hub-signature-256"),
    ("mux", "mux", "verify_mux_signature", "mux-signature"),
    ("razorpay", "razorpay", "verify_razorpay_signature", "x-razorpay-signature"),
]


@interop(*(name for name, _, _, _ in TOOLKIT_HAS), by="webhooks-cc (PyPI, third party)")
@pytest.mark.parametrize(
    ("name", "theirs", "function", "header"), TOOLKIT_HAS, ids=[name for name, _, _, _ in TOOLKIT_HAS]
)
def test_webhooks_cc(name: str, theirs: str, function: str, header: str) -> None:
    toolkit, verify = sdk("webhooks_cc"), getattr(sdk("webhooks_cc.verify"), function)

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return verify(body, headers[header], secret)

    they_take_what_we_sign(name, in_python(judge))

    secret = SAMPLES[name].secret
    built = toolkit.build_template_request("https://example.com", provider=theirs, secret=secret)
    assert we_take_what_they_sign(name, built.body.encode(), built.headers).scheme == name
