"""Values that a process must not share with the children that it forks: connections and locks.

A forked child (`gunicorn --preload`, Celery's prefork pool, `multiprocessing`) starts with a copy of
everything. On a copied connection it would read the responses to its parent's requests. A copied lock that
another thread held at the fork is never released, because that thread does not exist in the child.

`PerProcess` makes such a value again in each process. It compares process ids, so it also notices a fork of
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
    """A value that each process makes for itself when it first needs it.

    The value of the parent is neither used nor closed in a child: closing it could end the parent's session.

    Args:
        make: Makes the value. Two threads that need it at the same moment may both call it; one value is
            used.
    """

    __slots__ = ("_make", "_values")

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make = make
        self._values: dict[int, _T] = {}  # by process id; those of the parents are kept from being closed

    def get(self) -> _T:
        """Return the value of this process."""
        pid = getpid()
        try:
            return self._values[pid]
        except KeyError:
            return self._values.setdefault(pid, self._make())

    def pop(self) -> _T | None:
        """Remove and return the value of this process, None if it has none; the next `get` makes another."""
        return self._values.pop(getpid(), None)


class ForkHooks:
    """Functions that run around each fork, as long as this object exists.

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
    """Calls a function once in each child process: at the fork, or at the latest when `check` is called.

    Args:
        callback: The function. It should run in the thread that has forked.
        before: Runs in the parent before the fork.
    """

    def __init__(self, callback: Callable[[], object], before: Callable[[], object] | None = None) -> None:
        self._callback = callback
        self._pid = getpid()
        self._hooks = ForkHooks(before, self.check)

    def check(self) -> None:
        """Call the function if this process was forked without notice, as under uWSGI."""
        if self._pid != getpid():
            self._pid = getpid()
            self._callback()


_hooks: WeakSet[ForkHooks] = WeakSet()
_prepared: list[ForkHooks] = []
# Two threads may fork at once: without it one would release, in `_after`, what the other has prepared.
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
