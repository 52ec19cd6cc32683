"""Time limits, signals and processes of all tests, and shared fixtures."""

from __future__ import annotations

import gc
import logging
import signal
from collections.abc import Generator
from typing import Any

import pytest

from tests import effort, processes, rows, signing
from tests.waiting import slowness
from webhook_verify import Signer, schemes
from webhook_verify.receiver import base
from webhook_verify.schemes import providers
from webhook_verify.testing import Clock

_SECONDS_TO_INSTALL = 240
_SECONDS_TO_REPEAT = 10.0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--row", default="", help="of tests with @rows: only the rows whose name contains this")
    parser.addoption(
        "--rewrite-snapshots", action="store_true", help="rewrite tests/cli/snapshots instead of comparing"
    )


def pytest_report_header() -> str:
    return "examples: many, as in make test-all" if effort.THOROUGH else "examples: few, as in make test"


def pytest_configure(config: pytest.Config) -> None:
    rows.select_rows(config.getoption("--row"))
    # nohup and some CI runners ignore signals, and a started process inherits this: a signal from a test
    # would not end it. A handler is not inherited: this process still ignores them, but its children do not.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Exclude permanent objects (frameworks, 10,000 tests) from garbage collection."""
    gc.disable()
    result = yield
    gc.collect()
    gc.freeze()
    gc.enable()
    return result


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object | None:
    """Send the tests of a file to one process, and those of a group (such as of a server) across files.

    xdist's scheduler treats each test without a group as a separate group, and its work grows with the
    square of their number: 40 s of CPU time for 11,000 tests.
    """
    from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]

    class ByGroupOrFile(LoadGroupScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            scope = super()._split_scope(nodeid)
            return nodeid.partition("::")[0] if scope == nodeid else scope

    return ByGroupOrFile(config, log) if config.getoption("dist") == "loadgroup" else None


# --- limits -----------------------------------------------------------------------------------------


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests that may install packages from PyPI or npm, once for each list of them, minutes for it."""
    for item in items:
        if item.get_closest_marker("network") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(_SECONDS_TO_INSTALL))


@pytest.hookimpl(wrapper=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> Generator[None, object, object]:
    """Give a test more time on a busy machine, and interrupt the cleanup of a failed test if it waits."""
    result = yield
    signal.setitimer(signal.ITIMER_REAL, settings.timeout * slowness(), _SECONDS_TO_REPEAT)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """End the session if a shared server has ended. Otherwise each of its tests would wait for it."""
    report = yield
    if report.failed and (ended := processes.ended_servers()):
        item.session.shouldfail = f"a server has ended: {', '.join(ended)}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _no_process_is_left() -> Generator[None]:
    yield
    assert processes.children() == []


@pytest.fixture(autouse=True)
def _root_level_is_restored() -> Generator[None]:
    """`demo --serve` configures it, and a later test would capture lines below WARNING."""
    level = logging.getLogger().level
    yield
    logging.getLogger().setLevel(level)


# --- the registry of schemes, which is global ----------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that does not remove a registered scheme, because it would affect later tests."""
    result = yield
    left = set(schemes.names()).difference(providers.NAMES, {"standard-webhooks"})
    for name in left:
        del schemes._registry[name]
    assert not left, f"these schemes are left registered, use the fixture `registry`: {sorted(left)}"
    return result


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test register schemes, and remove them afterwards."""
    monkeypatch.setattr(schemes, "_registry", dict(schemes._registry))


# --- shared by most tests: see tests/signing.py ------------------------------------------------------


@pytest.fixture
def secret() -> str:
    return signing.SECRET


@pytest.fixture
def clock() -> Clock:
    """Return a clock that only changes if the test moves it."""
    return signing.stopped_clock()


@pytest.fixture
def signer(secret: str, clock: Clock) -> Signer:
    """Return a signer with the shared secret and the clock."""
    return Signer(secret, clock=clock)


@pytest.fixture(params=["flat", pytest.param("general", marks=pytest.mark.slow)])
def each_path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with the receivers that it creates, and again with receivers without a flat path."""
    if request.param == "general":
        monkeypatch.setattr(base, "flat_path", lambda options, receiver: None)
        monkeypatch.setattr(base, "settles_at_once", lambda options, receiver: False)
