"""``webhook-verify sign``: the headers for a body. It prints signatures, for that is its purpose."""

from __future__ import annotations

import json
import shlex

import click

from webhook_verify import schemes
from webhook_verify.cli import inputs
from webhook_verify.cli.mistakes import Mistake
from webhook_verify.errors import WebhookVerifyError
from webhook_verify.signer import Signer

__all__ = ["sign"]


@click.command()
@inputs.body_option
@click.option("--id", "message_id", help="The message id.  [default: a fresh one]")
@click.option("--timestamp", type=int, help="When the attempt is made, in Unix seconds.  [default: now]")
@click.option("--url", help="The address that is called, for schemes that sign it.")
@click.option("--method", default="POST", show_default=True, help="The method, likewise.")
@click.option(
    "--curl", "as_curl", is_flag=True, help="Print a whole curl command: --body and --url say of what."
)
@inputs.scheme_option
@inputs.secret_options
@inputs.json_option
def sign(
    body: str,
    message_id: str | None,
    timestamp: int | None,
    url: str | None,
    method: str,
    as_curl: bool,
    scheme: str,
    secret_env: tuple[str, ...],
    secret_file: tuple[str, ...],
    as_json: bool,
) -> None:
    """Print the headers that sign a body.

    \b
    webhook-verify sign --secret-file secret.txt --body @event.json
    webhook-verify sign --body @b.json | curl -H @- --data-binary @b.json URL
    webhook-verify sign --body @b.json --curl --url https://example.com/hook
    """
    secrets = inputs.read_secrets(secret_env, secret_file, body)
    if schemes.get(scheme).signs_url and url is None:
        raise Mistake(f"{scheme} signs the address: give the one that will be called with --url")
    if as_curl and (as_json or url is None or body == "-"):
        raise Mistake("--curl goes with --url URL and --body @FILE, and not with --json")
    content = inputs.read_body(body)
    try:
        signer = Signer(secrets, scheme=scheme)
        headers = signer.sign(content, id=message_id, timestamp=timestamp, url=url, method=method)
    except (ImportError, WebhookVerifyError, ValueError) as error:
        raise Mistake(str(error)) from None
    if as_curl:
        click.echo(_curl(headers, body, str(url), method))
    elif as_json:
        click.echo(json.dumps(headers))
    else:
        click.echo("\n".join(f"{name}: {value}" for name, value in headers.items()))


def _curl(headers: dict[str, str], body: str, url: str, method: str) -> str:
    """The command on several lines, quoted for a shell."""
    fields = {"content-type": "application/json", **headers}
    given = [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in fields.items()]
    first = "curl -sS -i" if method == "POST" else f"curl -sS -i -X {shlex.quote(method)}"
    return " \\\n  ".join([first, *given, f"--data-binary {shlex.quote(body)}", shlex.quote(url)])
