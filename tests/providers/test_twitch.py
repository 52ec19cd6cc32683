"""Twitch: a library accepts our signatures; the border of id and timestamp, and invalid handshakes."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import warnings
from collections.abc import Mapping

import pytest
from starlette.requests import Request

from tests.providers.handshake_calls import answered, as_json, twitch
from tests.providers.interop import interop
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign
from webhook_verify import MalformedDelivery, Signer, TimestampOutsideTolerance
from webhook_verify.handshakes import TwitchChallenge


@interop("twitch", by="twitchio (PyPI, third party)")
def test_twitch() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of aiohttp, about twitchio
        verify_message = sdk("twitchio.web.utils").verify_message

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return asyncio.run(verify_message(request=_request(body, headers), secret=secret))

    they_take_what_we_sign("twitch", in_python(judge))


def _request(body: str, headers: Mapping[str, str]) -> Request:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body.encode()}

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": raw}, receive)


def test_twitch_writes_the_time_with_nanoseconds() -> None:
    sample, stamp = SAMPLES["twitch"], "2026-09-21T14:13:20.634234626Z"
    signed_content = f"msg_1{stamp}{{}}".encode()
    headers = {
        "Twitch-Eventsub-Message-Id": "msg_1",
        "Twitch-Eventsub-Message-Timestamp": stamp,
        "Twitch-Eventsub-Message-Signature": "sha256="
        + hmac.new(sample.secret.encode(), signed_content, hashlib.sha256).hexdigest(),
    }
    delivery = sample.verifier().verify(b"{}", headers)

    assert (delivery.id, delivery.id_is_signed, delivery.timestamp.timestamp()) == (
        "msg_1",
        True,
        1_790_000_000,
    )


def test_the_border_between_id_and_time_of_twitch_does_not_move() -> None:
    """Nothing parts id, time and body: a later time in the body would make an old delivery a fresh one."""
    sample, later = SAMPLES["twitch"], "2026-09-21T15:00:00Z"
    body = json.dumps({"event": {"ends_at": later, "title": "poll"}}).encode()
    headers = Signer(sample.secret, scheme="twitch").sign(body, id="msg_1", timestamp=1_790_000_000)
    stamp = headers["twitch-eventsub-message-timestamp"]
    start, end = body.decode().split(later)

    moved = {
        **headers,
        "twitch-eventsub-message-id": f"msg_1{stamp}{start}",
        "twitch-eventsub-message-timestamp": later,
    }
    verifier = sample.verifier(now=1_790_000_000 + 2_800)
    with pytest.raises(TimestampOutsideTolerance):
        verifier.verify(body, headers)
    with pytest.raises(MalformedDelivery, match="characters that could belong to another signed part"):
        verifier.verify(end.encode(), moved)


EVENT = {"user_id": "1337"}


@pytest.mark.parametrize(
    "body",
    [
        twitch("enabled", event=EVENT),
        twitch("enabled", event={"title": '"challenge"'}),
        twitch("webhook_callback_verification_pending", challenge="a", event=EVENT),
        twitch("authorization_revoked", events=[EVENT]),
        twitch("authorization_revoked", events=[{"title": "challenge"}]),
        twitch("enabled"),
        twitch("Authorization: x"),
        as_json(subscription="revoked"),
    ],
)
def test_what_only_looks_like_twitchs_is_for_the_handler(body: bytes) -> None:
    assert answered(TwitchChallenge(), body).status == 299
