"""Lookups by a field of the unverified body: the field only chooses the verifier, which decides as always."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.adapters.raw_requests import ADAPTERS, HANDLED, Adapter, Ask
from tests.providers.handshake_calls import SECRET as SLACK_SECRET
from tests.providers.handshake_calls import SIGNED, SLACK_TOKEN, as_json
from tests.providers.handshake_calls import signed as slack_signed
from tests.providers.handshake_rows import every_adapter
from tests.rows import rows
from webhook_verify import AsyncReceiver, Receiver, Verifier
from webhook_verify.handshakes import MondayChallenge, SlackChallenge
from webhook_verify.http import RequestHead, WebhookResponse
from webhook_verify.receiver import BodyLookup
from webhook_verify.replay import MemoryStore, ReplayGuard
from webhook_verify.schemes import HeaderScheme

WHATSAPP = "entry.*.changes.*.value.metadata.phone_number_id"
SECRETS = {name: f"whsec_of_{name}_{'x' * 16}" for name in ("acct_A", "acct_B", "")}
VERIFIERS = {name: Verifier(secret, scheme="stripe") for name, secret in SECRETS.items()}
LOOKUP = BodyLookup("account", VERIFIERS.get)


def stripe(body: bytes, secret: str, age: int = 0) -> Ask:
    stamp = int(time.time()) - age
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, "sha256").hexdigest()
    return Ask(body=body, headers={"stripe-signature": f"t={stamp},v1={mac}"})


def event(account: str, id: str = "evt_1") -> bytes:
    return json.dumps({"id": id, "account": account}).encode()


@every_adapter
def test_the_account_in_the_body_chooses_the_secret(adapter: Adapter) -> None:
    receiver = adapter.receiver(LOOKUP, scheme="stripe")

    def status(body: bytes, secret: str, age: int = 0) -> int:
        return adapter.send(receiver, stripe(body, secret, age)).status

    body = event("acct_A")
    assert adapter.send(receiver, stripe(body, SECRETS["acct_A"])).body == HANDLED + body
    assert status(event("acct_B"), SECRETS["acct_B"]) == 200
    assert status(b'{"id":"evt_1"}', SECRETS[""]) == 200
    assert status(event("acct_A"), SECRETS["acct_B"]) == 401
    assert status(event("acct_C"), SECRETS["acct_A"]) == 401
    assert status(b"not JSON", SECRETS["acct_A"]) == 401
    assert status(event("acct_A"), SECRETS["acct_A"], age=301) == 401
    assert adapter.send(receiver, Ask(body=body)).status == 400


def test_an_unknown_account_is_rejected_like_a_forgery() -> None:
    for adapter in (ADAPTERS["wsgi"], ADAPTERS["asgi"]):
        receiver = adapter.receiver(LOOKUP, scheme="stripe")
        answers = [
            adapter.send(receiver, stripe(event(account), "another secret"))
            for account in ("acct_A", "acct_C")
        ]
        assert answers[0] == answers[1]


TEXTS: dict[str, tuple[str | tuple[str, ...], bytes, str]] = {
    "a string": ("account", b'{"account":"a"}', "a"),
    "an integer": ("account", b'{"account":5}', "5"),
    "blanks before": ("account", b' \n{"account":"a"}', "a"),
    "nested": ("a.b", b'{"a":{"b":"c"}}', "c"),
    "WhatsApp": (
        WHATSAPP,
        b'{"entry":[{"changes":[{"value":{"metadata":{"phone_number_id":"106540352242922"}}}]}]}',
        "106540352242922",
    ),
    "equal values": ("a.*.b", b'{"a":[{"b":"c"},{"b":"c"}]}', "c"),
    "different values": ("a.*.b", b'{"a":[{"b":"c"},{"b":"d"}]}', ""),
    "the second path": (("a", "b"), b'{"b":"c"}', "c"),
    "both paths": (("a", "b"), b'{"a":"d","b":"c"}', "d"),
    "no field": ("a", b'{"b":"c"}', ""),
    "an empty text": ("a", b'{"a":""}', ""),
    "a duplicate key": ("a", b'{"a":"b","a":"c"}', ""),
    "another type": ("a", b'{"a":["b"]}', ""),
    "a boolean": ("a", b'{"a":true}', ""),
    "a long text": ("a", b'{"a":"' + b"b" * 257 + b'"}', ""),
    "a text of the largest length": ("a", b'{"a":"' + b"b" * 256 + b'"}', "b" * 256),
    "non-ASCII": ("a", '{"a":"é"}'.encode(), "é"),
    "not UTF-8": ("a", b'{"a":"\xff"}', ""),
    "nothing": ("a", b"", ""),
    "a text": ("a", b'"a"', ""),
    "deep": ("a", b'{"a":' * 100_000, ""),
    "too many values": ("a", b'{"a":"b","c":[' + b"1," * 200_000 + b"1]}", ""),
    "a form": ("AccountSid", b"AccountSid=AC1&From=%2B1", "AC1"),
    "a form with different values": ("AccountSid", b"AccountSid=AC1&AccountSid=AC2", ""),
    "a form with a long text": ("AccountSid", b"AccountSid=" + b"a" * 257, ""),
    "a form with too many fields": ("a", b"a=b&" + b"c=d&" * 2_000, ""),
}


@rows("name", TEXTS)
def test_the_text_in_a_body(name: str) -> None:
    path, body, text = TEXTS[name]
    assert BodyLookup(path, VERIFIERS.get).text_in(body) == text


def test_the_work_for_an_unverified_body_is_bounded() -> None:
    lookup = BodyLookup("a.*.b", VERIFIERS.get)
    for body in (
        b"[" * 1_000_000,
        b'{"a":[' + b"[]," * 300_000,
        b"a=b&" * 250_000,
        b'{"a":' + b"9" * 1_000_000,
    ):
        began = time.perf_counter()
        assert lookup.text_in(body) == ""
        assert time.perf_counter() - began < 0.5


def test_a_coroutine_function_finds_the_verifier() -> None:
    calls: list[str] = []

    async def find(text: str) -> Verifier | None:
        await asyncio.sleep(0)
        calls.append(text)
        return VERIFIERS.get(text)

    for name in ("asgi", "fastapi", "django, async mixin", "flask, async"):
        receiver = AsyncReceiver(BodyLookup("account", find), scheme="stripe")
        body = event("acct_B")
        assert ADAPTERS[name].send(receiver, stripe(body, SECRETS["acct_B"])).body == HANDLED + body
        assert ADAPTERS[name].send(receiver, Ask(body=body)).status == 400
    assert calls == ["acct_B"] * 4  # Invalid headers are rejected before the body is read.


def test_a_large_body_is_parsed_in_a_thread() -> None:
    body = event("acct_A", "x" * 100_000)
    for adapter in (ADAPTERS["asgi"], ADAPTERS["wsgi"]):
        receiver = adapter.receiver(LOOKUP, scheme="stripe")
        assert adapter.send(receiver, stripe(body, SECRETS["acct_A"])).status == 200


def test_the_body_has_its_limit() -> None:
    for adapter in (ADAPTERS["asgi"], ADAPTERS["wsgi"]):
        receiver = adapter.receiver(LOOKUP, scheme="stripe", max_body_bytes=50)
        assert adapter.send(receiver, stripe(event("acct_A"), SECRETS["acct_A"])).status == 200
        long = event("acct_A", "x" * 50)
        assert adapter.send(receiver, stripe(long, SECRETS["acct_A"])).status == 413

    receiver = Receiver(LOOKUP, scheme="stripe", max_body_bytes=50)
    head = RequestHead("POST", "/", stripe(b"", "s").headers, "")
    answer = receiver.handle_request(
        head, [b"x" * 30] * 2, lambda _: WebhookResponse(299), lambda made: made.status
    )
    assert isinstance(answer, WebhookResponse)
    assert answer.status == 413


def test_the_tolerance_of_the_verifier_that_is_found_counts() -> None:
    patient = Verifier(SECRETS["acct_A"], scheme="stripe", tolerance=86_400)
    receiver = Receiver(BodyLookup("account", lambda _: patient), scheme="stripe")
    ask = stripe(event("acct_A"), SECRETS["acct_A"], age=3_600)
    assert ADAPTERS["wsgi"].send(receiver, ask).status == 200


@every_adapter
def test_one_account_cannot_claim_the_ids_of_another(adapter: Adapter) -> None:
    if adapter is ADAPTERS["fastapi, dependency"]:
        return  # which has no replay protection
    receiver = adapter.receiver(
        BodyLookup("account", VERIFIERS.get),
        scheme="stripe",
        replay=ReplayGuard(MemoryStore()),
        namespace="stripe",
    )
    first = stripe(event("acct_A"), SECRETS["acct_A"])
    other = stripe(event("acct_B"), SECRETS["acct_B"])

    assert [adapter.send(receiver, ask).body[:9] for ask in (first, other)] == [HANDLED, HANDLED]
    assert adapter.send(receiver, first).body == b'{"result":"handled_before"}'


def test_handshakes_of_the_verifier_that_is_found() -> None:
    slackish = HeaderScheme(
        "slackish",
        signature_header="x-signature",
        signature_prefix="v0=",
        timestamp_header="x-timestamp",
        signed_content="v0:{timestamp}:{body}",
        handshake=SlackChallenge(),
    )
    verifier = Verifier(SLACK_SECRET, scheme=slackish)
    body = as_json(type="url_verification", challenge=SLACK_TOKEN, api_app_id="A1")
    for adapter in (ADAPTERS["asgi"], ADAPTERS["wsgi"]):
        receiver = adapter.receiver(BodyLookup("api_app_id", {"A1": verifier}.get), scheme=slackish)
        assert adapter.send(receiver, Ask(body=body, headers=slack_signed(body))).body == SLACK_TOKEN.encode()
        receiver = adapter.receiver(
            BodyLookup("account", {"": Verifier(SLACK_SECRET, scheme=SIGNED)}.get),
            scheme=SIGNED,
            handshake=MondayChallenge(),
        )
        assert adapter.send(receiver, Ask(body=b'{"challenge":"abc"}')).body == b'{"challenge": "abc"}'


def test_a_diagnosis_and_an_observer_see_the_delivery(caplog: pytest.LogCaptureFixture) -> None:
    receiver = Receiver(LOOKUP, scheme="stripe", diagnose=True)
    ADAPTERS["wsgi"].send(receiver, stripe(event("acct_A") + b" ", SECRETS["acct_B"]))
    assert any(record.name == "webhook_verify.diagnosis" for record in caplog.records)
    assert not any(secret and secret in caplog.text for secret in SECRETS.values())


def test_the_url_of_a_scheme_that_signs_it() -> None:
    secret = "12345678901234567890123456789012"
    verifier = Verifier(secret, scheme="twilio")
    public = "https://example.com"
    body = b"AccountSid=AC1&From=a"
    content = f"{public}/hookAccountSidAC1Froma".encode()
    mac = hmac.digest(secret.encode(), content, "sha1")
    headers = {"x-twilio-signature": base64.b64encode(mac).decode()}
    receiver = Receiver(BodyLookup("AccountSid", {"AC1": verifier}.get), scheme="twilio", public_url=public)
    assert ADAPTERS["wsgi"].send(receiver, Ask(body=body, headers=headers)).status == 200


def test_misuse() -> None:
    find: Callable[[str], Verifier | None] = VERIFIERS.get

    async def find_async(text: str) -> Verifier | None:
        return None

    with pytest.raises(ValueError, match="path must name a field"):
        BodyLookup("", find)
    with pytest.raises(ValueError, match="path must be a path of names"):
        BodyLookup("a..b", find)
    with pytest.raises(TypeError, match="path must be a path"):
        BodyLookup(5, find)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="find must be a function of the text"):
        BodyLookup("a", {})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"not a coroutine function\. Use AsyncReceiver"):
        Receiver(BodyLookup("a", find_async))
    wrong: list[Any] = ["whsec_x", BodyLookup("a", find)]
    for value in wrong:
        receiver = Receiver(BodyLookup("account", lambda _, value=value: value), scheme="stripe")
        incoming = receiver.begin(RequestHead("POST", "/", stripe(b"{}", "s").headers, ""))
        with pytest.raises(TypeError, match="must return a Verifier, or None"):
            incoming.finish(b"{}")


def test_a_thousand_accounts_cost_one_mac() -> None:
    verifiers = {f"acct_{n}": Verifier(f"whsec_{n:032}", scheme="stripe") for n in range(1_000)}
    calls: list[str] = []

    def find(text: str) -> Verifier | None:
        calls.append(text)
        return verifiers.get(text)

    receiver = Receiver(BodyLookup("account", find), scheme="stripe")

    def deliveries() -> Iterator[int]:
        for n in (0, 500, 999):
            yield ADAPTERS["wsgi"].send(receiver, stripe(event(f"acct_{n}"), f"whsec_{n:032}")).status

    assert [*deliveries()] == [200, 200, 200]
    assert calls == ["acct_0", "acct_500", "acct_999"]
