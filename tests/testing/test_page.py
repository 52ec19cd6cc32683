"""The page on testing: its code is a project whose tests pass, and a test of a receiver is short."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "receive" / "testing.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
# The last block overrides the secret of a module: it is one of its own.
MODULE, OWN_SECRET = "\n".join(BLOCKS[:-1]), f"{BLOCKS[0]}\n{BLOCKS[-1]}"


def test_the_tests_of_the_page_pass(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_page=MODULE, test_own_secret=OWN_SECRET)
    result = pytester.runpytest_subprocess("-W", "error", "-p", "no:cacheprovider")
    outcomes = result.parseoutcomes()
    assert outcomes.pop("passed") > 60
    assert outcomes == {"skipped": 1}, "TestShop does not say how its handler fails"


@pytest.mark.parametrize("framework", ["flask", "fastapi", "django"])
def test_a_test_of_a_receiver_takes_six_lines(framework: str) -> None:
    tests = {node.name: node for node in ast.parse(MODULE).body if isinstance(node, ast.FunctionDef)}
    test = tests[f"test_{framework}"]
    assert test.end_lineno is not None
    assert test.end_lineno - test.lineno + 1 <= 6
