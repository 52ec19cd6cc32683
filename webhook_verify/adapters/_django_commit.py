"""Settling the claim of a delivery to a Django view: after everything that can still undo the view's work.

A transaction around the view (``ATOMIC_REQUESTS``, ``@transaction.atomic``) commits after the view has
returned, and its ``on_commit`` functions run after that. A decorator above the view and middleware of the
project may fail even later. Without any of these, the claim is settled immediately.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import currentframe, iscoroutinefunction
from typing import Any, cast

try:
    from asgiref.sync import AsyncToSync, SyncToAsync, async_to_sync, sync_to_async
    from django.conf import settings
    from django.db import connections
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.http import HttpRequest, StreamingHttpResponse
    from django.http.response import HttpResponseBase
except ImportError as _missing:
    raise ImportError("webhook_verify.adapters.django needs Django: pip install 'django>=5.2'") from _missing

from webhook_verify.adapters._django import settle_after_streaming
from webhook_verify.adapters._django_checks import GUARDED_VIEW
from webhook_verify.adapters._settlement import SETTLEMENTS, Settle
from webhook_verify.receiver.replay import is_success

__all__ = ["PendingWork", "may_use_sync_thread"]

_RUN_HOOKS = "run_and_clear_commit_hooks"
_STREAM = "stream"
_REQUEST = "request"


class PendingWork:
    """The work that must succeed before the claim of a request's delivery is completed.

    Args:
        request: Django's request, or the request of Django REST framework around it.
        databases: Whether to check the database connections of this thread. An ``async`` view calls `watch`
            in the thread of the ORM instead.
    """

    __slots__ = (
        "_is_wrapped_request",
        "_looks",
        "_pending",
        "_request",
        "_response",
        "_settle",
        "_transactions",
    )

    def __init__(self, request: HttpRequest, *, databases: bool = True) -> None:
        self._request: HttpRequest = getattr(request, "_request", request)
        self._is_wrapped_request = self._request is not request
        self._looks = databases
        self._transactions: list[_Transaction] = []
        self._pending: set[object] = set()
        self._response: HttpResponseBase | None = None
        self._settle: Settle | None = None

    def watch(self) -> None:
        """Find the connections of this thread that are in a transaction."""
        self._transactions = [
            _Transaction(connection, self._done)
            for connection in _connections_of_thread()
            if _is_in_transaction(connection)
        ]

    def defer(self, response: HttpResponseBase | None, settle: Settle) -> bool:
        """Take over the settling of the claim if something can still fail: ``defer`` of `handle_request`."""
        if _given_to_middleware(self._request, settle):
            return True
        if response is None:
            if self._is_outermost() and not _has_error_handler():
                return False
            self._wait_for_request(settle)
            return True
        if not is_success(getattr(response, "status_code", None)):
            return False
        if self._looks:
            self.watch()
        self._response = response
        is_outermost = self._is_outermost()
        if not self._transactions and is_outermost:
            return settle_after_streaming(response, settle)
        self._wait_for_request(settle)
        if not is_outermost or any(transaction.is_manual for transaction in self._transactions):
            self._pending.add(_REQUEST)
        self._pending.update(self._transactions)
        if isinstance(response, StreamingHttpResponse):
            self._pending.add(_STREAM)
            settle_after_streaming(response, _like(settle, self._streamed))
        return True

    def _is_outermost(self) -> bool:
        """Return whether only Django itself runs between the guarded view and the server."""
        match = self._request.resolver_match
        if match is None:  # The view was called without a server, as in a test.
            return True
        view: Any = match.func
        if self._is_wrapped_request or getattr(view, GUARDED_VIEW, None) is not view:
            return False
        # A TemplateResponse is rendered after the view. Its callbacks run then and may commit.
        if not getattr(self._response, "is_rendered", True):
            return False
        return all(name.startswith("django.") for name in settings.MIDDLEWARE)

    def _wait_for_request(self, settle: Settle) -> None:
        self._settle = async_to_sync(settle) if iscoroutinefunction(settle) else settle
        close = self._request.close

        def close_and_settle() -> None:
            # The final response, after all middleware, calls this when it has been sent.
            frame = currentframe()
            caller = frame.f_back if frame is not None else None
            final = caller.f_locals.get("self") if caller is not None else None
            try:
                close()
            finally:
                self._end(final if isinstance(final, HttpResponseBase) else None)

        vars(self._request)["close"] = close_and_settle

    def _streamed(self, status: int | None) -> None:
        if is_success(status):
            self._done(_STREAM)
        else:
            self._finish(None)

    def _done(self, part: object) -> None:
        self._pending.discard(part)
        if not self._pending and self._response is not None:
            self._finish(self._response.status_code)

    def _end(self, final: HttpResponseBase | None) -> None:
        """Settle by the final response at the end of the request, unless the claim is settled already."""
        status = None if final is None else final.status_code
        if self._response is not None and not all(transaction.ended() for transaction in self._transactions):
            status = None
        self._finish(status)

    def _finish(self, status: int | None) -> None:
        settle, self._settle = self._settle, None
        if settle is not None:
            settle(status)


class _Transaction:
    """A transaction around the view, and whether it was committed.

    It calls ``done`` after the outermost block has committed and all of its ``on_commit`` functions have
    returned. Django has no hook after them, and skips the remaining functions if one raises.
    """

    def __init__(self, connection: BaseDatabaseWrapper, done: Callable[[object], None]) -> None:
        self._connection = connection
        self._done = done
        self._has_committed = False
        self._has_returned = False
        self.is_manual = not connection.in_atomic_block
        if self.is_manual:
            return
        connection.on_commit(self._committed, robust=True)
        self._was_replaced = _RUN_HOOKS in vars(connection)
        self._run_hooks = cast("Callable[[], None]", getattr(connection, _RUN_HOOKS))
        vars(connection)[_RUN_HOOKS] = self._run_hooks_and_notify

    def ended(self) -> bool:
        """Stop watching, and return whether the work of the view was committed."""
        if self.is_manual:
            return True  # Code that commits manually has done so, or has changed the response.
        self._restore()
        # A transaction that outlives the request belongs to a TestCase, in which Django never commits.
        functions = (function for _, function, *_ in self._connection.run_on_commit)
        return self._has_returned or any(function == self._committed for function in functions)

    def _committed(self) -> None:
        self._has_committed = True

    def _run_hooks_and_notify(self) -> None:
        self._restore()
        self._run_hooks()
        if self._has_committed and not self._has_returned:
            self._has_returned = True
            self._done(self)

    def _restore(self) -> None:
        if vars(self._connection).get(_RUN_HOOKS) == self._run_hooks_and_notify:
            if self._was_replaced:
                vars(self._connection)[_RUN_HOOKS] = self._run_hooks
            else:
                del vars(self._connection)[_RUN_HOOKS]


def may_use_sync_thread() -> bool:
    """Return whether synchronous code has run for this request and may have a transaction open."""
    if getattr(AsyncToSync.executors, "current", None) is not None:
        return True
    context = SyncToAsync.thread_sensitive_context.get(None)
    return context is None or context in SyncToAsync.context_to_thread_executor


def _connections_of_thread() -> Sequence[BaseDatabaseWrapper]:
    """Return `connections.all(initialized_only=True)`, in 2.2 instead of 3.6 microseconds."""
    local = vars(connections).get("_connections")
    if local is None:  # Django may rename its private attribute.
        return connections.all(initialized_only=True)
    return [each for alias in connections if (each := getattr(local, alias, None)) is not None]


def _is_in_transaction(connection: BaseDatabaseWrapper) -> bool:
    if connection.in_atomic_block:
        # The blocks of a TestCase surround the test and not the view.
        blocks: list[Any] = getattr(connection, "atomic_blocks", [])
        return not blocks or not all(getattr(block, "_from_testcase", False) for block in blocks)
    return connection.connection is not None and not connection.autocommit


def _given_to_middleware(request: HttpRequest, settle: Settle) -> bool:
    """Leave the claim to a ``SettlingMiddleware`` around the whole application. Returns False without one."""
    if (outer := request.META.get(SETTLEMENTS)) is not None:
        outer.append(async_to_sync(settle) if iscoroutinefunction(settle) else settle)
        return True
    scope = getattr(request, "scope", None)
    if scope is not None and (outer := scope.get(SETTLEMENTS)) is not None:
        outer.append(settle if iscoroutinefunction(settle) else sync_to_async(settle))
        return True
    return False


def _like(settle: Settle, function: Callable[[int | None], None]) -> Settle:
    """Return the function, as a coroutine function if ``settle`` is one."""
    if not iscoroutinefunction(settle):
        return function

    async def in_thread(status: int | None) -> None:
        await sync_to_async(function)(status)

    return in_thread


def _has_error_handler() -> bool:
    """Return whether the project has its own view for errors."""
    from django.urls import get_resolver, get_urlconf
    from django.views import defaults

    resolver = get_resolver(get_urlconf())
    return resolver.resolve_error_handler(500) is not defaults.server_error
