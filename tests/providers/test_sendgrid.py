"""SendGrid: its libraries verify our signatures; their vector, and accepted keys."""

from __future__ import annotations

from base64 import b64decode, b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st
from sendgrid.helpers.eventwebhook import EventWebhook  # type: ignore[import-untyped]

from tests.effort import examples
from tests.providers.interop import interop
from tests.providers.key_pairs import der_of, p256, pem_of, rsa_key
from tests.providers.npm import node
from tests.providers.sample import NOW
from tests.providers.verdicts import assert_no_key, verified
from webhook_verify import Signer, Verifier

TEXTS = st.text(max_size=100)


@interop("sendgrid", by="sendgrid (PyPI)")
@given(body=TEXTS)
@examples(50)
def test_sendgrids_python_library_verifies_what_we_sign(body: str) -> None:
    public, private = der_of(p256(0))
    headers = Signer(private, scheme="sendgrid").sign(body.encode(), timestamp=NOW)

    library = EventWebhook(public)
    signature, timestamp = headers.values()
    assert library.verify_signature(body, signature, timestamp)
    assert not library.verify_signature(body + " ", signature, timestamp)
    assert verified("sendgrid", public, body.encode(), headers)


# Of the tests of SendGrid's own libraries (sendgrid-python, test/unit/test_eventwebhook.py).
SENDGRID_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpig"
    "lSI8eNEc6wEA3F+g=="
)

SENDGRID_BODY = (
    b'[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address","sg_event_id":'
    b'"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA","sg_message_id":'
    b'"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0","smtp-id":'
    b'"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n'
)

SENDGRID_HEADERS = {
    "X-Twilio-Email-Event-Webhook-Signature": "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBi"
    "XDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=",
    "X-Twilio-Email-Event-Webhook-Timestamp": "1600112502",
}


@interop("sendgrid", by="SendGrid's published vector")
def test_the_vector_of_sendgrids_libraries() -> None:
    assert verified("sendgrid", SENDGRID_KEY, SENDGRID_BODY, SENDGRID_HEADERS, 1600112502)
    assert not verified("sendgrid", SENDGRID_KEY, SENDGRID_BODY.strip(), SENDGRID_HEADERS, 1600112502)


def test_an_ecdsa_signature_has_a_twin_but_the_delivery_does_not() -> None:
    """Anybody can turn (r, s) into (r, n - s): so a delivery is told by its digest, not by its signature."""
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    name = "X-Twilio-Email-Event-Webhook-Signature"
    r, s = decode_dss_signature(b64decode(SENDGRID_HEADERS[name]))
    twin = SENDGRID_HEADERS | {name: b64encode(encode_dss_signature(r, order - s)).decode()}

    verifier = Verifier(SENDGRID_KEY, scheme="sendgrid", clock=lambda: 1600112502)
    deliveries = [verifier.verify(SENDGRID_BODY, headers) for headers in (SENDGRID_HEADERS, twin)]

    assert twin[name] != SENDGRID_HEADERS[name]
    assert deliveries[0].signed_content_digest == deliveries[1].signed_content_digest
    assert not deliveries[0].id_is_signed


@pytest.mark.network
@interop("sendgrid", by="@sendgrid/eventwebhook (npm)")
def test_sendgrids_javascript_library_verifies_what_we_sign() -> None:
    public, private = der_of(p256(0))
    body = '[{"event": "open", "name": "\u00e9"}]\r\n'
    headers = Signer(private, scheme="sendgrid").sign(body.encode(), timestamp=NOW)
    script = """
        const { EventWebhook } = require('@sendgrid/eventwebhook');
        const [body, signature, timestamp, text] = given;
        const library = new EventWebhook();
        const key = library.convertPublicKeyToECDSA(text);
        return [body, body.trim()].map(each => library.verifySignature(key, each, signature, timestamp));
    """

    assert node(script, [body, *headers.values(), public]) == [True, False]


@pytest.mark.parametrize(
    "secret",
    [
        "AAAA",
        pem_of(ec.generate_private_key(ec.SECP384R1()))[0],
        pem_of(rsa_key(0))[0],
    ],
    ids=range(3),
)
def test_another_kind_of_key_is_refused(secret: str) -> None:
    assert_no_key("sendgrid", secret)
