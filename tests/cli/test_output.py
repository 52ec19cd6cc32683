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
from webhook_verify.cli.main import run

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


def test_the_response_of_a_receiver_is_printed_with_escapes() -> None:
    with serving(lambda headers, body: (500, HOSTILE.encode())) as came:
        result = CliRunner().invoke(command, ["send", came.url], env={"WEBHOOK_SECRET": SECRET})
    assert harmful(result.output) == []
    assert "\\x1b[2J" in result.output


def test_json_contains_the_text_itself_in_ascii() -> None:
    with serving(lambda headers, body: (500, HOSTILE.encode())) as came:
        result = CliRunner().invoke(command, ["send", came.url, "--json"], env={"WEBHOOK_SECRET": SECRET})
    assert harmful(result.output) == []
    assert result.output.isascii()
    assert json.loads(result.output)["answer"] == HOSTILE


@pytest.mark.parametrize("text", [HOSTILE, "Zo\xeb \\x1b", "\U0001f600\udcff"])
def test_a_warning_or_an_error_in_json_is_the_text_itself(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    output.warn(text, as_json=True)
    output.fail("usage", text, 2, as_json=True)
    warning, error = capsys.readouterr().err.splitlines()
    assert (warning + error).isascii()
    assert harmful(warning + error) == []
    assert (json.loads(warning)["warning"], json.loads(error)["message"]) == (text, text)


@pytest.mark.parametrize("text", [HOSTILE, "\U0001f600\udcff"])
def test_a_warning_or_an_error_for_people_is_printed_with_escapes(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    output.warn(text, as_json=False)
    output.fail("usage", text, 2, as_json=False)
    assert capsys.readouterr().err == f"Warning: {output.safe(text)}\nError: {output.safe(text)}\n"


def test_the_message_of_a_usage_error_in_json_is_the_text_itself(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["verify", "--body", "@Zo\xeb\x1b.json", "-H", "a: b"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("WEBHOOK_SECRET", SECRET)
        assert (run(arguments), run([*arguments, "--json"])) == (2, 2)
    *_, people, programs = capsys.readouterr().err.splitlines()
    assert "cannot read Zo\xeb\\x1b.json" in people
    assert "cannot read Zo\xeb\x1b.json" in json.loads(programs)["message"]


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
