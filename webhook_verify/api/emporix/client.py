"""The clients themselves: where the API is, who is calling, and the resources."""

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
    """Everything that a client can be asked for."""

    def __init__(self, sender: AnySender) -> None:
        super().__init__(sender)
        self.config = Config(sender)
        self.dashboard = Dashboard(sender)
        self.event_subscriptions = EventSubscriptions(sender)
        self.statistics = MonthlyStatistics(sender)


class Emporix(_Resources[Sender], BlockingClient):
    """A client of the Emporix Webhook Service for blocking code; threads may share it. ::

        with Emporix("acme", client_id, client_secret) as emporix:
            for config in emporix.config.list():
                ...

    ``tenant``: in lower case. ``client_id`` and ``client_secret``: of an API key with the scopes
    ``webhook.subscription_read`` and ``webhook.subscription_manage``; a token is fetched with them when
    the first call needs it. ``scopes``: what to ask for; by default all that the key has.
    ``server_url``: where the API and its ``/oauth/token`` are. ``timeout``: the longest that a call may
    take, that for a token and all retries and waits included, in seconds; None: as long as it takes.
    ``retries``: how many attempts may follow the first of a call; a POST or PATCH is only sent again
    where nothing can have been done. ``max_response_bytes``: the largest answer that is read.
    ``http_client``: an :class:`httpx2.Client` with the proxies and TLS that you need; it is closed with
    this client. ``sleep``: waits between attempts, in seconds.

    Raises TypeError or ValueError for a configuration that cannot work. Calls raise :class:`APIError`.
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
        who = _Caller.checked(tenant, client_id, client_secret, scopes)
        settings = who.settings(server_url, timeout, retries, max_response_bytes)
        tokens = Sender(settings, _TOKENS, http_client, sleep)
        auth = ClientCredentials(tokens, token_operation("/oauth/token", who.form()))
        super().__init__(tokens.with_settings(who.in_tenant(settings, auth), _EMPORIX))


class AsyncEmporix(_Resources[AsyncSender], AsyncClient):
    """A client of the Emporix Webhook Service for asyncio. As :class:`Emporix`, with ``await``."""

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
        who = _Caller.checked(tenant, client_id, client_secret, scopes)
        settings = who.settings(server_url, timeout, retries, max_response_bytes)
        tokens = AsyncSender(settings, _TOKENS, http_client, sleep)
        auth = AsyncClientCredentials(tokens, token_operation("/oauth/token", who.form()))
        super().__init__(tokens.with_settings(who.in_tenant(settings, auth), _EMPORIX))


class _Caller(NamedTuple):
    """Who is calling, for which tenant. Has a secret: is not shown."""

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
    """The gateway tells a fault, the service a status, a message and details."""
    if "fault" in error:
        fault = error["fault"]
        return ErrorInfo(fault.get("detail", {}).get("errorcode"), fault.get("faultstring", ""))
    problems = tuple(map(_problem, error.get("details") or ()))
    return ErrorInfo(error.get("status"), error.get("message") or "", problems)


def _problem(text: str) -> tuple[str, str]:
    """``destinationUrl: The resource ...``: the place comes first, if there is one."""
    place, colon, told = text.partition(": ")
    return (place, told) if colon else ("", text)


_EMPORIX = ProviderProfile(read_error=_read_error)
_TOKENS = ProviderProfile(read_error=read_token_error)
