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
    """Handle a verified delivery, and return the status of the response."""
    print(delivery.id, len(delivery.body), "bytes")  # delivery.json() parses the body.
    return 200


@webhook(receiver)
async def hook(request: Request, delivery: Delivery) -> Response:
    """Respond to a verified delivery."""
    return Response(status_code=handle(delivery))


def alive(request: Request) -> Response:
    """Respond to a health check."""
    return PlainTextResponse("ok")


app = Starlette(routes=[Route("/webhooks/svix", hook), Route("/", alive)])
app.router.redirect_slashes = False  # Otherwise /webhooks/svix/ is redirected.
