"""``make audit``: the summary of pip-audit's report."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rows import rows
from tools import audit

FIXED = {"id": "PYSEC-1", "fix_versions": ["2.0"]}
KNOWN: dict[str, Any] = {"name": "acme", "version": "1.0", "vulns": []}
UNKNOWN: dict[str, Any] = {"name": "acme", "version": "1.0", "skip_reason": "not found"}
VULNERABLE = {**KNOWN, "vulns": [FIXED, {"id": "PYSEC-2", "fix_versions": []}]}


@rows(
    "packages, code, said",
    [
        ([KNOWN], 0, "1 packages audited, 0 vulnerabilities"),
        ([VULNERABLE, KNOWN], 1, "acme 1.0: PYSEC-1, fixed in 2.0"),
        ([VULNERABLE], 1, "PYSEC-2, fixed in no release"),
        ([UNKNOWN], 0, "nothing was audited"),
        ([], 0, "nothing was audited"),
        (None, 0, "nothing was audited"),
    ],
    ids=["known", "vulnerable", "not fixed", "unknown", "empty", "no report"],
)
def test_an_outcome(
    packages: list[Any] | None, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    report = None if packages is None else {"dependencies": packages}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit, "_audited", lambda *_: report)
        assert audit.main() == code
    assert said in capsys.readouterr().out
