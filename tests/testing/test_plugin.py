"""The fixtures of the pytest plugin: each test is a project that only installs the package.

Each also runs in a separate process: pytester forgets the imports of a run, and two copies of the package in
one process would have different classes. Other plugins are not loaded, because they take most of the start,
except in tests of how pytest finds ours.
"""

from __future__ import annotations

import sys

import pytest

from tests import processes

FIXTURES = [
    "webhook_client",
    "webhook_clock",
    "webhook_delivery",
    "webhook_scheme",
    "webhook_secret",
    "webhook_signer",
]
# Without pytest-randomly, which changes the order of the tests and imports what it finds to seed.
STRICT = ("-p", "no:cacheprovider", "-p", "no:randomly", "-W", "error")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest loads no plugin that is installed, but ours by its name."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "pytest_webhook_verify")


ALONE = pytest.mark.usefixtures("alone")


def passes(pytester: pytest.Pytester, source: str, **outcomes: int) -> pytest.RunResult:
    pytester.makepyfile(source)
    result = pytester.runpytest_subprocess(*STRICT)
    result.assert_outcomes(**(outcomes or {"passed": 1}))
    return result


@pytest.mark.slow
def test_the_fixtures_are_documented(pytester: pytest.Pytester) -> None:
    shown = pytester.runpytest_subprocess("--fixtures", *STRICT).stdout.str()
    for fixture in FIXTURES:
        assert f"{fixture} -- " in shown
    assert "no docstring available" not in shown.partition("pytest_webhook_verify")[2]


@ALONE
def test_what_is_signed_is_verified(pytester: pytest.Pytester) -> None:
    passes(
        pytester,
        """
        from webhook_verify import Verifier
        from webhook_verify.testing import TEST_SECRET, signed

        def test_it(webhook_signer, webhook_secret):
            request = signed({}, webhook_signer)
            for secret in (TEST_SECRET, webhook_secret):
                Verifier(secret).verify(request.body, dict(request.headers))
        """,
    )


@ALONE
def test_secret_and_scheme_are_overridden_by_fixtures(pytester: pytest.Pytester) -> None:
    passes(
        pytester,
        """
        import pytest
        from webhook_verify import Verifier
        from webhook_verify.testing import signed

        @pytest.fixture
        def webhook_secret():
            return "It's a Secret to Everybody"

        @pytest.mark.parametrize("webhook_scheme", ["github", "stripe", "slack"])
        def test_it(webhook_signer, webhook_delivery, webhook_secret, webhook_scheme):
            request = signed({"id": "1"}, webhook_signer)
            verifier = Verifier(webhook_secret, scheme=webhook_scheme)
            real = verifier.verify(request.body, dict(request.headers))
            assert real.scheme == webhook_delivery().scheme == webhook_scheme
        """,
        passed=3,
    )


@ALONE
def test_the_clock_is_of_one_test(pytester: pytest.Pytester) -> None:
    passes(
        pytester,
        """
        import time

        def test_one(webhook_clock, webhook_signer, webhook_delivery):
            webhook_clock.set(1_790_000_000)
            assert webhook_signer.now() == webhook_delivery().timestamp.timestamp() == 1_790_000_000

        def test_other(webhook_signer):
            assert abs(webhook_signer.now() - time.time()) < 5
        """,
        passed=2,
    )


CONTRACT = """
from flask import Flask
from webhook_verify import Receiver, Verifier
from webhook_verify.adapters.flask import webhook
from webhook_verify.replay import MemoryStore, ReplayGuard
from webhook_verify.testing import TEST_SECRET, ReceiverContract
import pytest

app = Flask("app")

@app.post("/hook")
@webhook(Receiver(Verifier(TEST_SECRET), replay=ReplayGuard(MemoryStore())))
def hook(delivery):
    return {}

"""
ROWS = 12 + 14  # forgeries and defects


CLIENTS = {
    "attribute": "    client = app.test_client()",
    "fixture_of_the_class": "    @pytest.fixture\n    def client(self):\n        return app.test_client()",
    "fixture": "@pytest.fixture\ndef client():\n    return app.test_client()",
    "its_own_fixture": "@pytest.fixture\ndef webhook_client():\n    return app.test_client()",
}


@pytest.mark.slow
@ALONE
def test_the_contract_takes_its_client_from_an_attribute_or_a_fixture(pytester: pytest.Pytester) -> None:
    head = f'{CONTRACT}class TestIt(ReceiverContract):\n    path = "/hook"\n'
    pytester.makepyfile(**{f"test_{name}": f"{head}{client}\n" for name, client in CLIENTS.items()})
    # A handler that cannot be made to fail is the one test that is skipped.
    pytester.runpytest_subprocess(*STRICT).assert_outcomes(passed=4 * (ROWS + 7), skipped=4)


@ALONE
def test_what_does_not_apply_is_switched_off(pytester: pytest.Pytester) -> None:
    options = (
        "    max_body_bytes = None\n    dedupes = False\n    other_methods = ()\n"
        "    test_refusals_tell_nothing_apart = None\n    payload = b'no json'\n"
    )
    source = (
        f'{CONTRACT}class TestIt(ReceiverContract):\n    path = "/hook"\n'
        f"    client = app.test_client()\n{options}"
    )
    passes(pytester, source, passed=ROWS + 1, skipped=6)


@pytest.mark.slow
@ALONE
def test_a_contract_without_a_path_says_so(pytester: pytest.Pytester) -> None:
    source = f"{CONTRACT}class TestIt(ReceiverContract):\n    client = app.test_client()\n"
    pytester.makepyfile(source)
    result = pytester.runpytest_subprocess(*STRICT, "-k", "genuine")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*TypeError: TestIt.path must be the path of your endpoint, not empty. Set it"]
    )


@pytest.mark.slow
@ALONE
def test_a_failure_shows_neither_secret_nor_signature(pytester: pytest.Pytester) -> None:
    """Every test fails, and pytest tells all that it can: arguments, locals, whole tracebacks."""
    signature, secret = "v1,", "dGhpcyBpcyBubyBzZWNyZXQ"
    pytester.makepyfile(
        CONTRACT
        + """
class TestIt(ReceiverContract):
    path = "/hook"
    client = Flask("another").test_client()

def test_own(webhook_secret, webhook_signer, webhook_delivery):
    from webhook_verify.testing import assert_rejects, post, signed
    request = signed({}, webhook_signer)
    with assert_rejects("too_old") as caught:
        assert post(app.test_client(), "/hook", request).status_code == 200
"""
    )
    result = pytester.runpytest_subprocess(*STRICT, "--showlocals", "-vv")
    assert result.parseoutcomes()["failed"] > ROWS
    assert "returned 404, expected 2xx" in result.stdout.str()
    assert secret not in result.stdout.str()
    assert signature not in result.stdout.str()


@pytest.mark.slow
def test_nothing_of_the_package_is_imported_before_a_fixture_is_used(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_before():
            assert "pytest_webhook_verify" in sys.modules
            assert not [name for name in sys.modules if name.startswith(("webhook_verify", "msgspec"))]

        def test_after(webhook_signer, webhook_delivery):
            assert "webhook_verify" in sys.modules
            assert "msgspec" not in sys.modules
        """
    )
    result = pytester.runpytest_subprocess(*STRICT)
    result.assert_outcomes(passed=2)


def test_the_test_kit_imports_neither_pytest_nor_a_framework() -> None:
    code = (
        "import sys; import webhook_verify.testing as t; t.ReceiverContract; t.Clock(); print(*sys.modules)"
    )
    ran = processes.run([sys.executable, "-c", code], text=True)
    foreign = {name.partition(".")[0] for name in ran.stdout.split()}
    assert not foreign & {"pytest", "_pytest", "msgspec", "django", "flask", "starlette", "fastapi", "httpx"}


def test_a_name_that_the_test_kit_does_not_have_is_an_attribute_error() -> None:
    from webhook_verify import testing

    with pytest.raises(AttributeError, match="no attribute 'events_of'"):
        getattr(testing, "events_of")  # noqa: B009


def test_the_names_of_the_test_kit_are_there_and_documented() -> None:
    from webhook_verify import testing

    assert [name for name in testing.__all__ if not getattr(testing, name).__doc__] == []
