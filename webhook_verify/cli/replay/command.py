"""The click command `webhook-verify replay`."""

from __future__ import annotations

import asyncio
import json
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
from webhook_verify.cli.private_file import write_private_file
from webhook_verify.cli.recording import RecordedRequest
from webhook_verify.cli.replay.request import ReplayRequest, edit_body, signed_request, unchanged_request
from webhook_verify.cli.store.delivery_store import DeliveryStore, StoredDelivery
from webhook_verify.cli.store.options import open_store, store_option
from webhook_verify.cli.usage_errors import UsageError
from webhook_verify.errors import RejectedDelivery
from webhook_verify.public_url import PublicURL
from webhook_verify.receiver import RequestHead

__all__ = ["replay"]

_MAX_RESPONSE_CHARS_SHOWN = 200


@click.command(epilog="Exit codes: 0 a 2xx response, 1 another response, 2 usage error, 3 no response.")
@click.argument("id", required=False)
@click.option("--list", "as_list", is_flag=True, help="List the stored deliveries and send nothing.")
@click.option("--to", metavar="URL", help="The URL to send to.  [default: the URL of listen --forward]")
@click.option("--edit", is_flag=True, help="Open the body in your editor (EDITOR) before sending.")
@click.option(
    "--fresh/--as-it-was",
    default=True,
    help="Sign again with the current time, or send the original bytes and headers.  [default: fresh]",
)
@click.option("--new-id", is_flag=True, help="Use a new message id, so that it is not a duplicate.")
@click.option(
    "--save", metavar="FILE", help="Write the delivery to a new file for verify and explain; send nothing."
)
@click.option("--force", is_flag=True, help="Let --save overwrite an existing file.")
@click.option(
    "--scheme",
    type=inputs.SchemeName(),
    metavar="NAME",
    help="The signature scheme.  [default: the scheme that listen used]",
)
@inputs.secret_options
@click.option(
    "--public-url", metavar="URL", help="The URL to sign.  [default: the URL that the sender called]"
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, 600, min_open=True),
    default=DEFAULT_TIMEOUT,
    show_default=True,
    help="Seconds to wait for the response.",
)
@store_option
@inputs.json_option
@click.pass_context
def replay(context: click.Context, /, as_json: bool, **options: Any) -> None:
    """Resend a stored delivery with a fresh signature.

    ID is the message id, the number, or "last". The message id stays the same, so that you can check whether
    your application detects the duplicate.

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
        raise UsageError("no stored delivery has this id: run webhook-verify replay --list")
    if not stored.is_whole:
        raise UsageError("its body was not stored, because it was too large or incomplete")
    if options["save"] is not None:
        _save(stored, options["save"], options["force"])
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
        raise UsageError("pass either the ID of a delivery, or --list")
    if not options["fresh"] and (options["edit"] or options["new_id"]):
        raise UsageError("--as-it-was cannot be used with --edit or --new-id")
    if options["force"] and options["save"] is None:
        raise UsageError("--force can only be used with --save")


def _target_url(stored: StoredDelivery, to: str | None) -> str:
    if to is not None:
        return ForwardTarget(to, "--to").with_target(stored.target)
    if not stored.forwarded_to:
        raise UsageError("listen received this delivery without --forward: pass --to URL")
    return stored.forwarded_to


def _build_request(stored: StoredDelivery, options: dict[str, Any]) -> ReplayRequest:
    """Return the request to send, re-signed or unchanged."""
    if not options["fresh"]:
        return unchanged_request(stored)
    scheme = options["scheme"] or stored.scheme
    if scheme not in schemes.names():
        raise UsageError("the scheme of this delivery is unknown: do you need --plugin?")
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


def _save(stored: StoredDelivery, name: str, force: bool) -> None:
    """Write the record to a file with mode 0600. Raises UsageError if this fails, or if the file exists."""
    record = RecordedRequest(
        stored.headers, stored.body, stored.method, stored.url or None, stored.received_at
    )
    text = json.dumps(record.as_dict()) + "\n"
    write_private_file(name, text, overwrite=force, if_exists="exists: pass --force to overwrite it")


def _print_sent(request: ReplayRequest, to: str, fresh: bool) -> None:
    log_lines.print_sent(
        ForwardTarget(to, "--to").display_url, request.message_id, "re-signed" if fresh else "unchanged"
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
            stored.event_type or shown_path(stored.path),
            stored.message_id or "-",
            stored.verdict if stored.verdict == "verified" else stored.reason,
            stored.status,
        )
        for stored in store.all()
    ]
    output.table(("#", "received", "event", "id", "verdict", "status"), rows)
