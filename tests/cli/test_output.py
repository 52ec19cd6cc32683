"""Printed text cannot move the cursor or hide its content."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.servers import serving
from tests.signing import SECRET
from webhook_verify.cli import output
from webhook_verify.cli.group import command

HOSTILE = "\x1b[2J\x1b]0;title\x07\x9b31m\u202e\u2066\u200b\r\x08\x7f\u2028\ufeff"


def harmful(text: str) -> list[str]:
    return [
        one for one in text if one != "\n" and unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ]


@given(st.text(st.characters()))
def test_safe_text_is_one_line_of_visible_characters(text: str) -> None:
    assert harmful(output.safe(text)) == []
    assert "\n" not in output.safe(text)
    assert output.safe(output.safe(text)) == output.safe(text)


@given(st.text(), st.integers(1, 20))
def test_safe_text_is_cut_where_it_is_asked(text: str, most: int) -> None:
    assert output.safe(text, most) == output.safe(text[:most]) + ("..." if len(text) > most else "")


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_the_answer_of_a_receiver_is_made_safe(as_json: list[str]) -> None:
    with serving(lambda headers, body: (500, HOSTILE.encode())) as came:
        result = CliRunner().invoke(command, ["send", came.url, *as_json], env={"WEBHOOK_SECRET": SECRET})
    assert harmful(result.output) == []
    assert "x1b[2J" in result.output


@pytest.mark.parametrize("as_json", [[], ["--json"]])
@pytest.mark.parametrize("verb", ["verify", "explain"])
@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature", "svix-id"])
def test_the_headers_of_a_delivery_are_made_safe(
    verb: str, name: str, as_json: list[str], tmp_path: Path
) -> None:
    headers = dict.fromkeys(("webhook-id", "webhook-timestamp", "webhook-signature"), "1") | {name: HOSTILE}
    record = tmp_path / "record.json"
    record.write_text(json.dumps({"headers": headers, "body": HOSTILE, "url": HOSTILE, "method": HOSTILE}))
    called = [verb, "--from", str(record), "--ignore-time", *as_json]
    result = CliRunner().invoke(command, called, env={"WEBHOOK_SECRET": SECRET})
    assert result.exit_code >= 10
    assert harmful(result.output) == []
