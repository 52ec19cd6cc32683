"""What type checkers see of the adapters: a view that forgets the delivery is an error. Not run.

See :mod:`tests.typing.public_face` for how an error is proved.
"""
# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from flask import Flask
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from webhook_verify import AsyncReceiver, Delivery, Receiver, Verifier
from webhook_verify.adapters import aws_lambda, django, flask, starlette, wsgi
from webhook_verify.adapters.asgi import WebhookMiddleware

verifier = Verifier("whsec_...")
receiver = Receiver(verifier)
async_receiver = AsyncReceiver(verifier)


# Flask: plain and async views, functions and methods.


@flask.webhook(receiver)
def flask_view(delivery: Delivery) -> str:
    return delivery.id


@flask.webhook(receiver)
async def flask_async_view(delivery: Delivery) -> str:
    return delivery.id


@flask.webhook(async_receiver)
async def flask_async_receiver(delivery: Delivery) -> str:
    return delivery.id


@flask.webhook(receiver)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUntypedFunctionDecorator]
def flask_forgets() -> str:
    return "the delivery is missing"


@flask.webhook(async_receiver)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def flask_blocks(delivery: Delivery) -> str:
    return "a plain view cannot await"


app = Flask(__name__)
app.post("/hook")(flask_view)
flask.WebhookVerify(app, receiver=receiver, path="/hook")
flask.WebhookVerify(app, receiver=async_receiver, path="/")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


# Django: plain and async views, and those with arguments of their path.


@django.webhook(receiver)
def django_view(request: HttpRequest, delivery: Delivery, tenant: str) -> HttpResponse:
    return HttpResponse(tenant + delivery.id)


@django.webhook("default")
async def django_async_view(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    return HttpResponse(delivery.id)


@django.webhook(receiver)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue, reportUntypedFunctionDecorator]
def django_forgets(request: HttpRequest) -> HttpResponse:
    return HttpResponse("the delivery is missing")


@django.webhook(async_receiver)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def django_blocks(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    return HttpResponse("a plain view cannot await")


class Hook(django.WebhookMixin):
    receiver = receiver

    def webhook(self, request: HttpRequest, delivery: Delivery) -> HttpResponse:
        return HttpResponse(delivery.id)


# Starlette, WSGI, Lambda.


@starlette.webhook(async_receiver)
async def starlette_endpoint(request: Request, delivery: Delivery) -> Response:
    return Response(delivery.id)


@starlette.webhook(async_receiver)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
async def starlette_forgets(request: Request) -> Response:
    return Response("the delivery is missing")


Starlette(routes=[Route("/hook", starlette_endpoint)]).add_middleware(
    WebhookMiddleware, receiver=async_receiver, path="/other"
)
starlette.webhook(receiver)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
wsgi.WebhookMiddleware(app, receiver=receiver, path="/hook")
wsgi.WebhookMiddleware(app, receiver=async_receiver, path="/")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@aws_lambda.webhook(receiver)
def function(delivery: Delivery, event: aws_lambda.Event, context: Any) -> Mapping[str, Any]:
    return {"statusCode": 200}


@aws_lambda.webhook(receiver)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def function_forgets(event: aws_lambda.Event, context: Any) -> Mapping[str, Any]:
    return {"statusCode": 200}
