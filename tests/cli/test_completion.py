"""``completion``: subcommands, options and schemes are completed in a real shell."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests import processes
from webhook_verify.cli.group import VERBS, command

SCRIPT = str(Path(sys.executable).with_name("webhook-verify"))


def run(*arguments: str, env: dict[str, str | None] | None = None) -> Result:
    return CliRunner().invoke(command, arguments, env={"WEBHOOK_SECRET": None} | (env or {}))


def test_the_environment_names_what_completes() -> None:
    env = os.environ | {
        "_WEBHOOK_VERIFY_COMPLETE": "bash_complete",
        "COMP_WORDS": "webhook-verify ",
        "COMP_CWORD": "1",
    }
    done = processes.run([SCRIPT], env=env, text=True)
    assert {line.partition(",")[2] for line in done.stdout.splitlines()} >= set(VERBS)


@pytest.mark.skipif(
    shutil.which("bash") is None and "WEBHOOK_VERIFY_NO_SKIPS" not in os.environ, reason="there is no bash"
)
def test_bash_completes_verbs_and_schemes() -> None:
    ask = """
        eval "$(webhook-verify completion bash)"
        complete_it() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
            _webhook_verify_completion webhook-verify; echo "${COMPREPLY[@]}"; }
        complete_it webhook-verify prov
        complete_it webhook-verify sign --scheme twi
    """
    env = os.environ | {"PATH": f"{Path(SCRIPT).parent}{os.pathsep}{os.environ['PATH']}"}
    done = processes.run(["bash", "-c", ask], env=env, text=True)
    assert done.stdout.splitlines() == ["providers", "twilio twilio-sha256 twitch"]


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["verify", "--from", "x"], ["file,x"]),
        (["send", "--event", "endpoint.cr"], ["plain,endpoint.created"]),
        (["--ver"], ["plain,--version"]),
        (["providers", "strip"], ["plain,stripe"]),
    ],
    ids=lambda words: " ".join(words),
)
def test_words_are_completed(words: list[str], completed: list[str]) -> None:
    env = os.environ | {
        "_WEBHOOK_VERIFY_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["webhook-verify", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done = processes.run([SCRIPT], env=env, text=True)
    assert done.stdout.splitlines() == completed


@pytest.mark.parametrize(
    ("shell", "place"),
    [
        ("bash", "data/bash-completion/completions/webhook-verify"),
        ("zsh", "home/.zfunc/_webhook-verify"),
        ("fish", "config/fish/completions/webhook-verify.fish"),
    ],
)
def test_a_script_is_installed_where_the_shell_looks(shell: str, place: str, tmp_path: Path) -> None:
    env: dict[str, str | None] = {
        "HOME": str(tmp_path / "home"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    printed = run("completion", shell, env=env).output
    installed = run("completion", shell, "--install", env=env)
    assert installed.exit_code == 0
    assert (tmp_path / place).read_text() == printed.removesuffix("\n")
