"""Clients of the Emporix Webhook Service."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from typing import Any, NamedTuple

import httpx2

from webhook_verify.api._client import AsyncClient, BlockingClient, Client, common_headers
from webhook_verify.api._client_credentials import (
    AsyncClientCredentials,
    ClientCredentials,
    read_token_error,
    token_operation,
)
from webhook_verify.api._operation import segment
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
from webhook_verify.api.emporix.operations import Config, Dashboard, EventSubscriptions, MonthlyStatistics
from webhook_verify.api.errors import ErrorInfo
from webhook_verify.tracebacks import hide_arguments

__all__ = ["AsyncEmporix", "Emporix"]

_SERVER = "https://api.emporix.io"


class _Resources(Client[AnySender]):
    """The resources of the API."""

    def __init__(self, sender: AnySender) -> None:
        super().__init__(sender)
        self.config: Config[AnySender] = Config(sender)
        self.dashboard: Dashboard[AnySender] = Dashboard(sender)
        self.event_subscriptions: EventSubscriptions[AnySender] = EventSubscriptions(sender)
        self.statistics: MonthlyStatistics[AnySender] = MonthlyStatistics(sender)


class Emporix(_Resources[Sender], BlockingClient):
    """A synchronous client of the Emporix Webhook Service. Threads may share it.

    ```python
    with Emporix("acme", client_id, client_secret) as emporix:
        for config in emporix.config.list():
            ...
    ```

    Operations raise `APIError`, or ValueError for an id that is empty, `.` or `..`.

    Args:
        tenant: Tenant, in lower case.
        client_id: Client id of an API key with the scopes `webhook.subscription_read` and
            `webhook.subscription_manage`.
        client_secret: Client secret of the API key. The first call fetches an access token with it.
        scopes: Scopes to request. By default all scopes of the API key.
        server_url: Base URL of the API and of its `/oauth/token`.
        timeout: Maximum duration of a call in seconds, including the token fetch, retries and waits. None: no
            limit.
        retries: Maximum number of attempts after the first one. A POST or PATCH is retried only if the server
            cannot have acted on it.
        max_response_bytes: Maximum size of a response body in bytes, after decompression.
        http_client: The `httpx2.Client` to send with, for example with your proxy or TLS settings.
            It is closed with this client. By default the client creates its own.
        sleep: Function that waits the given number of seconds between attempts.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If an argument is invalid, such as an empty client secret.
    """

    @hide_arguments
    def __init__(
        self,
        tenant: str,
        client_id: str,
        client_secret: str,
        *,
        scopes: Collection[str] = (),
        server_url: str = _SERVER,
        timeout: float | None = DEFAULT_TIMEOUT,
        retries: int = DEFAULT_RETRIES,
        max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES,
        http_client: httpx2.Client | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        caller = _Caller.checked(tenant, client_id, client_secret, scopes)
        settings = caller.settings(server_url, timeout, retries, max_response_bytes)
        tokens = Sender(settings, _TOKENS, http_client, sleep)
        auth = ClientCredentials(tokens, token_operation("/oauth/token", caller.form()))
        super().__init__(tokens.with_settings(caller.in_tenant(settings, auth), _EMPORIX))


class AsyncEmporix(_Resources[AsyncSender], AsyncClient):
    """An asynchronous client of the Emporix Webhook Service.

    Event loops may share it unless you pass `http_client`.

    ```python
    async with AsyncEmporix("acme", client_id, client_secret) as emporix:
        for config in await emporix.config.list():
            ...
    ```

    Operations raise `APIError`, or ValueError for an id that is empty, `.` or `..`.

    Args:
        tenant: Tenant, in lower case.
        client_id: Client id of an API key with the scopes `webhook.subscription_read` and
            `webhook.subscription_manage`.
        client_secret: Client secret of the API key. The first call fetches an access token with it.
        scopes: Scopes to request. By default all scopes of the API key.
        server_url: Base URL of the API and of its `/oauth/token`.
        timeout: Maximum duration of a call in seconds, including the token fetch, retries and waits. None: no
            limit.
        retries: Maximum number of attempts after the first one. A POST or PATCH is retried only if the server
            cannot have acted on it.
        max_response_bytes: Maximum size of a response body in bytes, after decompression.
        http_client: The `httpx2.AsyncClient` to send with, for example with your proxy or TLS settings.
            It is closed with this client. By default the client creates its own.
        sleep: Async function that waits the given number of seconds between attempts.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If an argument is invalid, such as an empty client secret.
    """

    @hide_arguments
    def __init__(
        self,
        tenant: str,
        client_id: str,
        client_secret: str,
        *,
        scopes: Collection[str] = (),
        server_url: str = _SERVER,
        timeout: float | None = DEFAULT_TIMEOUT,
        retries: int = DEFAULT_RETRIES,
        max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES,
        http_client: httpx2.AsyncClient | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        caller = _Caller.checked(tenant, client_id, client_secret, scopes)
        settings = caller.settings(server_url, timeout, retries, max_response_bytes)
        tokens = AsyncSender(settings, _TOKENS, http_client, sleep)
        auth = AsyncClientCredentials(tokens, token_operation("/oauth/token", caller.form()))
        super().__init__(tokens.with_settings(caller.in_tenant(settings, auth), _EMPORIX))


class _Caller(NamedTuple):
    """The tenant and its credentials. The repr omits the secret."""

    tenant: str
    client_id: str
    client_secret: str
    scopes: tuple[str, ...]

    @classmethod
    def checked(cls, tenant: str, client_id: str, client_secret: str, scopes: Collection[str]) -> _Caller:
        if segment(tenant) != tenant.lower():
            raise ValueError(
                "tenant must be in lower case and contain only characters that a URL does not escape"
            )
        if isinstance(scopes, str):
            raise TypeError("scopes must be a collection of str, not a 'str'")
        client_id, client_secret = (
            checked_text(name, text)
            for name, text in (("client_id", client_id), ("client_secret", client_secret))
        )
        return cls(
            tenant,
            client_id,
            client_secret,
            tuple(checked_text("an item of scopes", each) for each in scopes),
        )

    def __repr__(self) -> str:
        return f"_Caller(tenant={self.tenant!r})"

    def form(self) -> dict[str, str]:
        credentials = {"client_id": self.client_id, "client_secret": self.client_secret}
        return credentials | ({"scope": " ".join(self.scopes)} if self.scopes else {})

    def settings(
        self, server_url: str, timeout: float | None, retries: int, max_response_bytes: int
    ) -> ClientSettings:
        hidden = self.client_secret
        return ClientSettings(
            checked_url(server_url), common_headers(), timeout, retries, max_response_bytes, hidden
        )

    def in_tenant(self, settings: ClientSettings, auth: httpx2.Auth) -> ClientSettings:
        return settings._replace(base_url=f"{settings.base_url}/webhook/{self.tenant}", auth=auth)


def _read_error(error: Any) -> ErrorInfo:
    """Read the `fault` of the gateway, or the `status`, `message` and `details` of the service."""
    if "fault" in error:
        fault = error["fault"]
        return ErrorInfo(fault.get("detail", {}).get("errorcode"), fault.get("faultstring", ""))
    problems = tuple(map(_problem, error.get("details") or ()))
    return ErrorInfo(error.get("status"), error.get("message") or "", problems)


def _problem(text: str) -> tuple[str, str]:
    """Split a text such as `destinationUrl: The resource ...` into location and message."""
    location, colon, message = text.partition(": ")
    return (location, message) if colon else ("", text)


_EMPORIX = ProviderProfile(read_error=_read_error)
_TOKENS = ProviderProfile(read_error=read_token_error)
