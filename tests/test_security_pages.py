"""The security policy, the threat model and the checklist are up to date, and name existing tests."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from tests.rows import rows
from tools import threat_model
from webhook_verify import schemes

ROOT = Path(__file__).parents[1]
CHECKLIST = ROOT / "docs" / "explanation" / "security_checklist.md"
POLICY = ROOT / "SECURITY.md"


def test_the_threat_model_is_current() -> None:
    assert threat_model.PAGE.read_text("utf-8") == threat_model.page(), "make docs writes it again"


@rows("name", schemes.names())
def test_the_threat_model_says_what_a_scheme_does_not_sign(name: str) -> None:
    scheme = schemes.get(name)
    (line,) = [line for line in _lines(threat_model.PAGE) if f"/{name}.md)" in line]
    nothing = not (scheme.signs_body or scheme.signs_timestamp or scheme.signs_id)
    assert ("everything" in line) == nothing
    assert ("without limit" in line) == (not scheme.signs_timestamp)
    if not nothing:
        assert ("**the body**" in line) == (not scheme.signs_body)
        assert ("the URL" in line) == (not scheme.signs_url)


def test_the_checklist_names_tests_that_exist() -> None:
    named = re.findall(r"`(tests/\S+\.py)::(test_\w+)`", CHECKLIST.read_text("utf-8"))
    assert len(named) > 40
    missing = [f"{file}::{name}" for file, name in named if name not in _tests_in(file)]
    assert missing == []


def test_every_line_of_the_checklist_names_a_test() -> None:
    lines = [line for line in _lines(CHECKLIST) if line.startswith("| ") and "requirement" not in line]
    assert [line for line in lines if not re.search(r"\| `tests/\S+\.py::test_\w+` \|$", line)] == []


def test_the_links_of_the_security_policy_lead_to_files_and_headings() -> None:
    links = re.findall(r"\]\(([^)]+)\)", POLICY.read_text("utf-8"))
    assert links
    for link in links:
        path, _, heading = link.partition("#")
        text = (ROOT / path).read_text("utf-8").lower()
        assert not heading or f"## {heading.replace('-', ' ')}" in text, link


def test_the_security_policy_invents_no_address() -> None:
    assert "@" not in POLICY.read_text("utf-8")


def test_a_reader_finds_the_policy() -> None:
    for page in ("README.md", "docs/explanation/threat_model.md"):
        assert "SECURITY.md)" in (ROOT / page).read_text("utf-8"), page


@cache
def _tests_in(file: str) -> set[str]:
    path = ROOT / file
    if not path.exists():
        return set()
    return {*re.findall(r"^(?:async )?def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)}


def _lines(page: Path) -> list[str]:
    return page.read_text("utf-8").splitlines()
