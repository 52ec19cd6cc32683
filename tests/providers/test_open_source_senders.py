"""Senders that anyone can run: what each signs, written a second time from their code."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.providers.interop import DELIVERY_VECTORS, interop
from tests.rows import rows
from webhook_verify import Delivery, RejectedDelivery, Verifier

NOW = 1_790_000_000
KEY, OTHER = "lf-whsec_5f2d9c8b7a6e4d3c2b1a", "another secret of a sender"
BODY = '{"id":"evt_1","type":"a","name":"Zoë Žižka 😀"}'.encode()

Sign = Callable[[bytes, bytes, int], dict[str, str]]


def mac(key: bytes, content: bytes, digest: str = "sha256") -> str:
    return hmac.new(key, content, digest).hexdigest()


def base64_mac(key: bytes, content: bytes) -> str:
    return b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def _ghost(key: bytes, body: bytes, now: int) -> dict[str, str]:
    stamp = f"{now}007"
    return {"x-ghost-signature": f"sha256={mac(key, body + stamp.encode())}, t={stamp}"}


def _langfuse(key: bytes, body: bytes, now: int) -> dict[str, str]:
    return {"x-langfuse-signature": f"t={now},v1={mac(key, b'%d.%b' % (now, body))}"}


def _novu(key: bytes, body: bytes, now: int) -> dict[str, str]:
    return {"novu-signature": f"t={now}123,v1={mac(key, b'%d123.%b' % (now, body))}"}


def _formance(key: bytes, body: bytes, now: int) -> dict[str, str]:
    signature = base64_mac(key, b"msg_1.%d.%b" % (now, body))
    names = ("id", "timestamp", "signature")
    values = ("msg_1", str(now), f"v1,{signature}")
    return {f"formance-webhook-{name}": value for name, value in zip(names, values, strict=True)}


def _growthbook(key: bytes, body: bytes, now: int) -> dict[str, str]:
    signature = base64_mac(key, b"msg_1.%d.%b" % (now, body))
    return {"webhook-id": "msg_1", "webhook-timestamp": str(now), "webhook-signature": f"v1,{signature}"}


def _convoy(key: bytes, body: bytes, now: int) -> dict[str, str]:
    content = b"%d,%b" % (now, body)
    wide = b64encode(hmac.new(key, content, "sha512").digest()).decode()
    previous = mac(b"the secret before", content)
    return {"x-convoy-signature": f"t={now},v1={previous},v1={mac(key, content)},v2={wide}"}


def _of_body(name: str, prefix: str = "") -> Sign:
    return lambda key, body, now: {name: prefix + mac(key, body)}


DATED: dict[str, Sign] = {
    "ghost": _ghost,
    "langfuse": _langfuse,
    "novu": _novu,
    "formance": _formance,
    "growthbook": _growthbook,
    "convoy": _convoy,
}
UNDATED: dict[str, Sign] = {
    "skyvern": _of_body("x-skyvern-signature"),
    "trigger-dev": _of_body("x-trigger-signature-hmacsha256"),
    "convoy-simple": _of_body("x-convoy-signature"),
    "forgejo": _of_body("x-forgejo-signature"),
    "gitea": _of_body("x-gitea-signature"),
    "alertmanager": lambda key, body, now: {"authorization": f"Bearer {key.decode()}"},
    "parse-server": lambda key, body, now: {"x-parse-webhook-key": key.decode()},
}


def verify(name: str, body: bytes, headers: dict[str, str], secret: Any = KEY, now: float = NOW) -> Delivery:
    return Verifier(secret, scheme=name, clock=lambda: now).verify(body, headers)


def assert_rejected(name: str, body: bytes, headers: dict[str, str], **more: Any) -> None:
    with pytest.raises(RejectedDelivery):
        verify(name, body, headers, **more)


@interop(*DATED, *UNDATED, by=DELIVERY_VECTORS)
@rows(("name", "sign"), {**DATED, **UNDATED}.items())
def test_a_delivery(name: str, sign: Sign) -> None:
    headers = sign(KEY.encode(), BODY, NOW)

    assert verify(name, BODY, headers).body == BODY
    assert verify(name, BODY, headers, [OTHER, KEY]).secret_label == "secret-2"
    assert verify(name, b"", sign(KEY.encode(), b"", NOW)).body == b""
    assert_rejected(name, BODY, headers, secret=OTHER)
    assert_rejected(name, BODY, {})
    for header in headers:
        for garbage in ("", " ", "x", "t=,v1=", "v1,", "sha256=", "=", "\xff", "\ud800", "0" * 64):
            assert_rejected(name, BODY, {**headers, header: garbage})
    if name not in ("alertmanager", "parse-server"):
        assert_rejected(name, BODY + b" ", headers)
        assert_rejected(name, BODY.replace(b"evt_1", b"evt_2"), headers)


@rows(("name", "sign"), DATED.items())
def test_a_stale_delivery(name: str, sign: Sign) -> None:
    headers = sign(KEY.encode(), BODY, NOW)
    for now in (NOW + 300, NOW - 299):
        assert verify(name, BODY, headers, now=now).timestamp_is_signed
    for now in (NOW + 302, NOW - 302):
        assert_rejected(name, BODY, headers, now=now)


@rows("name", ["gitea", "forgejo", "gogs"])
def test_a_form_of_a_forge(name: str) -> None:
    headers = {f"x-{name}-signature": mac(KEY.encode(), BODY), f"x-{name}-event": "push"}
    form = urlencode({"payload": BODY.decode()}).encode()

    delivery = verify(name, form, headers)

    assert (delivery.signed_body, delivery.json()["id"], delivery.event_type) == (BODY, "evt_1", "push")
    assert delivery.signed_content_digest == verify(name, BODY, headers).signed_content_digest
    raw = {f"x-{name}-signature": mac(KEY.encode(), form)}
    assert_rejected(name, form, raw)
    assert_rejected(name, form.replace(b"evt_1", b"evt_2"), headers)
    assert_rejected(name, form + b"&" + form, headers)


def test_alertmanager_sends_a_bearer_token_or_basic() -> None:
    pair = "prometheus:a password with : and é"
    encoded = b64encode(pair.encode()).decode()
    for name in ("Basic", "basic", "BASIC", "bAsIc"):
        assert verify("alertmanager", BODY, {"authorization": f"{name} {encoded}"}, pair).body == BODY
    for name in ("Bearer", "bearer"):
        assert verify("alertmanager", BODY, {"authorization": f"{name} {pair}"}, pair).body == BODY
        assert_rejected("alertmanager", BODY, {"authorization": f"{name} {encoded}"}, secret=pair)
    for wrong in (
        "",
        "Bearer",
        "Bearer ",
        pair,
        encoded,
        f"Basic{encoded}",
        f"Basic  {encoded}",
        f"Digest {encoded}",
    ):
        assert_rejected("alertmanager", BODY, {"authorization": wrong}, secret=pair)


@rows("name", ["azure-devops", "chargebee", "postmark"])
def test_the_name_of_basic_is_in_any_case(name: str) -> None:
    encoded = b64encode(b"user:a long password").decode()
    for spelling in ("Basic", "basic", "BASIC"):
        assert verify(name, BODY, {"authorization": f"{spelling} {encoded}"}, "user:a long password")
    for wrong in (f"Bearer {encoded}", f"Basi {encoded}", encoded, f"Basic\xa0{encoded}"):
        assert_rejected(name, BODY, {"authorization": wrong}, secret="user:a long password")
