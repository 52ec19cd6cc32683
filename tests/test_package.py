"""The installed package: the wheel contains only the package, and works with each extra alone."""

from __future__ import annotations

import sys
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from tests import processes

ROOT = Path(__file__).parents[1]

# One worker builds and installs the wheel once.
pytestmark = [
    pytest.mark.xdist_group("package"),
    pytest.mark.slow,
    pytest.mark.network,
    pytest.mark.timeout(240),
]


# What each extra makes importable, and a line that uses it.
EXTRAS = {
    "asymmetric": "from webhook_verify.asymmetric import generate; print(len(generate()[1]))",
    "events": "from webhook_verify.events import svix; print(len(svix.EVENTS.classes) > 5)",
    "api": "from webhook_verify.api.svix import Svix; Svix('testsk_x.eu').close()",
    "redis": "from webhook_verify.replay import RedisStore; RedisStore.from_url('redis://localhost').close()",
    "sql": "from webhook_verify.replay import SQLStore; SQLStore('sqlite:///x.db').close()",
    "otel": "from webhook_verify.otel import OpenTelemetryObserver; OpenTelemetryObserver()",
    "cli": "from webhook_verify.cli import main; import sys; sys.argv[1:] = ['demo']; main()",
    "all": "import webhook_verify.asymmetric, webhook_verify.events.svix, webhook_verify.cli.main",
    "celery": "import webhook_verify.inbox.engines.celery",
    "procrastinate": "import webhook_verify.inbox.engines.procrastinate",
    "sqs": "import webhook_verify.inbox.engines.sqs",
    "dbos": "import webhook_verify.inbox.engines.dbos",
    "django-tasks": "import webhook_verify.inbox.engines.django",
}


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of an sdist, and of the wheel that is built out of the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    processes.run([sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)])
    return folder


@pytest.fixture(scope="module")
def wheel(distributions: Path) -> Path:
    (made,) = distributions.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment that holds the wheel and nothing else; gives its bin folder."""
    folder = tmp_path_factory.mktemp("bare")
    venv.create(folder, with_pip=False)
    site = next(folder.glob("lib/python*/site-packages"))
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    processes.run([*install, "--target", str(site), str(wheel)])
    return folder / "bin"


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "webhook_verify").rglob("*.py")}
    inside = {name for name in names if not name.split("/")[0].endswith(".dist-info")}
    assert inside == sources | {"webhook_verify/py.typed", "pytest_webhook_verify.py"}


def test_the_sdist_has_what_a_contributor_needs(distributions: Path) -> None:
    (sdist,) = distributions.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    needed = (
        "Makefile",
        "mkdocs.yml",
        "CONTRIBUTING.md",
        "LICENSE",
        "tests/conftest.py",
        "docs/index.md",
        "tools/site.py",
    )
    assert [name for name in needed if name not in names] == []
    assert [name for name in names if name.startswith((".venv", ".site", "dist"))] == []


def test_every_extra_is_tried() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(EXTRAS) == set(project["optional-dependencies"])


@pytest.mark.parametrize("extra", EXTRAS)
def test_the_wheel_works_with_each_extra_alone(extra: str, wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        f"{wheel}[{extra}]",
    ]
    processes.run(install, seconds=120)
    ran = processes.run([python, "-W", "error", "-c", EXTRAS[extra]], cwd=tmp_path, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_wheel_carries_the_license_and_no_dependency(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith("METADATA"))
        text = archive.read(metadata).decode()
    assert "License-Expression: MIT" in text
    required = [line for line in text.splitlines() if line.startswith("Requires-Dist")]
    assert all("extra ==" in line for line in required)


def test_without_extras_hmac_verifies(bare: Path) -> None:
    code = (
        "from webhook_verify import Signer, Verifier; s = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';"
        "print(Verifier(s).verify(b'{}', Signer(s).sign(b'{}', id='msg_1')).id)"
    )
    ran = processes.run([bare / "python", "-c", code], text=True)
    assert ran.stdout == "msg_1\n"


def test_without_extras_an_ed25519_key_names_the_extra(bare: Path) -> None:
    code = "from webhook_verify import Verifier;Verifier('whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=')"
    ran = processes.run([bare / "python", "-c", code], text=True, check=False)
    assert ran.stderr.splitlines()[-1].startswith("ImportError: ")
    assert "pip install 'webhook-verify[asymmetric]'" in ran.stderr


@pytest.mark.parametrize("module", ["", ".svix", ".router"])
def test_without_extras_the_events_name_the_extra(bare: Path, module: str) -> None:
    code = f"import webhook_verify.events{module}"
    ran = processes.run([bare / "python", "-c", code], text=True, check=False)
    assert ran.stderr.splitlines()[-1].startswith("ImportError: ")
    assert "pip install 'webhook-verify[events]'" in ran.stderr


def test_without_extras_the_command_names_the_extra(bare: Path) -> None:
    code = "from webhook_verify.cli import main; main()"
    ran = processes.run([bare / "python", "-c", code], text=True, check=False)
    assert ran.returncode == 2
    assert "pip install 'webhook-verify[cli]'" in ran.stderr
