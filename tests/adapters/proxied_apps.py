"""Applications for real servers behind a real proxy: receivers with trusted_hosts, for test_nginx.py.

``production`` trusts one host, and ``both`` also trusts the staging host. ``GET /`` returns 200.
"""

from __future__ import annotations

import flask
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.adapters.url_apps import SECRET, URL_SIGNED
from webhook_verify import AsyncReceiver, Delivery, Receiver, Verifier
from webhook_verify.adapters import flask as in_flask
from webhook_verify.adapters import starlette as in_starlette

__all__ = ["on_asgi", "on_wsgi"]

_VERIFIER = Verifier(SECRET, scheme=URL_SIGNED)
_PROXIES = ["127.0.0.1"]
_HOSTS = {
    "production": ["hooks.example.com"],
    "both": ["hooks.example.com", "staging.example.com"],
}


def _asgi_route(name: str, hosts: list[str]) -> Route:
    receiver = AsyncReceiver(_VERIFIER, trusted_proxies=_PROXIES, trusted_hosts=hosts)

    @in_starlette.webhook(receiver)
    async def hook(request: Request, delivery: Delivery) -> Response:
        return Response(b"handled")

    return Route(f"/webhooks/{name}", hook)


async def _up(request: Request) -> Response:
    return Response(b"up")


on_asgi = Starlette(routes=[Route("/", _up), *(_asgi_route(name, hosts) for name, hosts in _HOSTS.items())])

on_wsgi = flask.Flask(__name__)


@on_wsgi.get("/")
def _flask_up() -> str:
    return "up"


def _add_flask_route(name: str, hosts: list[str]) -> None:
    receiver = Receiver(_VERIFIER, trusted_proxies=_PROXIES, trusted_hosts=hosts)

    @in_flask.webhook(receiver)
    def hook(delivery: Delivery) -> str:
        return "handled"

    on_wsgi.add_url_rule(f"/webhooks/{name}", name, hook, methods=["POST"])


for _name, _trusted in _HOSTS.items():
    _add_flask_route(_name, _trusted)
