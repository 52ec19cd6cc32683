"""Verifier meets client: the secret of a subscription, fetched from the API, again after a rotation."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api.lithic.client import AsyncLithic, Lithic
from webhook_verify.api.secret_source import (
    FETCH_TIMEOUT_SECONDS,
    AsyncSecretSource,
    SecretSource,
    SourceOptions,
    check_source,
)

__all__ = ["AsyncLithicSecretSource", "LithicSecretSource"]


class LithicSecretSource(SecretSource):
    """The secret of one event subscription, for a :class:`Receiver`::

        receiver = Receiver(LithicSecretSource(lithic, "ep_1"))

    For the options see :class:`SourceOptions`, for what it does
    :mod:`webhook_verify.api.secret_source`. ``scheme`` is ``lithic`` by default.
    """

    def __init__(
        self, client: Lithic, event_subscription_token: str, **options: Unpack[SourceOptions]
    ) -> None:
        check_source(type(self), client, Lithic, event_subscription_token)
        subscriptions = client.event_subscriptions

        def fetch() -> str:
            return subscriptions.retrieve_secret(
                event_subscription_token, timeout=FETCH_TIMEOUT_SECONDS
            ).secret

        options.setdefault("scheme", "lithic")
        super().__init__(fetch, **options)
        self.sender = repr(client), event_subscription_token


class AsyncLithicSecretSource(AsyncSecretSource):
    """As :class:`LithicSecretSource`, for an :class:`AsyncReceiver` and with an :class:`AsyncLithic`."""

    def __init__(
        self, client: AsyncLithic, event_subscription_token: str, **options: Unpack[SourceOptions]
    ) -> None:
        check_source(type(self), client, AsyncLithic, event_subscription_token)
        subscriptions = client.event_subscriptions

        async def fetch() -> str:
            told = await subscriptions.retrieve_secret(
                event_subscription_token, timeout=FETCH_TIMEOUT_SECONDS
            )
            return told.secret

        options.setdefault("scheme", "lithic")
        super().__init__(fetch, **options)
        self.sender = repr(client), event_subscription_token
