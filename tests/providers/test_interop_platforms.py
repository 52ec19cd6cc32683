"""Platforms: what their own libraries, or those of others, say of what we sign, and we of what they sign."""

from __future__ import annotations

import time

import gidgethub
import pytest
from gidgethub.sansio import Event as GitHubEvent
from gidgetlab.exceptions import ValidationFailure
from gidgetlab.sansio import Event as GitLabEvent
from slack_sdk.signature import SignatureVerifier as SlackVerifier

from tests.providers.interop import interop
from tests.providers.npm import node
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import we_take_what_they_sign
from tests.providers.sentry_server import sentry_sends, sentry_signs
from webhook_verify import SignatureMismatch, Verifier

EVERYBODY = "It's a Secret to Everybody"
SLASH_COMMAND = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
    b"%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)


def signed_now(name: str) -> tuple[bytes, bytes, dict[str, str]]:
    """The sample's body, a changed one and the headers of the first; the libraries know no other clock."""
    body, headers = SAMPLES[name].signed(timestamp=int(time.time()))
    return body, body.replace(b'"', b"'", 1), headers


# --- published vectors ------------------------------------------------------------------------------

# (secret, body, headers, when it was signed)
GITHUB_SHA256 = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
BITBUCKET_SHA256 = "a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
META_SHA256 = "0c61947b610d4f45e65f3d680e26027121ec2413e77598bcb6cfc6e0d9888221"
SLACK_SHA256 = "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
VECTORS: dict[str, tuple[str, bytes, dict[str, str], int]] = {
    "github": (EVERYBODY, b"Hello, World!", {"X-Hub-Signature-256": f"sha256={GITHUB_SHA256}"}, 0),
    "bitbucket": (EVERYBODY, b"Hello World!", {"X-Hub-Signature": f"sha256={BITBUCKET_SHA256}"}, 0),
    "meta": ("TEST_APP_SECRET", b"test", {"X-Hub-Signature-256": f"sha256={META_SHA256}"}, 0),
    "slack": (
        "8f742231b10e8888abcd99yyyzzz85a5",
        SLASH_COMMAND,
        {"X-Slack-Signature": f"v0={SLACK_SHA256}", "X-Slack-Request-Timestamp": "1531420618"},
        1531420618,
    ),
}


@interop("github", by="GitHub's documentation")
@interop("bitbucket", by="Atlassian's documentation")
@interop("meta", by="the tests of Meta's WhatsApp-Nodejs-SDK")
@interop("slack", by="Slack's documentation")
@pytest.mark.filterwarnings("ignore::webhook_verify.WeakSecretWarning")  # Meta's has 15 bytes
@pytest.mark.parametrize("name", VECTORS)
def test_published_vectors(name: str) -> None:
    secret, body, headers, when = VECTORS[name]
    verifier = Verifier(secret, scheme=name, clock=lambda: when)

    assert verifier.verify(body, headers).body == body
    with pytest.raises(SignatureMismatch):
        verifier.verify(body + b" ", headers)


# --- GitHub, GitLab ---------------------------------------------------------------------------------


@interop("github", by="gidgethub (PyPI)")
def test_gidgethub_takes_what_we_sign() -> None:
    body, changed, headers = signed_now("github")
    sent = {"content-type": "application/json", "x-github-event": "push"} | headers

    assert GitHubEvent.from_http(sent, body, secret=SAMPLES["github"].secret).delivery_id == "msg_1"
    with pytest.raises(gidgethub.ValidationFailure):
        GitHubEvent.from_http(sent, changed, secret=SAMPLES["github"].secret)


OCTOKIT = """
const { sign, verify } = await import('@octokit/webhooks-methods');
const { secret, body, changed, signature } = given;
return {
  verdicts: [await verify(secret, body, signature), await verify(secret, changed, signature)],
  signed: await sign(secret, body),
};
"""


@pytest.mark.network
@interop("github", by="@octokit/webhooks-methods (npm)")
def test_octokit_takes_what_we_sign_and_signs_the_same() -> None:
    secret = SAMPLES["github"].secret
    body, changed, headers = signed_now("github")
    signature = headers["x-hub-signature-256"]

    given = {"secret": secret, "body": body.decode(), "changed": changed.decode(), "signature": signature}
    assert node(OCTOKIT, given) == {"verdicts": [True, False], "signed": signature}


@interop("gitlab-token", by="gidgetlab (PyPI)")
def test_gidgetlab_takes_what_we_send() -> None:
    sample = SAMPLES["gitlab-token"]
    body, _, headers = signed_now("gitlab-token")
    sent = {"content-type": "application/json", "x-gitlab-event": "Push Hook"} | headers

    assert GitLabEvent.from_http(sent, body, secret=sample.secret).data["object_kind"] == "push"
    with pytest.raises(ValidationFailure):
        GitLabEvent.from_http(sent, body, secret=sample.other_secret)


# --- Slack ------------------------------------------------------------------------------------------


@interop("slack", by="slack-sdk (PyPI)")
def test_slack_takes_what_we_sign_and_signs_the_same() -> None:
    verifier = SlackVerifier(SAMPLES["slack"].secret)
    body, changed, headers = signed_now("slack")

    assert [verifier.is_valid_request(each, headers) for each in (body, changed)] == [True, False]
    timestamp = headers["x-slack-request-timestamp"]
    assert verifier.generate_signature(timestamp=timestamp, body=body) == headers["x-slack-signature"]


# --- libraries on npm: each takes our delivery, and refuses it with another body --------------------

ZOOM = """
const { AwsLambdaReceiver } = require('@zoom/rivet/meetings');
const receiver = new AwsLambdaReceiver({ webhooksSecretToken: given.secret });
receiver.init({ eventEmitter: { emit: async () => {} } });
const handle = receiver.start();
return Promise.all(given.bodies.map(async body => {
  const answer = await handle({ body, headers: given.headers, isBase64Encoded: false }, {});
  return answer.statusCode === 200;
}));
"""

LINEAR = """
const { LinearWebhookClient } = await import('@linear/sdk/webhooks');
const handle = new LinearWebhookClient(given.secret).createHandler();
return Promise.all(given.bodies.map(async body => {
  const request = new Request('https://hook.example/', { method: 'POST', headers: given.headers, body });
  return (await handle(request)).status === 200;
}));
"""

INTERCOM = """
const { verify } = require('@activepieces/piece-intercom').intercom.events;
return given.bodies.map(rawBody => verify({
  payload: { rawBody, headers: given.headers, body: JSON.parse(rawBody) }, webhookSecret: given.secret,
}));
"""

ZENDESK = """
const { verifySignature } = require('n8n-nodes-base/dist/nodes/Zendesk/ZendeskTriggerHelpers.js');
return given.bodies.map(body => verifySignature.call({
  getWorkflowStaticData: () => ({ webhookSecret: given.secret }),
  getHeaderData: () => given.headers,
  getRequestObject: () => ({ rawBody: Buffer.from(body) }),
}));
"""

ON_NPM = {"zoom": ZOOM, "linear": LINEAR, "intercom": INTERCOM, "zendesk": ZENDESK}


@pytest.mark.network
@interop("zoom", by="@zoom/rivet (npm)")
@interop("linear", by="@linear/sdk (npm)")
@interop("intercom", by="Activepieces' @activepieces/piece-intercom (npm)")
@interop("zendesk", by="n8n's n8n-nodes-base (npm)")
@pytest.mark.parametrize("name", ON_NPM)
def test_a_library_on_npm_takes_what_we_sign(name: str) -> None:
    sample, timestamp = SAMPLES[name], int(time.time())
    # As JavaScript writes JSON, for Zoom's signs it again instead of the bytes that came.
    compact = sample.body(timestamp, "msg_1").replace(b": ", b":").replace(b", ", b",")
    headers = sample.signer().sign(compact, id="msg_1", timestamp=timestamp)
    changed = compact.replace(b'":"', b'":"x', 1)
    assert changed != compact

    given = {"secret": sample.secret, "headers": headers, "bodies": [compact.decode(), changed.decode()]}
    assert node(ON_NPM[name], given) == [True, False]


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


# --- Sentry ------------------------------------------------------------------------------------------


@pytest.mark.network
@interop("sentry", by="Sentry's own server (sentry on PyPI), signing")
def test_we_take_what_sentrys_server_sends_and_sign_the_same() -> None:
    secret = SAMPLES["sentry"].secret
    body, headers = sentry_sends(secret, "issue", "created", {"issue": {"title": "gr\u00fcn"}})

    delivery = we_take_what_they_sign("sentry", body, headers)
    assert (delivery.id, delivery.id_is_signed) == (headers["Request-ID"], False)

    ours, ours_signed = SAMPLES["sentry"].signed()
    assert sentry_signs(secret, ours.decode()) == ours_signed["sentry-hook-signature"]


# --- Telegram ---------------------------------------------------------------------------------------

GRAMMY = """
const { Bot, webhookCallback } = require('grammy');
const botInfo = { id: 42, is_bot: true, first_name: 'Test', username: 'test_bot' };
const bot = new Bot('42:TEST', { botInfo });
const texts = [];
bot.on('message:text', context => { texts.push(context.message.text); });
const handle = webhookCallback(bot, 'std/http', { secretToken: given.token });
const statuses = [];
for (const headers of given.headers) {
  const request = new Request('https://bot.example/', { method: 'POST', headers, body: given.body });
  statuses.push((await handle(request)).status);
}
return { statuses, texts };
"""


@pytest.mark.network
@interop("telegram", by="grammy (npm)")
def test_grammy_takes_what_we_send() -> None:
    message = b'{"message_id": 1, "date": 1441645532, "chat": {"id": 1, "type": "private"}, "text": "/start"}'
    body = b'{"update_id": 10000, "message": %b}' % message
    sample = SAMPLES["telegram"]
    sent = [sample.signer(secret).sign(body) for secret in (sample.secret, sample.other_secret)]

    answer = node(GRAMMY, {"token": sample.secret, "body": body.decode(), "headers": [*sent, {}]})

    assert answer == {"statuses": [200, 401, 401], "texts": ["/start"]}
    assert sample.verifier().verify(body, sent[0]).id == "10000"
