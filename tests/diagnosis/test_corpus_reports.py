"""The reports of users: the recorded cause is still found, and a report with another cause is noticed."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.diagnosis.corpus.reports import REPORTS, load, new_secret, problem_of
from webhook_verify import Verifier
from webhook_verify.cli.report.value_shape import secret_shape
from webhook_verify.diagnosis.model import ADVICE

every_report = pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)


def test_there_are_reports_of_each_kind() -> None:
    causes = {load(path)["diagnosis"]["causes"][0]["cause"] for path in REPORTS}

    assert causes >= {"body_reserialized", "delivery_too_old", "header_missing", "secret_is_text"}


@every_report
def test_the_recorded_cause_is_still_found(path: Path) -> None:
    assert problem_of(load(path)) == ""


@every_report
def test_a_report_with_another_cause_is_a_problem(path: Path) -> None:
    """Otherwise the test before could not fail."""
    report = load(path)
    recorded = report["diagnosis"]["causes"][0]["cause"]
    for cause in sorted(ADVICE.keys() - {recorded}):
        changed: dict[str, Any] = copy.deepcopy(report)
        changed["diagnosis"]["causes"][0]["cause"] = cause
        assert problem_of(changed) != "", cause


@every_report
def test_a_report_with_other_evidence_is_a_problem(path: Path) -> None:
    report = load(path)
    report["diagnosis"]["causes"][0]["evidence"] += ", and more"

    assert problem_of(report) != ""


@every_report
def test_a_new_secret_has_the_recorded_shape(path: Path) -> None:
    report = load(path)
    for shape in report["secrets"]:
        assert {**secret_shape(new_secret(shape)), "alphabet": ""} == {**shape, "alphabet": ""}
        Verifier(new_secret(shape), scheme=report["scheme"])


@every_report
def test_a_report_has_the_form_of_the_command(path: Path) -> None:
    report = load(path)

    assert report["report"] == 1
    assert "fingerprints" not in json.dumps(report["diagnosis"])
