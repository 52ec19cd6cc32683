"""The output of a probe: JSON lines, or a table and a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from webhook_verify.cli import output
from webhook_verify.cli.probe.check import Certainty, Outcome, ProbeCheck, Severity, Verdict, severity_of

__all__ = ["has_faults", "print_table", "record", "summary"]

Result = tuple[ProbeCheck, Verdict]
_MAX_FAULTS_SHOWN = 8
_OUTCOME_WORDS = {
    Outcome.PASS: "pass",
    Outcome.FAULT: "FAULT",
    Outcome.INCONCLUSIVE: "inconclusive",
    Outcome.NOT_APPLICABLE: "skipped",
}


def record(check: ProbeCheck, verdict: Verdict) -> dict[str, object]:
    """Return the JSON object of one check."""
    return {
        "row": check.name,
        "group": check.group,
        "verdict": verdict.outcome,
        "sure": verdict.certainty,
        "severity": severity_of(check, verdict),
        "sent": check.sends,
        "must": check.expected.text,
        "found": verdict.evidence,
        "faults": list(verdict.faults),
    }


def summary(results: Sequence[Result], url: str, not_sent: int) -> dict[str, object]:
    """Return the JSON object of the run: the number of checks by outcome, and of faults by severity.

    `not_sent` is the number of checks that an interrupt prevented.
    """
    outcomes = Counter(verdict.outcome for _, verdict in results)
    severities = Counter(severity_of(*each) for each in results if each[1].outcome is Outcome.FAULT)
    return {
        "url": url,
        "rows": len(results),
        **{str(outcome).replace(" ", "_"): outcomes[outcome] for outcome in Outcome},
        **{str(severity): severities[severity] for severity in Severity},
        "not_sent": not_sent,
    }


def has_faults(results: Sequence[Result], at_least: Severity) -> bool:
    """Return whether there is a fault of at least this severity."""
    order = list(Severity)
    worst = order[: order.index(at_least) + 1]
    return any(each[1].outcome is Outcome.FAULT and severity_of(*each) in worst for each in results)


def print_table(results: Sequence[Result], url: str, not_sent: int) -> None:
    """Print the table, each fault with its reason, and a summary.

    `not_sent` is the number of checks that an interrupt prevented.
    """
    rows = [(_OUTCOME_WORDS[verdict.outcome], check.name, _evidence(verdict)) for check, verdict in results]
    output.line(f"Deliveries sent to {url}")
    output.table(("verdict", "check", "evidence"), rows, fold="evidence")
    for severity in Severity:
        for check, verdict in results:
            if verdict.outcome is Outcome.FAULT and severity_of(check, verdict) is severity:
                _print_fault(check, verdict, severity)
    _print_sentence(results, not_sent)


def _evidence(verdict: Verdict) -> str:
    return f"likely: {verdict.evidence}" if verdict.certainty is Certainty.LIKELY else verdict.evidence


def _print_fault(check: ProbeCheck, verdict: Verdict, severity: Severity) -> None:
    output.paragraph(f"{severity}: {check.name}: {check.sends}; expected: {check.expected.text}", hang=2)
    output.paragraph(check.why, indent=2)
    for fault in verdict.faults[:_MAX_FAULTS_SHOWN]:
        output.paragraph(f"- {fault}", indent=2, hang=2)
    if len(verdict.faults) > _MAX_FAULTS_SHOWN:
        output.paragraph(f"and {len(verdict.faults) - _MAX_FAULTS_SHOWN} more; --json shows all", indent=2)


def _print_sentence(results: Sequence[Result], not_sent: int) -> None:
    counts = summary(results, "", not_sent)
    faults = [f"{counts[severity]} {severity}" for severity in Severity if counts[severity]]
    verdict = f"{counts['fault']} with a fault ({', '.join(faults)})" if faults else "no fault"
    sentence = (
        f"{counts['rows']} check{'s' * (len(results) != 1)}: {verdict}, {counts['pass']} passed, "
        f"{counts['not_seen']} inconclusive, {counts['left_out']} skipped"
    )
    output.paragraph(f"{sentence}; interrupted, {not_sent} not sent" if not_sent else sentence)
