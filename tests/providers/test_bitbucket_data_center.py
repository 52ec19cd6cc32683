"""Bitbucket Data Center: its headers, and its unsigned test request."""

from __future__ import annotations

from tests.adapters.raw_requests import ADAPTERS, Ask
from tests.providers.samples import SAMPLES
from webhook_verify import Verifier

SAMPLE = SAMPLES["bitbucket-data-center"]


def test_the_request_id_and_the_event_key() -> None:
    body, headers = SAMPLE.signed()
    delivery = SAMPLE.verifier().verify(body, {**headers, "X-Event-Key": "repo:refs_changed"})

    assert (delivery.id, delivery.id_is_signed) == ("msg_1", False)
    assert (delivery.event_type, delivery.event_type_is_signed) == ("repo:refs_changed", False)


def test_the_test_connection_gets_200_and_runs_nothing() -> None:
    receiver = ADAPTERS["wsgi"].receiver(Verifier(SAMPLE.secret, scheme="bitbucket-data-center"))
    ping = Ask(body=b'{"test": true}', headers={"x-event-key": "diagnostics:ping", "x-request-id": "1"})

    seen = ADAPTERS["wsgi"].send(receiver, ping)
    assert (seen.status, seen.body) == (200, b"")
    assert ADAPTERS["wsgi"].send(receiver, ping._replace(body=b'{"test": true, "a": 1}')).status == 400
