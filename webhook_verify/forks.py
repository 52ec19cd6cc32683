"""Values that a process must not share with its forked children: connections and locks.

A forked child (`gunicorn --preload`, Celery's prefork pool, `multiprocessing`) starts with a copy of
everything. On a copied connection it would read the responses to its parent's requests. A copied lock that
another thread held at the fork is never released, because that thread does not exist in the child.

`PerProcess` creates such a value again in each process. It compares process ids, so it also detects a fork of
which Python is not notified, as under uWSGI. `ForkHooks` is for state that must be consistent at the fork.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from os import getpid
from typing import Generic, TypeVar
from weakref import WeakSet

__all__ = ["ChildCallback", "ForkHooks", "PerProcess"]

_T = TypeVar("_T")


class PerProcess(Generic[_T]):
    """One value per process, created at its first use.

    A child neither uses nor closes the value of its parent, because closing it could end the parent's
    session.

    Args:
        make: Creates the value. Two threads may call it at the same time. Then one of the values is used.
    """

    __slots__ = ("_make", "_values")

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make = make
        self._values: dict[int, _T] = {}  # by process id; keeps the parents' values alive

    def get(self) -> _T:
        """Return the value of this process.

        Returns:
            The value, which the first call in a process creates.
        """
        pid = getpid()
        try:
            return self._values[pid]
        except KeyError:
            return self._values.setdefault(pid, self._make())

    def pop(self) -> _T | None:
        """Remove the value of this process. The next `get` creates a new value.

        Returns:
            The removed value, or None if this process has no value.
        """
        return self._values.pop(getpid(), None)


class ForkHooks:
    """Functions that run at each fork, as long as this object exists.

    Args:
        before: Runs in the parent before the fork, for state that must be consistent at that moment.
        in_child: Runs in the child, in the thread that has forked. No other thread runs yet.
        after: Runs last, in the parent and in the child.
    """

    def __init__(
        self,
        before: Callable[[], object] | None = None,
        in_child: Callable[[], object] | None = None,
        after: Callable[[], object] | None = None,
    ) -> None:
        self.before = before
        self.in_child = in_child
        self.after = after
        _hooks.add(self)


class ChildCallback:
    """A function that is called once in each child process: at the fork, or when `check` is called.

    Args:
        callback: The function. It should run in the thread that has forked.
        before: Runs in the parent before the fork.
    """

    def __init__(self, callback: Callable[[], object], before: Callable[[], object] | None = None) -> None:
        self._callback = callback
        self._pid = getpid()
        self._hooks = ForkHooks(before, self.check)

    def check(self) -> None:
        """Call the function if this process was forked without a notification, as under uWSGI."""
        if self._pid != getpid():
            self._pid = getpid()
            self._callback()


_hooks: WeakSet[ForkHooks] = WeakSet()
_prepared: list[ForkHooks] = []
# Two threads may fork at once. Without the lock, `_after` of one would release what the other has prepared.
_fork_lock = threading.Lock()


def _before() -> None:
    _fork_lock.acquire()
    for hooks in list(_hooks):
        if hooks.before is not None:
            hooks.before()
        _prepared.append(hooks)


def _after(*, in_child: bool) -> None:
    try:
        while _prepared:
            hooks = _prepared.pop()
            if in_child and hooks.in_child is not None:
                hooks.in_child()
            if hooks.after is not None:
                hooks.after()
    finally:
        _fork_lock.release()  # in the child, too: its only thread is the one that acquired it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before,
        after_in_parent=lambda: _after(in_child=False),
        after_in_child=lambda: _after(in_child=True),
    )
