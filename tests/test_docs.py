"""The documentation is true: its Python runs as it stands, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.rows import rows
from webhook_verify import Reason
from webhook_verify.cli import exit_codes

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
# The code of a provider's page is run with its secret in the environment, by tests/providers/test_pages.py.
WITH_PYTHON = [
    page for page in PAGES if page.parent.name != "providers" and "```python" in page.read_text("utf-8")
]


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda page: page.name)
def test_the_python_of_a_page_runs_from_top_to_bottom(page: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    assert blocks
    exec(compile("\n".join(blocks), page.name, "exec"), {"__name__": page.stem})


@rows("page", PAGES, ids=lambda page: page.name)
def test_the_links_of_a_page_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        assert "://" in target or (page.parent / target).exists(), target


README = (ROOT / "README.md").read_text("utf-8")
SNIPPETS = re.findall(r"```python (integrations/\S+)\n(.*?)\n```", README, re.DOTALL)


@pytest.mark.parametrize(("source", "snippet"), SNIPPETS, ids=[source for source, _ in SNIPPETS])
def test_a_snippet_of_the_readme_is_cut_from_a_receiver_that_runs(source: str, snippet: str) -> None:
    text = (ROOT / source).read_text("utf-8")
    for paragraph in snippet.split("\n\n"):
        _, found, text = text.partition(f"\n{paragraph}\n")
        assert found, f"{source} has no such lines, in this order:\n{paragraph}"


def test_every_framework_has_its_snippet() -> None:
    frameworks = {path.parent.name for path in ROOT.glob("integrations/*/app.py")}
    assert {Path(source).parent.name for source, _ in SNIPPETS} == frameworks - {"aws_lambda"}


def test_the_exit_codes_are_documented() -> None:
    text = (ROOT / "docs" / "reference" / "command.md").read_text("utf-8")
    for reason in Reason:
        assert f"| {exit_codes.of_reason(reason)} | `{reason}` |" in text


def test_every_reason_is_documented() -> None:
    text = (ROOT / "docs" / "receive" / "verify.md").read_text("utf-8")
    assert [reason for reason in Reason if f"`{reason}`" not in text] == []
