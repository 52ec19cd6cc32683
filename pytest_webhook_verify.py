"""pytest's fixtures for tests of webhook receivers: :mod:`webhook_verify.testing`. PYTEST_DONT_REWRITE

pytest imports this at every start, in every project of the environment. So it stands outside of the
package, and imports nothing of it before a fixture is used.
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
    """What the app under test verifies with: ``testing.TEST_SECRET``. Override it to give your own."""
    from webhook_verify import Secret
    from webhook_verify.testing import TEST_SECRET

    return Secret(TEST_SECRET, label="test")  # whose repr shows nothing when a test fails


@pytest.fixture
def webhook_scheme() -> str | Scheme:
    """How it is signed: Standard Webhooks. Override it, or parametrize it by the names of schemes."""
    return "standard-webhooks"


@pytest.fixture
def webhook_clock() -> Clock:
    """The clock that webhook_signer signs by; give it to the app as ``clock=`` to move both."""
    from webhook_verify.testing import Clock

    return Clock()


@pytest.fixture
def webhook_signer(
    webhook_secret: str | bytes | Secret, webhook_scheme: str | Scheme, webhook_clock: Clock
) -> Signer:
    """A Signer of webhook_secret and webhook_scheme, by webhook_clock."""
    from webhook_verify import Signer

    return Signer(webhook_secret, scheme=webhook_scheme, clock=webhook_clock)


@pytest.fixture
def webhook_delivery(webhook_scheme: str | Scheme, webhook_clock: Clock) -> Callable[..., Delivery]:
    """``testing.delivery``, of webhook_scheme and at the time of webhook_clock."""
    from webhook_verify import testing

    def make(payload: object = b"{}", **parts: Any) -> Delivery:
        given: dict[str, Any] = {"scheme": webhook_scheme, "timestamp": webhook_clock(), **parts}
        return testing.delivery(payload, **given)

    return make


@pytest.fixture
def webhook_client(request: pytest.FixtureRequest) -> Any:
    """The client of a ReceiverContract: its attribute ``client``, else the fixture of that name."""
    from webhook_verify.testing.clients import is_client

    client = getattr(request.instance, "client", None)
    return client if is_client(client) else request.getfixturevalue("client")
