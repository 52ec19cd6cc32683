"""Receivers and consumers that are configured with a single string, an AutoConfig token.

```python
from webhook_verify.api.svix import AutoConfig, EndpointIn

with AutoConfig("auto_v2_...", EndpointIn(url="https://acme.example/hooks")) as config:
    config.subscribe()
receiver = Receiver(config.verifier)
```
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from webhook_verify.api._sender import AsyncSender, Sender
from webhook_verify.api.svix._autoconfig_operations import (
    AutoConfigConsumerOperations,
    AutoConfigReceiverOperations,
)
from webhook_verify.api.svix._autoconfig_token import AutoConfigToken
from webhook_verify.api.svix.client import AsyncSvix, Svix
from webhook_verify.api.svix.models.autoconfig import (
    SinkInCommon,
)
from webhook_verify.api.svix.models.endpoint import EndpointIn
from webhook_verify.tracebacks import hide_arguments
from webhook_verify.verifier import DEFAULT_TOLERANCE

if TYPE_CHECKING:
    from typing import Self

    import httpx2

__all__ = ["AsyncAutoConfig", "AsyncAutoConfigConsumer", "AutoConfig", "AutoConfigConsumer"]


class AutoConfig(AutoConfigReceiverOperations[Sender]):
    """A synchronous receiver that is configured with one token.

    Args:
        token: The token: `auto_v1_` or `auto_v2_`, and base64.
        endpoint: The endpoint for `subscribe`. A receiver that only verifies needs no endpoint.
        tolerance: Maximum age of a delivery, a timedelta or seconds.
        timeout: Maximum duration of a call in seconds, including its retries and waits. None: no limit.
        http_client: The `httpx2.Client` to send with. It is closed with this object.

    Attributes:
        verifier: Verifies deliveries with the signing secret in the token, for a `Receiver`.
        client: A client of the API with the token's server and API token.

    Raises:
        TypeError: If an argument has the wrong type.
        InvalidSecret: If the token is malformed, or of an unsupported version.
        ValueError: If the server URL in the token or an option is invalid.
    """

    @hide_arguments
    def __init__(
        self,
        token: str,
        endpoint: EndpointIn | None = None,
        *,
        tolerance: timedelta | float = DEFAULT_TOLERANCE,
        timeout: float | None = 30.0,
        http_client: httpx2.Client | None = None,
    ) -> None:
        content = AutoConfigToken.parse(token)
        self.client: Svix = Svix(
            content.api_token, server_url=content.server_url, timeout=timeout, http_client=http_client
        )
        super().__init__(content, endpoint, tolerance, self.client.health.sender)

    def close(self) -> None:
        """Close the connections. Leaving the `with` block calls it."""
        self.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


class AutoConfigConsumer(AutoConfigConsumerOperations[Sender]):
    """A synchronous consumer that is configured with one token.

    Args:
        token: The token: `auto_v1_` or `auto_v2_`, and base64.
        sink_in: The polling endpoint for `subscribe`.
        timeout: Maximum duration of a call in seconds, including its retries and waits. None: no limit.
        http_client: The `httpx2.Client` to send with. It is closed with this object.

    Attributes:
        client: A client of the API with the token's server and API token.

    Raises:
        TypeError: If an argument has the wrong type.
        InvalidSecret: If the token is malformed, or of an unsupported version.
        ValueError: If the server URL in the token or an option is invalid.
    """

    @hide_arguments
    def __init__(
        self,
        token: str,
        sink_in: SinkInCommon | None = None,
        *,
        timeout: float | None = 30.0,
        http_client: httpx2.Client | None = None,
    ) -> None:
        content = AutoConfigToken.parse(token)
        self.client: Svix = Svix(
            content.api_token, server_url=content.server_url, timeout=timeout, http_client=http_client
        )
        super().__init__(content, sink_in, self.client.health.sender)

    def close(self) -> None:
        """Close the connections. Leaving the `with` block calls it."""
        self.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


class AsyncAutoConfig(AutoConfigReceiverOperations[AsyncSender]):
    """An asynchronous receiver that is configured with one token.

    Args:
        token: The token: `auto_v1_` or `auto_v2_`, and base64.
        endpoint: The endpoint for `subscribe`. A receiver that only verifies needs no endpoint.
        tolerance: Maximum age of a delivery, a timedelta or seconds.
        timeout: Maximum duration of a call in seconds, including its retries and waits. None: no limit.
        http_client: The `httpx2.AsyncClient` to send with. It is closed with this object.

    Attributes:
        verifier: Verifies deliveries with the signing secret in the token, for a `Receiver`.
        client: A client of the API with the token's server and API token.

    Raises:
        TypeError: If an argument has the wrong type.
        InvalidSecret: If the token is malformed, or of an unsupported version.
        ValueError: If the server URL in the token or an option is invalid.
    """

    @hide_arguments
    def __init__(
        self,
        token: str,
        endpoint: EndpointIn | None = None,
        *,
        tolerance: timedelta | float = DEFAULT_TOLERANCE,
        timeout: float | None = 30.0,
        http_client: httpx2.AsyncClient | None = None,
    ) -> None:
        content = AutoConfigToken.parse(token)
        self.client: AsyncSvix = AsyncSvix(
            content.api_token, server_url=content.server_url, timeout=timeout, http_client=http_client
        )
        super().__init__(content, endpoint, tolerance, self.client.health.sender)

    async def close(self) -> None:
        """Close the connections. Leaving the `async with` block calls it."""
        await self.client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()


class AsyncAutoConfigConsumer(AutoConfigConsumerOperations[AsyncSender]):
    """An asynchronous consumer that is configured with one token.

    Args:
        token: The token: `auto_v1_` or `auto_v2_`, and base64.
        sink_in: The polling endpoint for `subscribe`.
        timeout: Maximum duration of a call in seconds, including its retries and waits. None: no limit.
        http_client: The `httpx2.AsyncClient` to send with. It is closed with this object.

    Attributes:
        client: A client of the API with the token's server and API token.

    Raises:
        TypeError: If an argument has the wrong type.
        InvalidSecret: If the token is malformed, or of an unsupported version.
        ValueError: If the server URL in the token or an option is invalid.
    """

    @hide_arguments
    def __init__(
        self,
        token: str,
        sink_in: SinkInCommon | None = None,
        *,
        timeout: float | None = 30.0,
        http_client: httpx2.AsyncClient | None = None,
    ) -> None:
        content = AutoConfigToken.parse(token)
        self.client: AsyncSvix = AsyncSvix(
            content.api_token, server_url=content.server_url, timeout=timeout, http_client=http_client
        )
        super().__init__(content, sink_in, self.client.health.sender)

    async def close(self) -> None:
        """Close the connections. Leaving the `async with` block calls it."""
        await self.client.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()
