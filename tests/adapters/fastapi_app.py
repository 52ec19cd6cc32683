"""An application with the FastAPI dependency on its route, and calls of it in process."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel

from tests.signing import BODY, VERIFIER, signed
from webhook_verify import AsyncReceiver, Delivery
from webhook_verify.adapters.fastapi import WebhookRoute, webhook

__all__ = ["RECEIVER", "Event", "Verified", "app_of", "both", "fails", "show", "silent"]

RECEIVER = AsyncReceiver(VERIFIER, max_body_bytes=1000)

Verified = Annotated[Delivery, Depends(webhook(RECEIVER))]


class Event(BaseModel):
    type: str
    customer: str


async def show(request: Request, delivery: Verified) -> dict[str, Any]:
    return {"id": delivery.id, "same": await request.body() == delivery.body}


def app_of(endpoint: Any, route_class: type[APIRoute] = WebhookRoute, **route: Any) -> FastAPI:
    app = FastAPI()
    app.router.route_class = route_class
    app.post("/hook", **route)(endpoint)
    return app


def fails(app: Any) -> None:
    """Send a valid delivery, and raise the error of the application."""

    async def send() -> None:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://t") as client:
            await client.post("/hook", content=BODY, headers=signed())

    asyncio.run(send())


both = pytest.mark.parametrize("route_class", [WebhookRoute, APIRoute], ids=["WebhookRoute", "APIRoute"])


async def silent() -> str:
    return "ran"
