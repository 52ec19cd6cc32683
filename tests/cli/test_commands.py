"""The ``webhook-verify`` command: its input, its output and its exit codes."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests import processes
from tests.providers.samples import SAMPLES
from tests.rows import rows
from tests.signing import NOW, SECRET
from webhook_verify import Reason, Secret, Signer, Verifier
from webhook_verify.cli import exit_codes
from webhook_verify.cli.group import command

OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
SIGNING = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
VERIFYING = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
BODY = '{"type": "invoice.paid"}'
AT = ["--at", str(NOW)]


def run(*arguments: str, env: dict[str, str] | None = None, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(command, arguments, env=env or {"WEBHOOK_SECRET": SECRET}, input=stdin)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a body, its headers and its secret."""
    monkeypatch.chdir(tmp_path)
    headers = Signer(SECRET).sign(BODY.encode(), id="msg_1", timestamp=NOW)
    Path("body.json").write_text(BODY)
    Path("headers.txt").write_text("\n".join(f"{name}: {value}" for name, value in headers.items()))
    Path("headers.json").write_text(json.dumps(headers))
    Path("lists.json").write_text(json.dumps({name: [value] for name, value in headers.items()}))
    Path("secret.txt").write_text(SECRET + "\n")
    return tmp_path


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (Reason.MISSING_HEADER, 10),
        (Reason.DUPLICATE_HEADER, 11),
        (Reason.UNREADABLE_HEADER, 12),
        (Reason.BODY_TOO_LARGE, 13),
        (Reason.TOO_OLD, 14),
        (Reason.TOO_NEW, 15),
        (Reason.SIGNATURE_MISMATCH, 16),
        (Reason.NO_SECRET, 17),
        (Reason.UNREADABLE_BODY, 18),
        (Reason.KEY_UNAVAILABLE, 19),
    ],
)
def test_an_exit_code_keeps_its_meaning(reason: Reason, code: int) -> None:
    assert exit_codes.of_reason(reason) == code


def test_every_reason_has_its_documented_code() -> None:
    for reason in Reason:
        assert f"{exit_codes.of_reason(reason)}   {reason}" in (exit_codes.__doc__ or "")


@pytest.mark.parametrize("headers", ["@headers.txt", "@headers.json", "@lists.json"])
def test_verify_says_who_signed_what(headers: str) -> None:
    result = run("verify", "--headers", headers, "--body", "@body.json", *AT)
    assert (result.exit_code, result.output) == (
        0,
        "verified: msg_1 signed at 2023-11-14T22:13:20+00:00 with secret-1\n",
    )


def test_verify_prints_one_json_object_for_machines() -> None:
    result = run("verify", "--headers", "@headers.txt", "--body", "@body.json", "--json", *AT)
    assert json.loads(result.output) == {
        "verdict": "verified",
        "id": "msg_1",
        "timestamp": "2023-11-14T22:13:20+00:00",
        "scheme": "standard-webhooks",
        "key": "secret-1",
        "body_bytes": len(BODY),
    }


def test_the_body_may_come_from_standard_input() -> None:
    assert run("verify", "--headers", "@headers.txt", *AT, stdin=BODY).exit_code == 0
    assert run("verify", "--headers", "@headers.txt", "--body", "-", *AT, stdin=BODY + " ").exit_code == 16


@rows(
    "option, stdin",
    [
        (["--body", "@body.json"], ""),
        (["-d", "@body.json"], ""),
        (["-d@body.json"], ""),
        (["--body", BODY], ""),
        (["-d", BODY], ""),
        (["--body", "-"], BODY),
        (["--body", "@-"], BODY),
    ],
)
def test_a_body_is_a_file_or_standard_input_or_the_text_itself(option: list[str], stdin: str) -> None:
    result = run("verify", "--headers", "@headers.txt", *option, *AT, stdin=stdin)
    assert (result.exit_code, result.output[:15]) == (0, "verified: msg_1")


def test_the_text_of_a_body_is_signed_and_quoted_for_a_shell() -> None:
    printed = run("sign", "-d", "{'a': 1}", "--curl", "--url", "http://localhost/hook").output
    assert "--data-binary '{'\"'\"'a'\"'\"': 1}'" in printed


def test_headers_may_be_given_one_by_one() -> None:
    lines = Path("headers.txt").read_text().splitlines()
    options = [word for line in lines for word in ("-H", line)]
    assert run("verify", *options, "--body", "@body.json", *AT).exit_code == 0


def test_a_recorded_request_may_bring_its_request_line() -> None:
    recorded = "POST /hook HTTP/1.1\r\nHost: example.com\r\n" + Path("headers.txt").read_text() + "\r\n\r\n"
    Path("recorded.txt").write_text(recorded)
    assert run("verify", "--headers", "@recorded.txt", "--body", "@body.json", *AT).exit_code == 0


@pytest.mark.parametrize(
    ("options", "env", "stdin"),
    [
        ([], {"WEBHOOK_SECRET": SECRET}, None),
        (["--secret-env", "MINE"], {"MINE": SECRET}, None),
        (["--secret-env", "OLD", "--secret-env", "MINE"], {"MINE": SECRET, "OLD": OTHER}, None),
        (["--secret-file", "secret.txt"], {}, None),
        (["--secret-file", "-"], {}, SECRET + "\n"),
        (["--secret-file", "secret.txt", "--secret-env", "OLD"], {"OLD": OTHER}, None),
    ],
    ids=["default", "env", "two envs", "file", "stdin", "file and env"],
)
def test_where_a_secret_may_come_from(options: list[str], env: dict[str, str], stdin: str | None) -> None:
    env = {"WEBHOOK_SECRET": ""} | env
    arguments = ["verify", "--headers", "@headers.txt", "--body", "@body.json", *AT, *options]
    assert run(*arguments, env=env, stdin=stdin).exit_code == 0


def test_no_option_takes_a_secret() -> None:
    for verb in ("sign", "verify"):
        assert run(verb, "--secret", SECRET).exit_code == exit_codes.USAGE


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["verify", "--secret-env", "UNSET"], "UNSET is not set or empty"),
        (["verify", "--secret-file", "absent.txt"], "cannot read absent.txt"),
        (
            ["verify", "--secret-file", "body.json", "--headers", "@headers.txt", "--body", "@body.json"],
            "base64",
        ),
        (["verify", "--headers", "headers.txt"], "--headers must be @FILE"),
        (["verify", "--body", "body.json"], "To read it, pass --body @body.json"),
        (["send", "http://127.0.0.1:9", "-d", "./body.json"], "pass --body @./body.json"),
        (["verify", "-H", "webhook-id", "--body", "@body.json"], '"NAME: VALUE"'),
        (
            ["verify", "--headers", "@body.json", "--tolerance", "0", "--body", "@body.json"],
            "it cannot be disabled",
        ),
        (["verify", "--tolerance", "nan", "--body", "@body.json"], "finite"),
        (
            ["verify", "--secret-file", "-", "--body", "-"],
            "standard input (-) can be used for one input only",
        ),
        (["verify", "--headers", "@-"], "standard input (-) can be used for one input only"),
        (["sign", "--secret-file", "-", "--body", "@-"], "standard input (-) can be used for one input only"),
        (["sign", "--id", "a.b", "--body", "@body.json"], "dot"),
        (["sign", "--timestamp", "-1", "--body", "@body.json"], "Unix seconds"),
        (["sign", "--scheme", "carrier-pigeon"], "carrier-pigeon"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else "",
)
def test_wrong_usage_exits_with_2_and_says_what_to_do(arguments: list[str], says: str) -> None:
    result = run(*arguments, stdin="")
    assert result.exit_code == exit_codes.USAGE
    assert says in result.output
    assert SECRET not in result.output


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (["-H", "webhook-id: other"], Reason.DUPLICATE_HEADER),
        (["--at", str(NOW + 301)], Reason.TOO_OLD),
        (["--at", str(NOW - 301)], Reason.TOO_NEW),
        (["--at", str(NOW + 11), "--tolerance", "10"], Reason.TOO_OLD),
        (["--body", "@secret.txt"], Reason.SIGNATURE_MISMATCH),
    ],
    ids=lambda value: str(value),
)
def test_a_rejection_exits_with_the_code_of_its_reason(change: list[str], reason: Reason) -> None:
    arguments = ["verify", "--headers", "@headers.txt", "--body", "@body.json", *AT, "--json", *change]
    result = run(*arguments)
    printed = json.loads(result.output)
    assert (printed["verdict"], printed["reason"]) == ("rejected", reason)
    assert result.exit_code == exit_codes.of_reason(reason)
    assert f"rejected: {reason}: " in run(*(word for word in arguments if word != "--json")).output


def test_a_missing_header_is_named() -> None:
    result = run("verify", "-H", "webhook-id: msg_1", "--body", "@body.json")
    assert result.exit_code == 10
    assert "webhook-timestamp, webhook-signature" in result.output


def test_sign_prints_headers_that_curl_and_verify_take() -> None:
    signed = run("sign", "--body", "@body.json", "--id", "msg_2")
    assert signed.exit_code == 0
    Path("signed.txt").write_text(signed.output)
    assert run("verify", "--headers", "@signed.txt", "--body", "@body.json").output.startswith(
        "verified: msg_2"
    )


def test_sign_writes_json_and_the_brand_of_the_scheme() -> None:
    printed = run(
        "sign", "--body", "@body.json", "--json", "--scheme", "svix", "--timestamp", str(NOW)
    ).output
    headers: dict[str, str] = json.loads(printed)
    assert sorted(headers) == ["svix-id", "svix-signature", "svix-timestamp"]
    assert Verifier(SECRET).verify_at(BODY.encode(), headers, received_at=NOW).scheme == "standard-webhooks"


@pytest.mark.parametrize("moment", ["now", "2026-09-21T14:13:20Z", "1790000000"])
def test_sign_takes_a_time_in_any_form(moment: str) -> None:
    printed = run("sign", "--body", "@body.json", "--timestamp", moment, "--json").output
    written = int(json.loads(printed)["webhook-timestamp"])
    assert abs(written - time.time()) < 60 if moment == "now" else written == 1_790_000_000


@pytest.mark.parametrize("name", ["mailgun", "adyen", "microsoft-graph"])
def test_sign_writes_the_signature_into_the_body_where_the_provider_does(name: str) -> None:
    sample = SAMPLES[name]
    body, _ = sample.signed()
    Path("theirs.json").write_bytes(body)
    env = {"WEBHOOK_SECRET": str(sample.other_secret)}
    sign = ["sign", "--scheme", name, "--body", "@theirs.json", "--timestamp", str(NOW), "--id", "msg_1"]
    signed = run(*sign, env=env)
    assert signed.exit_code == 0
    assert Verifier(sample.other_secret, scheme=name, clock=lambda: NOW).verify(signed.stdout_bytes, {})
    assert json.loads(run(*sign, "--json", env=env).output)["body"] == signed.output


def test_sign_with_two_secrets_sends_two_signatures() -> None:
    env = {"NEW": SECRET, "OLD": OTHER}
    printed = run(
        "sign", "--body", "@body.json", "--secret-env", "NEW", "--secret-env", "OLD", "--json", env=env
    )
    assert len(json.loads(printed.output)["webhook-signature"].split()) == 2


def test_ed25519_signs_with_one_half_and_verifies_with_the_other() -> None:
    signed = run("sign", "--body", "@body.json", env={"WEBHOOK_SECRET": SIGNING})
    Path("signed.txt").write_text(signed.output)
    arguments = ["verify", "--headers", "@signed.txt", "--body", "@body.json"]
    assert run(*arguments, env={"WEBHOOK_SECRET": VERIFYING}).exit_code == 0
    assert run(*arguments, env={"WEBHOOK_SECRET": SIGNING}).exit_code == exit_codes.USAGE


def test_secret_makes_a_fresh_hmac_secret_each_time() -> None:
    made = {run("secret").output for _ in range(3)}
    assert len(made) == 3
    for one in made:
        Verifier(Secret(one))
        assert len(one.strip()) == len("whsec_") + 44


def test_secret_makes_an_ed25519_pair() -> None:
    pair = json.loads(run("secret", "--kind", "ed25519", "--json").output)
    headers = Signer(pair["signing_key"]).sign(b"{}")
    assert Verifier(pair["verifying_key"]).verify(b"{}", headers).body == b"{}"


@pytest.mark.parametrize(("kind", "key"), [("hmac", "whsec_"), ("ed25519", "whsk_")])
def test_a_secret_goes_to_a_file_of_its_owner_and_nowhere_else(kind: str, key: str, tmp_path: Path) -> None:
    file = tmp_path / "new.txt"
    done = run("secret", "--kind", kind, "--out", str(file))
    assert done.exit_code == 0
    text = file.read_text().strip()
    assert text.startswith(key)
    assert file.stat().st_mode & 0o777 == 0o600
    assert text not in done.output
    assert ("whpk_" in done.output) == (kind == "ed25519")

    again = run("secret", "--kind", kind, "--out", str(file))
    assert again.exit_code == exit_codes.USAGE
    assert file.read_text().strip() == text  # which may be in use
    assert run("secret", "--out", str(tmp_path / "no" / "secret.txt")).exit_code == exit_codes.USAGE


def test_the_command_is_installed_and_has_help() -> None:
    script = Path(sys.executable).with_name("webhook-verify")
    printed = processes.run([script, "--help"], text=True).stdout
    for verb in ("demo", "secret", "sign", "verify"):
        assert verb in printed
