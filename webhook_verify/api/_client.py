"""Base classes of the clients of all providers."""

from __future__ import annotations

import platform
from collections.abc import Callable
from functools import wraps
from typing import Generic, ParamSpec

from webhook_verify import __version__
from webhook_verify.api._resource import AnySender
from webhook_verify.api._sender import AsyncSender, Sender
from webhook_verify.tracebacks import safe_repr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

__all__ = ["AsyncClient", "BlockingClient", "Client", "common_headers", "keyword_options"]

_Args = ParamSpec("_Args")


@safe_repr
class Client(Generic[AnySender]):
    """Base class of a provider's clients, whose subclass has the resources."""

    def __init__(self, sender: AnySender) -> None:
        self._sender: AnySender = sender

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._sender.base_url!r})"


class BlockingClient(Client[Sender]):
    """Base class of a synchronous client, which threads may share."""

    def close(self) -> None:
        """Close the connections. Leaving the `with` block calls it."""
        self._sender.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


class AsyncClient(Client[AsyncSender]):
    """Base class of an asynchronous client."""

    async def close(self) -> None:
        """Close the connections. Leaving the `async with` block calls it."""
        await self._sender.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()


def common_headers() -> dict[str, str]:
    """Return the headers of every request to any provider."""
    return {
        "accept": "application/json",
        "user-agent": f"webhook-verify/{__version__} python/{platform.python_version()}",
    }


def keyword_options(init: Callable[_Args, None]) -> Callable[_Args, None]:
    """Decorate the constructor of a client, so that a second positional argument raises a helpful error."""

    @wraps(init)
    def checked(*args: _Args.args, **kwargs: _Args.kwargs) -> None:
        if len(args) > 2:
            raise TypeError("pass options as keyword arguments, such as server_url=... or timeout=5")
        init(*args, **kwargs)

    return checked
