"""`webhook-verify secret`: generate a signing secret."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import click

from webhook_verify.cli import options as inputs
from webhook_verify.cli.private_file import write_private_file
from webhook_verify.cli.usage_errors import UsageError

__all__ = ["secret"]


@click.command()
@click.option(
    "--kind",
    type=click.Choice(["hmac", "ed25519"]),
    default="hmac",
    show_default=True,
    help="hmac: one secret shared by sender and receiver. ed25519: a signing key and a verifying key.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the secret or signing key to a new file that only you can read.",
)
@inputs.json_option
def secret(kind: str, out: Path | None, as_json: bool) -> None:
    """Generate a signing secret and print it.

    \b
    webhook-verify secret --out new.txt
    webhook-verify secret --kind ed25519
    """
    if kind == "hmac":
        generated = {"secret": "whsec_" + base64.b64encode(os.urandom(32)).decode()}
    else:
        try:
            from webhook_verify import asymmetric
        except ImportError as error:
            raise UsageError(str(error)) from None
        private, public = asymmetric.generate()
        generated = {
            "signing_key": "whsk_" + base64.b64encode(private).decode(),
            "verifying_key": "whpk_" + base64.b64encode(public).decode(),
        }
    if out is not None:
        text = generated.pop("secret" if kind == "hmac" else "signing_key") + "\n"
        exists = "already exists and may contain a secret in use: choose another name"
        write_private_file(str(out), text, overwrite=False, if_exists=exists)
        generated = {"file": str(out), **generated}
    click.echo(json.dumps(generated) if as_json else "\n".join(generated.values()))
