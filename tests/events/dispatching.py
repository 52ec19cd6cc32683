"""Events to dispatch, handlers that note that they ran, and both ways to dispatch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from webhook_verify import Delivery
from webhook_verify.events import EventRouter

__all__ = [
    "BROKEN",
    "CREATED",
    "DISABLED",
    "DISPATCHES",
    "NEW",
    "Dispatch",
    "dispatch_async",
    "failing",
    "noting",
]

DISABLED = {"type": "endpoint.disabled", "data": {"appId": "app_1", "endpointId": "ep_1"}}
CREATED = {"type": "endpoint.created", "data": {"appId": "app_1", "endpointId": "ep_1"}}
NEW = {"type": "endpoint.renamed", "data": {}}
BROKEN = {"type": "endpoint.disabled", "data": {"appId": 4111}}

Dispatch = Callable[..., int]


def dispatch_async(router: EventRouter, delivery: Delivery, **how: Any) -> int:
    return asyncio.run(router.dispatch_async(delivery, **how))


DISPATCHES: list[Any] = [EventRouter.dispatch, dispatch_async]


def noting(seen: list[str], name: str) -> Callable[[Any, Delivery], None]:
    def handler(event: Any, delivery: Delivery) -> None:
        seen.append(name)

    handler.__qualname__ = name
    return handler


def failing(seen: list[str], name: str) -> Callable[[Any, Delivery], None]:
    def handler(event: Any, delivery: Delivery) -> None:
        seen.append(name)
        raise LookupError(name)

    handler.__qualname__ = name
    return handler
