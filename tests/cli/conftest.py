"""The store of what ``listen`` keeps, for the tests of it and of ``replay``."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "kept.sqlite"
