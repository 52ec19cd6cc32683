"""Zoom: its library accepts our signatures, and its handshake cannot sign a delivery."""

from __future__ import annotations

import pytest

from tests.providers.handshake_calls import SECRET, SIGNED, ZOOM_ANSWER, ZOOM_TOKEN, answered, as_json, zoom
from tests.providers.interop import interop
from tests.providers.pitfalls import assert_taken_when_late
from tests.providers.sdk_calls import library_on_npm_takes_what_we_sign
from webhook_verify import Verifier
from webhook_verify.handshakes import ZoomValidation
from webhook_verify.http import WebhookResponse

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


@pytest.mark.network
@interop("zoom", by="@zoom/rivet (npm)")
def test_a_library_on_npm_takes_what_we_sign() -> None:
    library_on_npm_takes_what_we_sign("zoom", ZOOM)


@pytest.mark.parametrize(("late", "taken"), [(301, False)])
def test_how_late_a_delivery_may_be(late: int, taken: bool) -> None:
    assert_taken_when_late("zoom", late, taken)


# --- its handshake is no signing oracle --------------------------------------------------------------


@pytest.mark.parametrize(
    "token",
    [
        "v0:1700000000:{}",
        "msg_1.1700000000.{}",
        "v0:",
        "a.b",
        '{"event":"meeting.ended"}',
        "a" * 65,
        "a b",
        "a\n",
        "ä",
        "",
        None,
        5,
        ["a"],
    ],
)
def test_zooms_validation_signs_no_content_of_a_delivery(token: object) -> None:
    assert answered(ZoomValidation(), zoom(token)) == WebhookResponse.for_status(400)


@pytest.mark.parametrize("payload", [None, [], "a", {}])
def test_a_validation_without_a_token_is_malformed(payload: object) -> None:
    body = as_json(event="endpoint.url_validation", payload=payload)

    assert answered(ZoomValidation(), body) == WebhookResponse.for_status(400)


def test_the_validation_is_signed_by_the_secret_that_verified_the_request() -> None:
    both = Verifier(["the secret of another app", SECRET], scheme=SIGNED)

    assert answered(ZoomValidation(), zoom(ZOOM_TOKEN), both).body == ZOOM_ANSWER
