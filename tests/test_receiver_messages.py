"""The texts of a receiver's errors, warnings and log, and the request of a claim."""

from __future__ import annotations

import asyncio
import logging
from inspect import isawaitable
from typing import Any

import pytest

from tests.rows import rows
from tests.signing import NOW, SECRET
from webhook_verify import AsyncReceiver, Delivery, Receiver, ShortRetentionWarning, Signer, Verifier
from webhook_verify.http import RequestHead
from webhook_verify.receiver import Observer
from webhook_verify.replay import MemoryStore, ReplayGuard


async def coroutine(*args: object) -> None: ...


@rows(
    ("kind", "options", "says"),
    [
        (Receiver, {"verifier": 3}, "verifier must be a Verifier, or a function that takes .*, not 'int'"),
        (
            Receiver,
            {"verifier": coroutine},
            "verifier must be a Verifier, or a function .*, not a coroutine function. Use AsyncReceiver",
        ),
        (Receiver, {"on_reject": 3}, "on_reject must be a function of .error, head.*, not 'int'"),
        (Receiver, {"on_reject": coroutine}, "on_reject must be a function .*, not a coroutine function$"),
        (Receiver, {"handshake": 3}, "handshake must be a Handshake, or None .*, not 'int'"),
        (
            AsyncReceiver,
            {"on_reject": coroutine},
            "on_reject must be a function .*, not a coroutine function$",
        ),
    ],
)
def test_an_error_names_the_argument_and_what_it_must_be(
    kind: Any, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(TypeError, match=says):
        kind(**{"verifier": Verifier(SECRET), **options})


@rows("found", [3, "whsec_secret"])
def test_an_error_names_what_a_lookup_has_returned_by_its_kind(found: Any) -> None:
    with pytest.raises(
        TypeError, match=f"None for an unknown sender, not '{type(found).__name__}'$"
    ) as caught:
        Receiver(lambda head: found).begin(RequestHead("POST", "/", {}))
    assert "whsec_" not in str(caught.value)


def test_the_log_names_the_scheme_whose_retries_would_be_rejected(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="webhook_verify"):
        Receiver(Verifier("a secret that is long enough", scheme="linear"))
        Receiver(Verifier(SECRET))
    [record] = caplog.records
    assert (record.name, record.__dict__["scheme"]) == ("webhook_verify", "linear")
    assert "linear retries for 25260 s with the timestamp of the first attempt" in record.getMessage()
    assert "older than 60 s is rejected" in record.getMessage()


@rows(("seconds", "days"), [(10 * 86_400, "10"), (43_200, "0.5"), (173_233, "2.01")])
def test_a_warning_names_the_days_that_are_remembered(seconds: int, days: str) -> None:
    verifier = Verifier("a secret that is long enough", scheme="github")
    with pytest.warns(ShortRetentionWarning, match=f"retention ends, after {days} days"):
        Receiver(verifier, replay=ReplayGuard(MemoryStore(), retention=seconds))


def complete(result: Any) -> Any:
    """Return the result, awaited if it is of an AsyncReceiver."""

    async def wait() -> Any:
        return await result

    return asyncio.run(wait()) if isawaitable(result) else result


class Handled(Observer):
    def __init__(self) -> None:
        self.heads: list[RequestHead] = []

    def on_handled(self, delivery: Delivery, head: RequestHead, status: int | None, seconds: float) -> None:
        self.heads.append(head)


@rows("kind", [Receiver, AsyncReceiver])
def test_what_is_settled_later_after_an_error_is_reported_with_its_request(kind: Any) -> None:
    handled = Handled()
    receiver = kind(Verifier(SECRET, clock=lambda: NOW), observer=handled)
    head = RequestHead("POST", "/hook", Signer(SECRET).sign(b"{}", id="msg_1", timestamp=NOW))
    settled: list[Any] = []

    def fails(delivery: Delivery) -> Any:
        raise LookupError

    def defer(response: object, settle: Any) -> bool:
        settled.append(settle)
        return True

    with pytest.raises(LookupError):
        complete(receiver.handle_request(head, [b"{}"], fails, int, defer))
    assert handled.heads == []
    complete(settled[0](200))
    assert handled.heads == [head]


def test_a_handler_whose_status_cannot_be_read_is_settled_at_once() -> None:
    store = MemoryStore()
    receiver = Receiver(Verifier(SECRET, clock=lambda: NOW), replay=ReplayGuard(store, lease=5))
    head = RequestHead("POST", "/hook", Signer(SECRET).sign(b"{}", id="msg_1", timestamp=NOW))

    def is_told_to_exit(delivery: Delivery) -> int:
        raise SystemExit

    with pytest.raises(SystemExit):
        receiver.handle_request(head, [b"{}"], is_told_to_exit, int)
    assert receiver.handle_request(head, [b"{}"], lambda delivery: 204, int) == 204, "it was released"
