"""``make release``: build a release and check the files that users will install, without publishing them.

Builds the sdist and the wheel, checks their metadata and contents, compares the public interface with that
of the last tag, checks that every public symbol has a type, writes an SBOM, and installs both distributions
in clean environments. Prints the remaining manual steps. ``release.yml`` runs the same checks on a tag.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from webhook_verify import __version__

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
SBOM = DIST / "sbom.cdx.json"
_BIN = Path(sys.executable).parent
PACKAGE = "webhook_verify"
_SHOWN_LINES = 60


def _run(*command: str | Path, **environment: str) -> str:
    """Run a command in the repository and return its output; end the release if the command fails."""
    line = [str(part) for part in command]
    print(
        "$",
        " ".join(Path(line[0]).name if index == 0 else part for index, part in enumerate(line)),
        flush=True,
    )
    ran = subprocess.run(
        line,
        cwd=ROOT,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **environment},
    )
    if ran.returncode:
        print(*ran.stdout.splitlines()[-_SHOWN_LINES:], sep="\n")
        sys.exit(f"the release stops here: {Path(line[0]).name} failed with status {ran.returncode}")
    return ran.stdout


def last_tag() -> str | None:
    """Return the tag of the release before this one, or None before the first release."""
    found = subprocess.run(
        ["git", "describe", "--tags", "--abbrev=0", "--match", "v*", "HEAD^"],
        cwd=ROOT,
        check=False,
        text=True,
        capture_output=True,
    )
    return found.stdout.strip() if found.returncode == 0 else None


def build() -> None:
    """Build the sdist, and the wheel from the sdist."""
    shutil.rmtree(DIST, ignore_errors=True)
    _run(sys.executable, "-m", "build", "--outdir", DIST, ".")


def check_lock() -> None:
    """Check that ``uv.lock`` matches ``pyproject.toml``, if uv is installed."""
    uv = shutil.which("uv")
    if uv is None:
        print("uv is not installed: uv.lock is not checked")
    else:
        _run(uv, "lock", "--check", "--offline")


def check_distributions() -> None:
    """Check the metadata, the README on PyPI, and the files inside."""
    _run(_BIN / "validate-pyproject", "pyproject.toml")
    _run(_BIN / "twine", "check", "--strict", *sorted(DIST.iterdir()))
    _run(_BIN / "check-wheel-contents", *DIST.glob("*.whl"))


def check_interface() -> None:
    """Compare the public interface with that of the last tag, and check that it is fully typed."""
    tag = last_tag()
    if tag is None:
        print("no tag yet: the public interface cannot be compared")
    else:
        _run(_BIN / "griffe", "check", PACKAGE, "--against", tag)
    verify_types()


def verify_types() -> None:
    """Check that every public symbol has a known type. Part of ``make check``."""
    # pyright looks for an installed package in the environment that is active.
    active = {"VIRTUAL_ENV": sys.prefix, "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}"}
    shown = _run(_BIN / "pyright", "--verifytypes", PACKAGE, "--ignoreexternal", **active)
    print(next(line for line in shown.splitlines() if line.startswith("Type completeness")))


def write_sbom() -> None:
    """Write the CycloneDX SBOM of the wheel with all its extras."""
    (wheel,) = DIST.glob("*.whl")
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=False)
        python = Path(folder) / "bin" / "python"
        _run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", f"{wheel}[all]")
        _run(
            _BIN / "cyclonedx-py",
            "environment",
            "--pyproject",
            "pyproject.toml",
            "--mc-type",
            "library",
            "--output-reproducible",
            "--output-file",
            SBOM,
            python,
        )


def test_distributions() -> None:
    """Install the wheel without extras, the wheel with each extra, and the sdist, and use them."""
    _run(sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/test_package.py")


def main() -> int:
    """Build and check a release, or run only one of the checks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--is-version", metavar="TAG", help="only check that the tag matches the version")
    parser.add_argument("--types", action="store_true", help="only check that every public symbol has a type")
    options = parser.parse_args()
    if options.is_version is not None:
        expected = f"v{__version__}"
        if options.is_version != expected:
            sys.exit(f"the tag must be {expected}, as the version, not {options.is_version}")
        return 0
    if options.types:
        verify_types()
        return 0
    check_lock()
    build()
    check_distributions()
    check_interface()
    write_sbom()
    test_distributions()
    print(f"""
dist/ contains {", ".join(path.name for path in sorted(DIST.iterdir()))}

Next steps for a maintainer:
1. make test-all, make bench and make chaos on a quiet machine.
2. Set __version__ in webhook_verify/__init__.py, run `make changelog VERSION={__version__}`, and commit both.
3. git tag -s v{__version__} && git push origin main v{__version__}
4. Approve the environment "pypi" of the workflow "release", which builds, attests and publishes the tag.
5. Install it from PyPI in an empty environment, and run the quickstart.""")
    return 0


if __name__ == "__main__":
    sys.exit(main())
