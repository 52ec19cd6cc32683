"""The click group `webhook-verify inbox`."""

from __future__ import annotations

import click

from webhook_verify.cli.inbox.decisions import discard, prune, redrive
from webhook_verify.cli.inbox.reading import export, list_entries, show, stats
from webhook_verify.cli.inbox.run import run

__all__ = ["inbox"]


@click.group()
def inbox() -> None:
    """Process the entries of an inbox, list them, and decide about dead letters.

    INBOX is MODULE:NAME of an Inbox or an AsyncInbox, the URL of a database, or a SQLite file. A URL with a
    password is visible to other users: prefer MODULE:NAME.

    \b
    webhook-verify inbox run inboxapp:inbox --drain
    webhook-verify inbox stats inboxapp:inbox
    webhook-verify inbox list inboxapp:inbox --state dead
    webhook-verify inbox show inboxapp:inbox 3 --body
    webhook-verify inbox redrive inboxapp:inbox --type 'invoice.paid' --yes
    """


for _subcommand in (run, list_entries, show, stats, redrive, discard, prune, export):
    inbox.add_command(_subcommand)
