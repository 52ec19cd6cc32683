"""Standard Webhooks: the official library and the vector of the specification.

More tests are in tests/conformance.
"""

from __future__ import annotations

import pytest
import standardwebhooks

from tests.providers.interop import interop
from tests.providers.standard_family import assert_official_library_takes
from tests.signing import SECRET
from webhook_verify import SignatureMismatch, Verifier


@interop("standard-webhooks", by="standardwebhooks (PyPI)")
def test_the_official_library_takes_what_we_sign() -> None:
    assert_official_library_takes("standard-webhooks", standardwebhooks.Webhook)


@interop("standard-webhooks", by="the specification")
def test_the_vector_of_the_specification() -> None:
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    verifier = Verifier(SECRET, clock=lambda: 1614265330)

    assert verifier.verify(b'{"test": 2432232314}', headers).id == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    with pytest.raises(SignatureMismatch):
        verifier.verify(b'{"test": 2432232315}', headers)
