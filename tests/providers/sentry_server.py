"""What Sentry's own server sends: two definitions out of its last release on PyPI, run without the server.

The server itself needs Python 3.8 and some hundred packages; what makes and signs a delivery needs neither.
"""

from __future__ import annotations

import ast
import hmac
import json
import shutil
import sys
import zipfile
from functools import cache
from hashlib import sha256
from pathlib import Path
from time import time
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from tests.providers.fetched import kept, needed, run

__all__ = ["SENTRY", "sentry_sends", "sentry_signs"]

SENTRY = "sentry==23.7.1"  # later ones are not on PyPI

_DELIVERY = "sentry/api/serializers/models/app_platform_event.py"
_SIGNING = "sentry/models/integrations/sentry_app.py"


def sentry_sends(secret: str, resource: str, action: str, data: object) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of a delivery to an integration with that Client Secret.

    Skips the test where the release cannot be fetched: with WEBHOOK_VERIFY_NO_SKIPS it fails.
    """
    app = SimpleNamespace(build_signature=lambda body: sentry_signs(secret, body))
    event_of = _defined(_DELIVERY, "AppPlatformEvent", json=json, time=time, uuid4=uuid4)
    event = event_of(resource, action, SimpleNamespace(uuid=uuid4().hex, sentry_app=app), data)
    return event.body.encode(), event.headers


def sentry_signs(secret: str, body: str) -> str:
    """The signature by their ``SentryApp.build_signature``."""
    app = SimpleNamespace(application=SimpleNamespace(client_secret=secret))
    signature: str = _defined(_SIGNING, "build_signature", hmac=hmac, sha256=sha256)(app, body)
    return signature


def _defined(path: str, name: str, **imported: object) -> Any:
    """The class or function of that name in a file of theirs, with what the file imports for it."""
    tree = ast.parse((_fetched() / path).read_text())
    definitions = (ast.ClassDef, ast.FunctionDef)
    [found] = [each for each in ast.walk(tree) if isinstance(each, definitions) and each.name == name]
    exec(compile(ast.Module([found], []), path, "exec"), imported)
    return imported[name]


@cache
def _fetched() -> Path:
    directory, problem = kept("sentry", (SENTRY, _DELIVERY, _SIGNING), _install)
    needed(problem)
    return directory


def _install(directory: Path) -> str:
    wheels = directory / "wheels"
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "--python-version=3.8", f"--dest={wheels}"]
    done = run([sys.executable, "-m", "pip", "download", *options, SENTRY], directory)
    if done.returncode:
        return f"pip: {done.stderr[-300:]}"
    [wheel] = wheels.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for path in (_DELIVERY, _SIGNING):
            archive.extract(path, directory)
    shutil.rmtree(wheels)  # 50 MB
    return ""
