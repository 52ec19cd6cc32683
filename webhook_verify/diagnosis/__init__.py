"""Why was a delivery rejected? For the developer, never for the sender.

:func:`explain` says it of one delivery; ``Receiver(..., diagnose=True)`` logs it of each one that it rejects.

>>> from webhook_verify import Signer, Verifier
>>> from webhook_verify.diagnosis import explain
>>> secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
>>> headers = Signer(secret).sign(b'{"type":"invoice.paid"}')
>>> print(explain(Verifier(secret), b'{"type": "invoice.paid"}', headers).cause.name)
body_reserialized
"""

from webhook_verify.diagnosis.explain import explain
from webhook_verify.diagnosis.model import Cause, Check, Confidence, Diagnosis

__all__ = ["Cause", "Check", "Confidence", "Diagnosis", "explain"]
