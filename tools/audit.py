"""``make audit``: check the installed packages for known security advisories, with pip-audit.

A request for one package is sent first. If the advisories cannot be reached, nothing is audited: the tool
prints one line and returns exit code 0. Otherwise pip-audit would report every package as unknown and find
nothing. The exit code is 1 if a vulnerability is found.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["main", "outcome"]

_PROBE = "cryptography"
_SECONDS = 600


def main() -> int:
    """Audit the environment of this interpreter; return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        requirement = Path(folder) / "requirements.txt"
        requirement.write_text(f"{_PROBE}=={_version_of(_PROBE)}\n", "utf-8")
        probe = _audited("--requirement", str(requirement), "--no-deps", "--disable-pip")
    report = None if probe is None or outcome(probe)[0] == 0 else _audited("--skip-editable")
    if report is None:
        print("audit: the advisories cannot be reached, so nothing was audited")
        return 0
    count, findings = outcome(report)
    for finding in findings:
        print(finding)
    print(f"audit: {count} packages audited, {len(findings)} vulnerabilities")
    return 1 if findings else 0


def outcome(report: dict[str, Any]) -> tuple[int, list[str]]:
    """Return the number of packages that were audited, and a line for each vulnerability."""
    known = [package for package in report["dependencies"] if "vulns" in package]
    return len(known), [
        f"{package['name']} {package['version']}: {vulnerability['id']}, "
        f"fixed in {', '.join(vulnerability['fix_versions']) or 'no release'}"
        for package in known
        for vulnerability in package["vulns"]
    ]


def _version_of(package: str) -> str:
    from importlib.metadata import version

    return version(package)


def _audited(*arguments: str) -> dict[str, Any] | None:
    """Return the report of pip-audit, or None if it fails, for example without a network."""
    command = [sys.executable, "-m", "pip_audit", "--format=json", "--progress-spinner=off", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)
        report: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None
    return report


if __name__ == "__main__":
    sys.exit(main())
