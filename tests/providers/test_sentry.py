"""Sentry: signatures of its server, without a signed timestamp."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.pitfalls import assert_same_with_another_time
from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import we_take_what_they_sign
from tests.providers.sentry_server import sentry_sends, sentry_signs


@pytest.mark.network
@interop("sentry", by="Sentry's own server (sentry on PyPI), signing")
def test_we_take_what_sentrys_server_sends_and_sign_the_same() -> None:
    secret = SAMPLES["sentry"].secret
    body, headers = sentry_sends(secret, "issue", "created", {"issue": {"title": "gr\u00fcn"}})

    delivery = we_take_what_they_sign("sentry", body, headers)
    assert (delivery.id, delivery.id_is_signed) == (headers["Request-ID"], False)

    ours, ours_signed = SAMPLES["sentry"].signed()
    assert sentry_signs(secret, ours.decode()) == ours_signed["sentry-hook-signature"]


def test_a_time_that_nobody_signed_proves_nothing() -> None:
    delivery = assert_same_with_another_time("sentry", "sentry-hook-timestamp", str(NOW + 3600))
    assert not delivery.timestamp_is_signed
