"""Verifier meets client: the secret of an endpoint, fetched from the API, again after a rotation."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api.secret_source import (
    FETCH_TIMEOUT_SECONDS,
    AsyncSecretSource,
    SecretSource,
    SourceOptions,
    check_source,
)
from webhook_verify.api.svix.client import AsyncSvix, Svix

__all__ = ["AsyncSvixSecretSource", "SvixSecretSource"]


class SvixSecretSource(SecretSource):
    """The secret of one endpoint, for a :class:`Receiver`::

        receiver = Receiver(SvixSecretSource(svix, "acme", "ep_1"))

    ``app_id`` and ``endpoint_id`` are the server's ids or your own uids. For the options see
    :class:`SourceOptions`, for what it does :mod:`webhook_verify.api.secret_source`.
    """

    def __init__(self, client: Svix, app_id: str, endpoint_id: str, **options: Unpack[SourceOptions]) -> None:
        check_source(type(self), client, Svix, app_id, endpoint_id)

        def fetch() -> str:
            return client.endpoint.get_secret(app_id, endpoint_id, timeout=FETCH_TIMEOUT_SECONDS).key

        super().__init__(fetch, **options)
        self.sender = repr(client), app_id, endpoint_id


class AsyncSvixSecretSource(AsyncSecretSource):
    """As :class:`SvixSecretSource`, for an :class:`AsyncReceiver` and with an :class:`AsyncSvix`."""

    def __init__(
        self, client: AsyncSvix, app_id: str, endpoint_id: str, **options: Unpack[SourceOptions]
    ) -> None:
        check_source(type(self), client, AsyncSvix, app_id, endpoint_id)

        async def fetch() -> str:
            return (await client.endpoint.get_secret(app_id, endpoint_id, timeout=FETCH_TIMEOUT_SECONDS)).key

        super().__init__(fetch, **options)
        self.sender = repr(client), app_id, endpoint_id
