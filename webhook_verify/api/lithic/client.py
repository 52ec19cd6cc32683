"""Clients of the Lithic Events API."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import httpx2

from webhook_verify.api._client import AsyncClient, BlockingClient, Client, common_headers
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
from webhook_verify.api.lithic.event_subscriptions import EventSubscriptions, Simulate
from webhook_verify.api.lithic.events import Events
from webhook_verify.tracebacks import hide_arguments

__all__ = ["AsyncLithic", "Lithic"]

_SERVERS = {"production": "https://api.lithic.com", "sandbox": "https://sandbox.lithic.com"}
_Environment = Literal["production", "sandbox"]


class _Resources(Client[AnySender]):
    """The resources of the API."""

    def __init__(self, sender: AnySender) -> None:
        super().__init__(sender)
        self.event_subscriptions: EventSubscriptions[AnySender] = EventSubscriptions(sender)
        self.events: Events[AnySender] = Events(sender)
        self.simulate: Simulate[AnySender] = Simulate(sender)


class Lithic(_Resources[Sender], BlockingClient):
    """A synchronous client of the Lithic Events API. Threads may share it.

    ```python
    with Lithic(api_key) as lithic:
        for subscription in lithic.event_subscriptions.list():
            ...
    ```

    Operations raise `APIError`, or ValueError for an id that is empty, `.` or `..`.

    Args:
        api_key: API key of your program, which is sent unchanged.
        environment: `production` or `sandbox`.
        server_url: Base URL of the API, instead of that of the environment.
        timeout: Maximum duration of a call in seconds, including its retries and waits. None: no limit.
        retries: Maximum number of attempts after the first one. A POST or PATCH is retried only if the server
            cannot have acted on it.
        max_response_bytes: Maximum size of a response body in bytes, after decompression.
        http_client: The `httpx2.Client` to send with, for example with your proxy or TLS settings.
            It is closed with this client. By default the client creates its own.
        sleep: Function that waits the given number of seconds between attempts.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If an argument is invalid, such as an empty API key.
    """

    @hide_arguments
    def __init__(
        self,
        api_key: str,
        *,
        environment: _Environment = "production",
        server_url: str | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,
        retries: int = DEFAULT_RETRIES,
        max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES,
        http_client: httpx2.Client | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        base_url = _base_url(environment, server_url)
        settings = ClientSettings(base_url, _headers(api_key), timeout, retries, max_response_bytes)
        super().__init__(Sender(settings, _LITHIC, http_client, sleep))


class AsyncLithic(_Resources[AsyncSender], AsyncClient):
    """An asynchronous client of the Lithic Events API.

    Event loops may share it unless you pass `http_client`.

    ```python
    async with AsyncLithic(api_key) as lithic:
        async for subscription in lithic.event_subscriptions.list():
            ...
    ```

    Operations raise `APIError`, or ValueError for an id that is empty, `.` or `..`.

    Args:
        api_key: API key of your program, which is sent unchanged.
        environment: `production` or `sandbox`.
        server_url: Base URL of the API, instead of that of the environment.
        timeout: Maximum duration of a call in seconds, including its retries and waits. None: no limit.
        retries: Maximum number of attempts after the first one. A POST or PATCH is retried only if the server
            cannot have acted on it.
        max_response_bytes: Maximum size of a response body in bytes, after decompression.
        http_client: The `httpx2.AsyncClient` to send with, for example with your proxy or TLS settings.
            It is closed with this client. By default the client creates its own.
        sleep: Async function that waits the given number of seconds between attempts.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If an argument is invalid, such as an empty API key.
    """

    @hide_arguments
    def __init__(
        self,
        api_key: str,
        *,
        environment: _Environment = "production",
        server_url: str | None = None,
        timeout: float | None = DEFAULT_TIMEOUT,
        retries: int = DEFAULT_RETRIES,
        max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES,
        http_client: httpx2.AsyncClient | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        base_url = _base_url(environment, server_url)
        settings = ClientSettings(base_url, _headers(api_key), timeout, retries, max_response_bytes)
        super().__init__(AsyncSender(settings, _LITHIC, http_client, sleep))


def _base_url(environment: str, server_url: str | None) -> str:
    if environment not in _SERVERS:
        raise ValueError(f"environment must be one of {', '.join(_SERVERS)}, not {environment!r}")
    return _SERVERS[environment] if server_url is None else checked_url(server_url)


def _headers(api_key: str) -> dict[str, str]:
    return {**common_headers(), "authorization": checked_text("api_key", api_key)}


def _read_error(error: Any) -> ErrorInfo:
    return ErrorInfo(detail=error.get("message", ""), request_id=error.get("debugging_request_id"))


# Without an idempotency header, because Lithic does not support idempotency keys.
_LITHIC = ProviderProfile(read_error=_read_error)
