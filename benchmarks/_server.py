"""One of the servers of :mod:`benchmarks.middleware`: ``python -m benchmarks._server <app>``.

The same Starlette application, three ways: ``nothing`` reads the body and verifies nothing,
``middleware`` is protected by ours, ``by-hand`` verifies with svix in its handler. It listens on a free
port of the loopback interface, and prints that port.
"""

from __future__ import annotations

import socket
import sys

import svix.webhooks
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from benchmarks._deliveries import SECRET
from webhook_verify import AsyncReceiver, Verifier
from webhook_verify.adapters.asgi import WebhookMiddleware

ACCEPTED = "accepted"
PATH = "/hook"

_webhook = svix.webhooks.Webhook(SECRET)


async def _nothing(request: Request) -> Response:
    await request.body()
    return PlainTextResponse(ACCEPTED)


async def _middleware(request: Request) -> Response:
    # Like the other two, it answers only once it has the body.
    return PlainTextResponse(ACCEPTED if request.state.delivery.body else "empty")


async def _by_hand(request: Request) -> Response:
    body = await request.body()
    try:
        _webhook.verify(body, dict(request.headers))
    except svix.webhooks.WebhookVerificationError:
        return PlainTextResponse("rejected", status_code=401)
    return PlainTextResponse(ACCEPTED)


HANDLERS = {"nothing": _nothing, "middleware": _middleware, "by-hand": _by_hand}


def _app(name: str) -> Starlette:
    protected = Middleware(WebhookMiddleware, receiver=AsyncReceiver(Verifier(SECRET)), path=PATH)
    return Starlette(
        routes=[Route(PATH, HANDLERS[name], methods=["POST"])],
        middleware=[protected] if name == "middleware" else [],
    )


def main(name: str) -> None:
    """Serve until terminated."""
    # asyncio switches Nagle's algorithm off only on a socket that says it is TCP; with it on, each
    # answer would wait 40 ms for an acknowledgement, and all servers would look alike.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        print(listening.getsockname()[1], flush=True)
        config = uvicorn.Config(_app(name), access_log=False, log_level="warning", lifespan="off")
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1])
