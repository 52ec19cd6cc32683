"""The text of a failure: the class, the message and the application's frames, without values."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.rows import rows
from webhook_verify.inbox import Poison, Retry
from webhook_verify.inbox.failures import MAX_ERROR_BYTES, describe_failure


class OwnError(Exception):
    """An error of the application."""


class UnreadableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError


def raised(error: BaseException) -> BaseException:
    """Return the error with a traceback."""
    try:
        raise error
    except BaseException as caught:
        return caught


@rows(
    "error, line",
    [
        (ValueError("text"), "ValueError: text"),
        (ValueError(), "ValueError"),
        (ValueError("one\n  two\tthree"), "ValueError: one two three"),
        (ValueError("a\x1b[31m\u202e"), "ValueError: a\\x1b[31m\\u202e"),
        (ValueError("x" * 1000), f"ValueError: {'x' * 300}..."),
        (OwnError("text"), f"{__name__}.OwnError: text"),
        (Poison("no such customer"), "Poison: no such customer"),
        (Retry(after=5, reason="busy"), "Retry: busy"),
        (SystemExit(3), "SystemExit: 3"),
        (ValueError("\ud800"), "ValueError: \\ud800"),
    ],
)
def test_the_first_line(error: BaseException, line: str) -> None:
    assert describe_failure(error).splitlines() == [line]
    first, frame = describe_failure(raised(error)).splitlines()
    assert first == line
    assert frame.strip().startswith("tests/inbox/test_failures.py:")
    assert frame.endswith(" in raised")


def test_a_message_that_cannot_be_read_is_left_out() -> None:
    assert describe_failure(UnreadableError()).endswith(".UnreadableError: [its message cannot be read]")


BODIES = [b'{"card": "4242"}', '{"name": "Zoë\n"}'.encode(), b"\xff\xfe raw \x00", b"line one\nline two\n"]


@rows("body", BODIES)
@rows(
    "form",
    [repr, lambda body: body.decode("utf-8", "replace"), lambda body: repr(body.decode("utf-8", "replace"))],
)
def test_the_body_is_not_in_the_message(body: bytes, form: Any) -> None:
    text = describe_failure(ValueError(f"cannot handle {form(body)}!"), body)
    for piece in ("4242", "Zo", "raw", "line"):
        assert piece not in text
    assert text.startswith("ValueError: cannot handle ")
    assert "[body]" in text


def test_frames_of_libraries_and_of_this_package_are_left_out() -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads("{")
    assert [line.rpartition(" in ")[2] for line in describe_failure(caught.value).splitlines()[1:]] == [
        "test_frames_of_libraries_and_of_this_package_are_left_out"
    ]


def failing(depth: int) -> None:
    if depth:
        failing(depth - 1)
    raise OwnError("deep")


def test_only_the_last_frames_are_stored() -> None:
    with pytest.raises(OwnError) as caught:
        failing(50)
    assert len(describe_failure(caught.value).splitlines()) == 9


def test_causes_and_groups_are_described() -> None:
    error = OwnError("outer")
    error.__cause__ = KeyError("inner")
    group = ExceptionGroup("handlers failed", [error, ValueError("second")])
    lines = [line for line in describe_failure(group).splitlines() if not line.startswith(" ")]
    assert lines == [
        "ExceptionGroup: handlers failed (2 sub-exceptions)",
        f"{__name__}.OwnError: outer",
        "ValueError: second",
        "KeyError: 'inner'",
    ]


@rows("text", ["x" * 10_000, "\u00e9" * 10_000, "\U0001f600" * 10_000])
def test_the_text_is_capped(text: str) -> None:
    group = ExceptionGroup(text, [OwnError(text), ExceptionGroup(text, [OwnError(text)])])
    described = describe_failure(raised(group))
    assert len(described.encode()) <= MAX_ERROR_BYTES
