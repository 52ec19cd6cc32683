"""A custom provider as in docs/providers/own.md: 15 lines are sufficient for all features."""

from __future__ import annotations

import ast
import re
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from webhook_verify.schemes import HeaderScheme, JwtScheme
from webhook_verify.schemes.algorithms import ALGORITHMS, SECRET_ENCODINGS
from webhook_verify.schemes.encodings import ENCODINGS
from webhook_verify.schemes.timestamps import UNITS

PAGE = Path(__file__).parents[2] / "docs" / "providers" / "own.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@pytest.fixture
def page(registry: None) -> dict[str, Any]:
    """What the page's Python has made, in a registry of its own."""
    made: dict[str, Any] = {"__name__": "page"}
    exec(compile("\n".join(BLOCKS), PAGE.name, "exec"), made)
    return made


def test_adding_a_provider_takes_at_most_15_lines() -> None:
    lines = [line for line in BLOCKS[0].splitlines() if line.strip()]
    assert len(lines) <= 15
    assert [type(each) for each in ast.parse(BLOCKS[0]).body] == [ast.ImportFrom, ast.Expr]


def test_the_adapter_of_the_page_receives_once(
    page: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    body, now = page["body"], int(time.time())
    sign = page["Signer"]("the old secret of acme", scheme="acme").sign
    capsys.readouterr()

    def post(body: bytes, headers: dict[str, str]) -> int:
        transport = httpx2.WSGITransport(page["application"])
        with httpx2.Client(transport=transport, base_url="http://t") as client:
            return client.post("/webhooks/acme", content=body, headers=headers).status_code

    assert [post(body, sign(body)), post(body, sign(body))] == [204, 200]
    assert post(body, sign(body, timestamp=now - 1)) == 200  # the id is signed: another attempt of the same
    assert post(body, sign(body, timestamp=now - 400)) == 401
    assert post(body.replace(b"evt_1", b"evt_2"), sign(body)) == 401
    assert post(body, {}) == 400
    assert capsys.readouterr().out == "evt_1 invoice.paid\n"


@pytest.mark.parametrize("kind", [HeaderScheme, JwtScheme])
def test_every_option_of_a_row_stands_on_the_page(kind: type) -> None:
    for option in kind.__init__.__annotations__:  # type: ignore[misc]
        for_pages = option in ("name", "return")
        assert for_pages or f"`{option}`" in PAGE.read_text("utf-8"), option


@pytest.mark.parametrize("word", [*ALGORITHMS, *ENCODINGS, *SECRET_ENCODINGS, *UNITS])
def test_every_word_of_a_row_stands_on_the_page(word: str) -> None:
    assert f"`{word}`" in PAGE.read_text("utf-8")
