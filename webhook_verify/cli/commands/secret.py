"""`webhook-verify secret`: generate a signing secret."""

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
        _write_private(out, generated.pop("secret" if kind == "hmac" else "signing_key"))
        generated = {"file": str(out), **generated}
    click.echo(json.dumps(generated) if as_json else "\n".join(generated.values()))


def _write_private(path: Path, text: str) -> None:
    """Create a file with mode 0600 from the start, so that others can never read it."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise UsageError(
            f"{shown_file(str(path))} already exists and may contain a secret in use: choose another name"
        ) from None
    except OSError as error:
        raise UsageError(f"cannot write {shown_file(str(path))}: {error.strerror}") from None
    with open(descriptor, "w", encoding="ascii") as file:
        file.write(text + "\n")
