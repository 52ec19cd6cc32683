"""The click command `webhook-verify listen`."""

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
    help="Forward verified deliveries to this origin (the path is appended) or full URL.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=DEFAULT_PORT,
    show_default=True,
    help="The port to listen on; 0: any free port.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The IP address to listen on.")
@click.option(
    "--public-url",
    metavar="URL",
    help="The URL that the provider calls, such as that of a tunnel. Required for schemes that sign the URL, "
    "and to accept requests for its host.",
)
@click.option(
    "--explain/--no-explain",
    "with_diagnosis",
    default=True,
    show_default=True,
    help="Explain why a delivery is rejected, or print only the reason.",
)
@inputs.scheme_option
@inputs.secret_options
@click.option(
    "--tolerance",
    type=float,
    metavar="SECONDS",
    help="Timestamp tolerance in seconds.  [default: the scheme's tolerance]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, 600, min_open=True),
    default=DEFAULT_TIMEOUT,
    show_default=True,
    help="Seconds to wait for the response of the --forward application.",
)
@click.option(
    "--max-body",
    type=click.IntRange(1, 1 << 30),
    default=DEFAULT_MAX_BODY_BYTES,
    show_default=True,
    metavar="BYTES",
    help="The maximum size of a body.",
)
@click.option(
    "--keep",
    type=click.IntRange(0, 10_000),
    default=DEFAULT_MAX_DELIVERIES,
    show_default=True,
    help="How many verified deliveries to store for replay, and how many other requests; 0: store none.",
)
@store_option
@inputs.json_option
def listen(as_json: bool, **options: Any) -> None:
    """Receive deliveries on loopback, verify, print and store them, and forward verified ones.

    The sender receives the response of your application, 502 if it is not reachable, or 504 on a timeout.
    Rejected deliveries are not forwarded. Press Ctrl-C to stop; the exit code is then 0.

    Requests for another host, and requests sent by a web page, receive 403. For a tunnel, use --public-url.

    The last deliveries are stored with bodies and headers in a file that only you can read. To resend one,
    use webhook-verify replay.

    \b
    webhook-verify listen --secret-file secret.txt
    webhook-verify listen --forward http://localhost:8000/webhooks
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
        # The user may interrupt while the startup message is printed.
        with serving(application, client, listening, reporter.failed), suppress(KeyboardInterrupt):
            reporter.started(origin, options["scheme"], forward_target, store.path)
            reporter.wait()
    reporter.ended()


def _verifier(options: dict[str, Any]) -> Verifier:
    tolerance = DEFAULT_TOLERANCE if options["tolerance"] is None else options["tolerance"]
    try:
        return Verifier(_labelled_secrets(options), scheme=options["scheme"], tolerance=tolerance)
    except (ImportError, WebhookVerifyError, ValueError) as error:
        raise UsageError(str(error)) from None


def _labelled_secrets(options: dict[str, Any]) -> list[Secret]:
    """Return the secrets, labelled with their file or variable, which `key=` in the output shows."""
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
        raise UsageError("--forward must be the URL of your application, not of this listener")
