"""`webhook-verify sign`: print the signature headers for a body."""

from __future__ import annotations

import json
import shlex

import click

from webhook_verify import schemes
from webhook_verify.cli import options as inputs
from webhook_verify.cli.delivery_input import TimeParam
from webhook_verify.cli.send.request import content_type
from webhook_verify.cli.usage_errors import UsageError
from webhook_verify.errors import WebhookVerifyError
from webhook_verify.signer import Signer

__all__ = ["sign"]


@click.command()
@inputs.body_option
@click.option("--id", "message_id", help="The message id.  [default: a new one]")
@click.option(
    "--timestamp",
    type=TimeParam(),
    help="The timestamp to sign: Unix seconds, ISO 8601 or now.  [default: now]",
)
@click.option("--url", help="The URL of the receiver, for schemes that sign it.")
@click.option(
    "--method", default="POST", show_default=True, help="The HTTP method, for schemes that sign it."
)
@click.option(
    "--curl", "as_curl", is_flag=True, help="Print a complete curl command; requires --body and --url."
)
@inputs.scheme_option
@inputs.secret_options
@inputs.json_option
def sign(
    body: str,
    message_id: str | None,
    timestamp: float | None,
    url: str | None,
    method: str,
    as_curl: bool,
    scheme: str,
    secret_env: tuple[str, ...],
    secret_file: tuple[str, ...],
    as_json: bool,
) -> None:
    """Print the signature headers for a body.

    For a provider that puts the signature into the body, print the signed body.

    \b
    webhook-verify sign --secret-file secret.txt --body @event.json
    webhook-verify sign --body @b.json | curl -H @- --data-binary @b.json URL
    webhook-verify sign --body @b.json --curl --url https://example.com/hook
    """
    secrets = inputs.read_secrets(secret_env, secret_file, body)
    if schemes.get(scheme).signs_url and url is None:
        raise UsageError(f"the scheme {scheme} signs the URL: pass the URL of the receiver with --url")
    if as_curl and (as_json or url is None or body in {"-", "@-"}):
        raise UsageError(
            "--curl requires --url URL and a --body other than standard input, and cannot be used with --json"
        )
    content = inputs.read_body(body)
    headers, signed = dict[str, str](), None
    try:
        when = None if timestamp is None else int(timestamp)
        signer = Signer(secrets, scheme=scheme)
        if signer.scheme.has_signature_in_body:
            signed = signer.sign_body(content, id=message_id, timestamp=when).decode()
        else:
            headers = signer.sign(content, id=message_id, timestamp=when, url=url, method=method)
    except (ImportError, WebhookVerifyError, ValueError) as error:
        raise UsageError(str(error)) from None
    if as_curl:
        fields = {"content-type": content_type(content), **headers}
        click.echo(_curl(fields, body if signed is None else signed, str(url), method))
    elif as_json:
        click.echo(json.dumps(headers if signed is None else {"body": signed}))
    elif signed is None:
        click.echo("\n".join(f"{name}: {value}" for name, value in headers.items()))
    else:
        click.echo(signed, nl=False)  # the signature may cover exactly these bytes


def _curl(fields: dict[str, str], body: str, url: str, method: str) -> str:
    """Return a curl command on several lines, quoted for a shell."""
    options = [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in fields.items()]
    first = "curl -sS -i" if method == "POST" else f"curl -sS -i -X {shlex.quote(method)}"
    return " \\\n  ".join([first, *options, f"--data-binary {shlex.quote(body)}", shlex.quote(url)])
