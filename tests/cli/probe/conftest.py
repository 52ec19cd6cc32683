"""The pauses of the rows, shortened: on loopback a body stays in pieces with less."""

from __future__ import annotations

import pytest

from webhook_verify.cli.probe import checks_transport as transport


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "DRIP_SECONDS", 0.02)
    monkeypatch.setattr(transport, "SLOW_SECONDS", 1.0)
