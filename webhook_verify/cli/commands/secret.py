"""``webhook-verify secret``: makes one."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import click

from webhook_verify.cli import options as inputs
from webhook_verify.cli.usage_errors import UsageError, shown_file

__all__ = ["secret"]


@click.command()
@click.option(
    "--kind",
    type=click.Choice(["hmac", "ed25519"]),
    default="hmac",
    show_default=True,
    help="hmac: one secret that sender and receiver share. ed25519: a pair.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write what is secret to a new file that only its owner may read.",
)
@inputs.json_option
def secret(kind: str, out: Path | None, as_json: bool) -> None:
    """Make a new secret and print it.

    \b
    webhook-verify secret --out new.txt
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
    if out is not None:
        _write_private(out, made.pop("secret" if kind == "hmac" else "signing_key"))
        made = {"file": str(out), **made}
    click.echo(json.dumps(made) if as_json else "\n".join(made.values()))


def _write_private(path: Path, text: str) -> None:
    """Write a file that others cannot read, also before its mode could be changed."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise UsageError(
            f"{shown_file(str(path))} is there already, and may hold a secret in use: choose another name"
        ) from None
    except OSError as error:
        raise UsageError(f"{shown_file(str(path))} cannot be written: {error.strerror}") from None
    with open(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n")
