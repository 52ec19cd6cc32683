"""Error responses of servers: any bytes become an error that can be logged and pickled."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import webhook_verify
from tests.api.svix.operations import WIRE
from webhook_verify import APIError, APIStatusError, WebhookVerifyError
from webhook_verify.api.svix import MessageIn


def error_of(status: int, body: bytes, **headers: str) -> APIStatusError:
    WIRE.response = httpx2.Response(status, content=body, headers=headers)
    with pytest.raises(APIStatusError) as raised:
        WIRE.client.health.get()
    return raised.value


TWO = [
    {"loc": ["body", "url"], "msg": "field required", "type": "value_error.missing"},
    {"loc": ["query", "limit", 0], "msg": "Given limit must not exceed 250", "type": "value_error"},
]
PROBLEMS = (("body.url", "field required"), ("query.limit.0", "Given limit must not exceed 250"))


@pytest.mark.parametrize(
    ("status", "body", "code", "detail", "problems"),
    [
        (404, {"code": "not_found", "detail": "Entity not found"}, "not_found", "Entity not found", ()),
        (409, {"code": "conflict", "detail": ""}, "conflict", "", ()),
        (422, {"detail": TWO}, "validation_error", "; ".join(": ".join(each) for each in PROBLEMS), PROBLEMS),
        (422, {"detail": []}, "validation_error", "", ()),
        (422, {"detail": "a text"}, None, "a text", ()),
        (422, {"detail": [{"msg": "no place"}]}, None, "", ()),
        (500, {}, None, "", ()),
        (500, {"code": 7, "detail": {"x": 1}}, None, "", ()),
        (500, [], None, "", ()),
        (500, None, None, "", ()),
    ],
)
def test_code_detail_and_problems(
    status: int, body: object, code: str | None, detail: str, problems: tuple[tuple[str, str], ...]
) -> None:
    error = error_of(status, json.dumps(body).encode())
    assert (error.status, error.code, error.detail, error.problems) == (status, code, detail, problems)
    assert json.loads(error.body) == body
    assert str(error).startswith(f"the server returned {status}")
    assert detail in str(error)


@pytest.mark.parametrize("body", [b"", b"<html>Bad Gateway</html>", b"\xff\xfe", b"[" * 100_000, b'{"a":'])
def test_what_is_no_json_is_kept_as_it_is(body: bytes) -> None:
    error = error_of(502, body)
    assert (error.body, error.code, error.detail) == (body, None, "")
    assert str(error) == "the server returned 502"


@given(st.binary(max_size=60) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["code", "detail", "loc", "msg", "type"]), inner)
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_any_body_makes_an_error(body: bytes) -> None:
    error = error_of(500, body)
    assert error.body == body
    assert "\n" not in f"{error}{error!r}"


def test_headers_and_request_id() -> None:
    error = error_of(500, b"", **{"X-Thing": "1", "svix-req-id": "from-the-server"})
    assert error.headers["x-thing"] == "1"
    assert error.request_id == "from-the-server"
    assert error_of(500, b"").request_id == WIRE.request.headers["svix-req-id"]


@pytest.mark.parametrize(
    "text",
    [
        "testsk_t0k3n",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "is whsk_abc+/=",
        "Bearer eyJhbGciOi.x.y",
        "sk_live.eu",
    ],
)
def test_no_message_repeats_a_secret(text: str) -> None:
    error = error_of(401, json.dumps({"code": text, "detail": f"bad: {text}"}).encode())
    shown = f"{error} {error!r} {error.detail} {error.code}"
    assert text.split()[-1] not in shown
    assert "..." in shown


def test_no_frame_of_a_traceback_shows_the_token_or_what_was_sent() -> None:
    """An error tracker keeps the repr of all local variables."""
    WIRE.response = httpx2.Response(500)
    message = MessageIn(event_type="t", payload={"card": "4242-4242"})
    with pytest.raises(APIStatusError) as raised:
        WIRE.client.message.create("a", message)
    package = str(Path(webhook_verify.__file__).parent)
    frames = [each for each in raised.traceback if str(each.path).startswith(package)]
    shown = repr([each.frame.f_locals for each in frames])
    assert len(frames) > 2
    assert "MessageIn" in shown
    assert "testsk_t0k3n" not in shown
    assert "4242-4242" not in shown


def test_a_message_is_one_short_line() -> None:
    error = error_of(500, json.dumps({"code": "c", "detail": "a\r\nb\x1b[31m" + "x" * 9_999}).encode())
    assert str(error).startswith("the server returned 500 c: a b [31mxxx")
    assert len(str(error)) < 400


def test_an_error_survives_the_way_to_another_process() -> None:
    error: Any = error_of(422, json.dumps({"detail": TWO}).encode(), **{"retry-after": "7"})
    twin = pickle.loads(pickle.dumps(error))
    assert (type(twin), vars(twin), str(twin)) == (type(error), vars(error), str(error))
    assert twin.retry_after == 7
    assert isinstance(twin, APIError | WebhookVerifyError)
