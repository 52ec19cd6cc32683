"""Diagnosis of rejected deliveries: likely causes, evidence and advice for the developer.

`explain` diagnoses one delivery; `Receiver(..., diagnose=True)` logs a diagnosis of each rejected delivery.
Never send a diagnosis to the sender.

Examples:
    >>> from webhook_verify import Signer, Verifier
    >>> from webhook_verify.diagnosis import explain
    >>> secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    >>> headers = Signer(secret).sign(b'{"type":"invoice.paid"}')
    >>> print(explain(Verifier(secret), b'{"type": "invoice.paid"}', headers).cause.name)
    body_reserialized
"""

from webhook_verify.diagnosis.explaining import explain
from webhook_verify.diagnosis.model import Cause, Check, Confidence, Diagnosis

__all__ = ["Cause", "Check", "Confidence", "Diagnosis", "explain"]
