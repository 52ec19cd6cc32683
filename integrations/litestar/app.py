"""A Litestar application that receives webhooks."""

import os
from typing import Any

from litestar import Litestar, Request, Response, get, post

from webhook_verify import AsyncReceiver, Delivery, Verifier
from webhook_verify.adapters.asgi import WebhookMiddleware

receiver = AsyncReceiver(Verifier(os.environ["WEBHOOK_SECRET"]))


def handle(delivery: Delivery) -> int:
    """Handle a verified delivery, and return the status of the response."""
    print(delivery.id, len(delivery.body), "bytes")  # delivery.json() parses the body.
    return 200


@post("/webhooks/svix")
async def hook(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Respond to a delivery that the middleware has verified. It is missing on an unguarded path."""
    delivery: Delivery | None = request.scope["state"].get("delivery")
    return Response(b"", status_code=handle(delivery) if delivery else 404)


@get("/", sync_to_thread=False)
def alive() -> str:
    """Respond to a health check."""
    return "ok"


inner: Any = Litestar([hook, alive], openapi_config=None)
app = WebhookMiddleware(inner, receiver=receiver, path="/webhooks/svix")
