"""The conformance table, for every method of the verifier.

``verify``, ``verify_at`` and chunks of any size have the result of the table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conformance.cases import CASES
from tests.conformance.spec_delivery import (
    BODY,
    GOOD,
    GOOD_SVIX,
    PAIRS,
    TIMESTAMP,
    Accepted,
    Case,
    Rejected,
    environ,
    renamed,
)
from tests.effort import THOROUGH
from tests.rows import rows
from tests.signing import SECRET
from webhook_verify import Delivery, MalformedDelivery, Reason, RejectedDelivery, Verifier

Judge = Callable[[Case], Delivery]


def by_verify(case: Case) -> Delivery:
    return Verifier(case.secret, clock=lambda: case.now, **case.options).verify(case.body, case.headers)


def by_verify_at(case: Case) -> Delivery:
    verifier = Verifier(case.secret, clock=_never, **case.options)
    return verifier.verify_at(case.body, case.headers, received_at=case.now)


def by_streaming(size: int) -> Judge:
    def judge(case: Case) -> Delivery:
        verification = Verifier(case.secret, clock=lambda: case.now, **case.options).begin(case.headers)
        for start in range(0, len(case.body), size):
            verification.update(case.body[start : start + size])
        return verification.finish()

    return judge


def _never() -> float:
    raise AssertionError("verify_at is told the time: it does not read the clock")


JUDGES = {"verify": by_verify, "verify_at": by_verify_at, "streaming-7": by_streaming(7)}
if THOROUGH:
    JUDGES |= {"streaming-1": by_streaming(1), "streaming-64k": by_streaming(64 * 1024)}


@rows("judge", JUDGES.values(), ids=JUDGES)
@rows("case", CASES, ids=lambda case: case.name)
def test_verdict(case: Case, judge: Judge) -> None:
    _check(case, judge)


def _check(case: Case, judge: Judge) -> None:
    if isinstance(case.verdict, Accepted):
        _assert_delivered(judge(case), case, case.verdict)
    else:
        with pytest.raises(RejectedDelivery) as caught:
            judge(case)
        _assert_rejected(caught.value, case.verdict)


# Other ways to hold the same headers; a list of signatures may end in garbage.
FORMS: dict[str, Callable[[dict[str, str]], Any]] = {
    "list of pairs": lambda headers: list(headers.items()),
    "title case": lambda headers: renamed(str.title, headers),
    "environ": environ,
    "ASGI": lambda headers: [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    "garbage behind": lambda headers: {
        name: f"{value} x" if name.endswith("-signature") and value.strip() else value
        for name, value in headers.items()
    },
}
IN_OTHER_FORMS = [
    pytest.param(replace(case, headers=form(case.headers)), id=f"{case.name}, {name}")
    for name, form in FORMS.items()
    for case in CASES
    if type(case.headers) is dict
    and all(spelling in (*GOOD, *GOOD_SVIX) for spelling in case.headers)
    and all(isinstance(value, str) for value in case.headers.values())
    and (name != "ASGI" or max("".join(case.headers.values()), default="") <= "\xff")
]


@rows("case", IN_OTHER_FORMS)
def test_the_verdict_is_the_same_however_the_headers_are_held(case: Case) -> None:
    _check(case, by_verify)


def _assert_delivered(delivery: Delivery, case: Case, verdict: Accepted) -> None:
    assert (delivery.secret_label, delivery.scheme) == (verdict.key, verdict.scheme)
    assert type(delivery.body) is bytes
    assert delivery.body == bytes(case.body)
    assert delivery.event_type is None


def _assert_rejected(error: RejectedDelivery, verdict: Rejected) -> None:
    assert type(error) is verdict.error
    assert (error.reason, error.status_hint) == (verdict.reason, verdict.status_hint)
    assert error.__cause__ is None
    assert error.__context__ is None


def test_the_table_is_large_and_its_names_are_unique() -> None:
    assert len(IN_OTHER_FORMS) >= 1_000
    names = Counter(case.name for case in CASES)
    assert len(names) >= 170
    assert [name for name, times in names.items() if times > 1] == []


def test_the_table_holds_every_verdict_that_headers_and_body_can_lead_to() -> None:
    reasons = {case.verdict.reason for case in CASES if isinstance(case.verdict, Rejected)}
    # The limit is the receiver's; Standard Webhooks sign any body, and fetch no key.
    assert reasons == set(Reason) - {Reason.BODY_TOO_LARGE, Reason.UNREADABLE_BODY, Reason.KEY_UNAVAILABLE}
    assert sum(isinstance(case.verdict, Accepted) for case in CASES) >= 100


def test_a_delivery_tells_the_signed_id_and_timestamp() -> None:
    delivery = Verifier(SECRET, clock=lambda: TIMESTAMP + 7).verify(BODY, GOOD)
    assert delivery.id == GOOD["webhook-id"]
    assert delivery.timestamp == datetime(2021, 2, 25, 15, 2, 10, tzinfo=UTC)


def test_headers_may_be_an_iterator_that_can_be_read_once() -> None:
    verifier = Verifier(SECRET, clock=lambda: TIMESTAMP)
    assert verifier.verify(BODY, iter(PAIRS)).body == BODY
    with pytest.raises(MalformedDelivery):
        verifier.verify(BODY, (pair for pair in PAIRS[1:]))


@rows("case", CASES, ids=lambda case: case.name)
def test_what_the_headers_tell_is_refused_before_the_body_is_read(case: Case) -> None:
    verifier = Verifier(case.secret, clock=lambda: case.now, **case.options)
    if isinstance(case.verdict, Rejected) and case.verdict.reason is not Reason.SIGNATURE_MISMATCH:
        with pytest.raises(case.verdict.error) as caught:
            verifier.begin(case.headers)
        assert caught.value.reason is case.verdict.reason
    elif isinstance(case.verdict, Accepted):
        assert verifier.begin(case.headers).message_id
