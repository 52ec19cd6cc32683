"""`diagnose=True`: the log explains a rejected delivery in every adapter, and nothing else changes."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import override_settings

from tests import processes
from tests.adapters.apps import MOUNTS, Mount, Seen
from tests.adapters.helpers import Hearing
from tests.diagnosis.genuine import genuine
from tests.diagnosis.redaction import leaked
from tests.rows import rows
from webhook_verify import AsyncReceiver, Receiver, RejectedDelivery, Verifier
from webhook_verify.adapters.django_settings import receiver_from_settings
from webhook_verify.diagnosis import Diagnosis, explain
from webhook_verify.diagnosis import receiver_log as log
from webhook_verify.http import RequestHead

GENUINE = genuine("slack", "small JSON", bare=True)
BODY, HEADERS, VERIFIER = GENUINE.body, GENUINE.headers, GENUINE.verifier()
LATE = replace(GENUINE, now=GENUINE.now + 1_000).verifier()
SPACED = BODY.replace(b",", b", ").replace(b'":', b'": ')
UNSIGNED = {"content-type": "application/json"}

CASES = {
    "the body was written anew": (VERIFIER, SPACED, HEADERS, 401, "body_reserialized (certain)"),
    "the clock is slow": (LATE, BODY, HEADERS, 401, "delivery_too_old (likely)"),
    "the headers were stripped": (VERIFIER, BODY, UNSIGNED, 400, "unsigned (likely)"),
    "another secret": (
        GENUINE.verifier(GENUINE.other_secret),
        BODY,
        HEADERS,
        401,
        "wrong_secret_or_forgery (likely)",
    ),
}


class Lines:
    """What the logger of the diagnosis has said so far."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog
        self.clear = caplog.clear

    def __call__(self) -> list[Any]:
        return [record for record in self._caplog.records if record.name == "webhook_verify.diagnosis"]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Lines]:
    with caplog.at_level(logging.INFO, logger="webhook_verify.diagnosis"):
        yield Lines(caplog)


def posted(mount: Mount, verifier: Verifier, body: bytes, headers: dict[str, str], **options: Any) -> Seen:
    async def handler(delivery: object) -> int:
        return 200

    receiver = mount.receiver(verifier, **options)
    post = mount.make(receiver, handler if mount.is_async else lambda delivery: 200)
    return post(body, headers)


@rows("case", CASES)
@pytest.mark.parametrize("mount", MOUNTS)
def test_the_log_explains_what_every_adapter_answers_as_ever(mount: str, case: str, lines: Any) -> None:
    verifier, body, headers, status, told = CASES[case]
    lines.clear()
    off = posted(MOUNTS[mount], verifier, body, headers)
    assert not lines()
    on = posted(MOUNTS[mount], verifier, body, headers, diagnose=True)
    assert (on.status, on.body) == (off.status, off.body)
    assert on.status == status
    [line] = lines()
    assert told in line.getMessage()
    assert line.levelno == logging.WARNING
    assert (line.path, line.scheme) == ("/hook", "slack")
    assert line.diagnosis["verified"] is False
    shown = line.getMessage() + repr(vars(line))
    assert leaked(shown, verifier, body, headers) == []


@pytest.mark.parametrize("mount", MOUNTS)
def test_a_genuine_delivery_is_not_spoken_of(mount: str, lines: Any) -> None:
    assert posted(MOUNTS[mount], VERIFIER, BODY, HEADERS, diagnose=True).status == 200
    assert not lines()


@pytest.mark.parametrize("mount", MOUNTS)
@rows("headers", [HEADERS, UNSIGNED], ids=["signed", "unsigned"])
def test_a_body_over_the_limit_is_read_no_further(mount: str, headers: dict[str, str], lines: Any) -> None:
    options = {"max_body_bytes": len(BODY) - 1}
    off = posted(MOUNTS[mount], VERIFIER, BODY, headers, **options)
    on = posted(MOUNTS[mount], VERIFIER, BODY, headers, diagnose=True, **options)
    assert (on.status, on.body) == (off.status, off.body)
    assert not lines()


FACTS = RequestHead("POST", "/hook", HEADERS)


def streamed(receiver: Receiver, head: RequestHead, *pieces: bytes) -> RejectedDelivery:
    incoming = receiver.begin(head)
    try:
        for piece in pieces:
            incoming.update(piece)
        incoming.finish()
    except RejectedDelivery as error:
        return error
    raise AssertionError("it was accepted")


@pytest.mark.parametrize("step", [1, 7, 1_000])
def test_a_body_in_pieces_is_explained_as_one(step: int, lines: Any) -> None:
    pieces = [SPACED[place : place + step] for place in range(0, len(SPACED), step)]
    streamed(Receiver(VERIFIER, diagnose=True), FACTS, *pieces)
    assert "body_reserialized (certain)" in lines()[0].getMessage()


def test_headers_that_are_refused_let_no_more_in_than_the_limit(lines: Any) -> None:
    receiver = Receiver(VERIFIER, diagnose=True, max_body_bytes=100)
    streamed(receiver, FACTS._replace(headers=UNSIGNED), b"x" * 99, b"x")
    assert len(lines()) == 1, "a body as long as the limit is explained"
    lines.clear()
    error = streamed(receiver, FACTS._replace(headers=UNSIGNED), b"x" * 100, b"x")
    assert error.status_hint == 400
    assert not lines()


def test_the_verifiers_of_a_lookup_are_explained_too(lines: Any) -> None:
    streamed(Receiver(lambda head: VERIFIER, diagnose=True), FACTS, SPACED)
    assert "body_reserialized (certain)" in lines()[0].getMessage()


def test_of_an_unknown_sender_there_is_nothing_to_explain(lines: Any) -> None:
    receiver = Receiver(lambda head: None, scheme="slack", diagnose=True)
    with pytest.raises(RejectedDelivery):
        receiver.begin(FACTS)
    assert not lines()


def test_an_observer_is_told_the_time_of_the_verdict_alone(
    lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*given: Any, **named: Any) -> Diagnosis:
        time.sleep(0.2)
        return explain(*given, **named)

    monkeypatch.setattr(log, "explain", slow)
    error = streamed(Receiver(VERIFIER, diagnose=True, observer=Hearing()), FACTS, SPACED)
    assert error.seconds < 0.1
    assert lines()


def test_a_diagnosis_that_fails_costs_no_answer(lines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> None:
        raise LookupError(BODY)

    monkeypatch.setattr(log, "explain", failing)
    error = streamed(Receiver(VERIFIER, diagnose=True), FACTS, SPACED)
    assert error.status_hint == 401
    assert lines()[0].getMessage() == "the diagnosis failed with LookupError"
    assert lines()[0].exc_info is None


@pytest.mark.parametrize("kind", [Receiver, AsyncReceiver])
def test_diagnose_is_true_or_false(kind: Any) -> None:
    with pytest.raises(TypeError, match="diagnose must be True or False, not 'str'"):
        kind(VERIFIER, diagnose="yes")


def test_the_settings_of_django_have_it(lines: Any) -> None:
    options = {"secrets": [GENUINE.secret], "scheme": "github", "diagnose": True}
    with override_settings(WEBHOOK_VERIFY={"default": options}):
        receiver = receiver_from_settings()
    streamed(receiver, FACTS._replace(headers=UNSIGNED), BODY)
    assert "unsigned (likely)" in lines()[0].getMessage()


def test_nobody_imports_it_unasked() -> None:
    code = (
        "import sys; from webhook_verify import Receiver, Verifier; "
        "Receiver(Verifier('whsec_' + 'a' * 32)); "
        "print(*(name for name in sys.modules if name.startswith('webhook_verify.diagnosis')))"
    )
    printed = processes.run([sys.executable, "-c", code], text=True).stdout
    assert printed.split() == []
