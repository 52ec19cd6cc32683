"""A FastAPI application that stores webhooks in an inbox, and processes them in the background."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI

from webhook_verify import AsyncReceiver, Delivery, Verifier
from webhook_verify.adapters.fastapi import WebhookRoute, webhook
from webhook_verify.inbox import Inbox

inbox = Inbox(os.environ.get("INBOX_FILE", "inbox.sqlite3"))
receiver = AsyncReceiver(Verifier(os.environ["WEBHOOK_SECRET"]), inbox=inbox)
router = APIRouter(prefix="/webhooks", route_class=WebhookRoute)


@inbox.handler("*")
def handle(delivery: Delivery) -> None:
    """Handle a stored delivery. It may run more than once, so make it idempotent."""
    print(f"{delivery.id} {delivery.event_type}", flush=True)


@router.post("/svix")
async def hook(delivery: Annotated[Delivery, Depends(webhook(receiver))]) -> None:
    """Never called: the receiver responds when the delivery is stored."""
    raise NotImplementedError


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Run four workers while the application runs."""
    async with inbox.running(workers=4):
        yield


app = FastAPI(lifespan=lifespan, redirect_slashes=False)
app.include_router(router)
