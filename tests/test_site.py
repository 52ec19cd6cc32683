"""The documentation site and the public files: complete navigation, one address, pinned workflows."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest
import yaml

import webhook_verify
from tests.rows import rows
from tools import site

ROOT = Path(__file__).parents[1]
CONFIG = site.config()
NAV = [page for _, page in site.nav()]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
README = (ROOT / "README.md").read_text("utf-8")
GROUPS = [
    "Start",
    "Receive",
    "Providers",
    "Inbox and replay",
    "Events and APIs",
    "Reference",
    "Explanation",
    "Contributing",
]


def test_every_page_is_in_the_navigation_once() -> None:
    pages = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}
    assert sorted(NAV) == sorted(pages | set(site.ROOT_PAGES.values()))


def test_the_navigation_has_the_groups_of_what_a_reader_wants_to_do() -> None:
    assert list(dict.fromkeys(titles[0] for titles, _ in site.nav())) == GROUPS


def test_a_link_to_a_file_outside_of_the_docs_becomes_a_link_to_the_repository(tmp_path: Path) -> None:
    text = (
        "[a](../../integrations/README.md) [b](../../SECURITY.md#x) [c](verify.md) [d](https://example.com/)"
    )
    page = ROOT / "docs" / "receive" / "new.md"
    site.write_page(tmp_path / "new.md", text, was=page, becomes=page)
    assert (tmp_path / "new.md").read_text("utf-8") == (
        f"[a]({CONFIG['repo_url']}/blob/main/integrations/README.md) "
        "[b](../explanation/security_policy.md#x) [c](verify.md) [d](https://example.com/)"
    )


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("# Title\n\nFirst sentence. Second one.\n", "First sentence."),
        ("<!-- Made by make docs. -->\n# Title\n\n```sh\nmake\n```\n\nA [link](x.md) here:\n", "A link here"),
        ("# Title\n\n| a | b |\n|---|---|\n\nAfter a table.\n", "After a table."),
        ("# Title\n", ""),
    ],
)
def test_the_index_for_language_models_has_the_first_sentence(text: str, summary: str) -> None:
    assert site.summary_of(text) == summary


def test_the_readme_has_links_that_work_on_the_package_index() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert links
    assert [link for link in links if not link.startswith("https://")] == []


def test_the_links_of_the_readme_lead_to_pages_of_the_site_and_files_of_the_repository() -> None:
    pages = {re.sub(r"(^|/)(README|index)\.md$", r"\1", page).removesuffix(".md") for page in NAV}
    for link in re.findall(r"\]\((https://[^)#]+)", README):
        if link.startswith(CONFIG["site_url"]):
            path = link.removeprefix(CONFIG["site_url"])
            is_file = (ROOT / "docs" / path).is_file() or path == "llms.txt"
            assert is_file or path.rstrip("/") in {page.rstrip("/") for page in pages}, link
        elif link.startswith(CONFIG["repo_url"]):
            assert (ROOT / link.removeprefix(f"{CONFIG['repo_url']}/blob/main/")).exists(), link


def test_the_project_has_one_address() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["urls"]["Documentation"] == CONFIG["site_url"]
    assert project["urls"]["Repository"] == CONFIG["repo_url"]
    for name in ("SECURITY.md", "CONTRIBUTING.md", ".github/ISSUE_TEMPLATE/config.yml"):
        for link in re.findall(
            r"https://(?:github\.com/|[\w-]+\.github\.io/)[^\s)]+", (ROOT / name).read_text("utf-8")
        ):
            assert link.startswith((CONFIG["site_url"], CONFIG["repo_url"])), (name, link)


def shown_modules() -> set[str]:
    """The modules and packages whose docstrings are the reference."""
    pages = (ROOT / "docs" / "reference" / "api").glob("*.md")
    return {name for page in pages for name in re.findall(r"(?m)^::: (\S+)$", page.read_text("utf-8"))}


def test_a_public_name_has_no_module_of_the_same_name_which_the_reference_would_show_instead() -> None:
    for name in shown_modules():
        package = import_module(name)
        for public in getattr(package, "__all__", ()):
            is_module = isinstance(getattr(package, public), ModuleType)
            assert is_module or not hasattr(package, "__path__") or not find_spec(f"{name}.{public}"), public


def test_every_public_package_is_in_the_reference() -> None:
    shown = shown_modules()
    for name in webhook_verify.__all__:
        if name != "__version__":
            origin = getattr(webhook_verify, name).__module__
            assert any(origin == module or origin.startswith(f"{module}.") for module in shown), (
                name,
                origin,
            )


@rows("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_no_permission_by_default_and_pins_its_actions(workflow: Path) -> None:
    text = workflow.read_text("utf-8")
    loaded = yaml.safe_load(text)
    assert loaded["permissions"] == {}
    for name, job in loaded["jobs"].items():
        assert job["permissions"], name
        assert job["timeout-minutes"] <= 60, name
    for line in re.findall(r"uses: (.+)", text):
        assert re.fullmatch(r"[\w/.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_the_version_matrix_is_that_of_the_classifiers() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    said = {text.rpartition(" ")[2] for text in project["classifiers"] if re.search(r":: 3\.\d+$", text)}
    matrix = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8"))["jobs"][
        "versions"
    ]
    assert {version for version in matrix["strategy"]["matrix"]["python"] if version[-1].isdigit()} == said


@rows("form", sorted((ROOT / ".github").rglob("*.yml")), ids=lambda path: path.name)
def test_the_forms_of_the_repository_are_yaml(form: Path) -> None:
    assert isinstance(yaml.safe_load(form.read_text("utf-8")), dict)
