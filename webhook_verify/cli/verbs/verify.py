"""``webhook-verify verify``: is a recorded delivery genuine and fresh?"""

from __future__ import annotations

import time

import click

from webhook_verify.cli import exit_codes, inputs, output
from webhook_verify.cli.mistakes import Mistake
from webhook_verify.errors import RejectedDelivery, WebhookVerifyError
from webhook_verify.verifier import Verifier

__all__ = ["verify"]


@click.command(epilog="Exit codes: 0 verified, 2 usage, 10 and up one for each reason of a rejection.")
@inputs.body_option
@click.option("-H", "--header", multiple=True, metavar='"NAME: VALUE"', help="A header; may be repeated.")
@click.option("--headers", metavar="@FILE", help="Headers from a file: lines as above, or a JSON object.")
@click.option("--at", type=float, help="Verify as if it were this time, in Unix seconds.  [default: now]")
@click.option("--tolerance", type=float, default=300, show_default=True, help="In seconds, both directions.")
@inputs.scheme_option
@inputs.secret_options
@inputs.json_option
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
        output.emit(refusal, as_json, f"rejected: {rejected.reason}: {rejected.detail}")
        context.exit(exit_codes.of_reason(rejected.reason))
    except (WebhookVerifyError, ValueError) as error:
        raise Mistake(str(error)) from None
    result = {
        "verdict": "verified",
        "id": delivery.id,
        "timestamp": delivery.timestamp.isoformat(),
        "scheme": delivery.scheme,
        "key": delivery.key,
        "body_bytes": len(delivery.body),
    }
    output.emit(
        result, as_json, f"verified: {delivery.id} of {delivery.timestamp.isoformat()} by {delivery.key}"
    )
