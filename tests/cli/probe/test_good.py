"""Correct receivers pass: the applications of ``integrations/``, ours with a guard, and a third-party one."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from tests.cli.probe.helpers import faults_of, probe, rows_of, verdicts_of
from tests.cli.probe.reference_receiver import HOOK, LIMIT, SECRET, Receiver, serving
from tests.integrations import sender
from tests.integrations.servers import SERVERS, Server, running
from webhook_verify import Receiver as GuardedReceiver
from webhook_verify import UnreadableEvent, Verifier
from webhook_verify.adapters.wsgi import WebhookMiddleware
from webhook_verify.cli.probe.checks import CHECKS
from webhook_verify.replay import MemoryStore, ReplayGuard

pytestmark = [pytest.mark.slow, pytest.mark.server]

# One server for each app: what differs between servers is for tests/integrations.
ONE_EACH = list({server.app: server for server in reversed(SERVERS)}.values())
OLD = ("--old-secret", "OLD_SECRET")


@pytest.mark.parametrize("server", ONE_EACH, ids=str)
def test_an_app_of_integrations_passes(server: Server, tmp_path: Path) -> None:
    secrets = {"WEBHOOK_SECRET": sender.SECRET, "OLD_SECRET": sender.OLD_SECRET}
    with running(server, tmp_path) as served:
        url = f"http://127.0.0.1:{served.port}{sender.PATH}"
        result = probe(url, "--json", "--oversize", "1048577", *OLD, env=secrets)
        counted = ("not-handled", "unsigned", "tampered-body", "stale")
        only = [word for row in counted for word in ("--only", row)]
        handled = probe(url, "--json", *only, "--handled", f"wc -l < '{served.handled}'", env=secrets)
    assert faults_of(result) == {}
    not_seen = {row for row, verdict in verdicts_of(result).items() if verdict != "pass"}
    # The apps have no replay protection, and nobody counts.
    assert not_seen == {"duplicate", "retry", "in-flight", "after-failure", "not-handled"}
    assert result.exit_code == 0
    assert set(verdicts_of(handled).values()) == {"pass"}


def test_every_app_of_integrations_is_probed() -> None:
    apps = {path.parent.name for path in Path(__file__).parents[3].glob("integrations/*/app.py")}
    assert {server.app for server in ONE_EACH} == apps


def test_a_good_receiver_of_another_hand_passes_every_row() -> None:
    with serving(Receiver()) as url:
        counting = ("--count-url", f"{url}/count")
        result = probe(url + HOOK, "--json", "--slow", "--oversize", str(LIMIT + 1), *OLD, *counting)
    assert verdicts_of(result) == {check.name: "pass" for check in CHECKS}
    assert {row["sure"] for row in rows_of(result)} == {"certain"}
    assert result.exit_code == 0


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 50


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""


@contextmanager
def ours(scheme: str, secret: str) -> Generator[tuple[str, list[str]]]:
    """Our receiver with replay protection, and the ids that it has handled."""
    handled = list[str]()

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/count":
            start_response("200 OK", [])
            return [str(len(handled)).encode()]
        if environ["REQUEST_METHOD"] != "POST":
            start_response("405 Method Not Allowed", [("Content-Length", "0")])
            return []
        delivery = environ["webhook_verify.delivery"]
        try:
            event = delivery.json()
        except UnreadableEvent:
            start_response("422 Unprocessable Content", [("Content-Length", "0")])
            return []
        event["type"]  # a handler that fails on what is no event
        handled.append(delivery.id)
        start_response("202 Accepted", [("Content-Length", "0")])
        return []

    receiver = GuardedReceiver(Verifier(secret, scheme=scheme), replay=ReplayGuard(MemoryStore()))
    guarded = WebhookMiddleware(app, receiver=receiver, path=HOOK)
    with make_server("127.0.0.1", 0, guarded, _Server, _Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", handled
        finally:
            server.shutdown()
            thread.join()


# wsgiref knows no chunks, and closes in its own way.
WSGIREF = ("chunked-body", "expect-continue", "long-header", "oversize-body")


@pytest.mark.parametrize(
    ("scheme", "secret", "left_out"),
    [
        ("standard-webhooks", SECRET, {"old-secret"}),
        ("stripe", "whsec_abcdefghijklmnop", {"old-secret", "changed-id", "unknown-version"}),
        (
            "github",
            "It's a Secret to Everybody",
            {
                "old-secret",
                "signature-list",
                "changed-id",
                "changed-timestamp",
                "clock-skew",
                "stale",
                "future",
                "malformed-header",
                "retry",
                "signature-case",
                "unknown-version",
            },
        ),
        (
            "slack",
            "8f742231b10e8888abcd99yyyzzz85a5",
            {"old-secret", "signature-list", "changed-id", "signature-case", "unknown-version"},
        ),
    ],
    ids=["standard-webhooks", "stripe", "github", "slack"],
)
def test_our_receiver_with_replay_protection_passes(scheme: str, secret: str, left_out: set[str]) -> None:
    skip = [word for row in WSGIREF for word in ("--skip", row)]
    with ours(scheme, secret) as (url, _):
        options = ("--scheme", scheme, "--json", "--count-url", f"{url}/count", *skip)
        result = probe(url + HOOK, *options, env={"WEBHOOK_SECRET": secret})
        uncounted = probe(
            url + HOOK, "--scheme", scheme, "--only", "duplicate", "--json", env={"WEBHOOK_SECRET": secret}
        )
    assert faults_of(result) == {}
    assert {row for row, verdict in verdicts_of(result).items() if verdict == "left out"} >= left_out
    assert "not seen" not in verdicts_of(result).values()
    assert result.exit_code == 0
    duplicate = rows_of(uncounted)[-1]
    assert (duplicate["sure"], duplicate["found"]) == (
        "certain",
        "responded 200 with Idempotent-Replayed: true",
    )
