"""LINE: its library accepts our signatures; the id of several events, and its endpoint check."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from tests.providers.handshake_calls import answered, as_json
from tests.providers.interop import interop
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign
from webhook_verify import Signer, Verifier
from webhook_verify.handshakes import LineCheck


@interop("line", by="line-bot-sdk (PyPI)")
def test_line() -> None:
    webhook = sdk("linebot.v3.webhook")

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return webhook.SignatureValidator(secret).validate(body, headers["x-line-signature"])

    they_take_what_we_sign("line", in_python(judge))


def test_the_id_of_a_line_delivery_is_that_of_all_its_events() -> None:
    sample = SAMPLES["line"]
    bodies = {
        "e1,e2": {"events": [{"webhookEventId": "e1"}, {"webhookEventId": "e2"}]},
        "e1": {"events": [{"webhookEventId": "e1"}]},
        "": {"events": []},
    }
    for expected, parsed in bodies.items():
        body = json.dumps(parsed).encode()
        headers = Signer(sample.secret, scheme="line").sign(body, id="none", timestamp=1)
        delivery = Verifier(sample.secret, scheme="line").verify(body, headers)
        assert (delivery.id, delivery.id_is_signed) == (expected, bool(expected))


@pytest.mark.parametrize("events", [[{"type": "message", "text": '"events":[]'}], [[]], {}, "", None])
def test_a_line_delivery_with_events_is_for_the_handler(events: object) -> None:
    assert answered(LineCheck(), as_json(destination="U", events=events)).status == 299
