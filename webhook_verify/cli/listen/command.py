"""``webhook-verify listen``: a receiver on loopback that tells of every delivery, and passes it on."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from webhook_verify.cli import options as inputs
from webhook_verify.cli.listen.app import Listener
from webhook_verify.cli.listen.forwarder import DEFAULT_TIMEOUT, Destination, new_client
from webhook_verify.cli.listen.reporter import Teller
from webhook_verify.cli.listen.server import bound, origin_of, serving
from webhook_verify.cli.store.delivery_store import DEFAULT_KEEP
from webhook_verify.cli.store.options import opened, store_option
from webhook_verify.cli.usage_errors import Mistake
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
    help="What the provider calls, such as a tunnel's address: for schemes that sign it.",
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
    default=DEFAULT_KEEP,
    show_default=True,
    help="How many deliveries to keep for replay; 0 for none.",
)
@store_option
@inputs.json_option
def listen(as_json: bool, **given: Any) -> None:
    """Receive deliveries on loopback, verify them, tell of each, and pass genuine ones on.

    The sender is answered as your application answers: 502 if it is not there, 504 if it takes too long.
    Rejected deliveries are not passed on. Ctrl-C ends it, with exit code 0.

    The last deliveries are kept as they came, bodies and headers, in a file that only you can read:
    see webhook-verify replay.

    \b
    webhook-verify listen --secret-file secret.txt
    webhook-verify listen --forward http://localhost:8000/webhooks --explain
    webhook-verify listen --scheme stripe --secret-env STRIPE --keep 20
    webhook-verify listen --scheme twilio --public-url https://example.ngrok.app
    """
    verifier = _verifier(given)
    destination = None if given["forward"] is None else Destination(given["forward"], "--forward")
    teller = Teller(as_json)
    with bound(given["host"], given["port"]) as listening, opened(given["store"], given["keep"]) as store:
        origin = origin_of(listening)
        _check_is_no_circle(destination, listening)
        client = new_client(given["timeout"])
        try:
            application = Listener(
                verifier,
                public_url=given["public_url"] or origin,
                max_body_bytes=given["max_body"],
                kept=store,
                destination=destination,
                client=client,
                timeout=given["timeout"],
                with_diagnosis=given["with_diagnosis"],
                told=teller.told,
            )
        except ValueError as error:
            raise Mistake(f"--public-url: {error}") from None
        # An interrupt may come while it still says where it listens.
        with serving(application, client, listening, teller.failed), suppress(KeyboardInterrupt):
            teller.started(origin, given["scheme"], destination, given["store"] if given["keep"] else None)
            teller.wait()
    teller.ended()


def _verifier(given: dict[str, Any]) -> Verifier:
    tolerance = DEFAULT_TOLERANCE if given["tolerance"] is None else given["tolerance"]
    try:
        return Verifier(_labelled_secrets(given), scheme=given["scheme"], tolerance=tolerance)
    except (ImportError, WebhookVerifyError, ValueError) as error:
        raise Mistake(str(error)) from None


def _labelled_secrets(given: dict[str, Any]) -> list[Secret]:
    """The secrets, each called after its file or variable, so that ``key=`` tells which one is in use."""
    files, names = given["secret_file"], given["secret_env"]
    values = inputs.read_secrets(names, files)
    places = [Path(file).stem for file in files]
    places += names or (() if files else (inputs.DEFAULT_ENV,))
    labels = [
        f"{place}-{number}" if places.count(place) > 1 or not place.strip("-") else place
        for number, place in enumerate(places, 1)
    ]
    return [Secret(value, label=label) for value, label in zip(values, labels, strict=True)]


def _check_is_no_circle(destination: Destination | None, listening: socket.socket) -> None:
    host, port = listening.getsockname()[:2]
    here = {host, "localhost", "127.0.0.1", "::1"}
    if destination is not None and destination.port == port and destination.host in here:
        raise Mistake("--forward is the address that this listens at: it is to be your application's")
