"""Applications for real servers, with a scheme that signs the URL, for test_public_url.py.

``GET /`` returns 200, so that a test can wait for the server.
"""

from __future__ import annotations

from typing import Any

import flask
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from webhook_verify import AsyncReceiver, Delivery, Receiver, Verifier
from webhook_verify.adapters import asgi as in_asgi
from webhook_verify.adapters import flask as in_flask
from webhook_verify.adapters import starlette as in_starlette
from webhook_verify.adapters import wsgi as in_wsgi
from webhook_verify.schemes import HeaderScheme

__all__ = ["PATH", "PUBLIC", "SECRET", "URL_SIGNED", "guarded_wsgi", "on_asgi", "on_wsgi"]

SECRET = "the secret of an account"
PUBLIC = "https://hooks.example.com"
PATH = "/tenants/a/b c/ä"
URL_SIGNED = HeaderScheme(
    "url-signed", signature_header="x-signature", signed_content="{method} {url} {body}"
)
_VERIFIER = Verifier(SECRET, scheme=URL_SIGNED)
_BEHIND_PROXY: dict[str, Any] = {"trusted_proxies": ["127.0.0.1"], "trusted_hosts": ["hooks.example.com"]}


@in_starlette.webhook(AsyncReceiver(_VERIFIER, public_url=PUBLIC))
async def hook(request: Request, delivery: Delivery) -> Response:
    return Response(b"handled")


@in_starlette.webhook(AsyncReceiver(_VERIFIER, **_BEHIND_PROXY))
async def proxied(request: Request, delivery: Delivery) -> Response:
    return Response(b"handled")


async def _up(request: Request) -> Response:
    return Response(b"up")


_routes = [Route("/", _up), Route("/proxied", proxied), Route("/{rest:path}", hook)]
on_asgi = in_asgi.WebhookMiddleware(
    Starlette(routes=_routes), receiver=AsyncReceiver(_VERIFIER, public_url=PUBLIC), path="/unused"
)

_flask = flask.Flask(__name__)


@_flask.get("/")
def _flask_up() -> str:
    return "up"


@_flask.post("/proxied")
@in_flask.webhook(Receiver(_VERIFIER, **_BEHIND_PROXY))
def _flask_proxied(delivery: Delivery) -> str:
    return "handled"


@_flask.post("/<path:rest>")
@in_flask.webhook(Receiver(_VERIFIER, public_url=PUBLIC))
def _flask_hook(delivery: Delivery, rest: str) -> str:
    return "handled"


on_wsgi = _flask


def _handled(environ: Any, start_response: Any) -> list[bytes]:
    is_up = "webhook_verify.delivery" in environ or environ["PATH_INFO"] == "/"
    start_response("200 OK" if is_up else "404 Not Found", [("content-length", "7")])
    return [b"handled"]


guarded_wsgi = in_wsgi.WebhookMiddleware(
    _handled, receiver=Receiver(_VERIFIER, public_url=PUBLIC), path=[PATH, "/hook"]
)
