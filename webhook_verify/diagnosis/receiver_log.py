"""The debug mode of a receiver: the log ``webhook_verify.diagnosis`` explains each rejected delivery.

``Receiver(..., diagnose=True)`` is the only importer. The response to the sender does not change. Rejected
headers are reported only once the body is there, up to the limit, because the cause is in the whole delivery.
"""

from __future__ import annotations

import logging

from webhook_verify.diagnosis.explain import explain
from webhook_verify.diagnosis.model import Diagnosis
from webhook_verify.http import RequestHead
from webhook_verify.verifier import Verifier

__all__ = ["log_diagnosis"]

_logger = logging.getLogger("webhook_verify.diagnosis")


def log_diagnosis(verifier: Verifier, head: RequestHead, body: bytes) -> None:
    """Log why the verifier rejects this delivery."""
    try:
        diagnosis = explain(verifier, body, head.headers, url=head.url, method=head.method)
    except Exception as error:  # it must not change the response, and its text may contain a secret
        _logger.warning("the diagnosis failed with %s", type(error).__name__)
        return
    extra = {"path": head.path, "scheme": diagnosis.scheme, "diagnosis": diagnosis.as_dict()}
    _logger.warning("%s", _line(diagnosis), extra=extra)


def _line(diagnosis: Diagnosis) -> str:
    """The likeliest cause in a sentence, the others by name, and the fingerprints of the secrets."""
    others = [f"{one.name} ({one.confidence.name.lower()})" for one in diagnosis.causes[1:]]
    fingerprints = ", ".join(f"{label} is {digits}" for label, digits in diagnosis.secret_fingerprints)
    also = f" Or: {', '.join(others)}." if others else ""
    return f"{diagnosis}{also} Fingerprints: {fingerprints}."
