"""Whitespace around the values of headers, as servers such as uvicorn with httptools pass it on."""

from __future__ import annotations

from tests.adapters.raw_requests import HANDLED, Adapter, Ask
from tests.providers.handshake_rows import every_adapter
from webhook_verify import Signer, Verifier

SECRET, BODY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"id": "evt_1"}'


@every_adapter
def test_whitespace_around_a_value_is_not_a_part_of_it(adapter: Adapter) -> None:
    for name in ("standard-webhooks", "svix", "github", "stripe", "slack"):
        receiver = adapter.receiver(Verifier(SECRET, scheme=name), public_url="https://example.com")
        signed = Signer(SECRET, scheme=name).sign(BODY)
        for form in ("{}", " {}", "{}\t", "\t {} \t"):
            headers = {header: form.format(value) for header, value in signed.items()}
            assert adapter.send(receiver, Ask(body=BODY, headers=headers)).body == HANDLED + BODY
        wrong = {header: f" {value}x " for header, value in signed.items()}
        assert adapter.send(receiver, Ask(body=BODY, headers=wrong)).status in (400, 401)
