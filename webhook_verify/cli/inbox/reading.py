"""`webhook-verify inbox list`, `show`, `stats` and `export`: nothing is changed."""

from __future__ import annotations

import json
from base64 import b64encode

import click

from webhook_verify.cli import options as inputs
from webhook_verify.cli import output
from webhook_verify.cli.inbox.filters import filter_options, filters_of
from webhook_verify.cli.inbox.source import inbox_argument, open_inbox
from webhook_verify.cli.inbox.texts import COLUMNS, as_dict, as_row, body_text, entry_facts, shown_headers
from webhook_verify.cli.private_file import write_private_file
from webhook_verify.cli.usage_errors import UsageError
from webhook_verify.inbox.entries import Entry

__all__ = ["export", "list_entries", "show", "stats"]


@click.command("list")
@inbox_argument
@filter_options
@click.option("--after", type=int, default=0, metavar="ID", help="Only entries with a greater id.")
@click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, help="The maximum number of entries."
)
@inputs.json_option
def list_entries(
    inbox: str,
    state: str | None,
    event_type: str | None,
    since: str | None,
    after: int,
    limit: int,
    as_json: bool,
) -> None:
    """List entries in the order of their arrival.

    \b
    webhook-verify inbox list inboxapp:inbox --state dead --limit 20
    """
    with open_inbox(inbox) as opened:
        entries = list(opened.entries(limit, **filters_of(state, event_type, since), after=after))
    if as_json:
        for entry in entries:
            output.emit(as_dict(entry), as_json)
        return
    if not entries:
        output.line("no entries")
        return
    output.table(COLUMNS, map(as_row, entries), right=("id", "attempts"))
    if len(entries) == limit:
        output.paragraph(f"There may be more entries: pass --after {entries[-1].id}.")


@click.command()
@inbox_argument
@click.argument("id", type=int)
@click.option("--body", "with_body", is_flag=True, help="Print the body, too; in hex if it is not text.")
@inputs.json_option
def show(inbox: str, id: int, with_body: bool, as_json: bool) -> None:
    """Show one entry: its headers, its last error and its audit, without signatures and tokens.

    \b
    webhook-verify inbox show inboxapp:inbox 3 --body
    """
    with open_inbox(inbox) as opened:
        entry: Entry | None = opened.call("get", id)
    if entry is None:
        raise UsageError(f"no entry has the id {id}: run webhook-verify inbox list")
    text, is_text = body_text(entry.stored.body)
    if as_json:
        record = {**as_dict(entry), "headers": [list(pair) for pair in shown_headers(entry)]}
        if with_body:
            record["body" if is_text else "body_hex"] = text if is_text else entry.stored.body.hex()
        output.emit(record, as_json)
        return
    output.paragraph(f"Entry {entry.id}")
    output.facts(entry_facts(entry))
    if with_body:
        for each in text.splitlines():
            click.echo(output.safe(each))


@click.command()
@inbox_argument
@inputs.json_option
def stats(inbox: str, as_json: bool) -> None:
    """Print the number of entries by state, and the age of the oldest that waits.

    \b
    webhook-verify inbox stats inboxapp:inbox
    """
    with open_inbox(inbox) as opened:
        numbers = dict(opened.call("stats"))
    if as_json:
        output.emit(numbers, as_json)
        return
    oldest = numbers.pop("oldest_ready", 0.0)
    output.facts([*numbers.items(), ("oldest ready", f"due for {oldest:.0f} s" if oldest else "-")])


@click.command()
@inbox_argument
@click.option("--out", required=True, metavar="FILE", help="The new file, which only you can read.")
@click.option("--force", is_flag=True, help="Let --out overwrite an existing file.")
@filter_options
@click.option("--limit", type=click.IntRange(1), help="The maximum number of entries.  [default: all]")
@inputs.json_option
def export(
    inbox: str,
    out: str,
    force: bool,
    state: str | None,
    event_type: str | None,
    since: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """Write entries to a file with their stored headers and bodies, one JSON object per line.

    verify and explain read the file with --from. It contains signatures and personal data.

    \b
    webhook-verify inbox export inboxapp:inbox --state dead --out dead.jsonl --force
    """
    with open_inbox(inbox) as opened:
        lines = [
            json.dumps(_exported(entry))
            for entry in opened.entries(limit, **filters_of(state, event_type, since))
        ]
    text = "".join(f"{each}\n" for each in lines)
    write_private_file(out, text, overwrite=force, if_exists="exists: pass --force to overwrite it")
    output.emit({"entries": len(lines)}, as_json, f"{len(lines)} entries were written")


def _exported(entry: Entry) -> dict[str, object]:
    stored = entry.stored
    return {
        **as_dict(entry),
        "headers": [list(pair) for pair in stored.headers],
        "body_base64": b64encode(stored.body).decode("ascii"),
    }
