"""The architecture: imports between modules, the length of files, and the cost of the core.

`STAIRCASE` is the order of the modules in the package. A module imports only from the steps above its own
step, so there are no cycles. A framework or driver is imported only by its own modules.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests import processes
from tests.rows import rows

PACKAGE = Path(__file__).parents[1] / "webhook_verify"

STAIRCASE = [
    "errors",
    "tracebacks",
    "forks",
    "event_loops",
    "log_text",
    "_times",
    "body",
    "headers",
    "asymmetric",
    "key_protocols",
    "buffered_keys",
    "token_key",
    "keys",
    "credential_forms",
    "credentials",
    "secret",
    "multipart",
    "form",
    "json_fields",
    "sealing",
    "delivery_parts",
    "delivery_identity",
    "delivery",
    "sealed",
    "http",
    "client_address",
    "public_url",
    "key_stores",
    "handshakes",
    "schemes",
    "verification_results",
    "verification",
    "fast_path",
    "verifier",
    "signer",
    "diagnosis",
    "sql",
    "replay",
    "inbox",
    "receiver",
    "otel",
    "adapters",
    "events",
    "api",
    "testing",
    "cli",
]

# The only modules that import anything but the standard library and this package, and what.
FOREIGN = {
    "asymmetric": {"cryptography"},
    "key_stores.django": {"django"},
    "key_stores.redis": {"redis"},
    "schemes.key_fetch": {"httpx2"},
    "api": {"httpx2", "msgspec"},
    "adapters.django": {"asgiref", "django"},
    "adapters._django": {"asgiref", "django"},
    "adapters._django_checks": {"django"},
    "adapters.django_app": {"django"},
    "adapters._django_commit": {"asgiref", "django"},
    "adapters.django_settings": {"django"},
    "adapters.fastapi": {"fastapi", "starlette"},
    "adapters.flask": {"flask"},
    "adapters.flask_extension": {"flask"},
    "adapters._flask": {"flask", "werkzeug"},
    "adapters._flask_commit": {"flask"},
    "adapters.starlette": {"starlette"},
    "inbox.engines.celery": {"celery"},
    "inbox.engines.dbos": {"dbos"},
    "inbox.engines.django": {"django"},
    "inbox.engines.procrastinate": {"procrastinate"},
    "inbox.engines.sqs": {"botocore"},
    "events": {"msgspec"},
    "events.pydantic": {"pydantic"},
    "otel": {"opentelemetry"},
    "inbox.async_inbox": {"sqlalchemy"},
    "inbox.django": {"django"},
    "inbox.django.admin": {"django"},
    "inbox.django.apps": {"django"},
    "inbox.django.migrations.0001_initial": {"django"},
    "inbox.django.models": {"django"},
    "inbox.django.store": {"django", "sqlalchemy"},
    "inbox.inbox": {"sqlalchemy"},
    "inbox.sql.asynchronous": {"sqlalchemy"},
    "inbox.sql.blocking": {"sqlalchemy"},
    "inbox.sql.calls": {"sqlalchemy"},
    "inbox.sql.table": {"sqlalchemy"},
    "inbox.sql.waiting": {"sqlalchemy"},
    "replay.django": {"django"},
    "replay.django.apps": {"django"},
    "replay.django.cache": {"django"},
    "replay.django.model": {"django"},
    "replay.django.migrations.0001_initial": {"django"},
    "replay.django.models": {"django"},
    "replay.django.generic_cache": {"django"},
    "replay.django.async_store": {"asgiref"},
    "replay.redis": {"redis"},
    "replay.sql": {"sqlalchemy"},
    "replay.sql.execution": {"sqlalchemy"},
    "sql.engines": {"sqlalchemy"},
    "sql.execution": {"sqlalchemy"},
    "testing.events": {"msgspec"},
    "testing.example_values": {"msgspec"},
    "cli": {"click", "httpx2", "platformdirs", "rich", "uvicorn"},
}

MODULES = sorted(PACKAGE.rglob("*.py"))

# Beside the package, so that pytest can import it without the package.
PYTEST_PLUGIN = PACKAGE.parent / "pytest_webhook_verify.py"


def name_of(path: Path) -> str:
    """The dotted name below the package: ``schemes.standard``, or "" for the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


@cache
def imports_of(path: Path) -> list[str]:
    """Every module that a file imports, those inside functions and for type checkers included."""
    return list(_imports_of(path))


def _imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if is_module(name) else node.module for name in names)


@cache
def is_module(dotted: str) -> bool:
    inside = PACKAGE.parent.joinpath(*dotted.split("."))
    return inside.with_suffix(".py").exists() or (inside / "__init__.py").exists()


def own_imports(path: Path) -> set[str]:
    """The modules of this package that a file imports, named below the package."""
    return {name.removeprefix("webhook_verify").lstrip(".") for name in imports_of(path) if is_own(name)}


def is_own(name: str) -> bool:
    return name.split(".")[0] == "webhook_verify"


def step(name: str) -> int:
    return STAIRCASE.index(name.split(".")[0])


def in_package(paths: list[Path]) -> list[Path]:
    return [path for path in paths if name_of(path)]


def test_every_module_has_its_step() -> None:
    assert {name_of(path).split(".")[0] for path in in_package(MODULES)} == set(STAIRCASE)


@rows("path", in_package(MODULES), ids=name_of)
def test_a_module_imports_only_from_steps_above(path: Path) -> None:
    name = name_of(path)
    top = name.split(".")[0]
    wrong = {
        other
        for other in own_imports(path)
        if other and step(other) >= step(name) and not other.startswith(top)
    }
    # These ask the package for its version, which is all that the package's own module adds.
    allowed = {""} if top in {"api", "cli"} else set()
    assert not wrong
    assert "" not in own_imports(path) - allowed


def test_there_are_no_cycles() -> None:
    graph = {name_of(path): own_imports(path) - {name_of(path)} for path in in_package(MODULES)}
    assert list(TopologicalSorter(graph).static_order())


@rows("path", MODULES, ids=name_of)
def test_a_module_imports_no_stray_framework(path: Path) -> None:
    tops = {name.split(".")[0] for name in imports_of(path) if not is_own(name)}
    foreign = {top for top in tops if top not in sys.stdlib_module_names}
    name = name_of(path)
    assert foreign <= FOREIGN.get(name, FOREIGN.get(name.split(".")[0], set()))


def test_importing_the_package_imports_the_standard_library_only() -> None:
    code = "import sys; before = set(sys.modules); import webhook_verify; print(*set(sys.modules) - before)"
    printed = processes.run([sys.executable, "-c", code], text=True).stdout
    tops = {name.split(".")[0] for name in printed.split()}
    assert {top for top in tops if top not in sys.stdlib_module_names} == {"webhook_verify"}


def test_importing_the_package_leaves_out_what_is_slow_to_import() -> None:
    code = "import sys; before = set(sys.modules); import webhook_verify; print(*set(sys.modules) - before)"
    command = [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {[str(PACKAGE.parent)]!r}; {code}"]
    loaded = set(processes.run(command, text=True).stdout.split())
    assert not loaded & {"typing", "re", "json", "logging", "dataclasses", "inspect", "asyncio"}


def loaded_by(code: str) -> set[str]:
    """The modules of the schemes that a fresh interpreter has loaded after this code."""
    code += (
        "; import sys; print(*(name for name in sys.modules if name.startswith('webhook_verify.schemes.')))"
    )
    printed = processes.run([sys.executable, "-c", code], text=True).stdout
    return {name.removeprefix("webhook_verify.schemes.") for name in printed.split()}


def providers_loaded_by(code: str) -> set[str]:
    loaded = loaded_by(code)
    return {name.removeprefix("providers.") for name in loaded if name.startswith("providers.")}


@pytest.mark.parametrize(
    "code", ["import webhook_verify", "import webhook_verify; webhook_verify.Verifier('whsec_' + 'a' * 32)"]
)
def test_the_default_scheme_loads_no_provider(code: str) -> None:
    assert loaded_by(code) == {"base", "body_paths", "scheme_docs", "sender_rules", "standard"}


@pytest.mark.parametrize(
    ("name", "modules"),
    [
        ("github", {"github"}),
        ("svix", {"svix"}),
        ("emporix", {"emporix"}),
        ("twilio-sha256", {"twilio_sha256", "twilio"}),
        ("polar", {"polar", "_whsec_prefix"}),
    ],
)
def test_a_provider_is_loaded_alone(name: str, modules: set[str]) -> None:
    assert providers_loaded_by(f"from webhook_verify import schemes; schemes.get({name!r})") == modules


VARIANTS = {"adyen_http_post": ["adyen"], "twilio_sha256": ["twilio"]}
"""Modules of providers that sign in two ways, and the module of the other way."""


@rows("path", sorted((PACKAGE / "schemes" / "providers").glob("[a-z]*.py")), ids=name_of)
def test_a_provider_imports_no_other(path: Path) -> None:
    others = {name for name in own_imports(path) if name.startswith("schemes.providers.")}
    shared = {name for name in others if name.startswith("schemes.providers._")}
    assert others - shared == {f"schemes.providers.{name}" for name in VARIANTS.get(path.stem, ())}


def test_github_costs_few_modules() -> None:
    code = (
        "import sys, webhook_verify; before = set(sys.modules); "
        "webhook_verify.schemes.get('github'); print(*set(sys.modules) - before)"
    )
    loaded = processes.run([sys.executable, "-c", code], text=True).stdout.split()
    assert len(loaded) <= 30
    assert not {"typing", "logging", "dataclasses", "inspect", "asyncio"} & set(loaded)


@pytest.mark.parametrize(
    "code",
    [
        "schemes.names()",
        "schemes.register(schemes.HeaderScheme('own', signature_header='x'))",
    ],
    ids=["names", "register"],
)
def test_a_new_name_loads_no_provider(code: str) -> None:
    assert providers_loaded_by(f"from webhook_verify import schemes; {code}") == set()


def test_the_hint_for_a_mistyped_name_loads_no_provider() -> None:
    code = "from webhook_verify import schemes\ntry: schemes.get('githib')\nexcept ValueError: pass\n0"
    assert providers_loaded_by(code) == set()


def test_the_pytest_plugin_imports_pytest_and_of_the_package_nothing_at_its_top() -> None:
    body = ast.parse(PYTEST_PLUGIN.read_text("utf-8")).body
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    tops = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    tops |= {str(node.module) for node in imports if isinstance(node, ast.ImportFrom)}
    assert tops == {"__future__", "collections.abc", "typing", "pytest"}
    foreign = {name.split(".")[0] for name in imports_of(PYTEST_PLUGIN)} - sys.stdlib_module_names
    assert foreign == {"pytest", "webhook_verify"}


@rows("path", MODULES, ids=name_of)
def test_a_file_is_one_room(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 400
    assert ast.get_docstring(ast.parse(text)), "a module says what it is for"


@rows("path", [*MODULES, PYTEST_PLUGIN], ids=lambda path: path.stem)
def test_no_checker_is_silenced(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not [mark for mark in ("type: ignore", "pyright: ignore", "# noqa") if mark in text]
