"""Grafana Alerting: with and without a timestamp, in headers that the user chooses."""

from __future__ import annotations

import hmac

import pytest

from tests.providers.interop import interop
from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import in_node, they_take_what_we_sign
from tests.providers.test_tern import SCRIPT
from tests.rows import rows
from webhook_verify import RejectedDelivery, Signer, TimestampOutsideTolerance, Verifier
from webhook_verify.schemes.providers.grafana import Grafana

SECRET = "the secret of the contact point"
BODY = b'{"status": "firing", "title": "gr\xc3\xbcn"}'
DATED = Grafana(header="X-Signed", timestamp_header="X-At")


@pytest.mark.network
@interop("grafana", by="@hookflo/tern (npm, third party)")
def test_tern() -> None:
    they_take_what_we_sign("grafana", in_node(SCRIPT.replace("PLATFORM", "grafana")))


def signed(content: bytes) -> str:
    return hmac.new(SECRET.encode(), content, "sha256").hexdigest()


def test_the_time_is_signed_before_a_colon() -> None:
    verifier = Verifier(SECRET, scheme=DATED, clock=lambda: NOW)
    headers = {"X-Signed": signed(b"%d:%b" % (NOW, BODY)), "X-At": str(NOW)}
    delivery = verifier.verify(BODY, headers)
    assert delivery.timestamp_is_signed
    assert (delivery.event_type, delivery.event_type_is_signed) == ("firing", True)
    assert Signer(SECRET, scheme=DATED).sign(BODY, timestamp=NOW) == {
        name.lower(): value for name, value in headers.items()
    }
    with pytest.raises(TimestampOutsideTolerance):
        verifier.verify_at(BODY, headers, received_at=NOW + 301)


@rows(
    "headers",
    [
        {"X-Signed": signed(BODY), "X-At": str(NOW)},
        {"X-Signed": signed(b"%d:%b" % (NOW, BODY))},
        {"X-Signed": signed(b"%d:%b" % (NOW, BODY)), "X-At": str(NOW + 1)},
        {"X-Signed": signed(b"%d.%b" % (NOW, BODY)), "X-At": str(NOW)},
        {"X-Signed": signed(b":" + BODY), "X-At": ""},
        {"X-Grafana-Alerting-Signature": signed(BODY), "X-At": str(NOW)},
    ],
    ids=["body alone", "no time", "another time", "a dot", "an empty time", "another header"],
)
def test_a_dated_contact_point_accepts_nothing_else(headers: dict[str, str]) -> None:
    with pytest.raises(RejectedDelivery):
        Verifier(SECRET, scheme=DATED, clock=lambda: NOW).verify(BODY, headers)


def test_the_default_has_no_time() -> None:
    assert not SAMPLES["grafana"].verifier().verify(*SAMPLES["grafana"].signed()).timestamp_is_signed
    with pytest.raises(ValueError, match="two meanings"):
        Grafana(header="x-same", timestamp_header="x-same")
