"""The rejection of a request for which a lookup returns no verifier.

It is rejected like a forged delivery of a known sender. Otherwise the status, the time and the reading of the
body would reveal to an attacker which tenants exist. Such a request is verified with a decoy, which is a
random secret or a public key without a sender. The request is rejected regardless of the result.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from functools import lru_cache, partial
from typing import NoReturn

from webhook_verify import schemes
from webhook_verify.body import BytesLike
from webhook_verify.errors import InvalidSecret, Reason, SignatureMismatch, TimestampOutsideTolerance
from webhook_verify.http import RequestHead
from webhook_verify.schemes import Scheme
from webhook_verify.verification import Verification, VerificationWrapper
from webhook_verify.verifier import Verifier

__all__ = ["NO_SECRET", "UnknownSenderVerification", "begin_with_decoy", "decoy_verifier", "reject_headers"]

NO_SECRET = "no signing secret is configured for this request"
"""The detail of the rejection, for the log."""

# The private keys were discarded. A signature by one of them would be rejected as well.
_PUBLIC_KEYS = (
    """\
-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1QCNlXaLHK/cjRugUKz0+6rr8d19
powkqDUsUUOUXBYbsBw6UJrky95MUGzOqL8LQTm5RalDgnWmZ9wnX/nrew==
-----END PUBLIC KEY-----
""",
    """\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAw7Z6fxmfC+O1W1JFIINz
3KNgKp1rsPKgC8azu1C5wVfQKuDrlWEhbCw6s7CtmycE8yOaGEwUkFCTWTibummN
fW5Fj3eICRSOnQqSYjJ5yTVIirY7cZnJrqyTSA/s1jOJfMt5MDa/L0ZuXiKfdxmU
M5J9DyHx+P+I0PyLGJSQPoZyjcrJivnvnYrZr78BhVYv+0F/UH06b3SPxyBGtROF
oNQR0i8uCxWT5/LMdd/CMvi/PLSUfl8G7ynn1Uba4+gkokMH6xMmgl60Rpegyzjl
qn1IJRG0ZSpyRJ8rzNeg769cAM8M7Px7xm+tiOOPt0NY13bjbKPebzMK0J384o1B
RQIDAQAB
-----END PUBLIC KEY-----
""",
)

_UNAUTHORIZED = (SignatureMismatch, TimestampOutsideTolerance)


def begin_with_decoy(
    scheme: Scheme | None, head: RequestHead, begin: Callable[[Verifier], Verification]
) -> Callable[[], Verification]:
    """Return a function that begins the verification of a request of an unknown sender.

    Args:
        scheme: The scheme of the known senders, None for Standard Webhooks.
        head: The head of the request.
        begin: Begins a verification with a verifier.

    Returns:
        The function. It raises `RejectedDelivery` if the headers are rejected.
    """
    scheme = scheme or schemes.get("standard-webhooks")
    decoy = decoy_verifier(scheme)
    return partial(reject_headers, scheme, head) if decoy is None else partial(begin, decoy)


@lru_cache(maxsize=64)
def decoy_verifier(scheme: Scheme) -> Verifier | None:
    """Return a verifier that takes as long as the verifier of a known sender.

    Args:
        scheme: The scheme of the known senders.

    Returns:
        The verifier, None if the scheme does not accept any of the decoys.
    """
    random = os.urandom(32)
    in_base64 = base64.b64encode(random).decode()  # 32 bytes are also an Ed25519 key
    random_secrets = f"whsec_{in_base64}", random.hex(), in_base64
    own = (scheme.decoy_secret,) if scheme.decoy_secret else ()
    for secret in (*own, *random_secrets, *_PUBLIC_KEYS):
        try:
            return Verifier(secret, scheme=scheme)
        except (InvalidSecret, ImportError):
            continue
    return None


def reject_headers(scheme: Scheme, head: RequestHead) -> NoReturn:
    """Reject a request of an unknown sender, for a scheme without a decoy.

    Args:
        scheme: The scheme of the known senders.
        head: The head of the request.

    Raises:
        RejectedDelivery: If the headers are invalid.
        SignatureMismatch: Otherwise, because the sender is unknown.
    """
    scheme.parse_headers(head.headers, head.url, head.method)
    raise SignatureMismatch(Reason.NO_SECRET, NO_SECRET)


class UnknownSenderVerification(VerificationWrapper):
    """A verification with a decoy, whose result is that the sender is unknown.

    Args:
        begin: Begins the verification with the decoy, from the headers.

    Raises:
        RejectedDelivery: If the headers are rejected for any sender.
    """

    __slots__ = ()

    def __init__(self, begin: Callable[[], Verification]) -> None:
        try:
            super().__init__(begin())
        except _UNAUTHORIZED as error:
            raise _unknown(error) from None

    def finish(self, last: BytesLike = b"") -> NoReturn:
        """Finish the verification with the decoy, and reject the delivery.

        Args:
            last: The last chunk of the body.

        Raises:
            RejectedDelivery: Always: for a reason that does not depend on the sender, or for the sender.
        """
        unknown = _unknown(None)
        try:
            self._verification.finish(last)
        except _UNAUTHORIZED as error:
            unknown = _unknown(error)
        raise unknown


def _unknown(error: SignatureMismatch | TimestampOutsideTolerance | None) -> SignatureMismatch:
    unknown = SignatureMismatch(Reason.NO_SECRET, NO_SECRET)
    if error is not None:
        unknown.message_id, unknown.scheme, unknown.seconds = error.message_id, error.scheme, error.seconds
    return unknown
