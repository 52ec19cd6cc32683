"""A Starlette application that receives webhooks."""

import os

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from webhook_verify import AsyncReceiver, Delivery, Verifier
from webhook_verify.adapters.starlette import webhook

receiver = AsyncReceiver(Verifier(os.environ["WEBHOOK_SECRET"]))


def handle(delivery: Delivery) -> int:
    """What your service does with a genuine delivery; the status to answer with."""
    print(delivery.id, len(delivery.body), "bytes")  # delivery.json() is what is in it
    return 200


@webhook(receiver)
async def hook(request: Request, delivery: Delivery) -> Response:
    """Answer a delivery that is verified already."""
    return Response(status_code=handle(delivery))


def alive(request: Request) -> Response:
    """Say that the server is up."""
    return PlainTextResponse("ok")


app = Starlette(routes=[Route("/webhooks/svix", hook), Route("/", alive)])
app.router.redirect_slashes = False  # or /webhooks/svix/ would be redirected
