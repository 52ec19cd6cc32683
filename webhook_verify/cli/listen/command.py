"""``webhook-verify listen``: a receiver on loopback that tells of every delivery, and passes it on."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from webhook_verify.cli import options as inputs
from webhook_verify.cli.listen.app import Listener
from webhook_verify.cli.listen.forwarder import DEFAULT_TIMEOUT, ForwardTarget, new_client
from webhook_verify.cli.listen.reporter import ListenReporter
from webhook_verify.cli.listen.server import bound_socket, serving, socket_origin
from webhook_verify.cli.local_access import LocalAccess
from webhook_verify.cli.store.delivery_store import DEFAULT_MAX_DELIVERIES
from webhook_verify.cli.store.options import open_store, store_option
from webhook_verify.cli.usage_errors import UsageError
from webhook_verify.errors import WebhookVerifyError
from webhook_verify.receiver import DEFAULT_MAX_BODY_BYTES
from webhook_verify.secret import Secret
from webhook_verify.verifier import DEFAULT_TOLERANCE, Verifier

__all__ = ["listen"]

DEFAULT_PORT = 4242


@click.command()
@click.option(
    "--forward",
    metavar="URL",
    help="Where genuine deliveries go on to: an origin, to which the path is added, or a whole address.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="The port to listen at; 0 for a free one.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option(
    "--public-url",
    metavar="URL",
    help="What the provider calls, such as a tunnel's address: for its host, and for schemes that sign it.",
)
@click.option("--explain", "with_diagnosis", is_flag=True, help="Say why a delivery is rejected.")
@inputs.scheme_option
@inputs.secret_options
@click.option("--tolerance", type=float, help="In seconds.  [default: the scheme's own]")
@click.option(
    "--timeout",
    type=click.FloatRange(0, 600, min_open=True),
    default=DEFAULT_TIMEOUT,
    show_default=True,
    help="Seconds that the application has to answer.",
)
@click.option(
    "--max-body",
    type=click.IntRange(1, 1 << 30),
    default=DEFAULT_MAX_BODY_BYTES,
    show_default=True,
    metavar="BYTES",
    help="The largest body that is taken.",
)
@click.option(
    "--keep",
    type=click.IntRange(0, 10_000),
    default=DEFAULT_MAX_DELIVERIES,
    show_default=True,
    help="How many verified deliveries to keep for replay, and as many others; 0 for none.",
)
@store_option
@inputs.json_option
def listen(as_json: bool, **options: Any) -> None:
    """Receive deliveries on loopback, verify them, tell of each, and pass genuine ones on.

    The sender is answered as your application answers: 502 if it is not there, 504 if it takes too long.
    Rejected deliveries are not passed on. Ctrl-C ends it, with exit code 0.

    Requests for another host, and those of a web page, are answered with 403: see --public-url for a tunnel.

    The last deliveries are kept as they came, bodies and headers, in a file that only you can read:
    see webhook-verify replay.

    \b
    webhook-verify listen --secret-file secret.txt
    webhook-verify listen --forward http://localhost:8000/webhooks --explain
    webhook-verify listen --scheme stripe --secret-env STRIPE --keep 20
    webhook-verify listen --scheme twilio --public-url https://example.ngrok.app
    """
    verifier = _verifier(options)
    forward_target = None if options["forward"] is None else ForwardTarget(options["forward"], "--forward")
    reporter = ListenReporter(as_json)
    with (
        bound_socket(options["host"], options["port"]) as listening,
        open_store(options["store"], options["keep"]) as store,
    ):
        origin = socket_origin(listening)
        _check_is_no_loop(forward_target, listening)
        client = new_client(options["timeout"])
        try:
            application = Listener(
                verifier,
                public_url=options["public_url"] or origin,
                access=LocalAccess(listening.getsockname()[0], options["public_url"]),
                max_body_bytes=options["max_body"],
                store=store,
                forward_target=forward_target,
                client=client,
                timeout=options["timeout"],
                with_diagnosis=options["with_diagnosis"],
                callbacks=reporter.callbacks,
            )
        except ValueError as error:
            raise UsageError(f"--public-url: {error}") from None
        # An interrupt may come while it still says where it listens.
        with serving(application, client, listening, reporter.failed), suppress(KeyboardInterrupt):
            reporter.started(
                origin, options["scheme"], forward_target, options["store"] if options["keep"] else None
            )
            reporter.wait()
    reporter.ended()


def _verifier(options: dict[str, Any]) -> Verifier:
    tolerance = DEFAULT_TOLERANCE if options["tolerance"] is None else options["tolerance"]
    try:
        return Verifier(_labelled_secrets(options), scheme=options["scheme"], tolerance=tolerance)
    except (ImportError, WebhookVerifyError, ValueError) as error:
        raise UsageError(str(error)) from None


def _labelled_secrets(options: dict[str, Any]) -> list[Secret]:
    """The secrets, each called after its file or variable, so that ``key=`` tells which one is in use."""
    files, names = options["secret_file"], options["secret_env"]
    values = inputs.read_secrets(names, files)
    places = [Path(file).stem for file in files]
    places += names or (() if files else (inputs.DEFAULT_ENV,))
    labels = [
        f"{place}-{number}" if places.count(place) > 1 or not place.strip("-") else place
        for number, place in enumerate(places, 1)
    ]
    return [Secret(value, label=label) for value, label in zip(values, labels, strict=True)]


def _check_is_no_loop(forward_target: ForwardTarget | None, listening: socket.socket) -> None:
    host, port = listening.getsockname()[:2]
    here = {host, "localhost", "127.0.0.1", "::1"}
    if forward_target is not None and forward_target.port == port and forward_target.host in here:
        raise UsageError("--forward is the address that this listens at: it is to be your application's")
