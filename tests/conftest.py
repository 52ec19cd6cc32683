"""Limits, signals and processes of every test, and the fixtures that most tests share."""

from __future__ import annotations

import signal
from collections.abc import Generator
from typing import Any

import pytest

from tests import effort, processes, rows, signing
from tests.waiting import slowness
from webhook_verify import Signer
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
