"""For all arguments, the command ends with a sentence and a documented exit code."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from tests.cli.test_terminal import BAD
from tests.effort import examples
from tests.rows import rows
from webhook_verify import Reason, schemes
from webhook_verify.cli import exit_codes
from webhook_verify.cli.main import run
from webhook_verify.cli.usage_errors import HIDDEN, hidden, shown_variable

CODES = {
    exit_codes.VERIFIED,
    exit_codes.NOT_AS_IT_MUST_BE,
    exit_codes.USAGE,
    *map(exit_codes.of_reason, Reason),
}

# Those that neither write a file nor ask the network.
QUIET = ["verify", "explain", "sign", "providers", "secret", "doctor"]
FLAGS = {"--ignore-time", "--json", "--curl", "--help", "--version", "--"}
OPTIONS = [
    "--from",
    "--entry",
    "--body",
    "-d",
    "-H",
    "--header",
    "--headers",
    "--url",
    "--method",
    "--at",
    "--tolerance",
    "--ignore-time",
    "--scheme",
    "--secret-file",
    "--secret-env",
    "--json",
    "--id",
    "--timestamp",
    "--curl",
    "--kind",
    "--help",
    "--version",
    "--",
]
VALUES = [
    "-",
    "@-",
    "@b.json",
    "b.json",
    "@h.json",
    "h.json",
    "@absent",
    "@",
    ".",
    "@.",
    "",
    " ",
    "0",
    "-1",
    "1e999",
]
VALUES += [
    "nan",
    "now",
    "1970-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "9" * 400,
    "a: b",
    ":",
    "\x00",
    "\udcff",
]
VALUES += [
    "{}",
    "@h.json\x1b",
    "POST",
    "https://example.com",
    "HOME",
    "WEBHOOK_SECRET",
    "\U0001f600",
    "[/]",
    "%s",
    "{0}",
]
WORDS = st.one_of(
    st.sampled_from(OPTIONS), st.sampled_from(VALUES), st.sampled_from(schemes.names()), st.text(max_size=20)
)


PAIRS = st.lists(st.tuples(st.sampled_from(OPTIONS), st.sampled_from(VALUES)), max_size=5).map(
    lambda pairs: [word for pair in pairs for word in pair if pair[0] not in FLAGS or word in FLAGS]
)
"""Options with a value each, of which more are taken."""


def ended(arguments: list[str], stdin: bytes = b"") -> tuple[int, str]:
    octets = io.BytesIO()
    printed = io.TextIOWrapper(octets, "utf-8", write_through=True)
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(printed), redirect_stderr(printed):
        patched.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        patched.setenv("WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        code = run(arguments)
    return code, octets.getvalue().decode()


@given(
    verb=st.sampled_from(QUIET),
    words=st.one_of(st.lists(WORDS, max_size=8), PAIRS),
    stdin=st.binary(max_size=30),
)
@examples(300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(verb="verify", words=["--at", "0001-01-01T00:00:00+23:59", "--body", "-"], stdin=b"")
@example(verb="verify", words=["--from", "\x00"], stdin=b"")
@example(verb="sign", words=["--timestamp", "9" * 400], stdin=b"")
@example(
    verb="explain",
    words=["--from", "-", "--ignore-time"],
    stdin=b'{"headers": {"\\ud800": "\\udfff"}, "body": "\\ud800"}',
)
def test_any_words_end_with_a_code_that_is_documented(
    verb: str, words: list[str], stdin: bytes, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(tmp_path)
        Path("b.json").write_bytes(b"{}")
        Path("h.json").write_bytes(b'{"webhook-id": 1, "webhook-timestamp": ["2"]}')
        code, printed = ended([verb, *words], stdin)
    assert code in CODES, printed
    assert printed or code == exit_codes.VERIFIED


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("No such command 'verfy'.", None),
        ("Invalid value for '--kind': 'rsa' is not one of 'hmac', 'ed25519'.", None),
        ("No such command 'verify-recorded-deliveries'.", None),
        ("No such command 'whsec_MfKQ9r8GKYqrTwjUPD8I'.", f"No such command {HIDDEN}."),
        ("No such option: --whsecMfKQ9r8GKYqrTwjU", f"No such option: {HIDDEN}"),
        (r"'it\'s a \"secret\" of everybody' is not an integer", f"{HIDDEN} is not an integer"),
        ("did you mean standard-webhooks?", None),
        ("Invalid value for '--clock': 'https://api.example.com/status' is not valid.", None),
    ],
)
def test_a_message_hides_only_what_has_the_shape_of_a_secret(message: str, shown: str | None) -> None:
    assert hidden(message) == (message if shown is None else shown)


@pytest.mark.parametrize(
    ("name", "is_shown"),
    [
        ("WEBHOOK_SECRET", True),
        ("MINE", True),
        ("GITHUB_SECRET_2", True),
        ("webhook_secret_staging", True),
        ("JBSWY3DPEHPK3PXP", False),
        ("not a name", False),
    ],
)
def test_the_name_of_a_variable_is_shown_if_it_looks_like_one(name: str, is_shown: bool) -> None:
    assert shown_variable(name) == (name if is_shown else HIDDEN)


@rows(
    "arguments, text",
    [
        (["verify", "--from", "recordings/strpe_deliveries.jsonl"], "recordings/strpe_deliveries.jsonl"),
        (["verify", "--body", "@recorded_body.jsno"], "recorded_body.jsno"),
        (["verify", "--headers", "headers.txt"], "--headers must be @FILE"),
        (["verify", "--at", "tomorrow at noon"], "such as 2026-11-30T10:00:00Z"),
        (["verify", "--at", "2023-11-14T22:13:20"], "'2023-11-14T22:13:20' is not a time"),
        (
            ["verify", "--scheme", "microsoft-graph-webhooks"],
            "'microsoft-graph-webhooks' is not a known",
        ),
        (["verify", "--secret-env", "webhook_secret_of_staging"], "webhook_secret_of_staging is not set"),
        (["verify", "recorded-delivery.json"], "Got unexpected arguments: recorded-delivery.json"),
        (["verify", "--recorded-deliveries", "x"], "--recorded-deliveries"),
        (["--plugin", "acme_webhook_schemes", "providers"], "import of acme_webhook_schemes failed"),
    ],
)
def test_a_message_shows_the_misspelled_name(arguments: list[str], text: str) -> None:
    code, printed = ended(arguments)
    assert code == exit_codes.USAGE
    assert text in printed


@pytest.mark.parametrize("arguments", [each for each in BAD if each], ids=lambda each: " ".join(each)[:50])
def test_under_json_a_mistake_is_one_object_on_standard_error(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    Path("b.json").write_bytes(b"{}")
    Path("h.txt").write_bytes(b"")
    results, errors = io.StringIO(), io.StringIO()
    with redirect_stdout(results), redirect_stderr(errors):
        code = run([*arguments, "--json"])
    (line,) = errors.getvalue().splitlines()
    told = json.loads(line)
    assert (code, results.getvalue()) == (2, "")
    assert line.isascii()
    assert (told.pop("error"), told.pop("exit_code")) == ("usage", 2)
    assert [*told] == ["message"]
    assert told["message"]


def test_a_fault_is_told_likewise(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise RuntimeError("what nobody is to read")

    monkeypatch.setattr("webhook_verify.cli.commands.providers.schemes.names", fails)
    errors = io.StringIO()
    with redirect_stderr(errors):
        code = run(["providers", "--json"])
    told = json.loads(errors.getvalue())
    assert (code, told["error"], told["exit_code"]) == (70, "fault", 70)
    assert "RuntimeError in test_usage_errors.py:" in told["message"]
    assert "nobody" not in told["message"]


def test_what_is_no_option_asks_for_no_json() -> None:
    errors = io.StringIO()
    with redirect_stderr(errors):
        assert run(["providers", "--", "--json", "x"]) == 2
    assert errors.getvalue().startswith("Usage: ")
