"""OAuth 2 client credentials on a loopback server: one shared token, and a typed error for every failure."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.api.fake_server import Asked, StandIn
from webhook_verify import APIConnectionError, APIDecodeError, APIError, APIStatusError, APITimeoutError
from webhook_verify.api.emporix import AsyncEmporix, Emporix

SECRET = "cl13nt+s3cret/&="


class OAuthServer(StandIn):
    """Gives tokens ``t0k3n-1``, ``t0k3n-2``..., and answers ``[]`` to whoever has one that is good.

    ``seconds``: how long it says that one is good. ``refusals``: what it answers instead of
    a token. ``takes``: seconds that it needs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self.calls = 0
        self.seconds: object = 14399
        self.good = set[str]()
        self.refusals: list[tuple[int, object]] = []
        self.takes = 0.0
        self.accepts_none = False

    def answer(self, asked: Asked) -> tuple[int, object]:
        if asked.path != "/oauth/token":
            return self.api_answer(asked.headers.get("authorization", ""))
        assert asked.method == "POST"
        assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
        return self.token_answer(parse_qs(asked.body.decode(), strict_parsing=True))

    def token_answer(self, form: dict[str, list[str]]) -> tuple[int, object]:
        self.forms.append(form)
        time.sleep(self.takes)
        if self.refusals:
            return self.refusals.pop(0)
        token = f"t0k3n-{len(self.forms)}"
        self.good.add(token)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": self.seconds, "scope": ""}
        return 200, answer

    def api_answer(self, authorization: str) -> tuple[int, object]:
        self.calls += 1
        scheme, _, token = authorization.partition(" ")
        if scheme == "Bearer" and token in self.good and not self.accepts_none:
            return 200, []
        fault = {"faultstring": f"Invalid access token {token}", "detail": {"errorcode": "oauth.v2.Invalid"}}
        return 401, {"fault": fault}


@pytest.fixture
def server() -> Iterator[OAuthServer]:
    with OAuthServer() as made:
        yield made


Clock = list[float]
Calls = Callable[..., list[Any]]


def in_threads(
    server: OAuthServer, counts: list[int], clock: Clock | None = None, **options: Any
) -> list[Any]:
    """The results or errors of so many calls at once, and then so many; ``clock`` is set to each item."""
    found: list[Any] = []
    with Emporix("acme", "me", SECRET, server_url=server.url, sleep=lambda _: None, **options) as emporix:

        def call(number: int) -> Any:
            try:
                return emporix.config.list()
            except APIError as error:
                return error

        with ThreadPoolExecutor(max(counts)) as pool:
            for turn, count in enumerate(counts):
                _set_clock(emporix, clock, turn)
                found += pool.map(call, range(count))
    return found


def in_tasks(server: OAuthServer, counts: list[int], clock: Clock | None = None, **options: Any) -> list[Any]:
    """The same in one event loop."""

    async def run() -> list[Any]:
        found: list[Any] = []
        no_wait = lambda _: asyncio.sleep(0)  # noqa: E731
        async with AsyncEmporix(
            "acme", "me", SECRET, server_url=server.url, sleep=no_wait, **options
        ) as emporix:
            for turn, count in enumerate(counts):
                _set_clock(emporix, clock, turn)
                calls = (emporix.config.list() for _ in range(count))
                found += await asyncio.gather(*calls, return_exceptions=True)
        return found

    return asyncio.run(run())


def _set_clock(emporix: Any, clock: Clock | None, turn: int) -> None:
    if clock is not None:
        emporix._sender._settings.auth._now = lambda: clock[turn]


both = pytest.mark.parametrize("calls", [in_threads, in_tasks], ids=lambda calls: calls.__name__)


@both
def test_200_first_calls_at_once_fetch_one_token(server: OAuthServer, calls: Calls) -> None:
    server.takes = 0.2
    assert calls(server, [200, 1]) == [[]] * 201
    assert server.forms == [
        {"grant_type": ["client_credentials"], "client_id": ["me"], "client_secret": [SECRET]}
    ]
    assert server.calls == 201


@both
def test_scopes_are_asked_for(server: OAuthServer, calls: Calls) -> None:
    calls(server, [1], scopes=["tenant=acme", "webhook.subscription_read"])
    assert server.forms[0]["scope"] == ["tenant=acme webhook.subscription_read"]


EXPIRIES = [
    (14399, [0, 14338, 14340, 20000], 2),  # 60 s before its end
    (100, [0, 89.9, 90, 179.9], 2),  # a tenth of a short life
    ("100", [0, 89.9, 90, 179.9], 2),
    (None, [0, 1e9], 1),
    ("soon", [0, 1e9], 1),
    (0, [0, 0], 2),
    (-5, [0, 0], 2),
    (10**400, [0, 1e9], 1),
]


@both
@pytest.mark.parametrize(("seconds", "clock", "fetched"), EXPIRIES, ids=lambda value: str(value)[:20])
def test_a_token_is_renewed_before_it_expires(
    server: OAuthServer, calls: Calls, seconds: object, clock: Clock, fetched: int
) -> None:
    server.seconds = seconds
    assert calls(server, [1] * len(clock), clock) == [[]] * len(clock)
    assert len(server.forms) == fetched
    assert server.calls == len(clock)  # none was refused


@both
def test_a_token_that_ended_early_is_renewed_once_for_all(server: OAuthServer, calls: Calls) -> None:
    class Forgetful(set[str]):
        """Forgets the first token once it was used, as if it idled or the clock were ahead."""

        def __contains__(self, token: object) -> bool:
            return super().__contains__(token) and (token != "t0k3n-1" or server.calls <= 1)

    server.good = Forgetful()
    server.takes = 0.1
    assert calls(server, [1, 50]) == [[]] * 51
    assert len(server.forms) == 2
    assert 51 < server.calls <= 101


@both
def test_a_call_that_is_refused_twice_is_an_error(server: OAuthServer, calls: Calls) -> None:
    server.accepts_none = True
    (error,) = calls(server, [1])
    assert (type(error), error.status, error.code) == (APIStatusError, 401, "oauth.v2.Invalid")
    assert (len(server.forms), server.calls) == (2, 2)
    assert "t0k3n" not in str(error) + repr(error)


REFUSED: list[tuple[list[tuple[int, object]], type[APIError], int | None, str]] = [
    ([(400, {"error": "invalid_client"})], APIStatusError, 400, "invalid_client"),
    ([(401, {"error": "invalid_client", "error_description": f"no {SECRET}"})], APIStatusError, 401, "no"),
    ([(401, {"fault": {"faultstring": SECRET}})], APIStatusError, 401, "401"),
    ([(503, "down")] * 4, APIStatusError, 503, "503"),
    ([(200, {"access_token": 7, "x": SECRET})], APIDecodeError, 200, "access_token"),
    ([(200, {"access_token": ""})], APIDecodeError, 200, "access_token is empty"),
    ([(200, {"access_token": "a\nb"})], APIDecodeError, 200, "printable"),
    ([(200, [])], APIDecodeError, 200, "does not match the operation"),
]


@both
@pytest.mark.parametrize(("refusals", "kind", "status", "text"), REFUSED, ids=range(len(REFUSED)))
def test_without_a_token_nothing_is_called_and_the_next_call_asks_again(
    server: OAuthServer, calls: Calls, caplog: Any, refusals: Any, kind: Any, status: int, text: str
) -> None:
    caplog.set_level(logging.DEBUG)
    server.refusals = list(refusals)
    error, result = calls(server, [1, 1])
    assert (type(error), error.status, result) == (kind, status, [])
    assert text in str(error)
    assert server.calls == 1
    everything = [str(error), repr(error), repr(error.args), repr(vars(error)), caplog.text]
    assert not [each for each in everything if SECRET in each or "t0k3n" in each]


@both
def test_a_server_that_is_busy_is_asked_again(server: OAuthServer, calls: Calls) -> None:
    server.refusals = [(503, ""), (429, "")]
    assert calls(server, [1]) == [[]]
    assert len(server.forms) == 3


@both
def test_who_waited_for_a_fetch_shares_its_failure(server: OAuthServer, calls: Calls) -> None:
    server.takes = 0.3
    server.refusals = [(400, {"error": "invalid_client"})] * 200
    errors = calls(server, [50])
    assert {(type(error), error.status) for error in errors} == {(APIStatusError, 400)}
    assert len({id(error) for error in errors}) == 50
    assert len(server.forms) <= 3  # a thread that starts late has waited for nothing


@both
def test_the_time_of_a_call_ends_its_wait_for_a_token(server: OAuthServer, calls: Calls) -> None:
    server.takes = 1.0
    began = time.monotonic()
    errors = calls(server, [5], timeout=0.3)
    assert {type(error) for error in errors} == {APITimeoutError}
    assert time.monotonic() - began < 1.0
    server.takes = 0.0


@both
def test_no_server_is_a_connection_error(server: OAuthServer, calls: Calls) -> None:
    server.url = "http://127.0.0.1:9"
    (error,) = calls(server, [1])
    assert type(error) is APIConnectionError


def test_no_repr_shows_the_secret_or_a_token(server: OAuthServer) -> None:
    with Emporix("acme", "me", SECRET, server_url=server.url) as emporix:
        emporix.config.list()
        sender = emporix._sender
        shown = repr([emporix, sender, sender._settings, sender._settings.auth, emporix.config.list])
    assert SECRET not in shown
    assert "t0k3n" not in shown
    assert repr(emporix) == f"Emporix('{server.url}/webhook/acme')"


MISUSE: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"tenant": "Acme"}, ValueError, "lower case"),
    ({"tenant": "a/b"}, ValueError, "lower case"),
    ({"tenant": ""}, ValueError, "id must not be ''"),
    ({"tenant": None}, TypeError, "a str"),
    ({"client_id": ""}, ValueError, "client_id is empty"),
    ({"client_secret": " "}, ValueError, "client_secret is empty"),
    ({"client_secret": b"s"}, TypeError, "client_secret must be a str, not 'bytes'"),
    ({"scopes": "webhook.subscription_read"}, TypeError, "a collection"),
    ({"scopes": [""]}, ValueError, "an item of scopes is empty"),
    ({"server_url": "api.emporix.io"}, ValueError, "https://"),
    ({"timeout": 0}, ValueError, "must be positive"),
]


@pytest.mark.parametrize("make", [Emporix, AsyncEmporix])
@pytest.mark.parametrize(("options", "kind", "text"), MISUSE, ids=str)
def test_misuse_is_told_in_the_constructor(
    make: Any, options: dict[str, Any], kind: type[Exception], text: str
) -> None:
    with pytest.raises(kind, match=text):
        make(**{"tenant": "acme", "client_id": "me", "client_secret": SECRET, **options})
