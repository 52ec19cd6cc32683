"""The options of an inbox, and what its rows show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.signing import SECRET
from webhook_verify import Receiver, Signer, Verifier
from webhook_verify.http import RequestHead
from webhook_verify.inbox import AsyncInbox, Inbox

BODY = b'{"type": "invoice.paid"}'


async def async_lane(delivery: object) -> str:
    return "lane"


@pytest.mark.parametrize(("option", "value"), [("lane", async_lane), ("lane", 7), ("trust_unsigned_ids", 1)])
def test_misuse_is_an_error_at_construction(tmp_path: Path, option: str, value: Any) -> None:
    options: dict[str, Any] = {option: value}
    for kind in (Inbox, AsyncInbox):
        with pytest.raises(TypeError, match=option):
            kind(tmp_path / "a", **options)


@pytest.mark.parametrize(("trusts", "statuses"), [(True, [202, 200, 202]), (False, [202, 200, 200])])
def test_a_replay_under_another_unsigned_id(tmp_path: Path, trusts: bool, statuses: list[int]) -> None:
    inbox = Inbox(tmp_path / "a", trust_unsigned_ids=trusts)
    receiver = Receiver(Verifier("0123456789abcdef0123", scheme="github"), inbox=inbox)
    headers = Signer("0123456789abcdef0123", scheme="github").sign(b"{}", id="recorded")
    names = [name for name, value in headers.items() if value == "recorded"]
    answers: list[int] = []
    for message_id in ("recorded", "recorded", "another"):
        head = RequestHead("POST", "/", {**headers, **dict.fromkeys(names, message_id)})
        response: Any = receiver.handle_request(head, [b"{}"], lambda delivery: 500, int)
        answers.append(response.status)
    assert answers == statuses


def test_no_representation_shows_a_body_a_signature_or_the_token_of_a_claim(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "a")
    headers = Signer(SECRET).sign(BODY, id="msg_1")
    delivery, head = Verifier(SECRET).verify(BODY, headers), RequestHead("POST", "/", headers)
    inbox.accept(delivery, head)
    (entry,) = inbox.store.claim("token-of-the-claim", lease=60)
    signature = headers["webhook-signature"]
    secrets = {"token-of-the-claim", BODY.decode(), signature}
    for text in (repr(entry), str(entry), repr(entry.stored), f"{entry!r}"):
        assert delivery.id in text
        assert not any(secret in text for secret in secrets)


class Unreadable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no message")


def error_with(body: bytes) -> list[Exception]:
    texts = [body.decode(), repr(body), repr(body.decode()), f"no lane\nin {body.decode()}"]
    return [*map(ValueError, texts), KeyError(body.decode()), Unreadable()]


def test_a_lane_that_fails_is_a_503_and_the_log_does_not_show_the_body(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for error in error_with(BODY):

        def lane(delivery: object, error: Exception = error) -> str:
            raise error

        receiver = Receiver(Verifier(SECRET), inbox=Inbox(tmp_path / "a", lane=lane))
        head = RequestHead("POST", "/", Signer(SECRET).sign(BODY))
        response: Any = receiver.handle_request(head, [BODY], lambda delivery: 500, int)
        assert response.status == 503
        assert "retry-after" in dict(response.headers)
    assert len(caplog.messages) == 6
    assert "invoice.paid" not in caplog.text
    assert "ValueError" in caplog.text
