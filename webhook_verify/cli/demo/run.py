"""The implementation of `webhook-verify demo`.

A receiver (uvicorn on a free loopback port, with an ASGI application behind `WebhookMiddleware`) receives
valid and invalid deliveries over HTTP. A table shows the verdicts.
"""

from __future__ import annotations

import json
import logging
import os
import shlex
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click
import httpx2
import uvicorn

from webhook_verify.adapters.asgi import Receive, Scope, Send, WebhookMiddleware
from webhook_verify.cli import output
from webhook_verify.cli.demo.deliveries import MAX_BODY_BYTES, PATH, DemoDelivery, Secrets, deliveries
from webhook_verify.cli.local_access import LocalAccess, LocalOnly
from webhook_verify.cli.usage_errors import UsageError
from webhook_verify.errors import Reason, RejectedDelivery
from webhook_verify.receiver import AsyncReceiver, RequestHead
from webhook_verify.verifier import Verifier

__all__ = ["application", "run", "serve"]

_NAME_HEADER = "x-demo-row"  # maps a rejection to a row of the table
_RUNS = 200


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Respond to a verified delivery, as a user's application behind the middleware does."""
    delivery = scope["state"]["delivery"]
    body = json.dumps({"received": delivery.id, "key": delivery.secret_label}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def run(port: int, as_json: bool) -> bool:
    """Send every delivery, print the results, and return whether all are as expected."""
    verifier = Verifier(Secrets.receiver())
    reasons: dict[str, str] = {}

    def note(error: RejectedDelivery, head: RequestHead) -> None:
        reasons[head.header(_NAME_HEADER)] = str(error.reason)

    with (
        _silent_log(),
        _receiver(verifier, port, note) as url,
        httpx2.Client(timeout=10, trust_env=False) as client,
    ):
        results = [_result(client, url, demo_delivery, verifier, reasons) for demo_delivery in deliveries()]
    if as_json:
        for result in results:
            click.echo(json.dumps(result))
    else:
        _print_table(results, url)
    return all(result["as_expected"] for result in results)


def serve(port: int) -> None:
    """Run a receiver until it is interrupted, and print a command that sends to it."""
    with tempfile.TemporaryDirectory(prefix="webhook-verify-") as folder:
        secret, body = Path(folder, "secret.txt"), Path(folder, "event.json")
        secret.touch(mode=0o600)
        secret.write_text(Secrets.NEW)
        body.write_bytes(b'{"type": "demo.ping", "data": {}}')
        logging.basicConfig(format="%(message)s", level=logging.INFO)
        with _receiver(Verifier(Secrets.receiver()), port, None) as url:
            event = shlex.quote(f"@{body}")
            click.echo(f"The receiver listens at {url}. Press Ctrl-C to stop. Send a delivery with:\n")
            click.echo(f"  {_this_command()} sign --secret-file {shlex.quote(str(secret))} --body {event} \\")
            click.echo(f"    | curl -sS --include -H @- --data-binary {event} {url}\n")
            with suppress(KeyboardInterrupt):
                threading.Event().wait()
        click.echo("stopped")


def _this_command() -> str:
    """Return how to call this command in the user's shell: with its path if it is not on PATH."""
    called = os.path.abspath(sys.argv[0])
    return "webhook-verify" if shutil.which("webhook-verify") == called else shlex.quote(called)


@contextmanager
def _receiver(
    verifier: Verifier, port: int, on_reject: Callable[[RejectedDelivery, RequestHead], None] | None
) -> Generator[str]:
    """Run a receiver on loopback in a separate thread; yield its URL."""
    receiver = AsyncReceiver(verifier, max_body_bytes=MAX_BODY_BYTES, on_reject=on_reject)
    guarded = WebhookMiddleware(application, receiver=receiver, path=PATH)
    app = LocalOnly(guarded, LocalAccess("127.0.0.1"))
    # The explicit protocol lets asyncio disable Nagle's algorithm, which would add a delay of 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError as error:
        listening.close()
        raise UsageError(
            f"cannot listen on port {port}: {error.strerror}; omit --port to use a free port"
        ) from None
    config = uvicorn.Config(app, log_config=None, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}{PATH}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listening.close()


@contextmanager
def _silent_log() -> Generator[None]:
    """Silence the log, because the table shows the same information."""
    log = logging.getLogger("webhook_verify")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


def _result(
    client: httpx2.Client, url: str, demo_delivery: DemoDelivery, verifier: Verifier, reasons: dict[str, str]
) -> dict[str, Any]:
    content = iter(demo_delivery.chunks) if demo_delivery.chunks else demo_delivery.body
    response = client.post(
        url, content=content, headers={**demo_delivery.headers, _NAME_HEADER: demo_delivery.name}
    )
    reason = "" if response.is_success else reasons.get(demo_delivery.name, "unknown")
    key = response.json()["key"] if response.is_success else ""
    return {
        "sent": demo_delivery.name,
        "status": response.status_code,
        "verdict": "verified" if response.is_success else "rejected",
        "reason": reason,
        "key": key,
        "microseconds": None if reason == Reason.BODY_TOO_LARGE else _microseconds(verifier, demo_delivery),
        "as_expected": (response.status_code, reason, key)
        == (demo_delivery.status, demo_delivery.reason, demo_delivery.key),
    }


def _microseconds(verifier: Verifier, demo_delivery: DemoDelivery) -> float:
    """Return the median time to verify the delivery, in microseconds, without the network."""
    taken: list[int] = []
    for _ in range(_RUNS):
        start = time.perf_counter_ns()
        with suppress(RejectedDelivery):
            verifier.verify(demo_delivery.body, demo_delivery.headers)
        taken.append(time.perf_counter_ns() - start)
    return round(statistics.median(taken) / 1000, 1)


def _print_table(results: list[dict[str, Any]], url: str) -> None:
    micro = "µs" if "utf" in (sys.stdout.encoding or "").lower() else "us"
    output.paragraph(f"Deliveries sent over HTTP to {url}")
    output.table(
        ("sent", "status", "verdict", "reason", micro, "ok"),
        [_row(result) for result in results],
        fold="reason",
        right=[micro],
    )
    output.paragraph(f"{micro}: median verification time, without the network")
    wrong = sum(not result["as_expected"] for result in results)
    verdict = f"{wrong} not as expected" if wrong else "all as expected"
    output.paragraph(f"{len(results)} deliveries: {verdict}")


def _row(result: dict[str, Any]) -> tuple[object, ...]:
    is_verified = result["verdict"] == "verified"
    return (
        result["sent"],
        result["status"],
        output.Styled(result["verdict"], "green" if is_verified else "yellow"),
        f"key {result['key']}" if is_verified else result["reason"],
        "-" if result["microseconds"] is None else f"{result['microseconds']:.1f}",
        "yes" if result["as_expected"] else output.Styled("NO", "bold red"),
    )
