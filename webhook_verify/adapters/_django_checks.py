"""The checks in ``manage.py check``: guarded views inside ATOMIC_REQUESTS, and schemes of the settings."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, cast

try:
    import django
    from django.conf import settings
    from django.core import checks
    from django.db import connections
    from django.urls import URLPattern, URLResolver, get_resolver
except ImportError as _missing:
    raise ImportError("webhook_verify.adapters.django needs Django: pip install 'django>=5.2'") from _missing

from webhook_verify import schemes

__all__ = ["GUARDED_VIEW", "check_schemes", "check_transactions", "unknown_schemes"]

GUARDED_VIEW = "_webhook_verify_view"
"""Attribute of a guarded view that contains the view itself.

``functools.wraps`` copies it to the function of a decorator. There the attribute is not the function itself,
which reveals the decorator.
"""


_MAX_DECORATORS = 5


@checks.register(checks.Tags.urls)
def check_transactions(app_configs: object, **_: object) -> Sequence[checks.CheckMessage]:
    """Warn of each URL whose guarded view runs inside ATOMIC_REQUESTS. A decorator may hide its exemption.

    Args:
        app_configs: Not used.

    Returns:
        A warning for each URL.
    """
    atomic = {alias for alias in connections if connections.settings[alias]["ATOMIC_REQUESTS"]}
    if not atomic or not getattr(settings, "ROOT_URLCONF", None):
        return []
    return [
        checks.Warning(
            f"the guarded view of {route!r} runs inside the transaction of ATOMIC_REQUESTS",
            hint="Its claim is settled after the commit, and a store in the database opens a connection for "
            "each call. Put @transaction.non_atomic_requests above all other decorators, or around the "
            "result of as_view()",
            obj=view,
            id="webhook_verify.W002",
        )
        for route, view in _views(get_resolver().url_patterns)
        if _holds_guarded_view(view) and not atomic <= set(getattr(view, "_non_atomic_requests", ()))
    ]


@checks.register("webhook_verify")
def check_schemes(app_configs: object, **_: object) -> Sequence[checks.CheckMessage]:
    """Report each unknown scheme in ``settings.WEBHOOK_VERIFY``. Without this, the first delivery fails.

    Args:
        app_configs: Not used.

    Returns:
        An error for each name in the settings whose scheme is unknown.
    """
    named: object = getattr(settings, "WEBHOOK_VERIFY", None)
    if not isinstance(named, Mapping):
        return []
    return [
        checks.Error(f"settings.WEBHOOK_VERIFY[{name!r}]: {problem}", hint=hint, id="webhook_verify.E003")
        for name, options in cast("Mapping[object, object]", named).items()
        if isinstance(options, Mapping) and "scheme" in options
        for problem, hint in _scheme_problem(cast("Mapping[object, object]", options)["scheme"])
    ]


def _scheme_problem(scheme: object) -> Iterator[tuple[str, str]]:
    """Yield the problem of a scheme and a hint, or nothing. The value of another type may be a secret."""
    if isinstance(scheme, schemes.Scheme) or scheme in (known := schemes.names()):
        return
    hint = "webhook-verify providers lists the names. Register your own scheme in AppConfig.ready()"
    if not isinstance(scheme, str):
        yield f"scheme must be a registered name or a Scheme, not {type(scheme).__name__!r}", hint
    elif near := get_close_matches(scheme, known):
        yield f"{scheme!r} is not a known scheme", f"did you mean {' or '.join(near)}? {hint}"
    elif re.fullmatch(r"[a-z0-9-]{1,32}", scheme):
        yield f"{scheme!r} is not a known scheme", hint
    else:
        yield "its scheme is not a known scheme", hint  # not shown, because it may be a secret


def unknown_schemes(module: str) -> list[str]:
    """Set up Django with a settings module, and return the messages of `check_schemes`.

    Args:
        module: The settings module, used unless Django is set up already.

    Returns:
        The messages, each with its hint.

    Raises:
        Exception: Any exception of the settings module or of an app.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = module
    django.setup()
    return [f"{message.msg}; {message.hint}" for message in check_schemes(None)]


def _views(patterns: Iterable[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def _holds_guarded_view(view: Any) -> bool:
    """Return whether a view is guarded, or a view below its decorators, or a method of its class."""
    actions: dict[str, str] = getattr(view, "actions", None) or {}
    owner = getattr(view, "cls", None)  # REST framework sets it.
    methods = (getattr(owner, name, None) for name in ("post", *actions.values()))
    return any(_is_guarded(function, _MAX_DECORATORS) for function in (view, *methods))


def _is_guarded(function: Any, depth: int) -> bool:
    if hasattr(function, GUARDED_VIEW):
        return True
    # A decorator without functools.wraps, such as @api_view, has the view in its closure.
    cells: Iterable[Any] = getattr(function, "__closure__", None) or ()
    return depth > 0 and any(
        _is_guarded(cell.cell_contents, depth - 1) for cell in cells if _has_function(cell)
    )


def _has_function(cell: Any) -> bool:
    try:
        return callable(cell.cell_contents)
    except ValueError:  # The cell is empty.
        return False
