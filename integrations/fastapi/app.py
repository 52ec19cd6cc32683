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
    """What your service does with a genuine delivery; the status to answer with."""
    print(delivery.id, len(delivery.body), "bytes")  # delivery.json() is what is in it
    return 200


@router.post("/svix")
async def hook(delivery: Annotated[Delivery, Depends(webhook(receiver))]) -> Response:
    """Answer a delivery that is verified already."""
    return Response(status_code=handle(delivery))


app = FastAPI(redirect_slashes=False)  # or /webhooks/svix/ would be redirected
app.include_router(router)


@app.get("/")
async def alive() -> PlainTextResponse:
    """Say that the server is up."""
    return PlainTextResponse("ok")
