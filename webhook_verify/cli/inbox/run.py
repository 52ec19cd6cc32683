"""`webhook-verify inbox run`: run the workers of an inbox."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import click

from webhook_verify.cli import options as inputs
from webhook_verify.cli import output
from webhook_verify.cli.inbox.source import inbox_argument
from webhook_verify.cli.plugins import load_object
from webhook_verify.cli.usage_errors import UsageError
from webhook_verify.inbox.processing import AsyncInboxProcessing, InboxProcessing

__all__ = ["run"]


@click.command(epilog="Exit codes: 0 stopped, or nothing is due with --drain; 2 usage error.")
@inbox_argument
@click.option(
    "--workers",
    type=click.IntRange(1, 1000),
    default=4,
    show_default=True,
    help="The number of entries that are processed at the same time.",
)
@click.option(
    "--grace",
    type=click.FloatRange(0, min_open=True),
    help="The seconds that a stop waits for running handlers.  [default: that of the inbox]",
)
@click.option("--drain", is_flag=True, help="Stop when no entry is due, for a cron job.")
@inputs.json_option
def run(inbox: str, workers: int, grace: float | None, drain: bool, as_json: bool) -> None:
    """Process entries until SIGTERM or SIGINT. INBOX is MODULE:NAME, because handlers are code.

    The first signal stops the workers gracefully: running handlers may end. The second one gives their
    entries back.

    \b
    webhook-verify inbox run inboxapp:inbox --workers 4
    webhook-verify inbox run inboxapp:inbox --drain
    """
    loaded: Any = load_object(inbox, "INBOX")
    if not isinstance(loaded, InboxProcessing | AsyncInboxProcessing):
        raise UsageError(f"INBOX must name an Inbox or an AsyncInbox, not a {type(loaded).__name__}")
    options = loaded.worker_options if grace is None else replace(loaded.worker_options, grace=grace)
    if drain:
        count = (
            loaded.drain(options=options)
            if isinstance(loaded, InboxProcessing)
            else asyncio.run(loaded.drain(options=options))
        )
        output.emit({"attempts": count}, as_json, f"{count} attempts; no entry is due")
        return
    output.emit({"workers": workers}, as_json, f"{workers} workers run. To stop them, press Ctrl-C")
    if isinstance(loaded, InboxProcessing):
        loaded.run(workers, options=options)
    else:
        asyncio.run(loaded.run(workers, options=options, handles_signals=True))
