"""The schemes that have tests of their own elsewhere, once more against somebody else.

The whole of it is in tests/conformance (Standard Webhooks, Svix) and tests/schemes (Lithic, Emporix).
"""

from __future__ import annotations

from typing import Any

import pytest
import standardwebhooks
import svix.webhooks

from tests.providers.interop import interop
from tests.providers.npm import node
from tests.signing import SECRET
from webhook_verify import SignatureMismatch, Signer, Verifier

BODY = b'{"type": "invoice.paid"}'
OFFICIAL = {"standard-webhooks": standardwebhooks.Webhook, "svix": svix.webhooks.Webhook}


@interop("standard-webhooks", by="standardwebhooks (PyPI)")
@interop("svix", by="svix (PyPI)")
@pytest.mark.parametrize("name", OFFICIAL)
def test_the_official_library_takes_what_we_sign(name: str) -> None:
    official: Any = OFFICIAL[name](SECRET)
    headers = Signer(SECRET, scheme=name).sign(BODY)

    official.verify(BODY, headers)  # raises for what it does not take
    with pytest.raises(Exception, match="No matching signature found"):
        official.verify(BODY + b" ", headers)


@interop("standard-webhooks", by="the specification")
def test_the_vector_of_the_specification() -> None:
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    verifier = Verifier(SECRET, clock=lambda: 1614265330)

    assert verifier.verify(b'{"test": 2432232314}', headers).id == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    with pytest.raises(SignatureMismatch):
        verifier.verify(b'{"test": 2432232315}', headers)


@interop("lithic", by="the tests of lithic (PyPI)")
def test_the_vector_of_lithics_library() -> None:
    body = (
        b'{"card_token":"sit Lorem ipsum, accusantium repellendus possimus",'
        b'"created_at":"elit. placeat libero architecto molestias, sit","account_token":"elit.",'
        b'"issuer_decision":"magnam, libero esse Lorem ipsum magnam, magnam,",'
        b'"tokenization_attempt_id":"illum dolor repellendus libero esse accusantium",'
        b'"wallet_decisioning_info":{"device_score":"placeat architecto"},'
        b'"digital_wallet_token_metadata":{"status":"reprehenderit dolor",'
        b'"token_requestor_id":"possimus","payment_account_info":{"account_holder_data":'
        b'{"phone_number":"libero","email_address":"nobis molestias, veniam culpa! quas elit. '
        b'quas libero esse architecto placeat"},"pan_unique_reference":"adipisicing odit magnam, odit"}}}'
    )
    headers = {
        "webhook-id": "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj",
        "webhook-timestamp": "1676312382",
        "webhook-signature": "v1,Dwa0AHInLL3XFo2sxcHamOQDrJNi7F654S3L6skMAOI=",
    }
    secret = "whsec_zlFsbBZ8Xcodlpcu6NDTdSzZRLSdhkst"
    verifier = Verifier(secret, scheme="lithic", clock=lambda: 1676312382)

    assert verifier.verify(body, headers).id == "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj"
    with pytest.raises(SignatureMismatch):
        verifier.verify(body + b" ", headers)


# As Emporix's documentation has a receiver do it.
EMPORIX = """
const { createHmac } = require('crypto');
const stringify = require('json-stable-stringify');
return createHmac('sha256', given.secret).update(stringify(JSON.parse(given.body))).digest('base64');
"""


@pytest.mark.network
@interop("emporix", by="json-stable-stringify (npm)")
def test_emporix_signs_the_canonical_form() -> None:
    secret, body = "the secret of the whole configuration", '{ "b": [1.0, "ä"], "a": {"d": null, "c": 1e2} }'
    signature = node(EMPORIX, {"secret": secret, "body": body})
    verifier = Verifier(secret, scheme="emporix")

    delivery = verifier.verify(body.encode(), {"emporix-event-signature": signature})

    assert delivery.signed_body.decode() == '{"a":{"c":100,"d":null},"b":[1,"ä"]}'
    with pytest.raises(SignatureMismatch):
        verifier.verify(body.replace("null", "true").encode(), {"emporix-event-signature": signature})
