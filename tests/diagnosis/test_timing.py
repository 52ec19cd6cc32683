"""The causes of a timestamp outside the tolerance: one delivery never proves that a clock is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.diagnosis.genuine import Genuine, genuine
from tests.rows import rows
from webhook_verify import Signer, Verifier, schemes
from webhook_verify.diagnosis import Confidence, Diagnosis, explain

HOUR = 3600
RETRY, OLD = "provider_retry likely", "delivery_too_old likely"
SKEW, ZONE = "clock_skew possible", "time_zone possible"
UNDOCUMENTED = "provider_retry possible"
AHEAD = "clock_skew likely"

CAUSES: dict[tuple[str, int], list[str]] = {
    # (scheme, how many seconds later than signed the delivery is verified): the causes, in order
    ("slack", 361): [OLD, SKEW],
    ("slack", 301): [OLD, UNDOCUMENTED, SKEW],  # 6 minutes; the timestamp of a retry is not documented
    ("stripe", 420): [OLD, SKEW],
    ("stripe", HOUR): [OLD, SKEW, ZONE],
    ("standard-webhooks", 5 * HOUR + 1800 + 240): [OLD, SKEW, ZONE],
    ("standard-webhooks", HOUR + 700): [OLD, SKEW],
    ("stripe", 30 * 86_400): [OLD, SKEW],
    ("standard-webhooks", 5 * HOUR + 2700): [OLD, SKEW, ZONE],  # Nepal
    ("paddle", 301): [OLD, UNDOCUMENTED, SKEW],
    ("linear", 90): [RETRY, OLD, SKEW],
    ("linear", HOUR + 61): [RETRY, OLD, SKEW, ZONE],
    ("linear", 6 * HOUR + 61): [RETRY, OLD, SKEW, ZONE],
    ("linear", 25_560): [RETRY, OLD, SKEW],
    ("linear", 25_561): [OLD, SKEW],
    ("mailgun", 1_200): [RETRY, OLD, SKEW],
    ("mailgun", 8 * 86_400): [OLD, SKEW],
    ("slack", 3 * HOUR + 2): ["time_zone likely", OLD, SKEW],  # an offset and the time of a request
    ("slack", 3 * HOUR + 4): [OLD, SKEW, ZONE],
    ("slack", 3 * HOUR): [OLD, SKEW, ZONE],
    ("slack", HOUR + 2): [OLD, SKEW, ZONE],
    ("slack", -400): [AHEAD],
    ("linear", -90): [AHEAD],
    ("mailgun", -2 * HOUR): ["time_zone likely", SKEW],
    ("standard-webhooks", -HOUR + 5): ["time_zone likely", SKEW],
    ("standard-webhooks", -3 * 86_400): [AHEAD],
    ("standard-webhooks", 400_000_000): ["timestamp_form likely", OLD, SKEW],
    ("standard-webhooks", -400_000_000): ["timestamp_form likely", SKEW],
}


def _explained(delivery: Genuine, seconds: int, **options: Any) -> Diagnosis:
    clock = delivery.now + seconds
    verifier = Verifier(delivery.secret, scheme=delivery.scheme, clock=lambda: clock, **options)
    return explain(verifier, delivery.body, delivery.headers, url=delivery.url, method=delivery.method)


def _listed(diagnosis: Diagnosis) -> list[str]:
    return [f"{cause.name} {cause.confidence.name.lower()}" for cause in diagnosis.causes]


@rows(("scheme", "seconds"), CAUSES)
def test_the_causes_of_a_valid_signature_with_a_wrong_time(scheme: str, seconds: int) -> None:
    diagnosis = _explained(genuine(scheme, "small JSON"), seconds)
    assert _listed(diagnosis) == CAUSES[scheme, seconds]
    assert diagnosis.failed_check is not None
    assert diagnosis.failed_check.name == "timestamp"


@pytest.mark.parametrize("seconds", [90, HOUR, 7 * HOUR])
def test_a_retry_is_explained_by_the_schedule_and_what_to_configure(seconds: int) -> None:
    evidence = _explained(genuine("linear", "small JSON"), seconds).cause.evidence
    assert "Linear retries for 25260 s with the timestamp of the first attempt" in evidence
    assert f"this one is {seconds} s old" in evidence
    assert "a replay guard makes the receiver accept such retries" in evidence


def test_a_tolerance_of_the_verifier_excludes_retries_and_the_evidence_says_so() -> None:
    cause = _explained(genuine("linear", "small JSON"), HOUR, tolerance=timedelta(minutes=5)).cause
    assert cause.name == "provider_retry"
    assert "the verifier's own `tolerance` excludes such retries" in cause.evidence


def test_a_scheme_of_ones_own_states_its_retries() -> None:
    own = schemes.HeaderScheme(
        "acme",
        signature_header="acme-signature",
        timestamp_header="acme-timestamp",
        signed_content="{timestamp}.{body}",
        retries="keep_timestamp",
        retry_seconds=7_200,
    )
    github = genuine("github", "small JSON", bare=True)
    headers = Signer(github.secret, scheme=own).sign(github.body, timestamp=int(github.now))
    delivery = replace(github, scheme=own, headers=headers)
    assert _explained(delivery, 7_000).cause.name == "provider_retry"
    assert _explained(delivery, 7_501).cause.name == "delivery_too_old"


@pytest.mark.parametrize("seconds", [700, HOUR, -700, 8 * 86_400])
@pytest.mark.parametrize("name", ["slack", "standard-webhooks", "twitch", "zoom", "discord"])
def test_without_a_valid_signature_the_time_is_only_possible(name: str, seconds: int) -> None:
    delivery = genuine(name, "small JSON")
    wrong = replace(delivery, secret=delivery.other_secret)
    causes = {cause.name: cause.confidence for cause in _explained(wrong, seconds).causes}
    assert causes["wrong_secret_or_forgery"] is Confidence.LIKELY
    assert causes["clock_skew" if seconds < 0 else "delivery_too_old"] is Confidence.POSSIBLE
