"""``webhook-verify sign``: the headers for a body. It prints signatures, for that is its purpose."""

from __future__ import annotations

import json

import click

from webhook_verify.cli import inputs
from webhook_verify.cli.mistakes import Mistake
from webhook_verify.errors import WebhookVerifyError
from webhook_verify.signer import Signer

__all__ = ["sign"]


@click.command()
@inputs.body_option
@click.option("--id", "message_id", help="The message id.  [default: a fresh one]")
@click.option("--timestamp", type=int, help="When the attempt is made, in Unix seconds.  [default: now]")
@inputs.scheme_option
@inputs.secret_options
@inputs.json_option
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
        raise Mistake(str(error)) from None
    click.echo(
        json.dumps(headers) if as_json else "\n".join(f"{name}: {value}" for name, value in headers.items())
    )
