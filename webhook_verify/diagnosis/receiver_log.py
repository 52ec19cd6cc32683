"""The debug mode of a receiver, which logs a diagnosis of each rejected delivery.

Only `Receiver(..., diagnose=True)` imports this module. The response to the sender does not change. Rejected
headers are diagnosed after the body was received, up to its limit, because the cause may be in the body. The
CPU time per process is limited by `webhook_verify.diagnosis.limiter`.
"""

from __future__ import annotations

import logging

from webhook_verify.diagnosis.explaining import explain
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
    """Log why a verifier rejects a delivery, and once per minute how many deliveries were over the limit.

    Never waits for the diagnosis of another delivery.

    Args:
        verifier: The verifier that rejected the delivery.
        head: The request's method, path and headers.
        body: The body as received.
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
    except Exception as error:
        # An error must not change the response, and its text may contain a secret.
        _logger.warning("the diagnosis failed with %s", type(error).__name__)
        return
    extra = {"path": log_text(head.path), "scheme": diagnosis.scheme, "diagnosis": diagnosis.as_dict()}
    _logger.warning("%s", _line(diagnosis), extra=extra)


def _line(diagnosis: Diagnosis) -> str:
    """Describe the most likely cause, and list the other causes and the fingerprints of the secrets."""
    others = [f"{cause.name} ({cause.confidence.name.lower()})" for cause in diagnosis.causes[1:]]
    fingerprints = ", ".join(f"{label} {digits}" for label, digits in diagnosis.secret_fingerprints)
    also = f" Other possible causes: {', '.join(others)}." if others else ""
    return f"{diagnosis}{also} Secret fingerprints (SHA-256): {fingerprints}."
