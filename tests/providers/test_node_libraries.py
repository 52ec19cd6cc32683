"""Libraries on npm that judge what we sign, each in a line: the providers' own, and the nodes of n8n."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.sdk_calls import in_node, they_take_what_we_sign

HOOKDECK = """
    const { verifyWebhookSignature } = require('@hookdeck/sdk/webhooks/helpers');
    const given = { headers, rawBody: body, signingSecret: secret };
    return (await verifyWebhookSignature(given)).isValidSignature;
"""

MAILERSEND = """
    const { MailerSendUtils } = require('mailersend/lib/services/mailersend.utils.js');
    return MailerSendUtils.verifyWebHook(Buffer.from(body), headers.signature, secret);
"""

N8N = """
    const { verifySignature } = require('n8n-nodes-base/dist/nodes/HELPERS.js');
    return await verifySignature.call({
        getNodeParameter: () => 'apiKey',
        getCredentials: async () => ({ apiKey: secret }),
        getWorkflowStaticData: () => ({ webhookSecret: secret, key: secret }),
        getRequestObject: () => ({ rawBody: Buffer.from(body), header: name => headers[name] }),
    });
"""

OF_N8N = [
    ("acuity-scheduling", "AcuityScheduling/AcuitySchedulingTriggerHelpers"),
    ("formstack", "Formstack/FormstackTriggerHelpers"),
    ("mailerlite", "MailerLite/v2/MailerLiteTriggerHelpers"),
    ("mautic", "Mautic/MauticTriggerHelpers"),
    ("netlify", "Netlify/NetlifyTriggerHelpers"),
    ("taiga", "Taiga/TaigaTriggerHelpers"),
]


@pytest.mark.network
@interop("hookdeck", by="@hookdeck/sdk (npm)")
def test_hookdeck() -> None:
    they_take_what_we_sign("hookdeck", in_node(HOOKDECK))


@pytest.mark.network
@interop("mailersend", by="mailersend (npm)")
def test_mailersend() -> None:
    they_take_what_we_sign("mailersend", in_node(MAILERSEND))


@pytest.mark.network
@interop(*(name for name, _ in OF_N8N), by="n8n's n8n-nodes-base (npm)")
@pytest.mark.parametrize(("name", "helpers"), OF_N8N, ids=[name for name, _ in OF_N8N])
def test_n8n(name: str, helpers: str) -> None:
    they_take_what_we_sign(name, in_node(N8N.replace("HELPERS", helpers)))
