"""The applications of ``integrations/`` are short, complete, and started with one command."""

from __future__ import annotations

import ast
import os
import re
import shlex
import sys
from pathlib import Path

import pytest

from tests.integrations.loader import INTEGRATIONS
from tests.integrations.sender import SECRET, post
from tests.integrations.servers import ROOT, SERVERS, started
from tests.integrations.wire import exchange
from tests.processes import free_port

pytestmark = [pytest.mark.slow, pytest.mark.server]

BIN = Path(sys.executable).parent
APPS = sorted(path.parent for path in INTEGRATIONS.glob("*/app.py"))

# What an app may import besides the standard library and webhook_verify.
FRAMEWORK = {
    "aws_lambda": set[str](),
    "django": {"django"},
    "fastapi": {"fastapi"},
    "flask": {"flask"},
    "litestar": {"litestar"},
    "starlette": {"starlette"},
    "wsgi": set[str](),
}

EACH_APP = pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)


@EACH_APP
def test_an_app_passes_the_contract_under_some_server(app: Path) -> None:
    assert app.name in {server.app for server in SERVERS}


@EACH_APP
def test_an_app_is_short_enough_to_copy(app: Path) -> None:
    for path in app.glob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) <= 40, path.name


@EACH_APP
def test_an_app_imports_its_framework_and_nothing_else(app: Path) -> None:
    for path in app.glob("*.py"):
        foreign = _imports(path) - sys.stdlib_module_names - {"webhook_verify"}
        own = {each.stem for each in app.glob("*.py")}
        assert foreign - own <= FRAMEWORK[app.name], path.name


def _imports(path: Path) -> set[str]:
    tops = set[str]()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            tops |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{path}: relative import"
            tops.add(node.module.split(".")[0])
    return tops


@EACH_APP
def test_an_app_has_no_secret_of_its_own(app: Path) -> None:
    for path in app.glob("*.py"):
        assert not re.search(r"whsec_\w", path.read_text("utf-8")), path.name
    assert "WEBHOOK_SECRET" in (app / "app.py").read_text("utf-8")


@EACH_APP
def test_the_one_command_of_its_readme_starts_an_app(app: Path, tmp_path: Path) -> None:
    (command,) = _commands(app / "README.md")
    words = shlex.split(command)
    assert words.pop(0).startswith("WEBHOOK_SECRET=whsec_")
    port = free_port()
    # As it stands, but for the port, which may be taken; from the root if it says so.
    words = [str(BIN / words[0]), *words[1:], *(each.format(port) for each in PORT[words[0]])]
    directory = ROOT if f"integrations/{app.name}" in command else app
    environment = {**os.environ, "WEBHOOK_SECRET": SECRET, "PYTHONDONTWRITEBYTECODE": "1"}
    with started(words, directory, environment, port, tmp_path / "log"):
        assert exchange(port, post()).status == 200
        assert exchange(port, post([])).status == 400


# Where each program is told its port.
PORT = {"uvicorn": ["--port={}"], "gunicorn": ["--bind=127.0.0.1:{}"], "python": ["{}"]}


def _commands(readme: Path) -> list[str]:
    """The lines of shell in a README: in a fence, or set in by four blanks."""
    text = readme.read_text("utf-8")
    fenced = "".join(re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    indented = "\n".join(re.findall(r"^    (.*)", text, re.MULTILINE))
    return [line for line in (fenced + indented).splitlines() if line]


def test_the_readme_names_every_app() -> None:
    text = (INTEGRATIONS / "README.md").read_text("utf-8")
    assert [app.name for app in APPS if f"({app.name}/README.md)" not in text] == []
