"""A scheme that signs the URL, in every adapter: the configured URL with the raw target is verified.

A path or a query that a framework has decoded or encoded again is different, so the signature would not
match.
"""

from __future__ import annotations

import hmac
import http.client
import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.raw_requests import ADAPTERS, HANDLED, REWRITTEN, Adapter, Ask
from tests.adapters.url_apps import PUBLIC, SECRET, URL_SIGNED
from tests.integrations.servers import ROOT, started
from tests.processes import free_port
from tests.rows import rows
from tests.waiting import patience
from webhook_verify import (
    AsyncReceiver,
    MalformedDelivery,
    Reason,
    Receiver,
    RejectedDelivery,
    SignatureMismatch,
    Verifier,
)
from webhook_verify.http import RequestHead
from webhook_verify.public_url import PublicURL

BODY = b'{"type":"payment.updated"}'
VERIFIER = Verifier(SECRET, scheme=URL_SIGNED)


def signed(url: str, body: bytes = BODY) -> dict[str, str]:
    content = f"POST {url} ".encode() + body
    return {"x-signature": hmac.new(SECRET.encode(), content, "sha256").hexdigest()}


every_adapter = pytest.mark.parametrize("adapter", ADAPTERS.values(), ids=ADAPTERS)
TARGETS = [
    "/hook",
    "/hook?tenant=1&tenant=2",
    "/hook?q=a+b%20c%2Bd&empty=&flag",
    "/hook?q=%c3%a4%C3%A4%ff",
    "/hooks/a%2Fb/c%20d",
    "/hooks/%c3%a4?u=https%3A%2F%2Fexample.com%2F",
    "/hooks/v=1,2;(x)'!$&*+:@~-._",
]


@every_adapter
@rows("target", TARGETS)
def test_path_and_query_are_those_that_were_sent(target: str, adapter: Adapter) -> None:
    receiver = adapter.receiver(VERIFIER, public_url=PUBLIC)

    seen = adapter.send(receiver, Ask("POST", target, BODY, signed(PUBLIC + target)))
    forged = adapter.send(receiver, Ask("POST", target, BODY, signed(PUBLIC + "/other")))

    assert (seen.status, seen.body) == (200, HANDLED + BODY)
    assert forged.status == 401


@every_adapter
def test_the_log_tells_the_url_that_was_taken_for_the_called_one(
    adapter: Adapter, caplog: pytest.LogCaptureFixture
) -> None:
    """It is what is wrong most often, of a proxy's. Its query may hold a secret."""
    receiver = adapter.receiver(VERIFIER, public_url=PUBLIC)
    adapter.send(receiver, Ask("POST", "/hooks/a%2Fb?token=hush", BODY, signed("https://other.example/hook")))
    adapter.send(receiver, Ask("POST", "/hook", BODY, signed("https://other.example/hook")))

    first, second = (record.getMessage() for record in caplog.records if record.name == "webhook_verify")
    assert first.endswith(f". Verified for {PUBLIC}/hooks/a%2Fb?...; check that the sender calls this URL")
    assert second.endswith(f". Verified for {PUBLIC}/hook; check that the sender calls this URL")
    assert "hush" not in caplog.text


def test_the_log_of_a_refusal_whose_url_nobody_knows(caplog: pytest.LogCaptureFixture) -> None:
    error = SignatureMismatch(Reason.SIGNATURE_MISMATCH, "no signature is right")
    Receiver(VERIFIER, public_url=PUBLIC).rejection_response(error, RequestHead("POST", "/hook", {}))

    assert caplog.messages[0].endswith(". Verified for an unknown URL; check that the sender calls this URL")


@pytest.mark.parametrize("adapter", REWRITTEN.values(), ids=REWRITTEN)
@pytest.mark.parametrize(
    "target", ["/hook", "/hook?a=1&b=x%20y%2B%C3%A4", "/hooks/c%20d/%C3%A4/(x)'!$&*+:@~"]
)
def test_where_nobody_has_kept_the_target_it_is_written_as_senders_do(target: str, adapter: Adapter) -> None:
    receiver = adapter.receiver(VERIFIER, public_url=PUBLIC)

    assert adapter.send(receiver, Ask("POST", target, BODY, signed(PUBLIC + target))).status == 200


@every_adapter
def test_a_whole_url_stands_for_itself_with_the_query_that_was_sent(adapter: Adapter) -> None:
    """Behind a gateway that serves the application under another path."""
    receiver = adapter.receiver(VERIFIER, public_url=PUBLIC + "/api/hooks")
    called = signed(PUBLIC + "/api/hooks?a=%2F+")

    assert adapter.send(receiver, Ask("POST", "/hook?a=%2F+", BODY, called)).status == 200
    assert adapter.send(receiver, Ask("POST", "/other?a=%2F+", BODY, called)).status == 200
    assert adapter.send(receiver, Ask("POST", "/hook?a=/+", BODY, called)).status == 401


FROM_PROXY = {"x-forwarded-proto": "https", "x-forwarded-host": "hooks.example.com"}


@every_adapter
@rows(
    ("more", "peer", "status"),
    [
        (FROM_PROXY, "10.1.2.3", 200),
        (FROM_PROXY, "::1", 200),
        (FROM_PROXY, "::ffff:10.1.2.3", 200),
        ({"x-forwarded-proto": "https", "host": "hooks.example.com"}, "10.1.2.3", 200),
        ({**FROM_PROXY, "host": "10.0.0.1:8000"}, "10.1.2.3", 200),
        ({**FROM_PROXY, "x-forwarded-port": "443"}, "10.1.2.3", 200),
        ({**FROM_PROXY, "x-forwarded-port": "8443"}, "10.1.2.3", 401),
        ({**FROM_PROXY, "x-forwarded-proto": "http"}, "10.1.2.3", 401),
        ({**FROM_PROXY, "x-forwarded-host": "evil.example"}, "10.1.2.3", 400),
        (FROM_PROXY, "11.1.2.3", 400),
        (FROM_PROXY, "::2", 400),
        (FROM_PROXY, "", 400),
        (FROM_PROXY, "proxy", 400),
        ({}, "10.1.2.3", 400),
        ({"host": "hooks.example.com"}, "11.1.2.3", 400),
        ({**FROM_PROXY, "x-forwarded-proto": "https, http"}, "10.1.2.3", 400),
        ({**FROM_PROXY, "x-forwarded-host": "hooks.example.com, evil.example"}, "10.1.2.3", 400),
        ({**FROM_PROXY, "x-forwarded-port": "0443"}, "10.1.2.3", 400),
    ],
)
def test_a_proxys_word_counts_if_it_is_trusted(
    more: dict[str, str], peer: str, status: int, adapter: Adapter
) -> None:
    receiver = adapter.receiver(
        VERIFIER,
        trusted_proxies=["10.0.0.0/8", "::1"],
        trusted_hosts=["hooks.example.com", "hooks.example.com:8443"],
    )
    headers = {**signed(PUBLIC + "/hook?a=1"), **more}

    assert adapter.send(receiver, Ask("POST", "/hook?a=1", BODY, headers, peer)).status == status


@every_adapter
def test_forwarded_headers_do_not_touch_a_configured_url(adapter: Adapter) -> None:
    receiver = adapter.receiver(VERIFIER, public_url=PUBLIC)
    evil = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "http", "host": "evil.example"}

    genuine = adapter.send(receiver, Ask("POST", "/hook", BODY, {**signed(PUBLIC + "/hook"), **evil}))
    forged = adapter.send(
        receiver, Ask("POST", "/hook", BODY, {**signed("http://evil.example/hook"), **evil})
    )

    assert (genuine.status, forged.status) == (200, 401)


@every_adapter
def test_a_lookup_of_tenants(adapter: Adapter) -> None:
    def lookup(head: RequestHead) -> Verifier | None:
        return VERIFIER if head.path == "/hook" else None

    choices: list[dict[str, Any]] = [{}, {"scheme": URL_SIGNED}]
    for options in choices:
        receiver = adapter.receiver(lookup, public_url=PUBLIC, **options)
        known = adapter.send(receiver, Ask("POST", "/hook?a=%2F", BODY, signed(PUBLIC + "/hook?a=%2F")))
        assert known.status == 200
    assert adapter.send(receiver, Ask("POST", "/unknown", BODY, signed(PUBLIC + "/unknown"))).status == 401


# --- misuse --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Receiver, AsyncReceiver])
def test_a_receiver_that_cannot_know_the_url_says_what_to_do(kind: Any) -> None:
    for arguments in ({"verifier": VERIFIER}, {"verifier": lambda _: VERIFIER, "scheme": URL_SIGNED}):
        with pytest.raises(ValueError, match=r"url-signed signs the URL .* public_url=.* trusted_proxies="):
            kind(**arguments)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.com",
        "ftp://hooks.example.com",
        "https://",
        "https://user@hooks.example.com",
        "https://hooks.example.com/?a=1",
        "https://hooks.example.com?",
        "https://hooks.example.com/#a",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/ä",
        "https://hööks.example.com",
        "https://hooks.example.com/\n",
        "https://hooks.example.com:port",
        "https://[::1",
    ],
)
def test_a_public_url_that_is_none_is_misuse(url: str) -> None:
    with pytest.raises(ValueError, match=r"public_url|Invalid IPv6"):
        Receiver(VERIFIER, public_url=url)


@pytest.mark.parametrize(
    "proxies", [[], "10.0.0.0/8", b"::1", 5, ["proxy"], ["10.0.0.1/8"], ["0.0.0.0/0"], ["::/0"]]
)
def test_proxies_that_are_none_are_misuse(proxies: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        Receiver(VERIFIER, trusted_proxies=proxies, trusted_hosts=["hooks.example.com"])


def test_both_are_misuse() -> None:
    with pytest.raises(
        ValueError, match="public_url cannot be combined with trusted_proxies or trusted_hosts"
    ):
        Receiver(VERIFIER, public_url=PUBLIC, trusted_proxies=["::1"])
    with pytest.raises(TypeError, match="public_url must be a str"):
        Receiver(VERIFIER, public_url=5)  # type: ignore[arg-type]


def test_a_scheme_that_signs_no_url_costs_nothing() -> None:
    assert not Receiver(Verifier(SECRET, scheme="github"), public_url=PUBLIC).needs_request_target
    assert Receiver(VERIFIER, public_url=PUBLIC).needs_request_target
    assert Receiver(lambda _: None, public_url=PUBLIC).needs_request_target


# --- for every input -----------------------------------------------------------------------------------


@given(st.text(), st.text(), st.dictionaries(st.sampled_from([*FROM_PROXY, "host"]), st.text()))
def test_whatever_was_sent_there_is_a_url_or_a_rejection(target: str, peer: str, headers: Any) -> None:
    for public_url in (PublicURL(PUBLIC, None), PublicURL(None, ["10.0.0.0/8"], ["hooks.example.com"])):
        for from_whom in (peer, "10.0.0.1"):
            head = RequestHead("POST", "/hook", headers, target=target, peer=from_whom)
            try:
                url = public_url.for_request(head)
            except RejectedDelivery:
                continue
            assert url.endswith(target)
            assert url.isascii()


@pytest.mark.parametrize("target", ["", "*", "http://evil.example/hook", "hook", "/ä", "/a\nb"])
def test_a_target_that_is_none_is_malformed(target: str) -> None:
    with pytest.raises(MalformedDelivery):
        PublicURL(PUBLIC, None).for_request(RequestHead("POST", "/hook", (), target=target))


# --- under real servers --------------------------------------------------------------------------------

_UVICORN = ["uvicorn", "--host=127.0.0.1", "--log-level=warning"]
_GUNICORN = ["gunicorn", "--graceful-timeout=1", "--log-level=warning"]
COMMANDS = {
    "uvicorn, h11": lambda port: [
        *_UVICORN,
        "--http=h11",
        f"--port={port}",
        "tests.adapters.url_apps:on_asgi",
    ],
    "hypercorn": lambda port: [
        "hypercorn",
        f"--bind=127.0.0.1:{port}",
        "--graceful-timeout=0",
        "tests.adapters.url_apps:on_asgi",
    ],
    "gunicorn, Flask": lambda port: [
        *_GUNICORN,
        f"--bind=127.0.0.1:{port}",
        "tests.adapters.url_apps:on_wsgi",
    ],
    "gunicorn, WSGI": lambda port: [
        *_GUNICORN,
        f"--bind=127.0.0.1:{port}",
        "tests.adapters.url_apps:guarded_wsgi",
    ],
}


@pytest.fixture(scope="module", params=COMMANDS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[tuple[str, int]]:
    port = free_port()
    log: Path = tmp_path_factory.mktemp("server") / "log"
    command = [sys.executable, "-m", *COMMANDS[request.param](port)]
    with started(command, ROOT, dict(os.environ), port, log):
        yield request.param, port


def posted(port: int, target: str, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience(20))
    connection.request("POST", target, BODY, {**headers, "Connection": "close"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.mark.parametrize(
    "target",
    ["/hook", "/hook?q=a+b%20c%2Bd&x=%2f&x=", "/tenants/a%2Fb%20c/%c3%a4?u=%2F", "/tenants/a/b%20c/%C3%A4"],
)
def test_a_server_keeps_the_target_as_it_was_sent(server: tuple[str, int], target: str) -> None:
    _, port = server

    assert posted(port, target, signed(PUBLIC + target)) == 200
    assert posted(port, target, signed(PUBLIC + "/other")) == 401


def test_a_proxy_in_front_of_a_server(server: tuple[str, int]) -> None:
    name, port = server
    if name == "gunicorn, WSGI":
        return  # which has one receiver
    genuine = {**signed(PUBLIC + "/proxied?a=%2F"), **FROM_PROXY}

    assert posted(port, "/proxied?a=%2F", genuine) == 200
    assert posted(port, "/proxied?a=%2F", {**genuine, "x-forwarded-host": "evil.example"}) == 400
    # uvicorn believes X-Forwarded-For of its own machine, and then nobody knows who is connected.
    told = posted(port, "/proxied?a=%2F", {**genuine, "x-forwarded-for": "203.0.113.9"})
    assert told == (400 if name.startswith("uvicorn") else 200)
