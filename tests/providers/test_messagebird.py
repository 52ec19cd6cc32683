"""MessageBird: the reference cases that its libraries share, and its library for Node."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.providers.interop import interop
from tests.providers.npm import node
from tests.providers.sample import NOW
from tests.providers.samples.messagebird import SAMPLE
from tests.providers.verdicts import accepts
from tests.rows import rows
from webhook_verify import Signer, Verifier

# lib/testdata/webhook-signature-jwt-reference.json of the npm package messagebird 4.0.1 (BSD-2-Clause).
FILE = Path(__file__).parents[1] / "data" / "messagebird-reference.json"
REFERENCE: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))


@interop("messagebird", by="MessageBird's published reference cases")
@rows("case", REFERENCE, ids=[case["name"] for case in REFERENCE])
def test_a_reference_case(case: dict[str, Any]) -> None:
    now = datetime.fromisoformat(case["timestamp"]).timestamp()
    verifier = Verifier(case.get("secret", SAMPLE.secret), scheme="messagebird", clock=lambda: now)
    headers, body = {"MessageBird-Signature-JWT": case["token"]}, case.get("payload", "").encode()

    assert accepts(lambda: verifier.verify(body, headers, url=case["url"])) is case["valid"]


_VERIFY = """
const { createSecretKey } = require('crypto');
const { verify, VerifyOptions } = require('messagebird/lib/webhook-signature-jwt');
const options = { issuer: 'MessageBird', algorithms: ['HS256'], currentDate: new Date(given.now * 1000) };
const key = createSecretKey(Buffer.from(given.secret));
return verify(given.url, Buffer.from(given.body), given.token, key, new VerifyOptions(true, true, options))
  .then(() => true, () => false);
"""


@interop("messagebird", by="messagebird (npm)")
def test_messagebirds_library_verifies_what_we_sign() -> None:
    body = '{"status": "delivered", "name": "Zo\xeb"}'
    signed = Signer(SAMPLE.secret, scheme="messagebird").sign(
        body.encode(), id="id-1", timestamp=NOW, url=SAMPLE.url, method="POST"
    )
    given = {"secret": SAMPLE.secret, "url": SAMPLE.url, "body": body, "now": NOW}
    given["token"] = signed["messagebird-signature-jwt"]

    assert node(_VERIFY, given) is True
    assert node(_VERIFY, {**given, "body": body + " "}) is False
    assert node(_VERIFY, {**given, "url": f"{SAMPLE.url}&x"}) is False
