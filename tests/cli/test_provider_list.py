"""``providers`` and ``--plugin``: each scheme is listed with its properties, including custom schemes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from tests import processes
from tests.rows import rows
from webhook_verify import schemes
from webhook_verify.cli.group import command

SCRIPT = str(Path(sys.executable).with_name("webhook-verify"))


def run(*arguments: str, env: dict[str, str | None] | None = None) -> Result:
    return CliRunner().invoke(command, arguments, env={"WEBHOOK_SECRET": None} | (env or {}))


def test_every_provider_is_listed() -> None:
    told = [json.loads(line) for line in run("providers", "--json").output.splitlines()]
    assert [each["scheme"] for each in told] == schemes.names()
    table = run("providers").output
    assert [name for name in schemes.names() if f"\n {name} " not in table] == []


@rows("name", schemes.names())
def test_what_is_told_of_a_provider_is_what_its_scheme_says(name: str) -> None:
    scheme = schemes.get(name)
    told = json.loads(run("providers", name, "--json").output)
    assert told["headers"] == list(scheme.header_names)
    assert told["tolerance"] == (scheme.tolerance if scheme.signs_timestamp else None)
    assert (told["handshake"] is None) == (scheme.handshake is None)
    page = " ".join(run("providers", name).output.split())
    assert scheme.docs.title in page
    assert "](" not in page
    assert (f"{scheme.tolerance:g} s" in page) == scheme.signs_timestamp


def test_a_scheme_of_ones_own_comes_from_a_plugin(tmp_path: Path) -> None:
    plugin = tmp_path / "acme_scheme.py"
    plugin.write_text(
        "from webhook_verify.schemes import HeaderScheme, get, names, register\n"
        "if 'acme-of-test' not in names():\n"
        "    register(HeaderScheme('acme-of-test', signature_header='x-acme'))\n"
    )
    called = [SCRIPT, "--plugin", str(plugin), "providers", "acme-of-test", "--json"]
    done = processes.run(called, text=True)
    assert json.loads(done.stdout)["headers"] == ["x-acme"]


def test_the_folder_of_a_plugin_takes_no_later_imports_place(tmp_path: Path) -> None:
    (tmp_path / "acme_scheme.py").write_text("import acme_helper\n")
    (tmp_path / "acme_helper.py").write_text("")
    (tmp_path / "rich.py").write_text("raise RuntimeError('another rich')\n")
    called = [SCRIPT, "--plugin", "acme_scheme", "providers"]
    done = processes.run(called, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
