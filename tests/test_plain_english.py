"""The check of the prose skips parameter names: only the description of a parameter is prose."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import plain_english

DOCSTRING = '''\
"""Summary."""


class Response:
    """A response.

    Args:
        answer: The {description}.
        **told (str): Further fields,
            continued: {continuation}.

    {after}
    """
'''


def phrases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **texts: str) -> list[tuple[int, str]]:
    """Return the line and the phrase of each finding in a docstring with these texts."""
    module = tmp_path / "module.py"
    module.write_text(
        DOCSTRING.format(**{"description": "body", "continuation": "fields", "after": "After.", **texts}),
        encoding="utf-8",
    )
    monkeypatch.setattr(plain_english, "ROOT", tmp_path)
    return [(finding.line, finding.phrase) for finding in plain_english.findings([module])]


def test_a_parameter_name_is_not_prose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert phrases(tmp_path, monkeypatch) == []


@pytest.mark.parametrize(
    ("place", "line"),
    [("description", 8), ("continuation", 10), ("after", 12)],
)
def test_the_text_around_a_parameter_name_is_prose(
    place: str, line: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert phrases(tmp_path, monkeypatch, **{place: "answer: told"}) == [(line, "told"), (line, "answer")]
