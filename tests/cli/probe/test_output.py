"""The output of the probe: tables, exit codes, and never a secret or a signature."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests import processes
from tests.cli.probe.faulty_handling import TellsTheSecret
from tests.cli.probe.faulty_verification import AcceptsEverything, NeverVerifies
from tests.cli.probe.helpers import ENVIRONMENT, probe, rows_of
from tests.cli.probe.reference_receiver import HOOK, KEY, OLD_SECRET, SECRET, Receiver, serving
from tests.effort import examples
from tests.waiting import patience
from webhook_verify.cli import exit_codes
from webhook_verify.cli.probe.checks import CHECKS
from webhook_verify.cli.probe.endpoint import Endpoint

SCRIPT = Path(sys.executable).with_name("webhook-verify")
SIGNATURE = re.compile(r"v1a?,[A-Za-z0-9+/]{8}|[0-9a-f]{32}")


class Echoes(Receiver):
    """It answers with all that it was sent, its keys and a few signs that move a cursor, to everybody."""

    status = 200

    def answer(self, headers: Any, body: bytes) -> tuple[int, bytes]:
        told = f"{headers}\n{SECRET} {KEY.hex()}\x1b[2J\x07\u202e".encode("utf-8", "replace")
        self.status = 500 if self.status == 200 and self.handled else 200
        self.handled.append("")
        return self.status, told + body

    def crash(self, error: Exception) -> tuple[int, bytes]:
        return self.answer(str(error), b"")


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["table", "json"])
@pytest.mark.parametrize("receiver", [Echoes, NeverVerifies, TellsTheSecret, Receiver])
def test_no_output_holds_a_secret(receiver: type[Receiver], options: tuple[str, ...]) -> None:
    with serving(receiver()) as url:
        old = ("--old-secret", "OLD_SECRET", "-H", "Authorization: Bearer tok_secret")
        result = probe(f"{url}{HOOK}?token=tok_secret", "--oversize", "200001", *old, *options)
    assert result.exit_code in (0, 4)
    for text in (SECRET, OLD_SECRET, SECRET[6:], OLD_SECRET[6:], KEY.hex(), "tok_secret"):
        assert text not in result.output
    assert not SIGNATURE.search(result.output)
    # Tables have frames, and both have ends of lines; nothing else moves anything.
    assert {char for char in result.output if not char.isprintable()} <= {"\n"}


@pytest.mark.filterwarnings("ignore::webhook_verify.WeakSecretWarning")
@examples(15, suppress_health_check=list(HealthCheck))
@given(
    secret=st.binary(min_size=24, max_size=64).map(lambda key: "whsec_" + b64encode(key).decode())
    | st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=6, max_size=40),
    scheme=st.sampled_from(["standard-webhooks", "stripe", "github", "gitlab-token", "telegram", "wise"]),
    as_json=st.booleans(),
)
def test_no_secret_of_any_shape_is_printed(secret: str, scheme: str, as_json: bool) -> None:
    rows = ("wrong-secret", "empty-secret", "cut-signature", "no-oracle", "one-refusal")
    only = [word for row in rows for word in ("--only", row)]
    with serving(_ECHOES) as url:
        options = ("--scheme", scheme, *only, *["--json"] * as_json)
        result = probe(url + HOOK, *options, env={"WEBHOOK_SECRET": secret})
    assert result.exit_code in (0, 2, 4)
    words = result.output.replace("\n", " ")
    # A short secret may be a word of ours; then it is not the output that tells it.
    known = " ".join(check.why + check.sends + check.name for check in CHECKS)
    assert secret not in words or secret in known


_ECHOES = Echoes()


def test_a_table_fits_into_80_columns_in_a_pipe() -> None:
    with serving(AcceptsEverything()) as url:
        result = probe(url + HOOK, "--oversize", "200001")
    table = result.output.split("critical: ")[0].splitlines()
    assert max(map(len, table)) <= 80
    for check in CHECKS:
        assert f" {check.name} " in result.output or check.slow
    assert re.search(
        r"^critical: unsigned: no signature; expected: 4xx\n  .+\n  - .+: responded 200$",
        result.output,
        re.MULTILINE,
    )
    assert re.search(
        r"^42 checks: \d+ with a fault \(\d+ critical, [^.]+ skipped$", result.output, re.MULTILINE
    )


def test_each_row_is_an_object_and_the_last_is_the_summary() -> None:
    with serving(Receiver()) as url:
        result = probe(url + HOOK, "--json", "--only", "stale", "--only", "old-secret")
    assert rows_of(result)[1:] == [
        {
            "row": "old-secret",
            "group": "genuine",
            "verdict": "left out",
            "sure": "",
            "severity": "serious",
            "sent": "signed with the old secret",
            "must": "2xx",
            "found": "no --old-secret was passed",
            "faults": [],
        },
        {
            "row": "stale",
            "group": "forged",
            "verdict": "pass",
            "sure": "certain",
            "severity": "serious",
            "sent": "correctly signed, but too long ago",
            "must": "4xx",
            "found": "responded 401",
            "faults": [],
        },
    ]
    assert json.loads(result.stdout.splitlines()[-1]) == {
        "url": url + HOOK,
        "rows": 3,
        "pass": 2,
        "fault": 0,
        "not_seen": 0,
        "left_out": 1,
        "critical": 0,
        "serious": 0,
        "minor": 0,
        "not_sent": 0,
    }


def test_without_a_connection_the_exit_code_is_3() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    for options in ((), ("--json",)):
        result = probe(f"http://127.0.0.1:{port}/", *options)
        assert result.exit_code == exit_codes.NO_ANSWER
        assert result.stdout.removeprefix('{"error": "').startswith("no connection: ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ftp://example.com/"], "URL must be the full URL"),
        (["example.com/hook"], "URL must be the full URL"),
        (["http:///hook"], "URL must be the full URL"),
        (["http://h:99999/"], "URL must be the full URL"),
        (["http://h/a b"], "URL must be the full URL"),
        (["http://h/\r\nX-A: b"], "URL must be the full URL"),
        (["http://h\u00e9/"], "URL must be the full URL"),
        (["http://me:tok_secret@127.0.0.1/"], "must not contain a password"),
        (["http://h/", "-H", "tok_secret"], "NAME: VALUE"),
        (["http://h/", "-H", "x: a\r\ntok_secret: b"], "printable ASCII"),
        (["http://h/", "-H", "x: \udcff"], "printable ASCII"),
        (["http://h/", "--public-url", "\udcff", "--scheme", "square"], "cannot sign a delivery"),
        (["http://h/", "--only", "tok_secret"], "no check has this name; use one of old-secret, "),
        (["http://h/", "--skip", "no_utf8"], "no check has this name; use one of no-utf8"),
        (["http://h/", "--count-url", "http://h/", "--handled", "true"], "cannot be used together"),
        (["http://h/", "--secret-env", "UNSET"], "UNSET is not set or empty"),
        (["http://h/", "--old-secret", "UNSET"], "UNSET is not set or empty"),
        (["http://h/", "--scheme", "adyen"], "cannot sign a delivery"),
        (["http://h/", "--tolerance", "0"], "--tolerance"),
        (["http://h/", "--timeout", "nan"], "--timeout"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_wrong_usage_exits_with_2_and_says_what_to_do(arguments: list[str], says: str) -> None:
    url, *options = arguments
    result = probe(url, *options)
    assert result.exit_code == exit_codes.USAGE, result.output
    assert says in result.output
    assert "tok_secret" not in result.output


@pytest.mark.parametrize("command", ["echo 1", "echo one", "false", "echo '{\"other\": 1}'", "sleep 1"])
def test_a_count_that_does_not_count_is_a_mistake(command: str) -> None:
    with serving(Receiver()) as url:
        result = probe(url + HOOK, "--handled", command, "--only", "duplicate", "--timeout", "0.3")
    assert result.exit_code == exit_codes.USAGE
    assert "number" in result.output or "longer" in result.output


@pytest.mark.parametrize(
    "form", ["cat {}", 'echo "{{\\"handled\\": $(cat {})}}"', 'echo "{{\\"count\\": $(cat {})}}"']
)
def test_what_is_handled_may_be_counted_by_a_command(form: str, tmp_path: Path) -> None:
    number = tmp_path / "number"
    number.write_text("0")

    class Counts(Receiver):
        def handle(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
            answered = super().handle(msg_id, body)
            number.write_text(str(len(self.handled)))
            return answered

    with serving(Counts()) as url:
        result = probe(url + HOOK, "--handled", form.format(number), "--only", "duplicate", "--json")
    assert rows_of(result)[-1]["found"] == "responded 200, handled once"


def test_a_body_and_headers_of_ones_own_are_sent(tmp_path: Path) -> None:
    seen = list[tuple[str, bytes]]()

    class Notes(Receiver):
        def verify(self, headers: Any, body: bytes) -> str:
            seen.append((f"{headers['content-type']} {headers['x-a']} {headers['user-agent'][:20]}", body))
            return super().verify(headers, body)

    (tmp_path / "body").write_bytes(b'{"type": "mine", "key": "{{id}}"}')
    with serving(Notes()) as url:
        options = ("-H", "Content-Type: text/plain", "-H", "X-A: b", "--body", f"@{tmp_path / 'body'}")
        assert probe(url + HOOK, *options, "--only", "genuine").exit_code == 0
    ((head, body),) = seen
    assert head == "text/plain b webhook-verify-probe"[: len(head)]
    assert re.fullmatch(rb'\{"type": "mine", "key": "msg_[0-9a-f]{32}"\}', body)


def test_a_failing_body_may_be_given(tmp_path: Path) -> None:
    class Forgets(Receiver):
        """It fails on one event alone, and takes it for handled."""

        def handle(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
            if b'"bad"' in body:
                self.states[msg_id] = "done"
                return 500, b""
            return super().handle(msg_id, body)

    (tmp_path / "bad").write_bytes(b'{"type": "bad"}')
    with serving(Forgets()) as url:
        options = ("--failing-body", f"@{tmp_path / 'bad'}", "--only", "after-failure", "--json")
        row = rows_of(probe(url + HOOK, *options))[-1]
    assert row["verdict"] == "fault"
    assert row["found"] == "responded 500, then 200 to the retry: the delivery is lost"


def test_a_url_is_printed_without_what_may_be_a_token() -> None:
    assert (
        Endpoint("https://example.com:8443/a%20b?token=tok_secret#x").display_url
        == "https://example.com:8443/a%20b"
    )
    assert Endpoint("http://h/hooks/T0000000000000000000000000/").display_url == "http://h/hooks/[not shown]/"
    assert Endpoint("http://[::1]/").host == "::1"
    assert ENVIRONMENT["WEBHOOK_SECRET"] == SECRET


def test_an_interrupt_leaves_the_table_of_what_is_known() -> None:
    with serving(Receiver()) as url:
        called = [str(SCRIPT), "probe", url + HOOK, "--json"]
        env = os.environ | ENVIRONMENT
        with processes.started(called, stdout=subprocess.PIPE, text=True, env=env) as probing:
            assert probing.stdout is not None
            first = probing.stdout.readline()
            probing.send_signal(signal.SIGINT)
            rest, _ = probing.communicate(timeout=patience(60))
        rows = [json.loads(line) for line in (first, *rest.splitlines())]
    assert probing.returncode == exit_codes.INTERRUPTED
    assert 0 < rows[-1]["not_sent"] < len(CHECKS)
