"""The documentation is true: its Python runs as it stands, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.rows import rows
from tests.signing import SECRET
from webhook_verify import Reason
from webhook_verify.cli import exit_codes

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
# Code of one file of a page, such as an excerpt of an integration, is run by another test.
CODE = re.compile(r"^```python(?: title=\"app.py\")?\n(.*?)^```", re.DOTALL | re.MULTILINE)
# The code of a provider's page is run with its secret in the environment, by tests/providers/test_pages.py.
WITH_PYTHON = [
    page for page in PAGES if page.parent.name != "providers" and CODE.search(page.read_text("utf-8"))
]


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda page: page.name)
def test_the_python_of_a_page_runs_from_top_to_bottom(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    blocks = CODE.findall(page.read_text("utf-8"))
    assert blocks
    exec(compile("\n".join(blocks), page.name, "exec"), {"__name__": page.stem})


@rows("page", PAGES, ids=lambda page: page.name)
def test_the_links_of_a_page_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        assert "://" in target or (page.parent / target).exists(), target


FRAMEWORKS = (ROOT / "docs" / "receive" / "README.md").read_text("utf-8")
SNIPPETS = re.findall(r"```python title=\"(integrations/\S+)\"\n(.*?)\n```", FRAMEWORKS, re.DOTALL)


@pytest.mark.parametrize(("source", "snippet"), SNIPPETS, ids=[source for source, _ in SNIPPETS])
def test_a_snippet_is_cut_from_a_receiver_that_runs(source: str, snippet: str) -> None:
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
