"""The example with an inbox: each delivery is stored once and handled, also one from before a restart."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import processes
from tests.http_client import post
from tests.signing import SECRET
from tests.waiting import wait_until
from webhook_verify import Signer, Verifier
from webhook_verify.http import RequestHead
from webhook_verify.inbox import Inbox

pytestmark = [pytest.mark.slow, pytest.mark.server]

FOLDER = Path(__file__).parents[2] / "integrations" / "inbox_fastapi"
BODY = '{"type": "invoice.paid", "customer": "Zoë"}'.encode()


@contextmanager
def serving(file: Path, output: Path) -> Generator[str]:
    """Start the application with this file, and write its output to the other."""
    port = processes.free_port()
    with (
        output.open("w") as lines,
        processes.started(
            [sys.executable, "-m", "uvicorn", f"--port={port}", "receiver:app"],
            cwd=FOLDER,
            stdout=lines,
            stderr=subprocess.STDOUT,
            env={**os.environ, "WEBHOOK_SECRET": SECRET, "INBOX_FILE": str(file)},
        ),
    ):
        wait_until(lambda: processes.listens(port))
        yield f"http://127.0.0.1:{port}/webhooks/svix"


def send(url: str, id: str, body: bytes = BODY, signed: bytes = BODY) -> int:
    return post(url, content=body, headers=Signer(SECRET).sign(signed, id=id)).status_code


def handled(output: Path) -> list[str]:
    lines = [line.split() for line in output.read_text().splitlines()]
    return [words[0] for words in lines if words[1:] == ["invoice.paid"]]


def test_each_delivery_is_stored_once_and_handled(tmp_path: Path) -> None:
    file, output = tmp_path / "inbox.sqlite3", tmp_path / "output"
    headers = Signer(SECRET).sign(BODY, id="msg_before")
    with_no_workers = Inbox(file)
    with_no_workers.accept(Verifier(SECRET).verify(BODY, headers), RequestHead("POST", "/", headers))
    with serving(file, output) as url:
        assert [send(url, "msg_1"), send(url, "msg_1"), send(url, "msg_2")] == [202, 200, 202]
        assert send(url, "msg_3", body=b"{}") == 401
        wait_until(lambda: len(handled(output)) >= 3)
    assert sorted(handled(output)) == ["msg_1", "msg_2", "msg_before"]
    assert with_no_workers.stats()["done"] == 3
