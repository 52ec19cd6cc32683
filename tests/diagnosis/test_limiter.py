"""Rejected deliveries cannot exhaust the CPU: one diagnosis at a time, and a budget per minute."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any

import pytest

from tests import forks
from tests.rows import rows
from tests.signing import SECRET
from tests.waiting import patience
from webhook_verify import AsyncReceiver, Receiver, Verifier
from webhook_verify.diagnosis import receiver_log
from webhook_verify.diagnosis.limiter import MAX_CPU_SECONDS_PER_MINUTE, DiagnosisLimiter
from webhook_verify.forks import PerProcess
from webhook_verify.http import RequestHead

HEAD = RequestHead("POST", "/hook", {})


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Fixture:
    """A limiter under two clocks."""

    def __init__(self) -> None:
        self.clock, self.cpu = Clock(), Clock()
        self.limiter = DiagnosisLimiter(self.clock, self.cpu)

    def diagnose(self, *cpu_seconds: Any) -> bool:
        with self.limiter.turn() as may_run:
            for seconds in reversed(cpu_seconds) if may_run else ():
                self.cpu.now += seconds
        return may_run


def test_a_second_diagnosis_does_not_wait_for_the_first() -> None:
    fixture = Fixture()
    with fixture.limiter.turn() as first:
        assert first
        assert not fixture.diagnose()
    assert fixture.diagnose()
    assert fixture.limiter.report().endswith("1 because another diagnosis was running")


@rows("cost", [0.02, 0.3, 0.5])
def test_any_60_seconds_cost_at_most_the_budget(cost: float) -> None:
    fixture = Fixture()
    spent: list[float] = []
    for _ in range(4_000):
        fixture.clock.now += 0.05
        if fixture.diagnose(cost):
            spent.append(fixture.clock.now)
    in_period = max(sum(1 for one in spent if end - 60 < one <= end) for end in spent)
    assert cost * in_period <= MAX_CPU_SECONDS_PER_MINUTE + 1e-6
    assert cost * in_period > MAX_CPU_SECONDS_PER_MINUTE - 1.1  # and the budget can be used


def test_a_failed_diagnosis_is_paid_for_and_ends() -> None:
    fixture = Fixture()
    with pytest.raises(TypeError):
        fixture.diagnose("no number", MAX_CPU_SECONDS_PER_MINUTE)
    assert not fixture.diagnose()
    fixture.clock.now += 60
    assert fixture.diagnose()


def test_skipped_deliveries_are_reported_once_per_minute() -> None:
    fixture = Fixture()
    assert fixture.limiter.report() == ""
    assert fixture.diagnose(MAX_CPU_SECONDS_PER_MINUTE)
    reports: list[str] = []
    for _ in range(50):
        assert not fixture.diagnose()
        reports.append(fixture.limiter.report())
        fixture.clock.now += 1
    assert [place for place, report in enumerate(reports) if report] == [0]
    fixture.clock.now += 20
    assert fixture.limiter.report() == (
        "rejected deliveries without a diagnosis since the last report: 49 because diagnoses may use "
        f"{MAX_CPU_SECONDS_PER_MINUTE:g} s of CPU per minute"
    )
    fixture.clock.now += 100
    assert fixture.limiter.report() == ""


@forks.forking
def test_a_child_has_a_limiter_of_its_own() -> None:
    """The parent may fork while it diagnoses: in the child nothing would ever end that diagnosis."""
    limiter = PerProcess(DiagnosisLimiter)
    with limiter.get().turn():

        def diagnose(number: int) -> bool:
            with limiter.get().turn() as may_run:
                return may_run

        assert forks.in_children(1, diagnose) == [True]


@pytest.fixture
def limiter(monkeypatch: pytest.MonkeyPatch) -> DiagnosisLimiter:
    own = PerProcess(DiagnosisLimiter)
    monkeypatch.setattr(receiver_log, "_limiter", own)
    return own.get()


def test_the_log_has_one_line_for_all_that_were_not_explained(
    limiter: DiagnosisLimiter, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = Receiver(Verifier(SECRET), diagnose=True)
    with caplog.at_level(logging.INFO), limiter.turn():
        for _ in range(5):
            response = receiver.handle_request(HEAD, [b"{}"], lambda delivery: 200, int)
            assert getattr(response, "status", None) == 400
    lines = [one for one in caplog.records if one.name == "webhook_verify.diagnosis"]
    assert [one.getMessage() for one in lines] == [
        "rejected deliveries without a diagnosis since the last report: "
        "1 because another diagnosis was running"
    ]
    assert vars(lines[0])["path"] == "/hook"
    assert not hasattr(lines[0], "diagnosis")


def test_no_answer_waits_for_the_diagnosis_of_another(
    limiter: DiagnosisLimiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One diagnosis hangs; all other requests are answered, and the event loop runs."""
    entered, release = threading.Event(), threading.Event()

    def hang(*_: Any, **__: Any) -> Any:
        entered.set()
        assert release.wait(patience(20))
        raise LookupError

    monkeypatch.setattr(receiver_log, "explain", hang)
    receiver = AsyncReceiver(Verifier(SECRET), diagnose=True)

    async def request() -> Any:
        async def run(delivery: object) -> int:
            return 200

        return await receiver.handle_request(HEAD, [b"{}"], run, int)

    async def main() -> list[Any]:
        first = asyncio.create_task(request())
        while not entered.is_set():
            await asyncio.sleep(0.001)
        others = [await request() for _ in range(5)]
        assert not first.done()
        release.set()
        return [await first, *others]

    assert [one.status for one in asyncio.run(main())] == [400] * 6
