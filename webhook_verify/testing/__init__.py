"""Test kit for webhook receivers: signed requests, typed events, deliveries and a contract test suite.

```python
def test_hook(webhook_signer):
    response = post(app.test_client(), "/webhooks/svix", {"type": "invoice.paid"}, webhook_signer)
    assert response.status_code == 200
```

This package imports neither pytest nor a framework. The fixtures are a plugin, which pytest loads
automatically. `event` requires the extra `events`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhook_verify.testing.assertions import Caught, assert_refused, assert_rejects
from webhook_verify.testing.clients import post
from webhook_verify.testing.clock import Clock
from webhook_verify.testing.deliveries import delivery
from webhook_verify.testing.requests import SignedRequest, payload_of, signed

if TYPE_CHECKING:
    from webhook_verify.testing.contract import ReceiverContract
    from webhook_verify.testing.events import event

__all__ = [
    "TEST_SECRET",
    "Caught",
    "Clock",
    "ReceiverContract",
    "SignedRequest",
    "assert_refused",
    "assert_rejects",
    "delivery",
    "event",
    "payload_of",
    "post",
    "signed",
]

TEST_SECRET = "whsec_dGhpcyBpcyBubyBzZWNyZXQsIGl0IGlzIGEgdGVzdCE="
"""The public secret of the fixtures. Configure the app under test with it."""


def __getattr__(name: str) -> object:
    # Lazy imports: events require msgspec, and most tests do not need the contract suite.
    if name == "event":
        from webhook_verify.testing.events import event

        return event
    if name == "ReceiverContract":
        from webhook_verify.testing.contract import ReceiverContract

        return ReceiverContract
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
