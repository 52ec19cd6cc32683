"""Libraries of providers that are on npm: the other side of a wire, run by node.

::

    script = "const { verify } = await import('@octokit/webhooks-methods'); return verify(...given)"
    assert node(script, [secret, body, signature]) is True

All packages are installed together, once for this list of them, and kept for the next run.
"""

from __future__ import annotations

import json
import shutil
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

from tests.providers.fetched import kept, needed, run

__all__ = ["FILES", "PACKAGES", "node"]

# Pinned: what the libraries say is then known. One line each, sorted; a new one makes a new directory.
PACKAGES = (
    "@activepieces/piece-intercom@0.7.5",
    "@clerk/backend@3.25.0",
    "@hookflo/tern@4.1.0",
    "@kinde/jwt-validator@0.4.5",
    "@linear/sdk@98.0.0",
    "@mux/mux-node@15.3.0",
    "@octokit/webhooks-methods@6.0.0",
    "@pipedream/brex@0.1.1",
    "@sanity/webhook@4.0.4",
    "@sendgrid/eventwebhook@8.0.0",
    "@shopify/shopify-api@13.1.0",
    "@vonage/jwt@1.14.0",
    "@zoom/rivet@0.4.0",
    "atlassian-jwt@2.0.3",
    "chargebee@3.33.0",
    "discord-interactions@4.4.0",
    "grammy@1.46.0",
    "h3@1.15.11",
    "jose@5.10.0",
    "json-stable-stringify@1.3.0",
    "livekit-server-sdk@2.19.2",
    "messagebird@4.0.1",
    "nuxt-webhook-validators@0.2.12",
    "sns-payload-validator@2.1.0",
    "sns-validator@0.3.5",
    "truelayer-signing@0.2.3",
)

# Files of these are taken without what the packages depend on, which would be gigabytes for the first.
FILES = {
    "@hookdeck/sdk@0.4.0": ("package/webhooks/helpers.js",),
    "alipay-sdk@4.14.0": ("dist/commonjs/alipay.js", "dist/commonjs/util.js", "antcertutil.js", "form.js"),
    "event-notification-nodejs-sdk@1.0.3": ("lib/validator.js", "lib/client.js", "lib/constants.js"),
    "mailersend@3.4.0": ("lib/services/mailersend.utils.js",),
    "n8n-nodes-base@2.41.2": ("dist/utils/webhook-signature-verification.js", "TriggerHelpers.js"),
    "whatsapp@0.0.5-Alpha": ("build/utils.js", "build/logger.js", "build/types/enums.js"),
}

# Python 3.11.2 has no filters of archives. Each member is a file, under the name that it gets here.
_FILTER: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}

_RUN = """
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
const require = createRequire(process.cwd() + '/');
const given = JSON.parse(readFileSync(0, 'utf8'));
const answer = await (async () => { %s })();
console.log('\\n' + JSON.stringify(answer ?? null));
"""


def node(script: str, given: object) -> Any:
    """What the script returns for ``given``, both as JSON.

    The script is the body of an async function that knows ``given`` and ``require``, and may ``await
    import(...)``; bytes are handed over as text or base64. Raises :class:`AssertionError` with the tail of
    stderr if it throws. Skips the test where npm or its packages are absent: with WEBHOOK_VERIFY_NO_SKIPS it
    fails.
    """
    directory, problem = _installed()
    needed(problem)
    command = ["node", "--input-type=module", "-e", _RUN % script]
    done = run(command, directory, json.dumps(given))
    assert done.returncode == 0, done.stderr[-2_000:]
    last = done.stdout.rstrip("\n").rpartition("\n")[2]  # a package may have said something before
    return json.loads(last)


@cache
def _installed() -> tuple[Path, str]:
    return kept("npm", (PACKAGES, FILES), _install)


def _install(directory: Path) -> str:
    if missing := [name for name in ("node", "npm") if shutil.which(name) is None]:
        return f"not installed: {', '.join(missing)}"
    (directory / "package.json").write_text('{"private": true}')  # else npm looks in the directories above
    options = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--fetch-retries=1"]
    commands = [["install", *options, *PACKAGES], ["pack", "--fetch-retries=1", *FILES]]
    for command in commands:
        done = run(["npm", *command], directory)
        if done.returncode:
            return f"npm: {done.stderr[-300:]}"
    for package, endings in FILES.items():
        _unpack(directory, package, endings)
    return ""


def _unpack(directory: Path, package: str, endings: tuple[str, ...]) -> None:
    """Take the files with these endings out of a packed package, into where node looks for it."""
    name, _, version = package.rpartition("@")
    packed = directory / f"{name.lstrip('@').replace('/', '-')}-{version}.tgz"
    with tarfile.open(packed) as archive:
        for each in archive:
            if each.isfile() and each.name.endswith(endings):
                each.name = each.name.replace("package/", f"node_modules/{name}/", 1)
                archive.extract(each, directory, **_FILTER)
    packed.unlink()
