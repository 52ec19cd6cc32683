"""LiveKit: its library for Node, in both directions."""

from __future__ import annotations

import time

from tests.providers.interop import interop
from tests.providers.npm import node
from tests.providers.samples.livekit import SAMPLE
from tests.providers.verdicts import accepts
from webhook_verify import Signer, Verifier
from webhook_verify.schemes.providers.livekit import SCHEME

BODY = '{"event": "room_started", "id": "EV_1", "room": {"sid": "RM_1", "name": "Zo\xeb"}}'
WITH_KEY = SCHEME.with_options(claims={"iss": "{account}"})

_VERIFY = """
const { WebhookReceiver } = await import('livekit-server-sdk');
const receiver = new WebhookReceiver('APIkey1', given.secret);
return receiver.receive(given.body, given.token).then(() => true, () => false);
"""
_SIGN = """
const { AccessToken } = await import('livekit-server-sdk');
const token = new AccessToken('APIkey1', given.secret, { ttl: 300 });
token.sha256 = require('crypto').createHash('sha256').update(given.body).digest('base64');
return token.toJwt();
"""


@interop("livekit", by="livekit-server-sdk (npm)")
def test_livekits_library_agrees_in_both_directions() -> None:
    secret = f"APIkey1:{SAMPLE.secret}"
    ours = Signer(secret, scheme=WITH_KEY).sign(BODY.encode(), id="", timestamp=int(time.time()))
    given = {"secret": SAMPLE.secret, "body": BODY, "token": ours["authorization"]}
    assert node(_VERIFY, given) is True
    assert node(_VERIFY, {**given, "body": BODY.replace("RM_1", "RM_2")}) is False

    headers = {"authorization": node(_SIGN, given)}
    for verifier in (Verifier(SAMPLE.secret, scheme="livekit"), Verifier(secret, scheme=WITH_KEY)):
        assert verifier.verify(BODY.encode(), headers).id == "EV_1"
    other = Verifier(f"APIkey2:{SAMPLE.secret}", scheme=WITH_KEY)
    assert not accepts(lambda: other.verify(BODY.encode(), headers))
