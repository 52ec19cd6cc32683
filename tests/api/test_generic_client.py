"""The generic part of the clients, with an invented provider.

It has no idempotency keys, so a POST is only repeated if it had no effect. It has a static key or a token
that is fetched and refreshed, pages by cursor in both directions, lists that are bare arrays, and a response
with a result for each part.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, Generic, Literal, TypeVar, Unpack

import httpx2
import msgspec
import pytest

from webhook_verify import APIConnectionError, APIDecodeError, APIError, APIStatusError, APITimeoutError
from webhook_verify.api._model import Model
from webhook_verify.api._operation import Call, Operation, OperationSteps, PostCall, perform, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api._sender import Sender
from webhook_verify.api._settings import ClientSettings, ProviderProfile
from webhook_verify.api.errors import ErrorInfo

T = TypeVar("T")


class Thing(Model, frozen=True, kw_only=True):
    """What the provider has."""

    token: str


class CursorPage(Model, Generic[T], frozen=True, kw_only=True):
    """Names neither the next page nor the one before."""

    data: list[T]
    has_more: bool = msgspec.field(name="has_more")

    def next_query(self, query: Mapping[str, object]) -> Mapping[str, object] | None:
        if not self.has_more or not self.data:
            return None
        if query.get("ending_before"):
            return {"ending_before": getattr(self.data[0], "token", None)}
        return {"starting_after": getattr(self.data[-1], "token", None)}


class Part(Model, frozen=True, kw_only=True):
    """The result of one part of a call."""

    code: int


class Things(Resource[AnySender]):
    """The operations."""

    @paged
    def list(self, *, ending_before: str | None = None, **call: Unpack[Call]) -> Operation[CursorPage[Thing]]:
        query = {"starting_after": None, "ending_before": ending_before}
        return request("GET", "/things", query=query, returns=CursorPage[Thing])

    @operation
    def all(self, **call: Unpack[Call]) -> Operation[Sequence[Thing]]:
        return request("GET", "/all", decode=_bare_or_wrapped)

    @operation
    def create(self, **call: Unpack[PostCall]) -> Operation[Thing]:
        return request("POST", "/things", body={}, returns=Thing)

    @operation
    def change(self, **call: Unpack[Call]) -> Operation[Sequence[Part]]:
        return request("PATCH", "/things", body=[], returns=list[Part])

    @operation
    def create_if_new(self, **call: Unpack[Call]) -> OperationSteps[str]:
        try:
            there = yield from perform(request("GET", "/things/t", returns=Thing))
        except APIStatusError as error:
            if error.status != 404:
                raise
            return (yield from perform(request("POST", "/things", body={}, returns=Thing))).token + " made"
        return there.token


def _bare_or_wrapped(body: bytes) -> Sequence[Thing]:
    found = msgspec.json.decode(body)
    return msgspec.convert(found["configs"] if isinstance(found, dict) else found, list[Thing])


NO_KEYS = ProviderProfile(
    read_error=lambda error: ErrorInfo(detail=error["message"], request_id=error["debug_id"])
)


def things(answer: Callable[[httpx2.Request], httpx2.Response], **settings: Any) -> Things[Sender]:
    http = httpx2.Client(transport=httpx2.MockTransport(answer))
    made = ClientSettings("https://api.example.com", {"authorization": "bare-key"}, **settings)
    return Things(Sender(made, NO_KEYS, http, sleep=lambda seconds: None))


class Answers:
    """Answers one by one, the last for ever: a status, or an exception that the transport raises."""

    def __init__(self, *answers: int | type[httpx2.RequestError]) -> None:
        self.sent: list[httpx2.Request] = []
        self._answers = list(answers)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.sent.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, int):
            return httpx2.Response(answer, json={"token": "t", "message": "no", "debug_id": "d1"})
        raise answer("text", request=request)


NOT_SENT = [httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError]
MAYBE_SENT = [
    *(httpx2.ReadError, httpx2.ReadTimeout, httpx2.WriteError, httpx2.WriteTimeout),
    *(httpx2.RemoteProtocolError, httpx2.CloseError),
]


@pytest.mark.parametrize("first", [*NOT_SENT, 429], ids=str)
@pytest.mark.parametrize("timeout", [30.0, None])
def test_a_post_without_a_key_is_sent_again_where_nothing_was_done(first: Any, timeout: float | None) -> None:
    answers = Answers(first, 201)
    assert things(answers, timeout=timeout).create().token == "t"
    assert len(answers.sent) == 2
    assert "idempotency-key" not in answers.sent[0].headers
    assert answers.sent[0].headers["authorization"] == "bare-key"


@pytest.mark.parametrize("first", [*MAYBE_SENT, 408, 500, 502, 503], ids=str)
def test_it_is_not_sent_again_where_something_may_have_been_done(first: Any) -> None:
    answers = Answers(first, 201)
    with pytest.raises(APIError) as raised:
        things(answers).create()
    assert len(answers.sent) == 1
    if not isinstance(first, int):
        timed_out = issubclass(first, httpx2.TimeoutException)
        assert type(raised.value) is (APITimeoutError if timed_out else APIConnectionError)


@pytest.mark.parametrize("first", [*NOT_SENT, *MAYBE_SENT], ids=str)
def test_all_that_the_transport_raises_is_typed_without_a_timeout_too(first: Any) -> None:
    with pytest.raises(APIConnectionError) as raised:
        things(Answers(first), timeout=None, retries=0).all()
    assert "text" not in str(raised.value) or first is httpx2.ConnectError


def test_a_key_for_a_provider_that_knows_none_is_refused() -> None:
    with pytest.raises(TypeError, match="idempotency_key is not supported"):
        things(Answers(201)).create(idempotency_key="k")


def test_the_providers_own_error_body_and_request_id() -> None:
    with pytest.raises(APIStatusError) as raised:
        things(Answers(404)).all()
    assert (raised.value.detail, raised.value.request_id) == ("no", "d1")


@pytest.mark.parametrize("body", [[{"token": "a"}], {"configs": [{"token": "a"}]}])
def test_a_list_may_be_an_array_or_wrapped(body: Any) -> None:
    found = things(lambda request: httpx2.Response(200, json=body)).all()
    assert [each.token for each in found] == ["a"]


def test_a_multi_status_is_a_result() -> None:
    parts = things(lambda request: httpx2.Response(207, json=[{"code": 200}, {"code": 409}])).change()
    assert [part.code for part in parts] == [200, 409]


def cursor_pages(request: httpx2.Request) -> httpx2.Response:
    """Tokens 0 to 9, three a page; backwards, the page before."""
    after, before = (request.url.params.get(name) for name in ("starting_after", "ending_before"))
    end = int(before) if before else min(int(after or -1) + 4, 10)
    start = max(end - 3, 0) if before else int(after or -1) + 1
    data = [{"token": str(number)} for number in range(start, end)]
    return httpx2.Response(200, json={"data": data, "has_more": start > 0 if before else end < 10})


def test_cursor_pages_forwards_and_backwards() -> None:
    assert [each.token for each in things(cursor_pages).list()] == [*"0123456789"]
    assert [each.token for each in things(cursor_pages).list(ending_before="7")] == [*"4561230"]


def test_a_cursor_that_stands_still_ends_the_list_with_an_error() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"data": [{"token": "x"}], "has_more": True})

    with pytest.raises(APIDecodeError, match="was already read"):
        list(things(answer).list())


class ClientCredentials(httpx2.Auth):
    """A token that is fetched when it is needed, and once more after 401."""

    token = ""

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        for _ in range(2):
            if not self.token:
                fetched = yield httpx2.Request("POST", "https://api.example.com/oauth/token")
                self.token = fetched.json()["access_token"] if fetched.is_success else ""
            request.headers["authorization"] = f"Bearer {self.token}"
            response = yield request
            if response.status_code != 401:
                return
            self.token = ""


@pytest.mark.parametrize("valid", ["1", "2", "none"])
def test_a_token_is_fetched_and_refreshed_once(valid: Literal["1", "2", "none"]) -> None:
    fetched: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/oauth/token":
            fetched.append(str(len(fetched) + 1))
            return httpx2.Response(200, json={"access_token": fetched[-1]})
        good = request.headers["authorization"] == f"Bearer {valid}"
        return httpx2.Response(200, json=[]) if good else httpx2.Response(401)

    client = things(answer, auth=ClientCredentials())
    if valid == "none":
        with pytest.raises(APIStatusError) as raised:
            client.all()
        assert raised.value.status == 401
    else:
        assert client.all() == client.all() == []
    assert fetched == ["1"] if valid == "1" else ["1", "2"]


@pytest.mark.parametrize(
    ("answers", "result", "sent"),
    [([200], "t", ["GET"]), ([404, 201], "t made", ["GET", "POST"]), ([503, 200], "t", ["GET", "GET"])],
)
def test_a_call_may_be_several_operations(answers: list[int], result: str, sent: list[str]) -> None:
    server = Answers(*answers)
    assert things(server).create_if_new() == result
    assert [request.method for request in server.sent] == sent


@pytest.mark.parametrize(("answers", "status"), [([400], 400), ([404, 409], 409)])
def test_a_failure_that_the_steps_do_not_expect_is_that_of_the_call(answers: list[int], status: int) -> None:
    with pytest.raises(APIStatusError) as raised:
        things(Answers(*answers)).create_if_new()
    assert raised.value.status == status


def test_several_operations_have_one_time() -> None:
    left: list[float] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        left.append(request.extensions["timeout"].left())
        return httpx2.Response(404 if len(left) == 1 else 201, json={"token": "t"})

    assert things(answer).create_if_new(timeout=5) == "t made"
    assert 5 > left[0] > left[1] > 0
    with pytest.raises(ValueError, match="must be positive"):
        things(answer).create_if_new(timeout=0)
