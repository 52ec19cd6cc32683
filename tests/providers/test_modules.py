"""Each built-in provider is a module of one folder, named after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rows import rows
from webhook_verify import schemes
from webhook_verify.schemes import HeaderScheme, providers

FOLDER = Path(providers.__file__).parent


def test_the_names_are_the_modules_of_the_folder() -> None:
    modules = [file.stem for file in FOLDER.glob("*.py") if not file.stem.startswith("_")]
    assert list(providers.NAMES) == sorted(stem.replace("_", "-") for stem in modules)


def test_all_names_are_the_built_in_ones_and_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    default = schemes.get("standard-webhooks")
    monkeypatch.setattr(schemes, "_registry", {default.name: default})
    assert schemes.names() == sorted([*providers.NAMES, "standard-webhooks"])
    schemes.register(HeaderScheme("own", signature_header="x-own"))
    assert schemes.names() == sorted([*providers.NAMES, "standard-webhooks", "own"])


@rows("name", providers.NAMES)
def test_a_module_defines_the_scheme_of_its_name(name: str) -> None:
    assert providers.load(name).name == name
    assert schemes.get(name) is providers.load(name)


def test_a_built_in_scheme_may_be_registered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemes, "_registry", {})
    github = providers.load("github")
    assert schemes.register(github) is github


def test_a_taken_name_is_refused_before_its_provider_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemes, "_registry", {})
    with pytest.raises(ValueError, match="scheme 'github' is already registered"):
        schemes.register(HeaderScheme("github", signature_header="x-own"))


@pytest.mark.parametrize(
    "name", ["_whsec_prefix", "-whsec-prefix", "__init__", "github.", "adyen_header", ""]
)
def test_only_a_name_of_the_list_is_imported(name: str) -> None:
    with pytest.raises(ValueError, match="unknown scheme"):
        schemes.get(name)
