"""``webhook-verify replay``: a delivery that ``listen`` has kept, sent once more."""

from __future__ import annotations

import asyncio
import json
import os
import time
from typing import Any

import click

from webhook_verify import schemes
from webhook_verify.cli import exit_codes, output
from webhook_verify.cli import options as inputs
from webhook_verify.cli.listen import log_lines as arrows
from webhook_verify.cli.listen.forwarder import (
    DEFAULT_TIMEOUT,
    Destination,
    Reply,
    forward,
    new_client,
    shown_path,
)
from webhook_verify.cli.recording import Record
from webhook_verify.cli.replay.request import Resent, as_it_was, edited, signed_anew
from webhook_verify.cli.store.delivery_store import Kept, KeptDeliveries
from webhook_verify.cli.store.options import opened, store_option
from webhook_verify.cli.usage_errors import Mistake, shown_file
from webhook_verify.errors import RejectedDelivery
from webhook_verify.public_url import PublicURL
from webhook_verify.receiver import RequestHead

__all__ = ["replay"]

_SHOWN_OF_ANSWER = 200


@click.command(epilog="Exit codes: 0 answered 2xx, 1 answered otherwise, 2 usage, 3 no answer.")
@click.argument("id", required=False)
@click.option("--list", "as_list", is_flag=True, help="Show what is kept, and send nothing.")
@click.option("--to", metavar="URL", help="Where to.  [default: where listen forwarded it to]")
@click.option("--edit", is_flag=True, help="Open the body in your editor (EDITOR) first.")
@click.option(
    "--fresh/--as-it-was",
    default=True,
    help="With a timestamp and a signature of now, or with the very bytes and headers it came with.  "
    "[default: fresh]",
)
@click.option("--new-id", is_flag=True, help="With another message id, so that it is no duplicate.")
@click.option("--save", metavar="FILE", help="Write it to a new file for verify and explain; send nothing.")
@click.option("--scheme", type=inputs.SchemeName(), metavar="NAME", help="[default: that of listen]")
@inputs.secret_options
@click.option("--public-url", metavar="URL", help="The address to sign.  [default: the one that was called]")
@click.option(
    "--timeout",
    type=click.FloatRange(0, 600, min_open=True),
    default=DEFAULT_TIMEOUT,
    show_default=True,
    help="Seconds to wait for the answer.",
)
@store_option
@inputs.json_option
@click.pass_context
def replay(context: click.Context, /, as_json: bool, **given: Any) -> None:
    """Send a delivery that listen has kept once more, signed anew.

    ID is its message id, its number, or "last". It keeps its message id, so that you see your application
    know it again.

    \b
    webhook-verify replay --list
    webhook-verify replay last --secret-file secret.txt
    webhook-verify replay 3 --edit --new-id --to http://localhost:8000/webhooks
    webhook-verify replay msg_1 --as-it-was
    """
    _check(given)
    with opened(given["store"], must_exist=True) as store:
        if given["as_list"]:
            _print_list(store, as_json)
            return
        one = store.find(given["id"])
    if one is None:
        raise Mistake("no delivery of this id is kept: see replay --list")
    if not one.is_whole:
        raise Mistake("its body was not kept, because it was over the limit or did not arrive whole")
    if given["save"] is not None:
        _save(one, given["save"])
        return
    to = _address(one, given["to"])
    sent = _sent(one, given)
    if not as_json:
        _print_sent(sent, to, given["fresh"])
    reply = asyncio.run(_posted(to, one.method, sent, given["timeout"]))
    _print_reply(one, sent, to, reply, given["fresh"], as_json)
    context.exit(_exit_code(reply))


def _check(given: dict[str, Any]) -> None:
    if given["as_list"] == (given["id"] is not None):
        raise Mistake("give the ID of a delivery, or --list to see them")
    if not given["fresh"] and (given["edit"] or given["new_id"]):
        raise Mistake("--as-it-was sends the very bytes: without --edit and --new-id")


def _address(one: Kept, to: str | None) -> str:
    if to is not None:
        return Destination(to, "--to").with_target(one.target)
    if not one.forwarded_to:
        raise Mistake("listen did not forward it: say where to, with --to URL")
    return one.forwarded_to


def _sent(one: Kept, given: dict[str, Any]) -> Resent:
    """What to send: signed anew, or as it was."""
    if not given["fresh"]:
        return as_it_was(one)
    scheme = given["scheme"] or one.scheme
    if scheme not in schemes.names():
        raise Mistake("its scheme is not known here: is a --plugin missing?")
    secrets = inputs.read_secrets(given["secret_env"], given["secret_file"])
    url = _signed_url(one, given["public_url"])
    body = edited(one.body) if given["edit"] else one.body
    return signed_anew(one, body, secrets, scheme=scheme, url=url, new_id=given["new_id"])


def _signed_url(one: Kept, public_url: str | None) -> str:
    if public_url is None:
        return one.url
    try:
        return PublicURL(public_url, None).for_request(
            RequestHead(one.method, one.path, (), target=one.target)
        )
    except (RejectedDelivery, ValueError) as error:
        raise Mistake(f"--public-url: {error}") from None


async def _posted(to: str, method: str, sent: Resent, timeout: float) -> Reply:
    async with new_client(timeout) as client:
        return await forward(client, to, method, sent.headers, sent.body, timeout)


def _exit_code(reply: Reply) -> int:
    if reply.fault:
        return exit_codes.NO_ANSWER
    good = 200 <= reply.answer.status < 300
    return exit_codes.VERIFIED if good else exit_codes.NOT_AS_IT_MUST_BE


def _save(one: Kept, name: str) -> None:
    """Write the record to a file that only its owner can read. Raises Mistake if that cannot be."""
    record = Record(one.headers, one.body, one.method, one.url or None, one.received_at)
    try:
        with open(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(record.as_dict()) + "\n")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "its name is none"
        raise Mistake(f"cannot write {shown_file(name)}: {why}") from None


def _print_sent(sent: Resent, to: str, fresh: bool) -> None:
    arrows.sent(Destination(to, "--to").shown, sent.message_id, "signed anew" if fresh else "as it was")


def _print_reply(one: Kept, sent: Resent, to: str, reply: Reply, fresh: bool, as_json: bool) -> None:
    if not as_json:
        arrows.arrow_out(reply)
        if text := sent.shown(reply.answer):
            arrows.detail(output.safe(text, _SHOWN_OF_ANSWER))
        return
    told = {
        "number": one.number,
        "id": sent.message_id or None,
        "to": Destination(to, "--to").shown,
        "signed": "fresh" if fresh else "as_it_was",
        "status": None if reply.fault else reply.answer.status,
        "milliseconds": round(reply.seconds * 1000, 1),
        "fault": reply.fault or None,
    }
    output.emit(told, as_json=True)


def _print_list(store: KeptDeliveries, as_json: bool) -> None:
    if as_json:
        for one in store.all():
            output.emit(arrows.as_json(one, None, None), as_json=True)
        return
    rows = [
        (
            one.number,
            time.strftime("%m-%d %H:%M:%S", time.localtime(one.received_at)),
            output.safe(one.event_type or shown_path(one.path), 40),
            output.safe(one.message_id or "-", 40),
            one.verdict if one.verdict == "verified" else one.reason,
            one.status,
        )
        for one in store.all()
    ]
    output.table(("#", "received", "event", "id", "verdict", "answered"), rows)
