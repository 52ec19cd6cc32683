"""Limits, signals and processes of every test, and the fixtures that most tests share."""

from __future__ import annotations

import gc
import signal
from collections.abc import Generator
from typing import Any

import pytest

from tests import effort, processes, rows, signing
from tests.waiting import slowness
from webhook_verify import Signer, schemes
from webhook_verify.schemes import providers
from webhook_verify.testing import Clock

_SECONDS_TO_REPEAT = 10.0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--row", default="", help="of tests with @rows: only the rows whose name contains this")


def pytest_report_header() -> str:
    return "examples: many, as in make test-all" if effort.THOROUGH else "examples: few, as in make test"


def pytest_configure(config: pytest.Config) -> None:
    rows.select_rows(config.getoption("--row"))
    # nohup and some CI runners ignore signals, and a started process inherits that: what a test sends would
    # not end it. A handler is not inherited: this process still ignores them, the processes it starts do not.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Let the collector of garbage pass over what the whole session keeps: frameworks, and 10,000 tests."""
    gc.disable()
    result = yield
    gc.collect()
    gc.freeze()
    gc.enable()
    return result


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object | None:
    """Send a file's tests to one process, and those of a group (of a server, say) wherever their files lie.

    xdist's own scheduler takes each test without a group for a group of its own, and its work then grows
    with the square of their number: 40 s of processor time for 11,000 tests.
    """
    from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]

    class ByGroupOrFile(LoadGroupScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            scope = super()._split_scope(nodeid)
            return nodeid.partition("::")[0] if scope == nodeid else scope

    return ByGroupOrFile(config, log) if config.getoption("dist") == "loadgroup" else None


# --- limits -----------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> Generator[None, object, object]:
    """Give a test more time on a busy machine, and interrupt what waits on while a failed test is left."""
    result = yield
    signal.setitimer(signal.ITIMER_REAL, settings.timeout * slowness(), _SECONDS_TO_REPEAT)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """End the session when a server that tests share is gone: each of them would wait for it in vain."""
    report = yield
    if report.failed and (ended := processes.ended_servers()):
        item.session.shouldfail = f"a server has ended: {', '.join(ended)}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _no_process_is_left() -> Generator[None]:
    yield
    assert processes.children() == []


# --- the registry of schemes, which is the process's ----------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test that leaves a scheme registered: a later one would meet it."""
    result = yield
    left = set(schemes.names()).difference(providers.NAMES, {"standard-webhooks"})
    for name in left:
        del schemes._registry[name]
    assert not left, f"these schemes are left registered, use the fixture `registry`: {sorted(left)}"
    return result


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test register schemes, which are gone after it."""
    monkeypatch.setattr(schemes, "_registry", dict(schemes._registry))


# --- what most tests share: see tests/signing.py ------------------------------------------------------


@pytest.fixture
def secret() -> str:
    return signing.SECRET


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still until the test moves it."""
    return signing.stopped_clock()


@pytest.fixture
def signer(secret: str, clock: Clock) -> Signer:
    """Return a signer by that secret and that clock."""
    return Signer(secret, clock=clock)
