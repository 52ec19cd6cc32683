"""The options that select entries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, TypeVar

import click

from webhook_verify.cli.usage_errors import UsageError
from webhook_verify.inbox.entries import EntryState

__all__ = ["Option", "filter_options", "filters_of", "since_option", "state_option", "type_option"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


class Option(Protocol):
    """A decorator that adds an option to a command."""

    def __call__(self, command: _Command, /) -> _Command:
        """Add the option."""
        ...


state_option: Option = click.option(
    "--state", type=click.Choice([str(state) for state in EntryState]), help="Only entries in this state."
)
type_option: Option = click.option(
    "--type", "event_type", metavar="TYPE", help="Only entries of this event type."
)
since_option: Option = click.option(
    "--since", metavar="TIME", help="Only entries received since: Unix seconds, or 2026-11-30T12:00:00+00:00."
)


def filter_options(command: _Command) -> _Command:
    """Add the options for state, event type and time of receipt."""
    return state_option(type_option(since_option(command)))


def filters_of(state: str | None, event_type: str | None, since: str | None) -> dict[str, Any]:
    """Return the filters of a store. Raises UsageError for an invalid time."""
    known = None if state is None else EntryState(state)
    return {"state": known, "event_type": event_type, "since": None if since is None else _seconds(since)}


def _seconds(text: str) -> float:
    try:
        return float(int(text))
    except ValueError:
        pass
    try:
        when = datetime.fromisoformat(text)
        if when.utcoffset() is not None:
            return when.timestamp()
    except ValueError:
        pass
    raise UsageError("--since must be Unix seconds, or a time with a time zone, such as 2026-11-30T12:00:00Z")
