"""The demo: real deliveries over HTTP to a real receiver, and a check of each result."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests import processes
from tests.waiting import patience
from webhook_verify import Reason
from webhook_verify.cli import exit_codes
from webhook_verify.cli.demo import run as demo
from webhook_verify.cli.demo.deliveries import deliveries
from webhook_verify.cli.group import command


def test_every_verdict_is_as_it_must_be() -> None:
    result = CliRunner().invoke(command, ["demo", "--json"])
    rows = [json.loads(line) for line in result.output.splitlines()]
    assert result.exit_code == exit_codes.VERIFIED
    assert all(demo_delivery["as_expected"] for demo_delivery in rows)
    assert {demo_delivery["reason"] for demo_delivery in rows if demo_delivery["verdict"] == "rejected"} == {
        Reason.SIGNATURE_MISMATCH,
        Reason.TOO_OLD,
        Reason.TOO_NEW,
        Reason.MISSING_HEADER,
        Reason.BODY_TOO_LARGE,
    }
    assert {demo_delivery["key"] for demo_delivery in rows} == {"new", "old", "ed25519", ""}


def test_the_table_tells_each_delivery() -> None:
    printed = CliRunner().invoke(command, ["demo"]).output
    for demo_delivery in deliveries():
        assert re.search(rf"{re.escape(demo_delivery.name)} .* {demo_delivery.status} ", printed)
    assert "all as expected" in printed


def test_a_wrong_verdict_fails_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(deliveries()[0], status=401, reason=Reason.TOO_OLD, key="")
    monkeypatch.setattr(demo, "deliveries", lambda: [wrong])
    result = CliRunner().invoke(command, ["demo"])
    assert result.exit_code == exit_codes.NOT_AS_IT_MUST_BE
    assert "1 not as expected" in result.output


@pytest.mark.skipif(
    shutil.which("curl") is None and "WEBHOOK_VERIFY_NO_SKIPS" not in os.environ,
    reason="curl is not installed, and it is what the printed command sends with",
)
def test_serve_prints_a_command_that_works() -> None:
    script = Path(sys.executable).with_name("webhook-verify")
    with processes.started([script, "demo", "--serve"], stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        lines = [serving.stdout.readline() for _ in range(4)]
        printed = "".join(lines[2:])
        body = processes.run(["bash", "-c", printed], text=True, check=False)
        serving.send_signal(signal.SIGINT)
        rest, _ = serving.communicate(timeout=patience(30))
    assert '"key": "new"' in body.stdout, body.stderr
    assert "stopped" in rest
    assert serving.returncode == 0
