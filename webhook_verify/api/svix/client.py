"""Clients of the Svix management API."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import httpx2

from webhook_verify.api._client import AsyncClient, BlockingClient, Client, common_headers, keyword_options
from webhook_verify.api._resource import AnySender
from webhook_verify.api._sender import AsyncSender, Sender
from webhook_verify.api._settings import (
    DEFAULT_MAX_RESPONSE_BYTES,
    DEFAULT_RETRIES,
    DEFAULT_TIMEOUT,
    ClientSettings,
    ProviderProfile,
    checked_text,
    checked_url,
)
from webhook_verify.api.errors import ErrorInfo
from webhook_verify.api.svix.account import (
    Authentication,
    BackgroundTask,
    Environment,
    Health,
    Statistics,
)
from webhook_verify.api.svix.application import Application
from webhook_verify.api.svix.endpoint import Endpoint
from webhook_verify.api.svix.event_type import EventType
from webhook_verify.api.svix.integration import Integration
from webhook_verify.api.svix.message import Message
from webhook_verify.api.svix.message_attempt import MessageAttempt
from webhook_verify.api.svix.operational_webhook import OperationalWebhook
from webhook_verify.tracebacks import hide_arguments

if TYPE_CHECKING:
    from webhook_verify.api.svix.autoconfig_subscription import AutoconfigSubscription
    from webhook_verify.api.svix.connector import Connector
    from webhook_verify.api.svix.destination import Destination
    from webhook_verify.api.svix.ingest import Ingest
    from webhook_verify.api.svix.streaming import Streaming

__all__ = ["AsyncSvix", "Svix", "SvixAsync"]

_REGIONS = frozenset({"us", "eu", "in", "ca", "au"})


class _Resources(Client[AnySender]):
    """The resources of the API."""

    def __init__(self, sender: AnySender) -> None:
        super().__init__(sender)
        self.application: Application[AnySender] = Application(sender)
        self.authentication: Authentication[AnySender] = Authentication(sender)
        self.background_task: BackgroundTask[AnySender] = BackgroundTask(sender)
        self.endpoint: Endpoint[AnySender] = Endpoint(sender)
        self.environment: Environment[AnySender] = Environment(sender)
        self.event_type: EventType[AnySender] = EventType(sender)
        self.health: Health[AnySender] = Health(sender)
        self.integration: Integration[AnySender] = Integration(sender)
        self.message: Message[AnySender] = Message(sender)
        self.message_attempt: MessageAttempt[AnySender] = MessageAttempt(sender)
        self.operational_webhook: OperationalWebhook[AnySender] = OperationalWebhook(sender)
        self.statistics: Statistics[AnySender] = Statistics(sender)

    # Loaded on first use, because few programs use these products and their many models.

    @cached_property
    def autoconfig_subscription(self) -> AutoconfigSubscription[AnySender]:
        """Operations on AutoConfig subscriptions, whose token configures a receiver."""
        from webhook_verify.api.svix.autoconfig_subscription import AutoconfigSubscription

        return AutoconfigSubscription(self._sender)

    @cached_property
    def connector(self) -> Connector[AnySender]:
        """Operations on connectors: transformations that users choose for a service."""
        from webhook_verify.api.svix.connector import Connector

        return Connector(self._sender)

    @cached_property
    def destination(self) -> Destination[AnySender]:
        """Operations on destinations, which receive the messages of an application in order."""
        from webhook_verify.api.svix.destination import Destination

        return Destination(self._sender)

    @cached_property
    def ingest(self) -> Ingest[AnySender]:
        """Operations on Svix Ingest."""
        from webhook_verify.api.svix.ingest import Ingest

        return Ingest(self._sender)

    @cached_property
    def streaming(self) -> Streaming[AnySender]:
        """Operations on Svix Stream."""
        from webhook_verify.api.svix.streaming import Streaming

        return Streaming(self._sender)


class Svix(_Resources[Sender], BlockingClient):
    """A synchronous client of the Svix API. Threads may share it.

    ```python
    with Svix(token) as svix:
        for endpoint in svix.endpoint.list("acme"):
            ...
    ```

    Operations raise `APIError`, or ValueError for an id that is empty, `.` or `..`.

    Args:
        token: The API token.
        server_url: Base URL of the API, including any path prefix. By default the region that the part after
            the token's last dot names (us, eu, in, ca, au), or `https://api.svix.com`.
        timeout: Maximum duration of a call in seconds, including its retries and waits. None: no limit.
        retries: Maximum number of attempts after the first one.
        max_response_bytes: Maximum size of a response body in bytes, after decompression.
        http_client: The `httpx2.Client` to send with, for example with your proxy or TLS settings.
            It is closed with this client. By default the client creates its own.
        sleep: Function that waits the given number of seconds between attempts.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If an argument is invalid, such as an empty token.
    """

    @hide_arguments
    @keyword_options
    def __init__(
        self,
        token: str,
        *,
        server_url: str | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,
        retries: int = DEFAULT_RETRIES,
        max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES,
        http_client: httpx2.Client | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        settings = _settings(token, server_url, timeout, retries, max_response_bytes)
        super().__init__(Sender(settings, _SVIX, http_client, sleep))


class AsyncSvix(_Resources[AsyncSender], AsyncClient):
    """An asynchronous client of the Svix API. Event loops may share it unless you pass `http_client`.

    ```python
    async with AsyncSvix(token) as svix:
        async for endpoint in svix.endpoint.list("acme"):
            ...
    ```

    Operations raise `APIError`, or ValueError for an id that is empty, `.` or `..`.

    Args:
        token: The API token.
        server_url: Base URL of the API, including any path prefix. By default the region that the part after
            the token's last dot names (us, eu, in, ca, au), or `https://api.svix.com`.
        timeout: Maximum duration of a call in seconds, including its retries and waits. None: no limit.
        retries: Maximum number of attempts after the first one.
        max_response_bytes: Maximum size of a response body in bytes, after decompression.
        http_client: The `httpx2.AsyncClient` to send with, for example with your proxy or TLS settings.
            It is closed with this client. By default the client creates its own.
        sleep: Async function that waits the given number of seconds between attempts.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If an argument is invalid, such as an empty token.
    """

    @hide_arguments
    @keyword_options
    def __init__(
        self,
        token: str,
        *,
        server_url: str | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,
        retries: int = DEFAULT_RETRIES,
        max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES,
        http_client: httpx2.AsyncClient | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        settings = _settings(token, server_url, timeout, retries, max_response_bytes)
        super().__init__(AsyncSender(settings, _SVIX, http_client, sleep))


SvixAsync = AsyncSvix
"""The name of `AsyncSvix` in the official SDK."""


def _settings(
    token: str, server_url: str | None, timeout: float | None, retries: int, max_response_bytes: int
) -> ClientSettings:
    token = checked_text("token", token)
    headers = {**common_headers(), "authorization": f"Bearer {token}"}
    base_url = _regional_url(token) if server_url is None else checked_url(server_url, stacklevel=6)
    return ClientSettings(base_url, headers, timeout, retries, max_response_bytes)


def _regional_url(token: str) -> str:
    region = token.rpartition(".")[2]
    return f"https://api.{region}.svix.com" if region in _REGIONS else "https://api.svix.com"


def _read_error(error: Any) -> ErrorInfo:
    """Read `code` and `detail`, or the list of problems in the `detail` of a 422."""
    if isinstance(error.get("detail"), list):
        problems: list[Any] = error["detail"]
        return ErrorInfo("validation_error", problems=tuple(map(_problem, problems)))
    return ErrorInfo(error.get("code"), error.get("detail", ""))


def _problem(problem: Any) -> tuple[str, str]:
    return ".".join(map(str, problem["loc"])), problem["msg"]


_SVIX = ProviderProfile(
    read_error=_read_error,
    idempotency_header="idempotency-key",
    call_id_header="svix-req-id",
    is_patch_idempotent=True,
    retry_count_header="svix-retry-count",
)
