"""What all clients are, whatever the provider: something that is opened, asked and closed."""

from __future__ import annotations

import platform
from typing import Generic

from webhook_verify import __version__
from webhook_verify.api._resource import AnySender
from webhook_verify.api._sender import AsyncSender, Sender
from webhook_verify.tracebacks import safe_repr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

__all__ = ["AsyncClient", "BlockingClient", "Client", "common_headers"]


@safe_repr
class Client(Generic[AnySender]):
    """A client of either world. A provider's subclass has its resources."""

    def __init__(self, sender: AnySender) -> None:
        self._sender: AnySender = sender

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._sender.base_url!r})"


class BlockingClient(Client[Sender]):
    """For blocking code; threads may share it."""

    def close(self) -> None:
        """Close the connections. The with block does it."""
        self._sender.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


class AsyncClient(Client[AsyncSender]):
    """For asyncio; belongs to one event loop."""

    async def close(self) -> None:
        """Close the connections. The async with block does it."""
        await self._sender.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()


def common_headers() -> dict[str, str]:
    """The headers of every request to any provider."""
    return {
        "accept": "application/json",
        "user-agent": f"webhook-verify/{__version__} python/{platform.python_version()}",
    }
