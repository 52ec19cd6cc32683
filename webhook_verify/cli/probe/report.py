"""How a probe prints what it found: lines of JSON as they come, or a table and a verdict for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from webhook_verify.cli import output
from webhook_verify.cli.probe.check import Certainty, Outcome, ProbeCheck, Severity, Verdict, severity_of

__all__ = ["has_faults", "print_table", "record", "summary"]

Result = tuple[ProbeCheck, Verdict]
_MAX_FAULTS_SHOWN = 8


def record(check: ProbeCheck, verdict: Verdict) -> dict[str, object]:
    """One row for machines."""
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
    """The whole run for machines: how many rows of each verdict, and faults of each severity.

    ``not_sent``: how many rows are missing, because it was interrupted.
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
    """Whether there is a fault that is as severe as this or worse."""
    order = list(Severity)
    worst = order[: order.index(at_least) + 1]
    return any(each[1].outcome is Outcome.FAULT and severity_of(*each) in worst for each in results)


def print_table(results: Sequence[Result], url: str, not_sent: int) -> None:
    """The table, then each fault with its reason, then a sentence; ``not_sent`` is as for :func:`summary`."""
    rows = [(_outcome_word(verdict), check.name, _evidence(verdict)) for check, verdict in results]
    output.line(f"Deliveries sent to {url}")
    output.table(("verdict", "row", "found"), rows, fold="found")
    for severity in Severity:
        for check, verdict in results:
            if verdict.outcome is Outcome.FAULT and severity_of(check, verdict) is severity:
                _print_fault(check, verdict, severity)
    _print_sentence(results, not_sent)


def _outcome_word(verdict: Verdict) -> str:
    return "FAULT" if verdict.outcome is Outcome.FAULT else str(verdict.outcome)


def _evidence(verdict: Verdict) -> str:
    return f"likely: {verdict.evidence}" if verdict.certainty is Certainty.LIKELY else verdict.evidence


def _print_fault(check: ProbeCheck, verdict: Verdict, severity: Severity) -> None:
    output.paragraph(f"{severity}: {check.name}: {check.sends}; must be: {check.expected.text}", hang=2)
    output.paragraph(check.why, indent=2)
    for fault in verdict.faults[:_MAX_FAULTS_SHOWN]:
        output.paragraph(f"- {fault}", indent=2, hang=2)
    if len(verdict.faults) > _MAX_FAULTS_SHOWN:
        output.paragraph(f"and {len(verdict.faults) - _MAX_FAULTS_SHOWN} more: see --json", indent=2)


def _print_sentence(results: Sequence[Result], not_sent: int) -> None:
    counts = summary(results, "", not_sent)
    faults = [f"{counts[severity]} {severity}" for severity in Severity if counts[severity]]
    verdict = f"{counts['fault']} with a fault ({', '.join(faults)})" if faults else "no fault"
    sentence = (
        f"{counts['rows']} row{'s' * (len(results) != 1)}: {verdict}, {counts['pass']} as they must be, "
        f"{counts['not_seen']} not seen, {counts['left_out']} left out"
    )
    output.paragraph(f"{sentence}; interrupted, {not_sent} not sent" if not_sent else sentence)
