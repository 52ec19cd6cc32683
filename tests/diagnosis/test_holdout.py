"""The diagnosis of the holdout, by authors who had not read its rules. Adapted to the first four since."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.diagnosis.holdout.__main__ import report, score
from tests.diagnosis.holdout.batch import FIFTH, FIRST, FOURTH, SECOND, SIXTH, THIRD, Failure, Result, load
from tests.rows import rows
from webhook_verify import schemes
from webhook_verify.diagnosis import Cause, Confidence
from webhook_verify.diagnosis.model import ADVICE

SURE, LIKELY = Confidence.CERTAIN, Confidence.LIKELY


@pytest.fixture(
    scope="module",
    params=[FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH],
    ids=["first", "second", "third", "fourth", "fifth", "sixth"],
)
def folder(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def test_the_batch_is_large_and_varied(folder: Path) -> None:
    failures = load(folder)
    named = {cause for failure in failures for cause in failure.true_causes if not cause.startswith("?")}
    registered = {failure.scheme for failure in failures if isinstance(failure.scheme, str)}
    assert len(failures) >= 220
    assert len(registered) >= 40
    assert registered <= set(schemes.names())
    assert len(named) >= 25
    assert named <= set(ADVICE)
    assert len({failure.name for failure in failures}) == len(failures)


def _result(true_causes: set[str], *causes: tuple[str, Confidence]) -> Result:
    failure = Failure("acme", "a title", "github", "", b"", [], None, "POST", 0, frozenset(true_causes))
    return Result(failure, tuple(Cause(name, confidence, "") for name, confidence in causes))


@rows(
    ("result", "expected"),
    [
        (_result({"unsigned"}, ("unsigned", SURE)), (True, True, False)),
        (_result({"unsigned", "genuine"}, ("genuine", LIKELY)), (True, True, False)),
        (_result({"unsigned"}, ("genuine", LIKELY), ("unsigned", LIKELY)), (False, True, False)),
        (_result({"unsigned"}, ("genuine", SURE), ("unsigned", LIKELY)), (False, True, True)),
        (_result({"unsigned"}, *[("genuine", LIKELY)] * 3, ("unsigned", LIKELY)), (False, False, False)),
        (_result({"unsigned"}, ("genuine", LIKELY), ("genuine", SURE)), (False, False, False)),
        (_result({"unsigned"}), (False, False, False)),
    ],
)
def test_a_result_is_first_in_three_or_a_false_certainty(
    result: Result, expected: tuple[bool, bool, bool]
) -> None:
    assert (result.is_first, result.is_in_three, result.is_false_certain) == expected


@rows(
    ("causes", "is_scored"),
    [({"unsigned"}, True), ({"?altered"}, False), ({"unsigned", "?altered"}, True)],
)
def test_a_failure_is_scored_if_one_of_its_causes_has_a_name(causes: set[str], is_scored: bool) -> None:
    assert _result(causes).failure.is_scored is is_scored


def test_the_report_contains_shares_and_misses() -> None:
    right = _result({"unsigned"}, ("unsigned", SURE))
    wrong = _result({"unsigned"}, ("genuine", SURE))
    values = report([right, wrong, right, right], [], [])
    assert (values["scored"], values["first"], values["in_three"]) == (4, 0.75, 0.75)
    assert [entry["causes"] for entry in values["misses"]] == [["genuine (CERTAIN)"]]
    assert values["misses"] == values["false_certain"]


@pytest.fixture(scope="module")
def score_report(folder: Path) -> dict[str, Any]:
    return report(*score(folder))


@pytest.mark.slow
def test_every_delivery_is_rejected(score_report: dict[str, Any]) -> None:
    assert score_report["accepted"] == []


@pytest.mark.slow
def test_the_first_cause_is_right_for_93_percent(score_report: dict[str, Any]) -> None:
    assert score_report["first"] >= 0.93, score_report["misses"]


@pytest.mark.slow
def test_the_right_cause_is_in_the_first_three_for_98_percent(score_report: dict[str, Any]) -> None:
    assert score_report["in_three"] >= 0.98, [
        entry for entry in score_report["misses"] if not entry["in_three"]
    ]


@pytest.mark.slow
def test_no_wrong_first_cause_is_certain(score_report: dict[str, Any]) -> None:
    assert score_report["false_certain"] == []
