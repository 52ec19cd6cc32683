"""``python -m tools.plain_english``: find the idioms that this project avoids, with words to write instead.

Reads the docstrings, comments and messages of Python files, and the prose of Markdown files; code and names
are not prose. Part of ``make check``. A new idiom is a line of `IDIOMS`.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
DEFAULT_PATHS = (
    "webhook_verify",
    "pytest_webhook_verify.py",
    "integrations",
    "tools",
    "docs",
    "*.md",
    ".github",
)
_PEOPLE = (
    "attackers?|authors?|callers?|colleagues?|contributors?|developers?|engineers?|maintainers?|operators?|people"
    "|persons?|readers?|reporters?|reviewers?|teams?|those|users?"
)

# A regular expression, and the advice. Case does not matter; an expression matches whole words.
IDIOMS: dict[str, str] = {
    r"who(so)?ever": "name the subject: the sender, an attacker, the caller",
    # Except in the example secret of GitHub's documentation.
    r"(some|any|no|(?<!Secret to )every)(body|one)|no one": "name the subject, or 'each one'",
    r"who": "name the subject; 'who' may follow a noun that means people",
    r"he|him|his|she|her": "name the subject",
    r"anew": "again",
    r"likewise": "as above, too",
    r"once more": "again",
    r"beside": "next to, besides, in addition to",
    r"(is|are|was|were|be|has|have|had) none": "'is not a ...', 'has no ...', 'invalid'",
    r"(is|are|was|were) no(?! longer)": "'is not a ...', 'without', 'does not exist', 'invalid'",
    r"(is|are) twice": "duplicate, appears more than once",
    r"tells?|told|telling": "reports, shows, returns, logs",
    r"says?|said|saying": "states, documents, reports, contains",
    r"stands?|stood|standing": "is, appears",
    r"hears?|heard": "receives",
    r"lies|lay": "is, is located",
    r"comes?|came|coming": "arrives, is sent, follows, originates",
    r"goes|went": "is sent, is passed, is forwarded",
    r"blanks?": "space, whitespace, empty",
    r"answer(s|ed|ing)?": "respond, return, response",
    r"what (is|are|was|were|has|had|it|they|cannot|must|may|can|no)(?![^.\n]*\?)": "a noun",
    r"(of|for|with|by|to|from|in) what|for how long": "a noun, or 'how long'",
    r"of (yours|ours|(your|its|our|their|one's) own)": "'your ...', 'its own ...'",
    r"as (it|they) came": "unchanged, as received",
    r"as any": "'like any other'",
    r"the laws?": "guarantees, contract, rules",
    r"verbs?": "subcommand",
    r"traps?": "pitfalls",
    r"rightly": "correctly",
    r"for good": "permanently",
    r"be had": "be obtained, be available",
    r"without a word": "silently",
    r"mend(s|ed|ing)?": "fix, correct",
    r"bears?": "tolerate, carry",
    r"makes? of (it|them|this)": "a noun",
    r"on (its|their) way": "in transit",
    r"in vain": "without success",
    r"lost never|nothing escapes": "the fact itself",
}
_WHO = re.compile(rf"\b(?:(?:{_PEOPLE})[,:]?\W+who|who commits\?)", re.IGNORECASE)
_COMPILED = {re.compile(rf"\b(?:{idiom})\b", re.IGNORECASE): advice for idiom, advice in IDIOMS.items()}
_CODE = re.compile(r"``.+?``|`[^`\n]+`|https?://\S+|\]\([^)\n]*\)")
_FENCE = re.compile(r"^ *(```|~~~)")
_ARGS = re.compile(r"^(?P<indent> *)Args:$")
_NAME = re.compile(r"^ *\*{0,2}(?P<name>\w+)(?= \(|:)")


class Finding(NamedTuple):
    """An idiom at a place."""

    path: Path
    line: int
    phrase: str
    advice: str


def findings(paths: list[Path]) -> Iterator[Finding]:
    """Yield the idioms in the prose of these files."""
    for path in paths:
        for line, text in _prose(path):
            for phrase, advice in idioms_in(text):
                yield Finding(path, line, phrase, advice)


def idioms_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield each idiom of a text with its advice."""
    plain = _WHO.sub(" ", _CODE.sub(lambda code: "x" * len(code.group()), text))
    for idiom, advice in _COMPILED.items():
        for match in idiom.finditer(plain):
            yield match.group(), advice


def _prose(path: Path) -> Iterator[tuple[int, str]]:
    text = path.read_text("utf-8")
    if path == Path(__file__):
        return
    if path.suffix == ".py":
        yield from _python_prose(text, with_messages="tests" not in path.relative_to(ROOT).parts)
    else:
        yield from _markdown_prose(text.splitlines())


def _markdown_prose(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines outside of fenced blocks."""
    in_code = False
    for number, line in enumerate(lines, 1):
        if _FENCE.match(line):
            in_code = not in_code
        elif not in_code:
            yield number, line


def _python_prose(text: str, *, with_messages: bool) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    tree = ast.parse(text)
    docstrings = set(_docstrings(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if node in docstrings:
            for number, line in _markdown_prose(_without_parameter_names(node.value)):
                yield node.lineno + number - 1, line
        elif with_messages and _is_message(node.value):
            yield from enumerate(node.value.splitlines(), node.lineno)


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield docstrings, also those below an attribute."""
    for node in ast.walk(tree):
        for statement in (
            getattr(node, "body", None) or () if not isinstance(node, ast.Lambda | ast.IfExp) else ()
        ):
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                yield statement.value


def _without_parameter_names(docstring: str) -> list[str]:
    """Return the lines, in which `x` replaces the name at the start of each entry of an `Args:` section."""
    lines: list[str] = []
    indent: int | None = None
    for line in docstring.splitlines():
        depth = len(line) - len(line.lstrip())
        if match := _ARGS.match(line):
            indent = len(match["indent"])
        elif line.strip() and indent is not None and depth <= indent:
            indent = None
        elif indent is not None and depth == indent + 4 and (match := _NAME.match(line)):
            line = f"{line[: match.start('name')]}x{line[match.end('name') :]}"
        lines.append(line)
    return lines


def _is_message(text: str) -> bool:
    """Return whether a string is for people: words with a space between them."""
    return bool(re.search(r"[a-z]{2,}[,:;.]? [a-z]", text))


def files_of(patterns: list[str]) -> list[Path]:
    """Return the Python and Markdown files under these paths that git knows."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [ROOT / name for name in listed if name.endswith((".py", ".md")) and (ROOT / name).exists()]


def main() -> int:
    """Print the findings and return how many there are, at most 1."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "paths", nargs="*", default=list(DEFAULT_PATHS), help="files or folders; by default all prose"
    )
    found = list(findings(files_of(parser.parse_args().paths)))
    for each in found:
        print(f"{each.path.relative_to(ROOT)}:{each.line}: {each.phrase!r}: write {each.advice}")
    print(f"{len(found)} idioms")
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(main())
