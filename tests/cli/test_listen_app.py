"""``listen`` responds to every request, and no request ends it."""

from __future__ import annotations

import asyncio
import io
import json
import time
import unicodedata
from contextlib import redirect_stdout
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import examples
from tests.providers.samples import SAMPLES
from tests.waiting import patience
from webhook_verify.cli.listen.app import Listener
from webhook_verify.cli.listen.reporter import ListenReporter
from webhook_verify.cli.local_access import LocalAccess
from webhook_verify.cli.store.delivery_store import DeliveryStore

pytestmark = pytest.mark.slow

SCHEMES = [
    "standard-webhooks",
    "stripe",
    "github",
    "slack",
    "twilio",
    "mailgun",
    "dropbox",
    "microsoft-graph",
]
VALUE = st.binary(max_size=60)
NAMES = st.sampled_from(
    [name for scheme in SCHEMES for name in SAMPLES[scheme].signed()[1]]
    + ["x-github-event", "content-length", "connection", "x", "", "content-type"]
)
HEADERS = st.lists(st.tuples(NAMES.map(lambda name: name.lower().encode()), VALUE), max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.just("\ud800\x1b[31m"),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["type", "event", "event-data", "a"]), inner)
    ),
)
BODIES = (
    st.binary(max_size=200)
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.integers(1, 20_000).map(lambda depth: b"[" * depth)
)
TARGETS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=40).map(
    lambda text: "/" + text
)


def answer_of(
    scheme: str,
    headers: list[tuple[bytes, bytes]],
    pieces: list[bytes],
    *,
    method: str = "POST",
    target: str = "/",
    as_json: bool = False,
) -> tuple[int, str, str]:
    """The status, what is printed, and the last verdict."""
    sample = SAMPLES[scheme]
    path, _, query = target.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), *headers],
    }
    coming = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    coming.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[Any] = []
    store = DeliveryStore(None)
    reporter = ListenReporter(as_json)

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    async def serve() -> None:
        async with httpx2.AsyncClient(timeout=patience(20)) as client:
            listener = Listener(
                sample.verifier(now=time.time()),
                public_url="https://example.com",
                access=LocalAccess("127.0.0.1"),
                max_body_bytes=10_000,
                store=store,
                forward_target=None,
                client=client,
                timeout=1,
                with_diagnosis=True,
                callbacks=reporter.callbacks,
            )
            await listener(scope, receive, send)

    with redirect_stdout(io.StringIO()) as printed:
        asyncio.run(serve())
    verdict = next((one.verdict for one in store.all()), "")
    store.close()
    return sent[0]["status"], printed.getvalue(), verdict


@given(
    scheme=st.sampled_from(SCHEMES),
    headers=HEADERS,
    pieces=st.lists(BODIES, max_size=3),
    method=st.sampled_from(["POST", "GET", "HEAD", "PUT", "post"]),
    target=TARGETS,
    as_json=st.booleans(),
)
@examples(150)
def test_every_request_has_an_answer_and_one_line(
    scheme: str, headers: list[tuple[bytes, bytes]], pieces: list[bytes], **rest: Any
) -> None:
    status, printed, _ = answer_of(scheme, headers, pieces, **rest)
    assert status in {200, 204, 400, 401, 403, 405, 413}  # 503 is that of a fault of its own
    assert printed.endswith("\n")
    kinds = {unicodedata.category(character) for character in printed.replace("\n", "")}
    assert kinds.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})


@given(body=JSON, scheme=st.sampled_from(["standard-webhooks", "github"]))
@examples(60)
def test_every_signed_body_is_verified_and_kept(body: object, scheme: str) -> None:
    octets = json.dumps(body).encode()
    headers = SAMPLES[scheme].signer().sign(octets)
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    status, _, verdict = answer_of(scheme, pairs, [octets])
    assert (status, verdict) == (200, "verified")
