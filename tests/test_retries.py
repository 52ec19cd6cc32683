"""Retries with an old timestamp are accepted if a replay guard makes this safe.

For a provider without a signed timestamp, the guard remembers messages for its retention.
"""

from __future__ import annotations

import logging
import math
import pickle
import warnings
from datetime import timedelta
from typing import Any

import pytest

from tests.rows import rows
from webhook_verify import (
    AsyncReceiver,
    Receiver,
    RejectedDelivery,
    ShortRetentionWarning,
    Signer,
    TimestampOutsideTolerance,
    Verifier,
    schemes,
)
from webhook_verify.api.secret_source import SecretSource
from webhook_verify.cli import scheme_text
from webhook_verify.http import RequestHead
from webhook_verify.replay import MemoryStore, ReplayGuard
from webhook_verify.schemes import HeaderScheme, StandardWebhooks
from webhook_verify.schemes.sender_rules import RETRIES
from webhook_verify.verifier import guarded_verifier, max_age, retry_window

HOUR = 3600
SENT = 1_785_600_000
SECRET = "a secret of more than sixteen bytes"

# As captured: the retry is the same request again.
LINEAR = {
    "scheme": "linear",
    "secret": "lin_wh_9f8e7d6c5b4a39281706f5e4d3c2b1a0",
    "body": (
        '{"action":"create","type":"AgentSessionEvent","createdAt":"2026-08-01T16:00:00.000Z",'
        '"data":{"id":"a1"},"webhookTimestamp":1785600000000,"webhookId":"w1"}'
    ),
    "headers": {
        "linear-signature": "f03ef7f5c3d1c9af841265d3dfc8e493834f8507a65659be45efd2651cc9c6be",
        "linear-delivery": "234d1a4e-b617-4388-90fe-adc3633d6b72",
        "linear-timestamp": "1785600000000",
    },
}
MAILGUN = {
    "scheme": "mailgun",
    "secret": "key-3ax6xnjp29jd6fds4gc373sgvjxteol0",
    "body": (
        '{"signature": {"timestamp": "1785600000", '
        '"token": "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0",'
        ' "signature": "701fa31d9009ce0256601144a0ccd7a63b4c1b2d4109eaa91e6cea8dfaed9d1a"},'
        ' "event-data": {"event": "delivered", "id": "CPgfbmQMTCKtHW6uIWtuVe"}}'
    ),
    "headers": {"content-type": "application/json"},
}


class Now:
    """A clock that is set."""

    def __init__(self) -> None:
        self.seconds = float(SENT)

    def __call__(self) -> float:
        return self.seconds


def post(receiver: Receiver, captured: Any) -> Any:
    head = RequestHead("POST", "/hook", captured["headers"])
    return receiver.handle_request(head, [captured["body"].encode()], lambda delivery: 200, int)


def status(answer: Any) -> int:
    return answer if isinstance(answer, int) else answer.status


@rows(
    ("captured", "delays"),
    [(LINEAR, [60, HOUR + 60, 7 * HOUR + 60]), (MAILGUN, [600, 1200, 4 * HOUR, 485 * 60])],
)
def test_each_retry_with_the_first_timestamp_is_accepted_behind_a_guard_and_handled_once(
    captured: Any, delays: list[int]
) -> None:
    for delay in delays:
        now = Now()
        verifier = Verifier(captured["secret"], scheme=captured["scheme"], clock=now)
        receiver = Receiver(verifier, replay=ReplayGuard(MemoryStore()))
        now.seconds = SENT + delay + 5
        assert post(receiver, captured) == 200, f"the retry after {delay} s"
        assert post(receiver, captured).body == b'{"result":"handled_before"}'


@rows(("captured", "late", "status"), [(LINEAR, 25_260 + 301, 401), (MAILGUN, 29_100 + 301, 406)])
def test_what_is_older_than_the_schedule_is_rejected(captured: Any, late: int, status: int) -> None:
    now = Now()
    verifier = Verifier(captured["secret"], scheme=captured["scheme"], clock=now)
    receiver = Receiver(verifier, replay=ReplayGuard(MemoryStore()))
    now.seconds = SENT + late - 1
    assert post(receiver, captured) == 200
    now.seconds = SENT + late
    assert post(receiver, captured).status == status  # After a 406, Mailgun does not retry.


@rows("captured", [LINEAR, MAILGUN])
def test_a_timestamp_of_the_future_is_tolerated_no_longer_than_before(captured: Any) -> None:
    now = Now()
    verifier = Verifier(captured["secret"], scheme=captured["scheme"], clock=now)
    receiver = Receiver(verifier, replay=ReplayGuard(MemoryStore()))
    now.seconds = SENT - verifier.tolerance
    assert post(receiver, captured) == 200
    now.seconds = SENT - verifier.tolerance - 1
    assert post(receiver, captured).status == 401


def test_the_error_names_the_bound_of_its_side_and_the_retries_only_where_it_may_be_one() -> None:
    now = Now()
    captured: Any = LINEAR
    plain = Verifier(captured["secret"], scheme="linear", clock=now)
    window = int(retry_window(plain))

    def rejected(verifier: Verifier, late: float) -> tuple[int, float, float]:
        now.seconds = SENT + late
        with pytest.raises(TimestampOutsideTolerance) as caught:
            verifier.verify(captured["body"].encode(), captured["headers"])
        return caught.value.skew, caught.value.tolerance, caught.value.retry_seconds

    seconds = plain.scheme.retry_seconds
    assert rejected(plain, plain.tolerance + 1) == (61, 60, seconds)
    assert rejected(plain, window) == (window, 60, seconds)
    assert rejected(plain, window + 1) == (window + 1, 60, 0)
    assert rejected(plain, -61) == (-61, 60, 0)
    guarded = guarded_verifier(plain)
    assert max_age(guarded) == window
    assert rejected(guarded, window + 1) == (window + 1, window, 0)
    assert rejected(guarded, -61) == (-61, 60, 0)


@rows("captured", [LINEAR, MAILGUN])
def test_without_a_guard_the_retry_is_rejected_and_both_the_log_and_the_error_say_why(
    captured: Any, caplog: pytest.LogCaptureFixture
) -> None:
    now = Now()
    caplog.clear()
    verifier = Verifier(captured["secret"], scheme=captured["scheme"], clock=now)
    receiver = Receiver(verifier)
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "replay guard" in record.getMessage()
    now.seconds = SENT + HOUR + 60
    assert post(receiver, captured).status == 401
    assert "with the first timestamp" in caplog.records[1].getMessage()
    with pytest.raises(TimestampOutsideTolerance, match="pass a replay guard to the receiver") as error:
        verifier.verify(captured["body"].encode(), captured["headers"])
    assert str(pickle.loads(pickle.dumps(error.value))) == str(error.value)


@rows(("tolerance", "warns"), [(HOUR + 299, True), (HOUR + 300, False), (HOUR + 301, False)])
def test_a_provider_whose_tolerance_covers_its_retries_needs_no_guard(
    tolerance: int, warns: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    scheme = HeaderScheme(
        "acme",
        signature_header="x-acme",
        timestamp_header="x-time",
        signed_content="{timestamp}.{body}",
        tolerance=tolerance,
        retries="keep_timestamp",
        retry_seconds=HOUR,
    )
    assert retry_window(Verifier(SECRET, scheme=scheme)) == HOUR + 300
    Receiver(Verifier(SECRET, scheme=scheme))
    assert bool(caplog.records) is warns


@rows("options", [{}, {"replay": True}])
def test_a_tolerance_that_is_set_stands(options: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    now = Now()
    verifier = Verifier(LINEAR["secret"], scheme="linear", tolerance=120, clock=now)
    receiver = Receiver(verifier, replay=ReplayGuard(MemoryStore()) if options else None)
    now.seconds = SENT + 121
    assert post(receiver, LINEAR).status == 401
    assert all("first timestamp" not in record.getMessage() for record in caplog.records)


def test_a_header_with_the_first_timestamp_is_accepted_as_well() -> None:
    now = Now()
    scheme = HeaderScheme(
        "acme",
        signature_header="x-acme",
        signature_field="v1",
        timestamp_field="t",
        signed_content="{timestamp}.{body}",
        retries="keep_timestamp",
        retry_seconds=HOUR,
    )
    captured = {
        "headers": Signer(SECRET, scheme=scheme, clock=now).sign(b"{}", timestamp=SENT),
        "body": "{}",
    }
    verifier = Verifier(SECRET, scheme=scheme, clock=now)
    kinds = [
        Receiver(verifier, replay=ReplayGuard(MemoryStore())),
        Receiver(lambda head: verifier, replay=ReplayGuard(MemoryStore()), namespace=lambda head: head.path),
        Receiver(SecretSource(lambda: SECRET, scheme=scheme, clock=now), replay=ReplayGuard(MemoryStore())),
    ]
    for receiver in kinds:
        for age, expected in ((HOUR + 300, 200), (HOUR + 301, 401)):
            now.seconds = SENT + age
            assert status(post(receiver, captured)) == expected
    assert verifier.tolerance == 300


def test_a_secret_source_that_renews_its_secret_accepts_old_retries_too() -> None:
    now = Now()
    secrets = ["another secret of sixteen bytes", SECRET]
    scheme = HeaderScheme(
        "acme",
        signature_header="x-acme",
        timestamp_in_body="at",
        retries="keep_timestamp",
        retry_seconds=HOUR,
    )
    body = f'{{"at": {SENT}}}'
    captured = {"headers": Signer(SECRET, scheme=scheme).sign(body.encode()), "body": body}
    source = SecretSource(lambda: secrets.pop(0), scheme=scheme, clock=now)
    receiver = Receiver(source, replay=ReplayGuard(MemoryStore()))
    now.seconds = SENT + HOUR
    assert post(receiver, captured) == 200
    assert secrets == []


def test_the_retention_must_outlast_the_window() -> None:
    verifier = Verifier(SECRET, scheme="linear")
    with pytest.raises(ValueError, match="retention must be at least 25620 s"):
        Receiver(verifier, replay=ReplayGuard(MemoryStore(), retention=HOUR))
    guard = ReplayGuard(MemoryStore(), retention=25_620)
    assert Receiver(verifier, replay=guard).has_replay_protection
    own = Verifier(SECRET, scheme="linear", tolerance=60)
    assert AsyncReceiver(own, replay=ReplayGuard(MemoryStore(), retention=HOUR)).has_replay_protection


@rows("name", schemes.names())
def test_what_each_providers_retries_carry_is_written_down(name: str) -> None:
    scheme = schemes.get(name)
    assert scheme.retries in RETRIES
    assert scheme_text.retries(scheme)
    if scheme.retries in ("keep_timestamp", "none") or scheme.retry_seconds:
        source = "http" in scheme.docs.retries or "(observed with " in scheme.docs.retries
        assert source, "a fact has a source"


@rows(
    ("options", "error"),
    [
        ({"retries": "sometimes"}, ValueError),
        ({"retries": "keep_timestamp"}, ValueError),
        ({"retry_seconds": -1}, ValueError),
        ({"retry_seconds": math.inf}, ValueError),
        ({"retry_seconds": math.nan}, ValueError),
        ({"retry_seconds": "8 h"}, TypeError),
        ({"retry_seconds": True}, TypeError),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match="retr"):
        HeaderScheme("acme", signature_header="x-acme", **options)
    with pytest.raises(error, match="retr"):
        StandardWebhooks("acme", brand="webhook", **options)


# Schemes that sign no time: a captured delivery passes again once it is forgotten.


@rows("kind", [Receiver, AsyncReceiver])
def test_a_short_retention_for_a_scheme_without_a_time_warns(kind: Any) -> None:
    guard = ReplayGuard(MemoryStore(), retention=timedelta(days=7))
    with pytest.warns(
        ShortRetentionWarning, match=r"github does not sign a timestamp.*after 7 days"
    ) as caught:
        kind(Verifier(SECRET, scheme="github"), replay=guard)
    assert caught[0].filename == __file__


def test_the_default_retention_is_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    Receiver(Verifier(SECRET, scheme="github"), replay=ReplayGuard(MemoryStore()))
    (record,) = caplog.records
    assert (record.levelno, record.__dict__["scheme"]) == (logging.WARNING, "github")
    assert "after 4 days" in record.getMessage()


@rows(
    ("scheme", "retention"),
    [("github", math.inf), ("github", timedelta(days=30)), ("stripe", timedelta(days=1))],
)
def test_a_long_retention_or_a_signed_time_does_not_warn(
    scheme: str, retention: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Receiver(Verifier(SECRET, scheme=scheme), replay=ReplayGuard(MemoryStore(), retention=retention))
    assert not caplog.records


def test_for_ever_is_for_ever() -> None:
    now = Now()
    scheme = schemes.get("github")
    guard = ReplayGuard(MemoryStore(clock=now), retention=math.inf)
    assert guard.retention == math.inf
    receiver = Receiver(Verifier(SECRET, scheme=scheme, clock=now), replay=guard)
    captured = {"headers": Signer(SECRET, scheme=scheme).sign(b"{}", id="1"), "body": "{}"}
    assert post(receiver, captured) == 200
    now.seconds += 100 * 365 * 86_400
    assert post(receiver, captured).body == b'{"result":"handled_before"}'


@rows("wrong", [-math.inf, math.nan, 0])
def test_no_other_endless_time_is_taken(wrong: float) -> None:
    with pytest.raises(ValueError, match="retention"):
        ReplayGuard(MemoryStore(), retention=wrong)
    with pytest.raises(ValueError, match="lease"):
        ReplayGuard(MemoryStore(), lease=math.inf, retention=math.inf)


def test_the_page_of_a_provider_without_a_time_says_what_follows() -> None:
    undated = [schemes.get(name) for name in schemes.names() if not schemes.get(name).signs_timestamp]
    assert len(undated) > 24
    assert all("stays valid forever unless" in scheme_text.freshness(scheme) for scheme in undated)
    assert issubclass(TimestampOutsideTolerance, RejectedDelivery)


def test_a_tolerance_of_your_own_below_a_second_is_not_extended_by_a_guard() -> None:
    now = Now()
    captured: Any = LINEAR
    verifier = Verifier(captured["secret"], scheme="linear", tolerance=0.5, clock=now)
    receiver = Receiver(verifier, replay=ReplayGuard(MemoryStore()))
    now.seconds = SENT + 1
    assert post(receiver, captured).status == 401
