"""pytest fixtures for tests of webhook receivers.

pytest imports this module at each start, in every project of the environment. Therefore, it is outside the
package and imports `webhook_verify` only when a fixture is used.

PYTEST_DONT_REWRITE
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from webhook_verify import Delivery, Scheme, Secret, Signer
    from webhook_verify.testing import Clock

__all__ = [
    "webhook_client",
    "webhook_clock",
    "webhook_delivery",
    "webhook_scheme",
    "webhook_secret",
    "webhook_signer",
]


@pytest.fixture
def webhook_secret() -> str | bytes | Secret:
    """Return the secret of the app under test, `testing.TEST_SECRET`. Override it with your own."""
    from webhook_verify import Secret
    from webhook_verify.testing import TEST_SECRET

    return Secret(TEST_SECRET, label="test")  # The repr, which pytest shows on failure, hides the value.


@pytest.fixture
def webhook_scheme() -> str | Scheme:
    """Return the scheme, Standard Webhooks. Override it, or parametrize it with the names of schemes."""
    return "standard-webhooks"


@pytest.fixture
def webhook_clock() -> Clock:
    """Return the clock of webhook_signer. Pass it to the app as `clock=` to move both."""
    from webhook_verify.testing import Clock

    return Clock()


@pytest.fixture
def webhook_signer(
    webhook_secret: str | bytes | Secret, webhook_scheme: str | Scheme, webhook_clock: Clock
) -> Signer:
    """Return a Signer with webhook_secret, webhook_scheme and webhook_clock."""
    from webhook_verify import Signer

    return Signer(webhook_secret, scheme=webhook_scheme, clock=webhook_clock)


@pytest.fixture
def webhook_delivery(webhook_scheme: str | Scheme, webhook_clock: Clock) -> Callable[..., Delivery]:
    """Return `testing.delivery` with webhook_scheme and the time of webhook_clock."""
    from webhook_verify import testing

    def make(payload: object = b"{}", **parts: Any) -> Delivery:
        arguments: dict[str, Any] = {"scheme": webhook_scheme, "timestamp": webhook_clock(), **parts}
        return testing.delivery(payload, **arguments)

    return make


@pytest.fixture
def webhook_client(request: pytest.FixtureRequest) -> Any:
    """Return the client of a ReceiverContract: its attribute `client`, or else the fixture `client`."""
    from webhook_verify.testing.clients import is_client

    client = getattr(request.instance, "client", None)
    return client if is_client(client) else request.getfixturevalue("client")
