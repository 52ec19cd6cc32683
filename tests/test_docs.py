"""The documentation is true: its Python runs as it stands, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from webhook_verify import Reason
from webhook_verify.cli import exit_codes

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
WITH_PYTHON = [page for page in PAGES if "```python" in page.read_text("utf-8")]


@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda page: page.name)
def test_the_python_of_a_page_runs_from_top_to_bottom(page: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    assert blocks
    exec(compile("\n".join(blocks), page.name, "exec"), {"__name__": page.stem})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_links_of_a_page_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        assert "://" in target or (page.parent / target).exists(), target


def test_the_exit_codes_are_documented() -> None:
    text = (ROOT / "docs" / "command.md").read_text("utf-8")
    for reason in Reason:
        assert f"| {exit_codes.of_reason(reason)} | `{reason}` |" in text


def test_every_reason_is_documented() -> None:
    text = (ROOT / "docs" / "verify.md").read_text("utf-8")
    assert [reason for reason in Reason if f"`{reason}`" not in text] == []
