"""For the tests of your receiver: signed requests, typed events, deliveries, and a ready suite.

::

    def test_hook(webhook_signer):
        response = post(app.test_client(), "/webhooks/svix", {"type": "invoice.paid"}, webhook_signer)
        assert response.status_code == 200

Nothing here needs pytest or a framework to be imported; the fixtures come with the package, as a plugin
that pytest finds by itself. :func:`event` needs the extra ``events``.
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
"""The secret of the fixtures, which everybody knows: let the app under test verify with it."""


def __getattr__(name: str) -> object:
    # The events need msgspec, and who asserts a rejection does without the suite.
    if name == "event":
        from webhook_verify.testing.events import event

        return event
    if name == "ReceiverContract":
        from webhook_verify.testing.contract import ReceiverContract

        return ReceiverContract
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
