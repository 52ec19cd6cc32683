"""A lease expires before the sender's last retry. Otherwise the death of a worker would lose its message."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest

from tests.providers.samples.aws_sns import AMAZON, TOPIC, notification
from tests.rows import rows
from webhook_verify import AsyncReceiver, LongLeaseWarning, Receiver, Verifier, schemes
from webhook_verify.http import RequestHead, WebhookResponse
from webhook_verify.replay import MemoryStore, ReplayGuard
from webhook_verify.schemes import HeaderScheme, Scheme

SENT = 1_785_600_000
SECRET = "a secret of more than sixteen bytes"


class Now:
    """A clock that is set."""

    def __init__(self) -> None:
        self.seconds = float(SENT)

    def __call__(self) -> float:
        return self.seconds


def acme(retry_seconds: float) -> HeaderScheme:
    options: dict[str, Any] = {"signature_header": "x-acme", "body_is_unique": True}
    return HeaderScheme("acme", retry_seconds=retry_seconds, **options)


def last_retry(scheme: Scheme) -> float:
    return scheme.last_retry_seconds or scheme.retry_seconds


def receiver(scheme: Scheme, **options: Any) -> Receiver:
    return Receiver(Verifier(SECRET, scheme=scheme), replay=ReplayGuard(MemoryStore(), **options))


def leases(receiver: Receiver) -> float:
    return receiver.replay_protection.guard.lease


def test_a_worker_that_dies_does_not_lose_a_message_of_amazon_sns() -> None:
    now = Now()
    verifier = Verifier(TOPIC, scheme=AMAZON, clock=now)
    guarded = Receiver(verifier, replay=ReplayGuard(MemoryStore(clock=now)))
    body = json.dumps(notification(SENT, "1")).encode()
    head = RequestHead("POST", "/hook", {"x-amz-sns-message-id": "1"})
    claim = guarded.claim(verifier.verify(body, head.headers), head)
    assert not isinstance(claim, WebhookResponse), "the first attempt, whose worker dies"
    answers: list[int] = []
    for retry in (20, 40, 60):
        now.seconds = SENT + retry
        answer: Any = guarded.handle_request(head, [body], lambda _: 204, int)
        answers.append(answer if isinstance(answer, int) else answer.status)
    assert answers == [503, 204, 200]


@rows(("retry_seconds", "lease"), [(60, 30), (100, 50), (120, 60), (86_400, 60), (0, 60)])
def test_the_default_lease_is_half_of_a_short_schedule(retry_seconds: int, lease: int) -> None:
    assert leases(receiver(acme(retry_seconds))) == lease


@rows("name", [name for name in schemes.names() if last_retry(schemes.get(name))])
def test_a_lease_that_outlasts_the_schedule_of_a_provider_warns(name: str) -> None:
    guard = ReplayGuard(MemoryStore(), lease=last_retry(schemes.get(name)) / 2 + 1, retention=10**8)
    with pytest.warns(LongLeaseWarning, match="a lease of at most") as caught:
        Receiver(
            lambda head: None,
            replay=guard,
            namespace=lambda head: "one",
            scheme=name,
            public_url="https://example.com" if schemes.get(name).signs_url else None,
            idempotency_key=lambda delivery: delivery.body.hex(),
        )
    assert [warning.filename for warning in caught if warning.category is LongLeaseWarning] == [__file__]


@rows("kind", [Receiver, AsyncReceiver])
def test_the_warning_names_the_longest_lease(kind: Any) -> None:
    guard = ReplayGuard(MemoryStore(), lease=60)
    with pytest.warns(LongLeaseWarning, match=r"acme sends its last retry 100 s .* at most 50 s"):
        warned = kind(Verifier(SECRET, scheme=acme(100)), replay=guard)
    assert leases(warned) == 60, "what was chosen stands"


@rows(("retry_seconds", "lease"), [(100, 50), (0, 10_000), (86_400, 3600)])
def test_a_lease_that_fits_does_not_warn_and_stays(retry_seconds: int, lease: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert leases(receiver(acme(retry_seconds), lease=lease, retention=10**8)) == lease
