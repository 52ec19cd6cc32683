"""`webhook-verify explain`: explain why a delivery is rejected."""

from __future__ import annotations

from typing import Any

import click

from webhook_verify.cli import exit_codes, output
from webhook_verify.cli.delivery_input import VerifyCase, delivery_options, verify_cases
from webhook_verify.diagnosis import Diagnosis
from webhook_verify.diagnosis import explain as diagnose
from webhook_verify.errors import RejectedDelivery

__all__ = ["explain"]


@click.command(epilog="Exit codes: same as verify.")
@delivery_options
@click.pass_context
def explain(context: click.Context, /, as_json: bool, **options: Any) -> None:
    """Explain why a delivery is rejected, and how to fix it.

    The likeliest cause is first. A fingerprint is the beginning of a secret's SHA-256: compare it with the
    sender's fingerprint. Secrets are not shown.

    \b
    webhook-verify explain --secret-file s.txt --headers @h.txt --body @b.json
    webhook-verify explain --scheme stripe --from recorded.jsonl --entry 3
    """
    codes = [_explain(case, as_json) for case in verify_cases(options)]
    context.exit(next((code for code in codes if code), exit_codes.VERIFIED))


def _explain(case: VerifyCase, as_json: bool) -> int:
    code, reason = exit_codes.VERIFIED, None
    try:
        case.verifier.verify(**case.arguments)
    except RejectedDelivery as error:
        code, reason = exit_codes.of_reason(error.reason), str(error.reason)
    diagnosis = diagnose(case.verifier, **case.arguments)
    if as_json:
        entry = {} if case.entry is None else {"entry": case.entry}
        output.emit({**entry, "reason": reason, **diagnosis.as_dict()}, as_json)
    else:
        _print(diagnosis, case.entry, reason)
    if code and case.record.note:
        output.warn(case.record.note, as_json)
    return code


_PASSED = {True: "ok", False: "FAILED", None: "not reached"}


def _print(diagnosis: Diagnosis, entry: int | None, reason: str | None) -> None:
    number = "" if entry is None else f"{entry}: "
    output.line(f"{number}{diagnosis.scheme}: {'verified' if reason is None else f'rejected, {reason}'}")
    output.table(
        ("check", "result", "detail"),
        [(check.name, _PASSED[check.passed], check.detail) for check in diagnosis.checks],
        fold="detail",
    )
    for place, cause in enumerate(diagnosis.causes, 1):
        output.paragraph(f"{place}. {cause.name} ({cause.confidence.name.lower()})")
        output.paragraph(cause.evidence, indent=3)
        output.paragraph(cause.advice, indent=3)
    fingerprints = ", ".join(f"{label} {fingerprint}" for label, fingerprint in diagnosis.secret_fingerprints)
    output.paragraph(f"Fingerprints of the secrets (SHA-256): {fingerprints}")
