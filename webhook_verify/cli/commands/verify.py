"""`webhook-verify verify`: verify a recorded delivery."""

from __future__ import annotations

from typing import Any

import click

from webhook_verify.cli import exit_codes, output
from webhook_verify.cli.delivery_input import VerifyCase, delivery_options, verify_cases
from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery

__all__ = ["verify"]


@click.command(
    epilog="Exit codes: 0 verified, 2 usage error, 10 and above: one code for each rejection reason. With "
    "several deliveries, the first rejected one determines the code."
)
@delivery_options
@click.pass_context
def verify(context: click.Context, /, as_json: bool, **options: Any) -> None:
    """Verify a delivery from its headers and raw body.

    \b
    webhook-verify verify --secret-file s.txt --headers @h.txt --body @b.json
    webhook-verify verify --scheme github --from recorded.jsonl
    webhook-verify verify --scheme auto --from recorded.jsonl
    webhook-verify verify --from session.har --entry 2 --ignore-time
    """
    codes = [_verify(case, as_json) for case in verify_cases(options)]
    context.exit(next((code for code in codes if code), exit_codes.VERIFIED))


def _verify(case: VerifyCase, as_json: bool) -> int:
    entry = {} if case.entry is None else {"entry": case.entry}
    number = "" if case.entry is None else f"{case.entry}: "
    try:
        delivery = case.verifier.verify(**case.arguments)
    except RejectedDelivery as error:
        rejection = {"verdict": "rejected", "reason": str(error.reason), "detail": error.detail}
        sentence = f"{number}rejected: {error.reason}: {error.detail}{_suffix(case)}"
        output.emit({**entry, **rejection, "scheme": case.scheme}, as_json, sentence)
        if case.record.note:
            output.warn(case.record.note, as_json)
        return exit_codes.of_reason(error.reason)
    output.emit({**entry, **_to_dict(delivery)}, as_json, number + _sentence(delivery) + _suffix(case))
    return exit_codes.VERIFIED


def _suffix(case: VerifyCase) -> str:
    """Return the scheme that `--scheme auto` has chosen."""
    return f" (scheme {case.scheme})" if case.is_detected else ""


def _to_dict(delivery: Delivery) -> dict[str, object]:
    return {
        "verdict": "verified",
        "id": delivery.id,
        "timestamp": delivery.timestamp.isoformat() if delivery.timestamp_is_signed else None,
        "scheme": delivery.scheme,
        "key": delivery.secret_label,
        "body_bytes": len(delivery.body),
    }


def _sentence(delivery: Delivery) -> str:
    when = f" signed at {delivery.timestamp.isoformat()}" if delivery.timestamp_is_signed else ""
    return f"verified: {delivery.id or 'a delivery without an id'}{when} with {delivery.secret_label}"
