"""Settlement in the WSGI middleware, for every behavior of the application's response until it is closed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest

from tests.adapters.helpers import IN_FLIGHT, Ledger
from tests.adapters.wsgi_calls import Answered, App, environ_of, run
from tests.signing import VERIFIER
from webhook_verify import Receiver
from webhook_verify.adapters.wsgi import WebhookMiddleware


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("200 OK", "complete"),
        ("299 Anything", "complete"),
        ("302 Found", "release"),
        ("500 Internal Server Error", "release"),
    ],
)
def test_the_claim_is_settled_by_the_apps_status(status: str, outcome: str) -> None:
    ledger = Ledger()
    assert run(App(status), environ_of(), Receiver(VERIFIER, replay=ledger)).body == b"done"
    assert ledger.outcome == [outcome]


@pytest.mark.parametrize("error", [RuntimeError("boom"), SystemExit(1)], ids=repr)
def test_the_claim_is_released_when_the_app_raises(error: BaseException) -> None:
    ledger = Ledger()
    with pytest.raises(type(error)):
        run(App(error=error), environ_of(), Receiver(VERIFIER, replay=ledger))
    assert ledger.outcome == ["release"]


def test_the_guards_answer_is_sent_without_running_the_app() -> None:
    app = App()
    ledger = Ledger(IN_FLIGHT)
    answered = run(app, environ_of(), Receiver(VERIFIER, replay=ledger))
    assert answered.status == 503
    assert answered.headers["retry-after"] == "5"
    assert not app.environs


class Response:
    """An iterable as frameworks return one, which counts how often it is closed."""

    def __init__(self, pieces: Iterable[bytes | Exception], error: Exception | None = None) -> None:
        self.pieces = iter(pieces)
        self.error = error
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = next(self.pieces)
        if isinstance(piece, Exception):
            raise piece
        return piece

    def close(self) -> None:
        self.closed += 1
        if self.error is not None:
            raise self.error


def opened(app: WSGIApplication, ledger: Ledger) -> Any:
    """The guarded response, before its first piece."""
    receiver = Receiver(VERIFIER, replay=ledger)
    return WebhookMiddleware(app, receiver=receiver, path="/hook")(environ_of(), Answered().start)


def answering(response: Iterable[bytes]) -> WSGIApplication:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return response

    return app


def test_a_streaming_response_streams_and_is_settled_when_it_is_closed() -> None:
    ledger, response, made = Ledger(), Response([]), list[int]()

    def pieces() -> Iterator[bytes]:
        for number in range(3):
            made.append(number)
            yield b"piece"

    response.pieces = pieces()
    served = opened(answering(response), ledger)
    assert next(served) == b"piece"
    assert made == [0]
    assert list(served) == [b"piece", b"piece"]
    assert (ledger.outcome, response.closed) == ([], 0)
    served.close()
    served.close()
    assert (ledger.outcome, response.closed) == (["complete"], 1)


def test_a_response_that_fails_in_the_middle_is_closed_once_and_released() -> None:
    ledger, response = Ledger(), Response([b"half", RuntimeError("boom")])
    served = opened(answering(response), ledger)
    with pytest.raises(RuntimeError, match="boom"):
        list(served)
    served.close()
    assert (ledger.outcome, response.closed) == (["release"], 1)


def test_a_response_that_fails_to_close_is_released() -> None:
    ledger, response = Ledger(), Response([b"all"], RuntimeError("boom"))
    served = opened(answering(response), ledger)
    assert list(served) == [b"all"]
    with pytest.raises(RuntimeError, match="boom"):
        served.close()
    served.close()
    assert (ledger.outcome, response.closed) == (["release"], 1)


def test_a_sender_that_is_gone_when_it_is_answered_does_not_undo_the_handler() -> None:
    ledger, response = Ledger(), Response([b"all"])
    opened(answering(response), ledger).close()
    assert (ledger.outcome, response.closed) == (["complete"], 1)


@pytest.mark.parametrize(("has_length", "outcome"), [(True, "complete"), (False, "release")])
def test_a_sender_that_goes_in_the_middle_stops_a_stream_but_not_what_has_a_length(
    has_length: bool, outcome: str
) -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "6")] if has_length else [])
        return Response([b"one", b"two"])

    ledger = Ledger()
    served = opened(app, ledger)
    assert next(served) == b"one"
    served.close()
    assert ledger.outcome == [outcome]


def generating(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", [])
    yield b"begun"
    yield b"done"


@pytest.mark.parametrize(("count", "outcome"), [(0, "release"), (1, "release"), (3, "complete")])
def test_a_generator_that_is_stopped_in_the_middle_is_released(count: int, outcome: str) -> None:
    ledger = Ledger()
    served = opened(generating, ledger)
    for _ in range(count):
        next(served, None)
    served.close()
    assert ledger.outcome == [outcome]


def test_the_last_status_counts() -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        try:
            raise ValueError("too late")
        except ValueError as error:
            start_response("500 Oh", [], (ValueError, error, error.__traceback__))  # type: ignore[arg-type]
        return [b"sorry"]

    ledger = Ledger()
    assert opened(app, ledger) == [b"sorry"]
    assert ledger.outcome == ["release"]


@pytest.mark.parametrize("status", ["", "OK", "2"])
def test_a_status_that_is_none_releases(status: str) -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(status, [])
        return []

    ledger = Ledger()
    middleware = WebhookMiddleware(app, receiver=Receiver(VERIFIER, replay=ledger), path="/hook")
    middleware(environ_of(), lambda *_: lambda data: None)
    assert ledger.outcome == ["release"]


def test_without_a_guard_the_apps_own_response_is_returned() -> None:
    response = Response([b"all"])
    middleware = WebhookMiddleware(answering(response), receiver=Receiver(VERIFIER), path="/hook")
    assert middleware(environ_of(), Answered().start) is response
