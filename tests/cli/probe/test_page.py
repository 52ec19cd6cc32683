"""The table of checks in docs/reference/command.md is equal to that of the code."""

from __future__ import annotations

from pathlib import Path

from tests.rows import rows
from webhook_verify.cli.probe.check import Group, ProbeCheck, Severity
from webhook_verify.cli.probe.checks import CHECKS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "command.md"


def table_of(checks: tuple[ProbeCheck, ...]) -> str:
    rows = [
        f"| `{check.name}` | {check.sends} | {check.expected.text} | {check.severity} | {check.why} |"
        for check in checks
    ]
    return "\n".join(
        ["| check | sends | expected | severity of a fault | reason |", "|---|---|---|---|---|", *rows, ""]
    )


def test_the_page_lists_every_row() -> None:
    assert table_of(CHECKS) in PAGE.read_text("utf-8")


@rows("check", CHECKS, ids=lambda check: check.name)
def test_a_row_is_whole(check: ProbeCheck) -> None:
    assert (check.cases is None) is not (check.judge is None)
    assert check.sends
    assert len(check.why) > 20
    assert not check.why.endswith(".")
    assert len(check.name) <= 19  # the table has 80 columns


def test_rows_have_names_of_their_own_and_come_in_the_order_of_their_groups() -> None:
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)
    order = list(Group)
    assert [order.index(check.group) for check in CHECKS] == sorted(order.index(g.group) for g in CHECKS)
    assert {check.severity for check in CHECKS} == set(Severity)
