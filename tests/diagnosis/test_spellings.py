"""Senders' own writing: JSON, forms and numbers as real libraries write them are found again.

`tests/data/spellings.json` contains their outputs. The rest of the table follows their documentation.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

import pytest

from tests.rows import rows
from webhook_verify import Signer, Verifier
from webhook_verify.diagnosis import Confidence, explain
from webhook_verify.diagnosis.variants.body import body_variants
from webhook_verify.diagnosis.variants.json_numbers import number_variants

NOW = 1_785_600_000
SECRET = "whsec_" + b64encode(bytes(range(32))).decode()
RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "spellings.json").read_text("utf-8")
)

JSON = {
    **RECORDED["json"],
    "Meta": r'{"a":"https:\/\/x.example\/?q=\u00251\u0040 \u003Cb> & \u00e4\u00f6"}',
    "Facebook, emoji": r'{"text":"\ud83d\ude00 50\u0025 \u0040me"}',
    "System.Text.Json": r'{"a":"\u0022q\u0022 \u002B1 \u0026\u003C\u003E\u0027\u0060 \u00E4 \uD83D\uDE00 /"}',
    "System.Text.Json, UnicodeRanges.All": r'{"a":"\u0022q\u0022 \u002B1 \u0026 ä \uD83D\uDE00"}',
    "System.Text.Json, WriteIndented on Windows": '{\r\n  "a": "\\u0027",\r\n  "b": [\r\n    1\r\n  ]\r\n}',
    "Newtonsoft": '{"a":"ä\\u2028\\u0085"}',
    "Newtonsoft, EscapeHtml": r'{"a":"\u003cb\u003e \u0026 \u0027 \u0022"}',
    "Newtonsoft, EscapeNonAscii": r'{"a":"\u00e4\ud83d\ude00 <b>"}',
    "org.json": '{"a":"<\\/b> a/b \\u2019"}',
    "json-simple": '{"a":"https:\\/\\/x \\u2019"}',
    "Swift JSONEncoder": '{"a":"https:\\/\\/x ä"}',
    "serde_json": '{"a":"\\u001f\\b ä/<>"}',
    "Rails": '{"a":"\\u003cb\\u003e\\u2028 ä"}',
    "SendGrid": '[{"a":1},\r\n{"b":"ä"}]\r\n',
    "SendGrid, one event": '[{"a":1}]\r\n',
    "one event per line": '[{"a":1},\n{"b":2}]',
    "lines of JSON": '{"a":1}\n{"b":2}\n',
    "a number with an exponent, escaped pluses": r'{"a":"1\u002B1","b":1e+21}',
    "backslashes before quotes": r'{"a":"\\","b":"\\\u0022"}',
}
REDUMPED: dict[str, Callable[[Any], str]] = {
    "Python": json.dumps,
    "Python, compact": lambda value: json.dumps(value, separators=(",", ":")),
    "JavaScript": lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False),
    "JavaScript, indented": lambda value: json.dumps(value, indent=2, ensure_ascii=False),
}
NUMBERS = {
    "1.0": [1.0],
    "1.00": [1.0],
    "10.50": [10.5],
    "1e5": [1e5],
    "1E5": [1e5],
    "1.0E5": [1e5],
    "1e+5": [1e5],
    "1.5e3": [1500.0],
    "1e-7": [1e-7],
    "1.0E-4": [1e-4],
    "1E+16": [1e16],
    "1e21": [1e21],
}


def parsed(sender: str) -> Any:
    text = JSON[sender]
    return [json.loads(line) for line in text.splitlines()] if sender == "lines of JSON" else json.loads(text)


def candidates(arrived: str) -> list[bytes]:
    return [body for _, _, body in body_variants(arrived.encode())]


@pytest.mark.slow
@rows("tool", REDUMPED)
@rows("sender", JSON)
def test_json_that_was_dumped_again_is_found_as_its_sender_wrote_it(sender: str, tool: str) -> None:
    sent = JSON[sender]
    arrived = REDUMPED[tool](parsed(sender))
    assert arrived == sent or sent.encode() in candidates(arrived)


@rows("tool", REDUMPED)
@rows("sender", JSON)
@pytest.mark.slow
def test_the_cause_is_certain(sender: str, tool: str) -> None:
    sent = JSON[sender]
    arrived = REDUMPED[tool](parsed(sender)).encode()
    if arrived == sent.encode():
        return
    headers = Signer(SECRET).sign(sent.encode(), timestamp=NOW)
    cause = explain(Verifier(SECRET, clock=lambda: NOW), arrived, headers).cause
    assert cause.confidence is Confidence.CERTAIN
    assert cause.name in {"body_reserialized", "body_escaped", "body_line_ends"}


FLOATS = [
    pytest.param(language, float(number), spelled, id=f"{language} {spelled}")
    for language, spellings in RECORDED["floats"].items()
    for number, spelled in spellings.items()
]


@rows(("language", "value", "spelled"), FLOATS)
def test_a_float_is_found_as_its_sender_spelled_it(language: str, value: float, spelled: str) -> None:
    sent, arrived = f'{{"a":{spelled}}}', json.dumps({"a": value})
    assert arrived == sent or sent.encode() in candidates(arrived)


@rows("spelled", NUMBERS)
def test_a_number_is_found_as_its_sender_spelled_it(spelled: str) -> None:
    """Whether Python or JavaScript dumped it, next to a number that stays as it is."""
    (value,) = NUMBERS[spelled]
    javascript = next(text for text in (f"{value:.0f}", repr(value)) if float(text) == value)
    sent = f'{{"a":{spelled},"b":"x","c":[7]}}'
    for number in (repr(value), javascript):
        for arrived in (f'{{"a":{number},"b":"x","c":[7]}}', f'{{"a": {number}, "b": "x", "c": [7]}}'):
            assert arrived == sent or sent.encode() in candidates(arrived), arrived


def test_numbers_are_changed_together_if_there_are_many() -> None:
    sent = json.dumps({"items": [{"price": f"<{number}.50>", "n": number} for number in range(1, 40)]})
    sent = sent.replace('"<', "").replace('>"', "")
    arrived = json.dumps(json.loads(sent))
    assert sent in [text for _, text in number_variants(arrived)]


FORMS: dict[str, str] = {
    **RECORDED["form"],
    "HttpUtility.UrlEncode": "%c3%a4%2f%7e!(*)%27+%40",
    "WebUtility.UrlEncode": "%C3%A4%2F%7E!(*)%27+%40",
}
FORMS.pop("Go url.PathEscape")  # It keeps `&`, so it is not for forms.


def form_value(sender: str) -> str:
    return unquote_plus(FORMS[sender], errors="strict")


@rows("sender", FORMS)
def test_a_form_that_was_encoded_again_is_found(sender: str) -> None:
    sent = f"id=1&payload={FORMS[sender]}"
    arrived = urlencode(parse_qsl(sent))
    assert arrived == sent or sent.encode() in candidates(arrived)


@rows("sender", FORMS)
def test_a_form_that_was_converted_to_json_is_found(sender: str) -> None:
    arrived = json.dumps({"id": "1", "payload": form_value(sender)})
    assert f"id=1&payload={FORMS[sender]}".encode() in candidates(arrived)


@rows("sender", FORMS)
def test_a_form_with_one_field_that_was_decoded_is_found(sender: str) -> None:
    assert f"payload={FORMS[sender]}".encode() in candidates(f"payload={form_value(sender)}")


def test_the_encoder_is_named() -> None:
    sent = "payload=%7B%22text%22%3A%22%7Edone%7E+%2A%2Ax%2A%2A%22%7D"
    evidence = {body: words for _, words, body in body_variants(urlencode(parse_qsl(sent)).encode())}
    assert "writes ~ as %7E" in evidence[sent.encode()]
