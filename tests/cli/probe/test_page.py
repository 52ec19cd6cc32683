"""The table of the rows in docs/command.md is that of the code."""

from __future__ import annotations

from pathlib import Path

import pytest

from webhook_verify.cli.probe.check import Grade, Group, Severity
from webhook_verify.cli.probe.checks import GRADES

PAGE = Path(__file__).parents[3] / "docs" / "command.md"


def table_of(grades: tuple[Grade, ...]) -> str:
    rows = [
        f"| `{grade.name}` | {grade.sends} | {grade.must.text} | {grade.severity} | {grade.why} |"
        for grade in grades
    ]
    return "\n".join(["| row | sends | must come | if not | why |", "|---|---|---|---|---|", *rows, ""])


def test_the_page_lists_every_row() -> None:
    assert table_of(GRADES) in PAGE.read_text("utf-8")


@pytest.mark.parametrize("grade", GRADES, ids=lambda grade: grade.name)
def test_a_row_is_whole(grade: Grade) -> None:
    assert (grade.cases is None) is not (grade.judge is None)
    assert grade.sends
    assert len(grade.why) > 20
    assert not grade.why.endswith(".")
    assert len(grade.name) <= 19  # the table has 80 columns


def test_rows_have_names_of_their_own_and_come_in_the_order_of_their_groups() -> None:
    names = [grade.name for grade in GRADES]
    assert len(set(names)) == len(names)
    order = list(Group)
    assert [order.index(grade.group) for grade in GRADES] == sorted(order.index(g.group) for g in GRADES)
    assert {grade.severity for grade in GRADES} == set(Severity)
