"""Run the verb as a user would, and read what it prints."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result

from tests.cli.probe.reference_receiver import OLD_SECRET, SECRET
from webhook_verify.cli.group import command

ENVIRONMENT = {"WEBHOOK_SECRET": SECRET, "OLD_SECRET": OLD_SECRET}
__all__ = ["ENVIRONMENT", "faults_of", "probe", "rows_of", "verdicts_of"]


def probe(url: str, *options: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(command, ["probe", url, *options], env=env or ENVIRONMENT)


def rows_of(result: Result) -> list[dict[str, Any]]:
    """The rows of a run with ``--json``, without its summary."""
    assert result.exit_code in (0, 4), (result.output, result.exception)
    return [json.loads(line) for line in result.stdout.splitlines()][:-1]


def verdicts_of(result: Result) -> dict[str, str]:
    return {row["row"]: row["verdict"] for row in rows_of(result)}


def faults_of(result: Result) -> dict[str, str]:
    """What was found, of each row with a fault."""
    return {row["row"]: row["found"] for row in rows_of(result) if row["verdict"] == "fault"}
