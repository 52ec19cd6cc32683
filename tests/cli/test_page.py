"""docs/reference/command.md is correct: its commands and the examples of ``--help`` run unchanged."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import processes
from tests.cli import inboxapp
from tests.cli.servers import serving
from tests.signing import SECRET
from webhook_verify import RejectedDelivery, Signer, Verifier
from webhook_verify.cli import exit_codes
from webhook_verify.cli.group import VERBS
from webhook_verify.cli.store.delivery_store import DeliveryStore, StoredDelivery

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "command.md").read_text("utf-8")
SCRIPT = Path(sys.executable).with_name("webhook-verify")
BODY = b'{"type": "invoice.paid"}'

APP = f"""
from webhook_verify import Receiver, Verifier
from webhook_verify.replay import ReplayGuard
from webhook_verify.replay.sql import SQLStore

app = Receiver(Verifier({SECRET!r}), replay=ReplayGuard(SQLStore("sqlite:///replay.sqlite")))
"""


def receiver(folder: Path) -> Iterator[str]:
    """The address of one that verifies with the secret of the page."""

    def answer(headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        secret = folder / "secret.txt"
        try:
            Verifier(secret.read_text() if secret.exists() else SECRET).verify(body, headers)
        except RejectedDelivery:
            return 401, b""
        return 204, b""

    with serving(answer) as came:
        yield came.url.removesuffix("/hook")


def bash(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {
        "PATH": f"{SCRIPT.parent}{os.pathsep}{os.environ['PATH']}",
        "WEBHOOK_SECRET": SECRET,
        "GITHUB_SECRET": SECRET,
        "GITHUB_WEBHOOK_SECRET": SECRET,
        "STRIPE": SECRET,
        "WEBHOOK_VERIFY_STORE": "kept.sqlite",
        "EDITOR": "true",
    }
    called = ["bash", "-euo", "pipefail", "-c", script]
    return processes.run(called, cwd=folder, env=env, text=True, check=False)


def test_the_commands_of_the_page_run_from_top_to_bottom(tmp_path: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) >= 7
    for url in receiver(tmp_path):
        done = bash("\n".join(blocks).replace("http://localhost:8000", url), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    for line in re.sub(r"(?m) [0-9a-f]{8}$", "", TEXTS[0]).splitlines():
        assert line.strip() in done.stdout, "the output of explain on the page is not what it prints"


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_the_curl_command_that_sign_prints_is_quoted_rightly(method: str, tmp_path: Path) -> None:
    (tmp_path / "it's $HOME.json").write_bytes(BODY)
    sign = (
        f'webhook-verify sign --body "@it\'s \\$HOME.json" --method {method} --curl --url URL/hook?a=1\\&b=2'
    )
    for url in receiver(tmp_path):
        done = bash(f'eval "$({sign.replace("URL", url)})"', tmp_path)
        assert ("204" if method == "POST" else "501") in done.stdout.splitlines()[0], done.stderr


TEXTS = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)


def test_every_verb_is_on_the_page() -> None:
    assert [verb for verb in VERBS if f"`webhook-verify {verb}`" not in PAGE] == []


def test_the_exit_codes_are_frozen_and_on_the_page() -> None:
    listed = dict(re.findall(r"(?m)^\| (\d+) \| (.*) \|$", PAGE))
    documented = re.findall(r"(?m)^(\d+) +(.*)$", exit_codes.__doc__ or "")
    assert list(listed) == [code for code, _ in documented]
    assert {name: getattr(exit_codes, name) for name in exit_codes.__all__ if name.isupper()} == {
        "VERIFIED": 0,
        "NOT_AS_IT_MUST_BE": 1,
        "USAGE": 2,
        "NO_ANSWER": 3,
        "RECEIVER_HAS_FAULTS": 4,
        "FAULT": 70,
        "INTERRUPTED": 130,
        "CLOSED_PIPE": 141,
    }


def examples(verb: str) -> list[str]:
    """The commands in the help of a verb, up to a pipe or what stands far behind."""
    help_text = processes.run([SCRIPT, verb, "--help"], text=True).stdout
    joined = help_text.replace("\\\n", " ")
    found = re.findall(r"(?m)^  (webhook-verify .*|eval .*)$", joined)
    return [re.split(r" \||   +", each)[0] for each in found]


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"listen", "probe", "replay"}))
def test_the_examples_of_the_help_run(verb: str, tmp_path: Path) -> None:
    headers = Signer(SECRET).sign(BODY)
    lines = "\n".join(f"{name}: {value}" for name, value in headers.items())
    record = json.dumps({"headers": headers, "body": BODY.decode()})
    request = {
        "method": "POST",
        "url": "https://example.com",
        "headers": [{"name": name, "value": value} for name, value in headers.items()],
        "postData": {"text": BODY.decode()},
    }
    files = {
        "secret.txt": SECRET,
        "s.txt": SECRET,
        "h.txt": lines,
        "b.json": BODY.decode(),
        "push.json": BODY.decode(),
        "event.json": BODY.decode(),
        "recorded.jsonl": f"{record}\n{record}\n{record}\n",
        "myapp.py": APP,
        "inboxapp.py": Path(inboxapp.__file__).read_text("utf-8"),
        "mysettings.py": 'SECRET_KEY = "of a test"\n',
        "session.har": json.dumps({"log": {"entries": [{"request": request}, {"request": request}]}}),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    found = [each for each in examples(verb) if "--serve" not in each and "--install" not in each]
    assert found
    for url in receiver(tmp_path):
        for example in found:
            here = re.sub(r"http://localhost:8000|https://api.example.com", url, example)
            # Where the example is of another provider, its deliveries are not: they are rejected.
            done = bash(here.replace("URL", url), tmp_path)
            assert done.returncode in (set(range(10, 20)) | {0, 1} if "--scheme" in example else {0}), (
                example,
                done.stderr,
            )


def kept_for(url: str, folder: Path) -> None:
    """What the examples of ``replay`` send: the first three that ``listen`` has passed on to there."""
    kept = DeliveryStore(folder / "kept.sqlite")
    for msg_id in ("msg_1", "msg_2", "msg_3"):
        headers = [*Signer(SECRET).sign(BODY, id=msg_id).items()]
        one = StoredDelivery(
            time.time(), "POST", "/", "", headers, BODY, scheme="standard-webhooks", verdict="verified"
        )
        one.message_id, one.forwarded_to = msg_id, f"{url}/hook"
        kept.add(one)
    kept.close()


@pytest.mark.parametrize("example", examples("replay"))
def test_the_examples_of_replay_run(example: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(SECRET)
    for url in receiver(tmp_path):
        kept_for(url, tmp_path)
        done = bash(example.replace("http://localhost:8000", url), tmp_path)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("example", examples("listen"))
def test_the_examples_of_listen_run_until_they_are_ended(example: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(SECRET)
    script = f'coproc ours {{ exec {example} --port 0 2>&1; }}; read -r line <&"${{ours[0]}}"'
    done = bash(f"{script}; kill -INT $ours_PID; wait $ours_PID", tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("example", [each for each in examples("probe") if "--count-url" not in each])
def test_the_examples_of_probe_run(example: str, tmp_path: Path) -> None:
    """Nobody counts what this receiver handles, so ``--count-url`` is left to tests/cli/probe."""
    (tmp_path / "secret.txt").write_text(SECRET)
    (tmp_path / "handled.log").write_text("")
    for url in receiver(tmp_path):
        here = example.replace("http://localhost:8000", url).replace("URL", url)
        done = bash(f"{here} --only unsigned --only stale", tmp_path)
        assert done.returncode in (0, 4), done.stderr
