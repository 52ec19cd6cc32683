"""The verbs of the ``webhook-verify`` command: demo, secret, sign and verify."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Mapping

import click

from webhook_verify import __version__, schemes
from webhook_verify.cli import demo as demonstration
from webhook_verify.cli import exit_codes, inputs
from webhook_verify.errors import RejectedDelivery, WebhookVerifyError
from webhook_verify.signer import Signer
from webhook_verify.verifier import Verifier

__all__ = ["command", "demo", "secret", "sign", "verify"]

_scheme_option = click.option(
    "--scheme",
    type=click.Choice(schemes.names()),
    default="standard-webhooks",
    show_default=True,
    help="How the provider signs.",
)
_json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object per line, for machines.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def command() -> None:
    """Verify and sign webhook deliveries, and see a receiver at work."""


@command.command()
@click.option("--serve", is_flag=True, help="Keep the receiver up and print a command that sends to it.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on loopback; 0 for a free one.")
@_json_option
@click.pass_context
def demo(context: click.Context, serve: bool, port: int, as_json: bool) -> None:
    """Send real deliveries, good and bad, to a real receiver on loopback.

    Exit code 0 if every verdict is as it must be, else 1.
    """
    if serve:
        demonstration.serve(port)
        return
    context.exit(exit_codes.VERIFIED if demonstration.run(port, as_json) else exit_codes.DEMO_FAILED)


@command.command()
@click.option(
    "--kind",
    type=click.Choice(["hmac", "ed25519"]),
    default="hmac",
    show_default=True,
    help="hmac: one secret that sender and receiver share. ed25519: a pair.",
)
@_json_option
def secret(kind: str, as_json: bool) -> None:
    """Make a new secret and print it.

    \b
    webhook-verify secret > secret.txt
    webhook-verify secret --kind ed25519
    """
    if kind == "hmac":
        made = {"secret": "whsec_" + base64.b64encode(os.urandom(32)).decode()}
    else:
        from webhook_verify import asymmetric

        private, public = asymmetric.generate()
        made = {
            "signing_key": "whsk_" + base64.b64encode(private).decode(),
            "verifying_key": "whpk_" + base64.b64encode(public).decode(),
        }
    click.echo(json.dumps(made) if as_json else "\n".join(made.values()))


@command.command()
@inputs.body_option
@click.option("--id", "message_id", help="The message id.  [default: a fresh one]")
@click.option("--timestamp", type=int, help="When the attempt is made, in Unix seconds.  [default: now]")
@_scheme_option
@inputs.secret_options
@_json_option
def sign(
    body: str,
    message_id: str | None,
    timestamp: int | None,
    scheme: str,
    secret_env: tuple[str, ...],
    secret_file: tuple[str, ...],
    as_json: bool,
) -> None:
    """Print the headers that sign a body.

    \b
    webhook-verify sign --secret-file secret.txt --body @event.json
    webhook-verify sign --body @event.json | curl -H @- --data-binary @event.json URL
    """
    secrets = inputs.read_secrets(secret_env, secret_file, body)
    content = inputs.read_body(body)
    try:
        headers = Signer(secrets, scheme=scheme).sign(content, id=message_id, timestamp=timestamp)
    except (WebhookVerifyError, ValueError) as error:
        raise click.UsageError(str(error)) from None
    click.echo(
        json.dumps(headers) if as_json else "\n".join(f"{name}: {value}" for name, value in headers.items())
    )


@command.command(epilog="Exit codes: 0 verified, 2 usage, 10 and up one for each reason of a rejection.")
@inputs.body_option
@click.option("-H", "--header", multiple=True, metavar='"NAME: VALUE"', help="A header; may be repeated.")
@click.option("--headers", metavar="@FILE", help="Headers from a file: lines as above, or a JSON object.")
@click.option("--at", type=float, help="Verify as if it were this time, in Unix seconds.  [default: now]")
@click.option("--tolerance", type=float, default=300, show_default=True, help="In seconds, both directions.")
@_scheme_option
@inputs.secret_options
@_json_option
@click.pass_context
def verify(
    context: click.Context,
    body: str,
    header: tuple[str, ...],
    headers: str | None,
    at: float | None,
    tolerance: float,
    scheme: str,
    secret_env: tuple[str, ...],
    secret_file: tuple[str, ...],
    as_json: bool,
) -> None:
    """Verify a delivery: its headers and its raw body.

    \b
    webhook-verify verify --secret-file secret.txt --headers @headers.txt --body @body.json
    """
    secrets = inputs.read_secrets(secret_env, secret_file, body, headers)
    pairs = inputs.read_headers(header, headers)
    content = inputs.read_body(body)
    try:
        verifier = Verifier(secrets, scheme=scheme, tolerance=tolerance)
        delivery = verifier.verify_at(content, pairs, received_at=time.time() if at is None else at)
    except RejectedDelivery as rejected:
        refusal = {"verdict": "rejected", "reason": str(rejected.reason), "detail": rejected.detail}
        _report(refusal, as_json, f"rejected: {rejected.reason}: {rejected.detail}")
        context.exit(exit_codes.of_reason(rejected.reason))
    except (WebhookVerifyError, ValueError) as error:
        raise click.UsageError(str(error)) from None
    result = {
        "verdict": "verified",
        "id": delivery.id,
        "timestamp": delivery.timestamp.isoformat(),
        "scheme": delivery.scheme,
        "key": delivery.key,
        "body_bytes": len(delivery.body),
    }
    _report(result, as_json, f"verified: {delivery.id} of {delivery.timestamp.isoformat()} by {delivery.key}")


def _report(result: Mapping[str, object], as_json: bool, sentence: str) -> None:
    click.echo(json.dumps(result) if as_json else sentence)
