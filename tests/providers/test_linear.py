"""Linear: its library accepts our signatures, and only the timestamp in the body counts."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.pitfalls import assert_same_with_another_time, assert_taken_when_late
from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import library_on_npm_takes_what_we_sign
from webhook_verify import TimestampOutsideTolerance

LINEAR = """
const { LinearWebhookClient } = await import('@linear/sdk/webhooks');
const handle = new LinearWebhookClient(given.secret).createHandler();
return Promise.all(given.bodies.map(async body => {
  const request = new Request('https://hook.example/', { method: 'POST', headers: given.headers, body });
  return (await handle(request)).status === 200;
}));
"""


@pytest.mark.network
@interop("linear", by="@linear/sdk (npm)")
def test_a_library_on_npm_takes_what_we_sign() -> None:
    library_on_npm_takes_what_we_sign("linear", LINEAR)


@pytest.mark.parametrize(("late", "taken"), [(60, True), (61, False), (-61, False)])
def test_how_late_a_delivery_may_be(late: int, taken: bool) -> None:
    assert_taken_when_late("linear", late, taken)


def test_a_time_that_nobody_signed_proves_nothing() -> None:
    delivery = assert_same_with_another_time("linear", "linear-timestamp", str(1000 * (NOW + 3600)))
    assert delivery.timestamp_is_signed


def test_a_stale_delivery_of_linear_stays_stale_whatever_the_header_says() -> None:
    body, headers = SAMPLES["linear"].signed()
    late = {"linear-timestamp": str(1000 * (NOW + 3600))}
    with pytest.raises(TimestampOutsideTolerance):
        SAMPLES["linear"].verifier(now=NOW + 3600).verify(body, headers | late)
