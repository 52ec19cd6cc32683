"""``manage.py check`` reports unknown schemes in ``settings.WEBHOOK_VERIFY``, with every supported Django.

`make test-oldest` runs this with the oldest supported Django, and `make test-versions` with the newest.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import override_settings

from tests import processes
from tests.adapters import django_views  # configures Django
from tests.rows import rows
from tests.signing import SECRET
from webhook_verify import schemes
from webhook_verify.adapters._django_checks import check_schemes

assert django_views

HINT = "webhook-verify providers lists the names. Register your own scheme in AppConfig.ready()"


@rows(
    ("scheme", "message"),
    [
        ("github", None),
        ("standard-webhooks", None),
        (schemes.get("stripe"), None),
        ("githbu", "'githbu' is not a known scheme"),
        ("GitHub", "'GitHub' is not a known scheme"),
        ("acme", "'acme' is not a known scheme"),
        ("", "its scheme is not a known scheme"),
        (SECRET, "its scheme is not a known scheme"),
        (7, "scheme must be a registered name or a Scheme, not 'int'"),
        (None, "scheme must be a registered name or a Scheme, not 'NoneType'"),
        (["github"], "scheme must be a registered name or a Scheme, not 'list'"),
    ],
)
def test_each_unknown_scheme_is_an_error(scheme: Any, message: str | None) -> None:
    named = {"default": {"secrets": SECRET}, "billing": {"secrets": SECRET, "scheme": scheme}}
    with override_settings(WEBHOOK_VERIFY=named):
        found = check_schemes(None)
    expected = [] if message is None else [f"settings.WEBHOOK_VERIFY['billing']: {message}"]
    assert [one.msg for one in found] == expected
    assert {one.id for one in found} <= {"webhook_verify.E003"}
    assert all(one.is_serious() and str(one.hint).endswith(HINT) for one in found)


def test_the_hint_names_a_similar_scheme() -> None:
    with override_settings(WEBHOOK_VERIFY={"default": {"secrets": SECRET, "scheme": "githbu"}}):
        (found,) = check_schemes(None)
    assert str(found.hint).startswith("did you mean github or gitlab?")


@rows("named", [None, {}, [], "default", {"default": None}, {"default": "github"}])
def test_settings_of_another_form_are_not_this_checks_business(named: Any) -> None:
    with override_settings(WEBHOOK_VERIFY=named):
        assert check_schemes(None) == []


def test_the_check_is_registered() -> None:
    with override_settings(WEBHOOK_VERIFY={"default": {"secrets": SECRET, "scheme": "acme"}}):
        found = run_checks(tags=["webhook_verify"])
    assert [one.id for one in found] == ["webhook_verify.E003"]


PROJECT = """
SECRET_KEY = "of a test"
INSTALLED_APPS = ["webhook_verify.adapters.django_app.WebhookChecksConfig"]
WEBHOOK_VERIFY = {"default": {"secrets": ["%s"], "scheme": "%s"}}
"""


@pytest.mark.parametrize(("scheme", "exit_code"), [("githbu", 1), ("github", 0)])
def test_manage_py_check_of_a_project_with_the_app_reports_it(
    tmp_path: Path, scheme: str, exit_code: int
) -> None:
    (tmp_path / "project_settings.py").write_text(PROJECT % (SECRET, scheme))
    command = [sys.executable, "-m", "django", "check", "--settings", "project_settings", "--pythonpath"]
    done = processes.run([*command, str(tmp_path)], text=True, check=False, cwd=tmp_path)
    assert done.returncode == exit_code, done.stderr
    assert ("webhook_verify.E003" in done.stderr) == (exit_code == 1)
    assert SECRET not in done.stderr + done.stdout
