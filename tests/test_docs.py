"""The documentation is correct: its Python runs unchanged, and its links and anchors exist."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.rows import rows
from tests.signing import SECRET
from webhook_verify import Reason
from webhook_verify.cli import exit_codes

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
# Other tests run code with the title of another file, such as an excerpt of an integration.
CODE = re.compile(r"^```python(?: title=\"app.py\")?\n(.*?)^```", re.DOTALL | re.MULTILINE)
# tests/providers/test_pages.py runs the code of the providers' pages, with secrets in the environment.
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


FENCED = re.compile(r"^ *(```|~~~).*?^ *\1", re.DOTALL | re.MULTILINE)


def slug(heading: str) -> str:
    """Return the anchor of a heading, by the default rule of Python-Markdown's extension toc."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "")
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", ascii_text).strip().lower())


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the anchors of a page. The anchor of a repeated heading ends with _1, _2 and so on."""
    found: set[str] = set()
    seen: Counter[str] = Counter()
    for heading in re.findall(
        r"^#{1,6} +(.+?)(?: +#*)?$", FENCED.sub("", page.read_text("utf-8")), re.MULTILINE
    ):
        name = slug(heading)
        found.add(f"{name}_{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return frozenset(found)


@rows(
    "heading, anchor",
    [
        ("Lease and retention", "lease-and-retention"),
        ("What is `verify()`?", "what-is-verify"),
        ("`WEBHOOK_SECRET`, or a file", "webhook_secret-or-a-file"),
        ("In-flight  deliveries: 503", "in-flight-deliveries-503"),
        ("[Redis](https://redis.io) stores", "redis-stores"),
    ],
)
def test_the_anchor_of_a_heading(heading: str, anchor: str) -> None:
    assert slug(heading) == anchor


def test_a_repeated_heading_has_a_numbered_anchor(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n\n## Limits\n\n```sh\n# comment\n```\n\n## Limits\n", "utf-8")
    assert anchors(page) == {"title", "limits", "limits_1"}


@rows("page", PAGES, ids=lambda page: page.name)
def test_the_anchors_in_the_links_of_a_page_are_headings(page: Path) -> None:
    for target, anchor in re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", page.read_text("utf-8")):
        if "://" not in target:
            assert anchor in anchors((page.parent / target).resolve() if target else page), (
                f"{target}#{anchor}"
            )


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
