"""``make site``: build the documentation site from ``docs/``, ``mkdocs.yml`` and the docstrings.

The pages are staged in ``.site/docs`` first, because a link to a file outside of ``docs/`` works in the
repository but not on the site. Staging turns it into a link to the repository, and the files of `ROOT_PAGES`
into pages. Then Zensical builds ``.site/html`` and stops at any warning, such as a broken link. Finally,
``llms.txt`` and ``llms-full.txt`` (https://llmstxt.org) are written next to it.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / "mkdocs.yml"
DOCS = ROOT / "docs"
STAGED = ROOT / ".site" / "docs"
BUILT = ROOT / ".site" / "html"
# Files at the top level of the repository, and the page of the site that each becomes.
ROOT_PAGES = {
    "CHANGELOG.md": "reference/changelog.md",
    "SECURITY.md": "explanation/security_policy.md",
    "CONTRIBUTING.md": "contributing/README.md",
    "CODE_OF_CONDUCT.md": "contributing/code_of_conduct.md",
}
_WARNINGS = ("griffe: ", "mkdocstrings: ", "mkdocs_autorefs: ", "WARNING")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # the builder writes them to a pipe, too
_LINK = re.compile(r"(\]\()([^)\s#]+)((?:#[^)\s]*)?\))")


@cache
def config() -> dict[str, Any]:
    """Return the configuration of the site, which is read once."""
    loaded: dict[str, Any] = yaml.safe_load(CONFIG.read_text("utf-8"))
    return loaded


def nav() -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each page of the navigation: its titles, and its path below ``docs``."""
    yield from _flattened(config()["nav"], ())


def _flattened(entries: list[Any], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for entry in entries:
        if isinstance(entry, str):
            yield above, entry
            continue
        ((title, below),) = entry.items()
        if isinstance(below, str):
            yield (*above, title), below
        else:
            yield from _flattened(below, (*above, title))


def stage() -> None:
    """Copy the pages to `STAGED`, with links that work on the site."""
    shutil.copytree(DOCS, STAGED, dirs_exist_ok=True)
    for name, page in ROOT_PAGES.items():
        text = (ROOT / name).read_text("utf-8")
        if name == "CHANGELOG.md":
            text += _unreleased()
        write_page(STAGED / page, text, was=ROOT / name, becomes=DOCS / page)
    for path in DOCS.rglob("*.md"):
        write_page(STAGED / path.relative_to(DOCS), path.read_text("utf-8"), was=path, becomes=path)


def _unreleased() -> str:
    """Return the news fragments as the next section of the changelog."""
    towncrier = str(Path(sys.executable).with_name("towncrier"))
    command = [towncrier, "build", "--draft", "--version", "Unreleased"]
    draft = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return draft[draft.index("## ") :]


def write_page(staged: Path, text: str, *, was: Path, becomes: Path) -> None:
    """Write a page of the site, with links relative to its new place `becomes` instead of `was`."""
    staged.parent.mkdir(parents=True, exist_ok=True)
    repository = config()["repo_url"]

    def on_site(link: re.Match[str]) -> str:
        start, target, end = link.groups()
        if "://" in target or target.startswith("mailto:"):
            return link.group()
        file = Path(os.path.normpath(was.parent / target))
        page = ROOT_PAGES.get(str(file.relative_to(ROOT)))
        if page is not None:
            file = DOCS / page
        elif not file.is_relative_to(DOCS):
            kind = "tree" if file.is_dir() else "blob"
            return f"{start}{repository}/{kind}/main/{file.relative_to(ROOT)}{end}"
        return f"{start}{os.path.relpath(file, becomes.parent)}{end}"

    staged.write_text(_LINK.sub(on_site, text), "utf-8")


def write_llms_texts() -> None:
    """Write ``llms.txt``, an index of the pages, and ``llms-full.txt``, all pages in one file."""
    site = config()
    index = [f"# {site['site_name']}", "", f"> {site['site_description']}", ""]
    whole = list(index)
    group = ""
    for titles, page in nav():
        text = (STAGED / page).read_text("utf-8")
        if titles[0] != group:
            group = titles[0]
            index += [f"## {group}", ""]
        title = _title(text) or titles[-1]
        index.append(f"- [{title}]({site['site_url']}{page}): {summary_of(text)}")
        whole += [f"<!-- {page} -->", "", text]
    (BUILT / "llms.txt").write_text("\n".join(index) + "\n", "utf-8")
    (BUILT / "llms-full.txt").write_text("\n".join(whole) + "\n", "utf-8")
    for path in STAGED.rglob("*.md"):  # the links of llms.txt lead to Markdown
        shutil.copy(path, _made(BUILT / path.relative_to(STAGED)))


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _title(text: str) -> str:
    found = re.search(r"^# (.+)$", text, re.MULTILINE)
    return found.group(1) if found else ""


def summary_of(text: str) -> str:
    """Return the first sentence of the first paragraph."""
    paragraphs = re.split(
        r"\n\s*\n", re.sub(r"<!--.*?-->|^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    )
    for paragraph in paragraphs:
        line = " ".join(paragraph.split())
        if line and line[0] not in "#|:-!<":
            plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", line)
            return re.split(r"(?<=[.?])\s|:$", plain)[0]
    return ""


def _warnings_are_errors(command: list[str]) -> int:
    """Run the builder, and fail on warnings about docstrings, which its strict mode ignores."""
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as builder:
        lines = [] if builder.stdout is None else [_COLOURS.sub("", line) for line in builder.stdout]
    print(*lines, sep="", end="")
    warnings = sum(line.startswith(_WARNINGS) for line in lines)
    if warnings:
        print(f"{warnings} warnings about docstrings")
    return builder.returncode or min(warnings, 1)


def _restage_changes() -> None:
    """Stage the pages again when one changes."""
    staged = _newest()
    while True:
        time.sleep(1)
        if _newest() > staged:
            staged = _newest()
            stage()


def _newest() -> float:
    return max(path.stat().st_mtime for path in DOCS.rglob("*.md"))


def main() -> int:
    """Build or serve the site, and return the status of the builder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--serve", action="store_true", help="serve the site on loopback, and rebuild it on changes"
    )
    serve = parser.parse_args().serve
    shutil.rmtree(STAGED, ignore_errors=True)
    stage()
    zensical = str(Path(sys.executable).with_name("zensical"))
    shutil.rmtree(BUILT, ignore_errors=True)
    arguments = ["serve"] if serve else ["build", "--strict", "--clean"]
    command = [zensical, *arguments, "--config-file", str(CONFIG)]
    if serve:
        threading.Thread(target=_restage_changes, daemon=True).start()
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    status = _warnings_are_errors(command)
    if status == 0:
        write_llms_texts()
        print(f"built {BUILT.relative_to(ROOT)}: {sum(1 for _ in BUILT.rglob('*.html'))} pages")
    return status


if __name__ == "__main__":
    sys.exit(main())
