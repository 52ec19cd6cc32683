"""A custom scheme that does not sign one of the parts that the standard signs."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

import pytest

from tests.schemes.ways import WAYS
from webhook_verify import Signer, TimestampOutsideTolerance, Verifier
from webhook_verify.schemes import StandardWebhooks

NOW = 1_700_000_000
BODY = b'{ "b": 1.0, "a": [10.50, 12345678901234567890] }'
WRONG = b64encode(sha256(b"another").digest()).decode()


class IdUnsigned(StandardWebhooks):
    """A provider that sends an id which it does not sign, and signs a time, with several signatures."""

    signs_id = False


def test_a_scheme_may_leave_out_one_thing_alone() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    own = IdUnsigned("own", brand="webhook")
    headers = Signer(secret).sign(BODY, id="msg_1", timestamp=NOW)
    genuine = headers["webhook-signature"]
    headers["webhook-signature"] = f"v1,{WRONG} {genuine} v1,{WRONG}"
    verifying = Verifier(secret, scheme=own, clock=lambda: NOW)

    for verify in WAYS:
        delivery = verify(verifying, BODY, headers)
        assert (delivery.id, delivery.id_is_signed, delivery.timestamp_is_signed) == ("msg_1", False, True)
        assert delivery.timestamp.timestamp() == NOW
        assert delivery.signed_content_digest == sha256(b"msg_1.%d.%b" % (NOW, BODY)).digest()
        with pytest.raises(TimestampOutsideTolerance):
            verify(Verifier(secret, scheme=own, clock=lambda: NOW + 301), BODY, headers)
