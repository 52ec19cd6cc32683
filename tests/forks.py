"""Forked children of the test process, as in a server that forks its workers."""

from __future__ import annotations

import json
import os
import select
import signal
from collections.abc import Callable
from typing import Any

import pytest

from tests.waiting import patience

__all__ = ["CHILDREN", "calls", "forking", "in_children"]

CHILDREN = 4

_SECONDS = 30.0


def forking(test: Any) -> Any:
    """Mark a test that forks."""
    test = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")(test)
    return pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")(test)


def calls(test: Any) -> Any:
    """Parametrize a test with the number of calls of each process."""
    return pytest.mark.parametrize("calls", [10, pytest.param(200, marks=pytest.mark.slow)])(test)


def in_children(
    count: int,
    work: Callable[[int], Any],
    fork: Callable[[], int] = os.fork,
    beside: Callable[[], Any] | None = None,
) -> list[Any]:
    """Call `work` in each child with the child's number, and return the results, which must be JSON values.

    The result of an exception is its text, and that of a child that does not end in time is "hangs". `beside`
    runs in the parent at the same time.
    """
    children = []
    for number in range(count):
        reader, writer = os.pipe()
        if (child := fork()) == 0:
            try:  # a child must never continue as another pytest
                os.write(writer, json.dumps(_result(work, number)).encode())
            finally:
                os._exit(0)
        os.close(writer)
        children.append((child, reader))
    if beside is not None:
        beside()
    return [_read(*each) for each in children]


def _result(work: Callable[[int], Any], number: int) -> Any:
    try:
        return work(number)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


def _read(child: int, reader: int) -> Any:
    ready, _, _ = select.select([reader], [], [], patience(_SECONDS))
    if not ready:
        os.kill(child, signal.SIGKILL)
    text = os.read(reader, 65_536)
    os.close(reader)
    os.waitpid(child, 0)
    return json.loads(text) if text else "hangs" if not ready else "ended without a result"
