"""`webhook-verify inbox redrive`, `discard` and `prune`: the decisions of a person about entries."""

from __future__ import annotations

import getpass
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress

import click

from webhook_verify.cli import exit_codes, output
from webhook_verify.cli import options as inputs
from webhook_verify.cli.inbox.filters import filters_of, since_option, type_option
from webhook_verify.cli.inbox.source import OpenInbox, inbox_argument, open_inbox
from webhook_verify.cli.usage_errors import UsageError

__all__ = ["discard", "prune", "redrive"]

_BATCH_ROWS = 100
_DAY_SECONDS = 86_400

_ids = click.argument("ids", type=int, nargs=-1, metavar="[ID]...")
_all_option = click.option("--all", "all_dead", is_flag=True, help="All dead letters.")
_limit_option = click.option(
    "--limit", type=click.IntRange(1), help="The maximum number of entries.  [default: all]"
)
_by_option = click.option("--by", metavar="NAME", help="Your name for the audit.  [default: the user's name]")
_yes_option = click.option("--yes", is_flag=True, help="Do not ask for a confirmation.")


@click.command()
@inbox_argument
@_ids
@_all_option
@type_option
@since_option
@_limit_option
@_by_option
@_yes_option
@inputs.json_option
def redrive(inbox: str, ids: tuple[int, ...], as_json: bool, **options: object) -> None:
    """Make dead letters ready again, with no attempts. Pass ids, or select dead letters with options.

    \b
    webhook-verify inbox redrive inboxapp:inbox 3
    webhook-verify inbox redrive inboxapp:inbox --type 'invoice.paid' --limit 100 --yes
    """
    _decide("redrive", "redriven", inbox, ids, options, as_json)


@click.command()
@inbox_argument
@_ids
@_all_option
@type_option
@since_option
@_limit_option
@_by_option
@_yes_option
@inputs.json_option
def discard(inbox: str, ids: tuple[int, ...], as_json: bool, **options: object) -> None:
    """Discard dead letters, or ready entries by their ids: they are not processed, and prune deletes them.

    \b
    webhook-verify inbox discard inboxapp:inbox 3
    webhook-verify inbox discard inboxapp:inbox --all --yes
    """
    _decide("discard", "discarded", inbox, ids, options, as_json)


@click.command()
@inbox_argument
@click.option(
    "--older-than",
    type=click.FloatRange(0, min_open=True),
    required=True,
    metavar="DAYS",
    help="Only entries that ended longer ago. Keep them for longer than your providers retry.",
)
@click.option("--bodies", is_flag=True, help="Delete only the bodies, and keep the rows.")
@_yes_option
@inputs.json_option
def prune(inbox: str, older_than: float, bodies: bool, yes: bool, as_json: bool) -> None:
    """Delete done and discarded entries. Dead letters are never deleted.

    \b
    webhook-verify inbox prune inboxapp:inbox --older-than 30 --yes
    """
    noun = "bodies" if bodies else "entries"
    _confirm(f"Delete {noun} that ended more than {older_than:g} days ago?", yes, as_json)
    ended_before = time.time() - older_than * _DAY_SECONDS
    count, pruned = 0, _BATCH_ROWS
    with open_inbox(inbox) as opened:
        while pruned == _BATCH_ROWS:
            pruned = opened.call("prune", ended_before=ended_before, bodies_only=bodies, limit=_BATCH_ROWS)
            count += pruned
    output.emit({"pruned": count}, as_json, f"{count} {noun} were deleted")


def _decide(
    action: str, done: str, name: str, ids: Sequence[int], options: dict[str, object], as_json: bool
) -> None:
    """Redrive or discard entries, in batches. Exit with 1 if an id was not changed."""
    is_selection = any(options[option] for option in ("all_dead", "event_type", "since"))
    if is_selection == bool(ids):
        raise UsageError("pass either ids, or at least one of --all, --type and --since")
    with open_inbox(name) as opened:
        chosen = [*ids] if ids else _dead(opened, options)
        if not ids and chosen:
            _confirm(f"{action.capitalize()} {len(chosen)} dead letters?", bool(options["yes"]), as_json)
        changed = 0
        with _progress(action, len(chosen)) as advance:
            for start in range(0, len(chosen), _BATCH_ROWS):
                batch = chosen[start : start + _BATCH_ROWS]
                changed += opened.call(action, batch, by=options["by"] or _user())
                advance(len(batch))
    output.emit({done: changed}, as_json, f"{changed} entries were {done}")
    if ids and changed < len(set(ids)):
        click.get_current_context().exit(exit_codes.NOT_AS_IT_MUST_BE)


def _dead(opened: OpenInbox, options: dict[str, object]) -> list[int]:
    event_type, since, limit = options["event_type"], options["since"], options["limit"]
    filters = filters_of("dead", None if event_type is None else str(event_type), _text(since))
    return [entry.id for entry in opened.entries(limit if isinstance(limit, int) else None, **filters)]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _confirm(question: str, yes: bool, as_json: bool) -> None:
    """Ask at a terminal. Elsewhere, `--yes` is required."""
    if yes:
        return
    if as_json or not sys.stdin.isatty():
        raise UsageError("pass --yes to confirm")
    click.confirm(question, abort=True, err=True)


def _user() -> str:
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return ""


@contextmanager
def _progress(action: str, total: int) -> Generator[Callable[[int], None]]:
    """Yield a function that advances a progress bar, which is shown only at a terminal and for bulk work."""
    if total <= _BATCH_ROWS or not (sys.stdout.isatty() and sys.stderr.isatty()):
        yield lambda count: None
        return
    from rich.console import Console  # imported here, because it is only needed at a terminal
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(action, total=total)
        yield lambda count: progress.advance(task, count)
