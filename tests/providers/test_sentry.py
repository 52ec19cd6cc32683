"""Sentry: signatures of its server, without a signed timestamp."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.pitfalls import assert_same_with_another_time
from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import we_take_what_they_sign
from tests.providers.sentry_server import sentry_sends, sentry_signs
from webhook_verify import MalformedDelivery, SignatureMismatch


@pytest.mark.network
@interop("sentry", by="Sentry's own server (sentry on PyPI), signing")
def test_we_take_what_sentrys_server_sends_and_sign_the_same() -> None:
    secret = SAMPLES["sentry"].secret
    body, headers = sentry_sends(secret, "issue", "created", {"issue": {"title": "gr\u00fcn"}})

    delivery = we_take_what_they_sign("sentry", body, headers)
    assert (delivery.id, delivery.id_is_signed) == (headers["Request-ID"], False)

    ours, ours_signed = SAMPLES["sentry"].signed()
    assert sentry_signs(secret, ours.decode()) == ours_signed["sentry-hook-signature"]


@pytest.mark.network
@interop("sentry", by="Sentry's own server (sentry on PyPI), signing")
@pytest.mark.parametrize(
    "body", ['{"fields": [], "installationId": "7a485448"}', '{"title": "gr\u00fcn"}', ""]
)
def test_we_take_the_request_of_a_ui_component(body: str) -> None:
    """The options of a select field are requested by GET, with the signature of an empty body."""
    headers = {"Request-ID": "r1", "Sentry-App-Signature": sentry_signs(SAMPLES["sentry"].secret, body)}

    delivery = we_take_what_they_sign("sentry", body.encode(), headers)
    assert (delivery.id, delivery.event_type) == ("r1", None)


def test_neither_header_can_be_missing_or_another() -> None:
    sample = SAMPLES["sentry"]
    body, headers = sample.signed()
    signature = headers.pop("sentry-hook-signature")
    with pytest.raises(MalformedDelivery):
        sample.verifier().verify(body, headers)
    with pytest.raises(MalformedDelivery):
        sample.verifier().verify(body, {**headers, "sentry-signature": signature})
    for name in ("sentry-hook-signature", "sentry-app-signature"):
        assert sample.verifier().verify(body, {**headers, name: signature}).body == body
        with pytest.raises(SignatureMismatch):
            sample.verifier().verify(body + b" ", {**headers, name: signature})


def test_a_time_that_nobody_signed_proves_nothing() -> None:
    delivery = assert_same_with_another_time("sentry", "sentry-hook-timestamp", str(NOW + 3600))
    assert not delivery.timestamp_is_signed
