"""Zendesk: a library accepts our signatures; the border of timestamp and body."""

from __future__ import annotations

import hmac
from base64 import b64decode

import pytest

from tests.providers.interop import interop
from tests.providers.pitfalls import SignedBy, assert_refused, assert_taken_when_late, base64, mac
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import library_on_npm_takes_what_we_sign
from webhook_verify import RejectedDelivery, SignatureMismatch, Verifier

ZENDESK = """
const { verifySignature } = require('n8n-nodes-base/dist/nodes/Zendesk/ZendeskTriggerHelpers.js');
return given.bodies.map(body => verifySignature.call({
  getWorkflowStaticData: () => ({ webhookSecret: given.secret }),
  getHeaderData: () => given.headers,
  getRequestObject: () => ({ rawBody: Buffer.from(body) }),
}));
"""


@pytest.mark.network
@interop("zendesk", by="n8n's n8n-nodes-base (npm)")
def test_a_library_on_npm_takes_what_we_sign() -> None:
    library_on_npm_takes_what_we_sign("zendesk", ZENDESK)


def test_zendesk_does_not_sign_as_its_beta_did() -> None:
    """The vector of the older documentation is of the body and the timestamp, in the other order."""
    headers = {
        "X-Zendesk-Webhook-Signature": "tRDSF7URY8BLCDlaBcQ7FHu051Zk+aAB0NKMP53teMw=",
        "X-Zendesk-Webhook-Signature-Timestamp": "2021-07-25T10:00:00Z",
    }
    secret = "HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA="
    verifier = Verifier(secret, scheme="zendesk", clock=lambda: 1627207200)
    with pytest.raises(SignatureMismatch):
        verifier.verify(b'{"say": "hello"}', headers)


STAMP = "2026-09-21T14:13:20Z"  # is NOW

# What an attacker, or a careless reader of the documentation, sends for the body.
FOREIGN: dict[str, SignedBy] = {
    "Zendesk's secret read as base64": lambda body: {
        "x-zendesk-webhook-signature": base64(
            hmac.digest(b64decode(SAMPLES["zendesk"].secret, b"-_"), STAMP.encode() + body, "sha256")
        ),
        "x-zendesk-webhook-signature-timestamp": STAMP,
    },
    "Zendesk's body before the timestamp, as in its beta": lambda body: {
        "x-zendesk-webhook-signature": base64(mac("zendesk", body + STAMP.encode())),
        "x-zendesk-webhook-signature-timestamp": STAMP,
    },
}


@pytest.mark.parametrize("signed", FOREIGN.values(), ids=FOREIGN)
def test_what_another_would_have_signed_does_not_pass(signed: SignedBy) -> None:
    assert_refused("zendesk", signed)


@pytest.mark.parametrize(("late", "taken"), [(301, False), (-301, False)])
def test_how_late_a_delivery_may_be(late: int, taken: bool) -> None:
    assert_taken_when_late("zendesk", late, taken)


def test_the_border_between_zendesks_timestamp_and_body_stays_where_it_is() -> None:
    """They stand beside each other without a delimiter; only one border makes a timestamp."""
    sample = SAMPLES["zendesk"]
    signed_content = (STAMP + "+00:00.5Z").encode()
    signature = base64(mac("zendesk", signed_content))
    verifier = sample.verifier()
    taken: list[int] = []
    for border in range(len(signed_content) + 1):
        headers = {
            "x-zendesk-webhook-signature": signature,
            "x-zendesk-webhook-signature-timestamp": signed_content[:border].decode(),
        }
        try:
            verifier.verify(signed_content[border:], headers)
        except RejectedDelivery:
            continue
        taken.append(border)

    assert taken == [len(STAMP)]
