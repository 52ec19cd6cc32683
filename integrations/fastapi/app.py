"""A FastAPI application that receives webhooks."""

import os
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.responses import PlainTextResponse

from webhook_verify import AsyncReceiver, Delivery, Verifier
from webhook_verify.adapters.fastapi import WebhookRoute, webhook

receiver = AsyncReceiver(Verifier(os.environ["WEBHOOK_SECRET"]))
router = APIRouter(prefix="/webhooks", route_class=WebhookRoute)


def handle(delivery: Delivery) -> int:
    """Handle a verified delivery, and return the status of the response."""
    print(delivery.id, len(delivery.body), "bytes")  # delivery.json() parses the body.
    return 200


@router.post("/svix")
async def hook(delivery: Annotated[Delivery, Depends(webhook(receiver))]) -> Response:
    """Respond to a verified delivery."""
    return Response(status_code=handle(delivery))


app = FastAPI(redirect_slashes=False)  # Otherwise /webhooks/svix/ is redirected.
app.include_router(router)


@app.get("/")
async def alive() -> PlainTextResponse:
    """Respond to a health check."""
    return PlainTextResponse("ok")
