"""``doctor``: its findings about versions, secrets and clocks are correct."""

from __future__ import annotations

import json
import sys
import time
from email.utils import formatdate
from importlib.metadata import version

import pytest
from click.testing import CliRunner, Result

from tests.cli.servers import serving
from tests.signing import SECRET
from webhook_verify.cli import exit_codes
from webhook_verify.cli.doctor import checks
from webhook_verify.cli.group import command
from webhook_verify.diagnosis import explain
from webhook_verify.verifier import Verifier

SIGNING = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
VERIFYING = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="


def run(*arguments: str, env: dict[str, str | None] | None = None) -> Result:
    return CliRunner().invoke(command, arguments, env={"WEBHOOK_SECRET": None} | (env or {}))


def findings(*arguments: str, env: dict[str, str | None] | None = None) -> dict[str, tuple[bool | None, str]]:
    printed = run("doctor", "--json", *arguments, env=env).output
    return {each["what"]: (each["right"], each["detail"]) for each in map(json.loads, printed.splitlines())}


def test_doctor_tells_versions_and_extras() -> None:
    found = findings()
    assert found["webhook-verify"] == (True, version("webhook-verify"))
    assert found["Python"][1].endswith(sys.version.split()[0])
    assert f"msgspec {version('msgspec')}" in found["extra events"][1]
    assert found["secret WEBHOOK_SECRET"] == (None, "the environment variable is not set")


@pytest.mark.parametrize(
    ("secret", "scheme", "right", "says"),
    [
        (SECRET, "standard-webhooks", True, "Hmac key"),
        (VERIFYING, "standard-webhooks", True, "Ed25519 Verifying key"),
        (SIGNING, "standard-webhooks", None, "use it in a sender"),
        ("whsec_%", "standard-webhooks", False, "not valid base64"),
        ("whsec_AAAA", "standard-webhooks", False, "fewer than 16"),
        ("short", "github", False, "can be guessed"),
        ("a token that is long enough", "gitlab-token", True, "Token key"),
    ],
)
def test_doctor_tells_what_a_secret_is(secret: str, scheme: str, right: bool | None, says: str) -> None:
    found = findings("--scheme", scheme, env={"WEBHOOK_SECRET": secret})["secret WEBHOOK_SECRET"]
    assert found[0] is right
    assert says in found[1]


def test_doctor_finds_the_secrets_of_providers() -> None:
    env: dict[str, str | None] = {"GITHUB_SECRET": "It's a Secret to Everybody", "SVIX_SECRET": "whsec_%"}
    found = findings(env=env)
    assert (found["secret GITHUB_SECRET"][0], found["secret SVIX_SECRET"][0]) == (True, None)
    assert "secret STRIPE_SECRET" not in found
    assert "secret GITHUB_SECRET" not in findings("--secret-env", "SVIX_SECRET", env=env)


def test_doctor_has_the_fingerprint_of_a_diagnosis() -> None:
    ((_, fingerprint),) = explain(Verifier(SECRET), b"", {}).secret_fingerprints
    assert fingerprint in findings(env={"WEBHOOK_SECRET": SECRET})["secret WEBHOOK_SECRET"][1]


def test_doctor_exits_with_1_where_something_is_wrong() -> None:
    assert run("doctor", env={"WEBHOOK_SECRET": SECRET}).exit_code == exit_codes.VERIFIED
    assert run("doctor", env={"WEBHOOK_SECRET": "whsec_%"}).exit_code == exit_codes.NOT_AS_IT_MUST_BE
    assert run("doctor", "--secret-env", "UNSET").exit_code == exit_codes.NOT_AS_IT_MUST_BE


def test_doctor_asks_a_server_for_the_time_only_when_told_to() -> None:
    with serving(lambda headers, body: (204, b"")) as came:
        assert findings("--clock", came.url)["clock"][0] is True
    assert "clock" not in findings()
    assert run("doctor", "--clock", "http://127.0.0.1:9/").exit_code == exit_codes.NO_ANSWER


@pytest.mark.parametrize(
    ("offset", "right"), [(0, True), (25, True), (-25, True), (40, False), (-40, False), (7200, False)]
)
def test_a_clock_that_is_off_is_told(offset: int, right: bool) -> None:
    now = time.time()
    found = checks.clock(formatdate(now + offset, usegmt=True), now, now)
    assert found.is_right is right
    assert ("behind" if offset > 0 else "ahead") in found.detail or offset == 0


@pytest.mark.parametrize("date", [None, "", "soon", "99 Foo 9999 99:99:99 GMT"])
def test_a_server_without_a_date_tells_nothing(date: str | None) -> None:
    assert checks.clock(date, 0.0, 0.0).is_right is None
