"""The public names: ``__all__`` is complete and sorted, and every name exists and is documented."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import django
import pytest
from django.conf import settings

import webhook_verify
from tests.rows import rows

if not settings.configured:  # a module with a Django model can only be imported then
    settings.configure(SECRET_KEY="of a test")
    django.setup()

PACKAGE = Path(webhook_verify.__file__).parent
MODULES = [
    ".".join(("webhook_verify", *path.relative_to(PACKAGE).with_suffix("").parts))
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name != "__init__.py"
]

FIXED_NAMES = [
    "APIError",
    "APIConnectionError",
    "APIDecodeError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncReceiver",
    "Delivery",
    "InvalidSecret",
    "MalformedDelivery",
    "Receiver",
    "RejectedDelivery",
    "Secret",
    "SignatureMismatch",
    "Signer",
    "TimestampOutsideTolerance",
    "UnreadableEvent",
    "Verifier",
    "WebhookVerifyError",
]


def test_the_fixed_names_can_be_imported_from_the_package() -> None:
    assert set(FIXED_NAMES) <= set(webhook_verify.__all__)


def test_the_packages_all_is_sorted_and_true() -> None:
    assert webhook_verify.__all__ == sorted(webhook_verify.__all__)
    assert all(getattr(webhook_verify, name) is not None for name in webhook_verify.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Receivers'"):
        getattr(webhook_verify, "Receivers")  # noqa: B009


def public_definitions(module: str) -> set[str]:
    """What a module defines at its top without an underscore in front: classes, functions, constants."""
    tree = ast.parse(Path(importlib.import_module(module).__file__ or "").read_text("utf-8"))
    defined: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            defined.add(node.name)
    return {name for name in defined if not name.startswith("_")}


@rows("name", MODULES)
def test_a_modules_all_names_what_it_defines(name: str) -> None:
    module = importlib.import_module(name)
    assert public_definitions(name) <= set(module.__all__), "defined, but neither in __all__ nor private"
    assert all(hasattr(module, each) for each in module.__all__)


@pytest.mark.parametrize("name", webhook_verify.__all__)
def test_a_public_name_is_documented(name: str) -> None:
    if not name.startswith("__"):
        assert getattr(webhook_verify, name).__doc__
