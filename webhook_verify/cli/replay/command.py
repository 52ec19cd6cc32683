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
from webhook_verify.cli.listen import log_lines
from webhook_verify.cli.listen.forwarder import (
    DEFAULT_TIMEOUT,
    ForwardResult,
    ForwardTarget,
    forward,
    new_client,
    shown_path,
)
from webhook_verify.cli.recording import RecordedRequest
from webhook_verify.cli.replay.request import ReplayRequest, edit_body, signed_request, unchanged_request
from webhook_verify.cli.store.delivery_store import DeliveryStore, StoredDelivery
from webhook_verify.cli.store.options import open_store, store_option
from webhook_verify.cli.usage_errors import UsageError, shown_file
from webhook_verify.errors import RejectedDelivery
from webhook_verify.public_url import PublicURL
from webhook_verify.receiver import RequestHead

__all__ = ["replay"]

_MAX_RESPONSE_CHARS_SHOWN = 200


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
def replay(context: click.Context, /, as_json: bool, **options: Any) -> None:
    """Send a delivery that listen has kept once more, signed anew.

    ID is its message id, its number, or "last". It keeps its message id, so that you see your application
    know it again.

    \b
    webhook-verify replay --list
    webhook-verify replay last --secret-file secret.txt
    webhook-verify replay 3 --edit --new-id --to http://localhost:8000/webhooks
    webhook-verify replay msg_1 --as-it-was
    """
    _check(options)
    with open_store(options["store"], must_exist=True) as store:
        if options["as_list"]:
            _print_list(store, as_json)
            return
        stored = store.find(options["id"])
    if stored is None:
        raise UsageError("no delivery of this id is kept: see replay --list")
    if not stored.is_whole:
        raise UsageError("its body was not kept, because it was over the limit or did not arrive whole")
    if options["save"] is not None:
        _save(stored, options["save"])
        return
    to = _target_url(stored, options["to"])
    request = _build_request(stored, options)
    if not as_json:
        _print_sent(request, to, options["fresh"])
    result = asyncio.run(_post(to, stored.method, request, options["timeout"]))
    _print_result(stored, request, to, result, options["fresh"], as_json)
    context.exit(_exit_code(result))


def _check(options: dict[str, Any]) -> None:
    if options["as_list"] == (options["id"] is not None):
        raise UsageError("give the ID of a delivery, or --list to see them")
    if not options["fresh"] and (options["edit"] or options["new_id"]):
        raise UsageError("--as-it-was sends the very bytes: without --edit and --new-id")


def _target_url(stored: StoredDelivery, to: str | None) -> str:
    if to is not None:
        return ForwardTarget(to, "--to").with_target(stored.target)
    if not stored.forwarded_to:
        raise UsageError("listen did not forward it: say where to, with --to URL")
    return stored.forwarded_to


def _build_request(stored: StoredDelivery, options: dict[str, Any]) -> ReplayRequest:
    """What to send: signed anew, or as it was."""
    if not options["fresh"]:
        return unchanged_request(stored)
    scheme = options["scheme"] or stored.scheme
    if scheme not in schemes.names():
        raise UsageError("its scheme is not known here: is a --plugin missing?")
    secrets = inputs.read_secrets(options["secret_env"], options["secret_file"])
    url = _signed_url(stored, options["public_url"])
    body = edit_body(stored.body) if options["edit"] else stored.body
    return signed_request(stored, body, secrets, scheme=scheme, url=url, new_id=options["new_id"])


def _signed_url(stored: StoredDelivery, public_url: str | None) -> str:
    if public_url is None:
        return stored.url
    try:
        return PublicURL(public_url, None).for_request(
            RequestHead(stored.method, stored.path, (), target=stored.target)
        )
    except (RejectedDelivery, ValueError) as error:
        raise UsageError(f"--public-url: {error}") from None


async def _post(to: str, method: str, request: ReplayRequest, timeout: float) -> ForwardResult:
    async with new_client(timeout) as client:
        return await forward(client, to, method, request.headers, request.body, timeout)


def _exit_code(result: ForwardResult) -> int:
    if result.fault:
        return exit_codes.NO_ANSWER
    good = 200 <= result.response.status < 300
    return exit_codes.VERIFIED if good else exit_codes.NOT_AS_IT_MUST_BE


def _save(stored: StoredDelivery, name: str) -> None:
    """Write the record to a file that only its owner can read. Raises UsageError if that cannot be."""
    record = RecordedRequest(
        stored.headers, stored.body, stored.method, stored.url or None, stored.received_at
    )
    try:
        with open(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(record.as_dict()) + "\n")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "its name is none"
        raise UsageError(f"cannot write {shown_file(name)}: {why}") from None


def _print_sent(request: ReplayRequest, to: str, fresh: bool) -> None:
    log_lines.print_sent(
        ForwardTarget(to, "--to").display_url, request.message_id, "signed anew" if fresh else "as it was"
    )


def _print_result(
    stored: StoredDelivery, request: ReplayRequest, to: str, result: ForwardResult, fresh: bool, as_json: bool
) -> None:
    if not as_json:
        log_lines.print_forwarded(result)
        if text := request.response_text(result.response):
            log_lines.print_detail(output.safe(text, _MAX_RESPONSE_CHARS_SHOWN))
        return
    fields = {
        "number": stored.number,
        "id": request.message_id or None,
        "to": ForwardTarget(to, "--to").display_url,
        "signed": "fresh" if fresh else "as_it_was",
        "status": None if result.fault else result.response.status,
        "milliseconds": round(result.seconds * 1000, 1),
        "fault": result.fault or None,
    }
    output.emit(fields, as_json=True)


def _print_list(store: DeliveryStore, as_json: bool) -> None:
    if as_json:
        for stored in store.all():
            output.emit(log_lines.as_json(stored, None, None), as_json=True)
        return
    rows = [
        (
            stored.number,
            time.strftime("%m-%d %H:%M:%S", time.localtime(stored.received_at)),
            output.safe(stored.event_type or shown_path(stored.path), 40),
            output.safe(stored.message_id or "-", 40),
            stored.verdict if stored.verdict == "verified" else stored.reason,
            stored.status,
        )
        for stored in store.all()
    ]
    output.table(("#", "received", "event", "id", "verdict", "answered"), rows)
