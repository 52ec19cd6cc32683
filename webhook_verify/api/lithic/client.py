"""The clients themselves: where the API is, who is calling, and the resources."""

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
    """Everything that a client can be asked for."""

    def __init__(self, sender: AnySender) -> None:
        super().__init__(sender)
        self.event_subscriptions = EventSubscriptions(sender)
        self.events = Events(sender)
        self.simulate = Simulate(sender)


class Lithic(_Resources[Sender], BlockingClient):
    """A client of the Lithic Events API for blocking code; threads may share it. ::

        with Lithic(api_key) as lithic:
            for subscription in lithic.event_subscriptions.list():
                ...

    ``api_key``: the key of your program, which is sent as it is. ``environment``: ``production`` or
    ``sandbox``. ``server_url``: where the API is if it is neither. ``timeout``: the longest that a call
    may take, retries and waits included, in seconds; None: as long as it takes. ``retries``: how many
    attempts may follow the first of a call; a POST or PATCH is only sent again where nothing can have
    been done. ``max_response_bytes``: the largest answer that is read. ``http_client``: an
    :class:`httpx2.Client` with the proxies and TLS that you need; it is closed with this client.
    ``sleep``: waits between attempts, in seconds.

    Raises TypeError or ValueError for a configuration that cannot work. Calls raise :class:`APIError`.
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
    """A client of the Lithic Events API for asyncio. As :class:`Lithic`, with ``await`` and ``async``."""

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


_LITHIC = ProviderProfile(read_error=_read_error)  # knows no idempotency key: a POST sent twice is done twice
