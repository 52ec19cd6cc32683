"""The debug mode of a receiver: the log ``webhook_verify.diagnosis`` explains each rejected delivery.

``Receiver(..., diagnose=True)`` is the only importer. The response to the sender does not change. Rejected
headers are reported only once the body is there, up to the limit, because the cause is in the whole delivery.
What that costs a process is limited, see :mod:`webhook_verify.diagnosis.limiter`.
"""

from __future__ import annotations

import logging

from webhook_verify.diagnosis.explain import explain
from webhook_verify.diagnosis.limiter import DiagnosisLimiter
from webhook_verify.diagnosis.model import Diagnosis
from webhook_verify.forks import PerProcess
from webhook_verify.http import RequestHead
from webhook_verify.log_text import log_text
from webhook_verify.verifier import Verifier

__all__ = ["log_diagnosis"]

_logger = logging.getLogger("webhook_verify.diagnosis")
_limiter = PerProcess(DiagnosisLimiter)


def log_diagnosis(verifier: Verifier, head: RequestHead, body: bytes) -> None:
    """Log why the verifier rejects this delivery; once per minute, how many were over the limit.

    It never waits for the diagnosis of another delivery.
    """
    limiter = _limiter.get()
    with limiter.turn() as may_run:
        if may_run:
            _explain(verifier, head, body)
    if report := limiter.report():
        _logger.warning("%s", report, extra={"path": log_text(head.path)})


def _explain(verifier: Verifier, head: RequestHead, body: bytes) -> None:
    try:
        diagnosis = explain(verifier, body, head.headers, url=head.url, method=head.method)
    except Exception as error:  # it must not change the response, and its text may contain a secret
        _logger.warning("the diagnosis failed with %s", type(error).__name__)
        return
    extra = {"path": log_text(head.path), "scheme": diagnosis.scheme, "diagnosis": diagnosis.as_dict()}
    _logger.warning("%s", _line(diagnosis), extra=extra)


def _line(diagnosis: Diagnosis) -> str:
    """The likeliest cause in a sentence, the others by name, and the fingerprints of the secrets."""
    others = [f"{one.name} ({one.confidence.name.lower()})" for one in diagnosis.causes[1:]]
    fingerprints = ", ".join(f"{label} is {digits}" for label, digits in diagnosis.secret_fingerprints)
    also = f" Or: {', '.join(others)}." if others else ""
    return f"{diagnosis}{also} Fingerprints: {fingerprints}."
