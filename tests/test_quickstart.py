"""The commands and code of the README and the quickstart run unchanged in an empty folder."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path

import pytest

from tests import processes
from tests.waiting import wait_until

ROOT = Path(__file__).parents[1]
PAGES = {name: (ROOT / name).read_text("utf-8") for name in ("README.md", "docs/start/quickstart.md")}
BIN = Path(sys.executable).parent


def code_of(page: str) -> str:
    (block,) = re.findall(r"```python(?: title=\"app.py\")?\n(import os\n.*?)```", PAGES[page], re.DOTALL)
    return str(block)


def commands_of(page: str) -> list[str]:
    """Return the commands of the page's first section, those that are run after the installation."""
    blocks = re.findall(r"```sh\n(WEBHOOK_SECRET=.*?)\n```", PAGES[page], re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def split(command: str, port: int) -> tuple[list[str | Path], dict[str, str]]:
    """Return the arguments and the environment of a command line, with another port than 8000."""
    variable, program, *arguments = shlex.split(command.replace(":8000", f":{port}"))
    name, _, value = variable.partition("=")
    return [BIN / program, *arguments], {**os.environ, name: value}


def test_the_readme_and_the_quickstart_have_the_same_receiver() -> None:
    assert code_of("README.md") == code_of("docs/start/quickstart.md")
    assert len(code_of("README.md").strip().splitlines()) <= 20


def test_two_commands_lead_to_the_first_verified_delivery() -> None:
    assert len(commands_of("README.md")) == 2


@pytest.mark.server
@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_the_page_work_as_they_are(page: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(code_of(page), "utf-8")
    serve, *sends = commands_of(page)
    port = processes.free_port()
    arguments, environment = split(serve, port)
    with processes.started([*arguments, "--port", str(port)], cwd=tmp_path, env=environment) as server:
        wait_until(
            lambda: processes.listens(port) or server.poll() is not None, problem="the server did not start"
        )
        for send in sends:
            arguments, environment = split(send, port)
            ran = processes.run(arguments, env=environment, cwd=tmp_path, text=True)
            assert ("401" if "--tamper" in send else "200") in ran.stdout
