"""``webhook-verify secret``: makes one."""

from __future__ import annotations

import base64
import json
import os

import click

from webhook_verify.cli import options as inputs
from webhook_verify.cli.usage_errors import UsageError

__all__ = ["secret"]


@click.command()
@click.option(
    "--kind",
    type=click.Choice(["hmac", "ed25519"]),
    default="hmac",
    show_default=True,
    help="hmac: one secret that sender and receiver share. ed25519: a pair.",
)
@inputs.json_option
def secret(kind: str, as_json: bool) -> None:
    """Make a new secret and print it.

    \b
    webhook-verify secret > secret.txt
    webhook-verify secret --kind ed25519
    """
    if kind == "hmac":
        made = {"secret": "whsec_" + base64.b64encode(os.urandom(32)).decode()}
    else:
        try:
            from webhook_verify import asymmetric
        except ImportError as error:
            raise UsageError(str(error)) from None
        private, public = asymmetric.generate()
        made = {
            "signing_key": "whsk_" + base64.b64encode(private).decode(),
            "verifying_key": "whpk_" + base64.b64encode(public).decode(),
        }
    click.echo(json.dumps(made) if as_json else "\n".join(made.values()))
