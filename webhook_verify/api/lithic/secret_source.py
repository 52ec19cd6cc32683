"""Secret sources that fetch the signing secret of a Lithic event subscription, again after a rotation."""

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
    """The signing secret of a Lithic event subscription, for a `Receiver`.

    ```python
    receiver = Receiver(LithicSecretSource(lithic, "ep_1"))
    ```

    Args:
        client: The client to fetch with. Keep it open as long as the receiver runs.
        event_subscription_token: Token of the event subscription.
        **options: Options of `SecretSource`: `interval`, `max_age`, `tolerance`, `scheme` (by default
            `lithic`), `clock`.

    Raises:
        TypeError: If `client` is not a `Lithic`, or an argument has the wrong type.
        ValueError: If the token or an option is invalid.
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
        self.sender: object = repr(client), event_subscription_token


class AsyncLithicSecretSource(AsyncSecretSource):
    """The signing secret of a Lithic event subscription, for an `AsyncReceiver`.

    Args:
        client: The client to fetch with. Keep it open as long as the receiver runs.
        event_subscription_token: Token of the event subscription.
        **options: Options of `AsyncSecretSource`: `interval`, `max_age`, `tolerance`, `scheme` (by default
            `lithic`), `clock`.

    Raises:
        TypeError: If `client` is not an `AsyncLithic`, or an argument has the wrong type.
        ValueError: If the token or an option is invalid.
    """

    def __init__(
        self, client: AsyncLithic, event_subscription_token: str, **options: Unpack[SourceOptions]
    ) -> None:
        check_source(type(self), client, AsyncLithic, event_subscription_token)
        subscriptions = client.event_subscriptions

        async def fetch() -> str:
            response = await subscriptions.retrieve_secret(
                event_subscription_token, timeout=FETCH_TIMEOUT_SECONDS
            )
            return response.secret

        options.setdefault("scheme", "lithic")
        super().__init__(fetch, **options)
        self.sender: object = repr(client), event_subscription_token
