"""Secret sources that fetch the signing secret of a Svix endpoint from the API, again after a rotation."""

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
    """The signing secret of a Svix endpoint, for a `Receiver`.

    ```python
    receiver = Receiver(SvixSecretSource(svix, "acme", "ep_1"))
    ```

    Args:
        client: The client to fetch with. Keep it open as long as the receiver runs.
        app_id: Id or uid of the application.
        endpoint_id: Id or uid of the endpoint.
        **options: Options of `SecretSource`: `interval`, `max_age`, `tolerance`, `scheme`, `clock`.

    Raises:
        TypeError: If `client` is not a `Svix`, or an argument has the wrong type.
        ValueError: If an id or an option is invalid.
    """

    def __init__(self, client: Svix, app_id: str, endpoint_id: str, **options: Unpack[SourceOptions]) -> None:
        check_source(type(self), client, Svix, app_id, endpoint_id)

        def fetch() -> str:
            return client.endpoint.get_secret(app_id, endpoint_id, timeout=FETCH_TIMEOUT_SECONDS).key

        super().__init__(fetch, **options)
        self.sender: object = repr(client), app_id, endpoint_id


class AsyncSvixSecretSource(AsyncSecretSource):
    """The signing secret of a Svix endpoint, for an `AsyncReceiver`.

    Args:
        client: The client to fetch with. Keep it open as long as the receiver runs.
        app_id: Id or uid of the application.
        endpoint_id: Id or uid of the endpoint.
        **options: Options of `AsyncSecretSource`: `interval`, `max_age`, `tolerance`, `scheme`, `clock`.

    Raises:
        TypeError: If `client` is not an `AsyncSvix`, or an argument has the wrong type.
        ValueError: If an id or an option is invalid.
    """

    def __init__(
        self, client: AsyncSvix, app_id: str, endpoint_id: str, **options: Unpack[SourceOptions]
    ) -> None:
        check_source(type(self), client, AsyncSvix, app_id, endpoint_id)

        async def fetch() -> str:
            return (await client.endpoint.get_secret(app_id, endpoint_id, timeout=FETCH_TIMEOUT_SECONDS)).key

        super().__init__(fetch, **options)
        self.sender: object = repr(client), app_id, endpoint_id
