"""The contract tests pass for correct receivers, and report the fault of each faulty one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.testing.apps import PATH, Handler, client_of
from tests.testing.broken import FAULTS
from webhook_verify import Verifier
from webhook_verify.testing import TEST_SECRET, ReceiverContract


class OfOurs(ReceiverContract):
    """The contract, over an adapter of ours. Each kind of client is a class of its own."""

    path = PATH
    kind = ""

    @pytest.fixture(autouse=True)
    def app(self) -> Iterator[None]:
        self.handler = Handler()
        with client_of(self.kind, Verifier(TEST_SECRET), self.handler) as self.client:
            yield

    def handled(self) -> int:
        return len(self.handler.deliveries)

    @contextmanager
    def failing(self) -> Iterator[None]:
        self.handler.fails = True
        yield
        self.handler.fails = False


class TestFlask(OfOurs):
    kind = "flask"


class TestWsgi(OfOurs):
    kind = "werkzeug"


class TestDjango(OfOurs):
    kind = "django"


class TestAsyncDjango(OfOurs):
    kind = "django, async"


class TestStarlette(OfOurs):
    kind = "starlette"


class TestFastAPI(OfOurs):
    kind = "fastapi"


class TestAsyncHttpx(OfOurs):
    kind = "httpx2, async"


MODULE = """
from tests.testing.broken import FAULTS, contract_of

for at, fault in enumerate(FAULTS):
    globals()[f"Test{at}"] = contract_of(fault)
"""


@pytest.mark.slow
def test_each_fault_fails_the_test_that_names_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Before the site-packages, where an SDK has left tests of its own.
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    pytester.makepyfile(MODULE)
    result = pytester.runpytest_subprocess(
        "-p", "no:cacheprovider", "--tb=no", "-rf", "--force-short-summary"
    )
    found: dict[str, set[str]] = {fault: set() for fault in FAULTS}
    for line in result.outlines:
        if failed := re.fullmatch(r"FAILED \S+::Test(\d+)::(test_.+?)( - .*)?", line):
            found[list(FAULTS)[int(failed[1])]].add(failed[2])

    assert sum(map(len, found.values())) == result.parseoutcomes()["failed"]
    assert found[""] == set(), "without a fault it keeps the contract"
    missed = {fault: tests - found[fault] for fault, tests in FAULTS.items() if tests - found[fault]}
    assert missed == {}
