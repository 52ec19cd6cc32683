"""The functions that compare signatures, counted, for the tests of attacks."""

from __future__ import annotations

import hmac
import sys
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def comparers(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Any, Any], bool]], None]:
    """Puts another function in the place of compare_digest, in every module of the package that uses it."""
    genuine = hmac.compare_digest
    users = [
        module
        for name, module in sys.modules.items()
        if name.partition(".")[0] == "webhook_verify" and vars(module).get("compare_digest") is genuine
    ]
    assert users, "no module of the package uses hmac.compare_digest"

    def replace(comparison: Callable[[Any, Any], bool]) -> None:
        for module in users:
            monkeypatch.setattr(module, "compare_digest", comparison)

    return replace
