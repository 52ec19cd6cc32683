"""Several threads that fork at the same time: each fork resets the locks of its child."""

from __future__ import annotations

import os
import threading
from typing import Any

from tests.forks import forking, in_children
from tests.waiting import patience
from webhook_verify.forks import ForkHooks


@forking
def test_a_thread_does_not_undo_what_another_has_prepared_for_its_fork() -> None:
    is_after_fork, is_prepared, is_over = threading.Event(), threading.Event(), threading.Event()
    prepared: list[int] = []
    called_in_child: list[int] = []
    parent = os.getpid()

    def before() -> None:
        if threading.current_thread().name == "second":
            prepared.append(1)
            if len(prepared) == 2:  # so the hooks before these are prepared, and the fork is still to come
                is_prepared.set()
                is_over.wait(1)

    def after() -> None:
        if threading.current_thread().name == "first" and os.getpid() == parent:
            is_after_fork.set()
            is_prepared.wait(0.2)  # as long as the second thread is held up, it cannot prepare

    hooks = [ForkHooks(before, lambda: called_in_child.append(1), after) for _ in range(3)]
    results: dict[str, list[Any]] = {}

    def first() -> None:
        results["first"] = in_children(1, lambda _: len(called_in_child))
        is_over.set()

    def second() -> None:
        is_after_fork.wait(patience(10))
        results["second"] = in_children(1, lambda _: len(called_in_child))

    threads = [threading.Thread(target=first, name="first"), threading.Thread(target=second, name="second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience(20))
    assert results == {"first": [len(hooks)], "second": [len(hooks)]}
